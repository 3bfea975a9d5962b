"""A price of an article as one session was shown it, by which sessions are compared with each other.

Kept are the prices of one piece in carts and on pages about one product: few for each session, and what a
caller talks about. ``raw`` is the text; what it comes to is read once, where facts are judged. Beside them
stands what the last cart came to, as the ``total`` of no article.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PricePlace", "ShownPrice"]

PricePlace = Literal["cart", "product", "total"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPrice:
    """``minor`` in the smallest units of ``currency`` (ISO 4217), or else ``why`` the text is no amount.
    ``shown_ms``: when it was shown first, server milliseconds since 1970."""

    sku: str
    place: PricePlace
    raw: str
    minor: int | None
    currency: str | None
    why: str | None
    shown_ms: int

    @property
    def key(self) -> tuple[str, PricePlace, str]:
        """No two of a session have the same."""
        return self.sku, self.place, self.raw
