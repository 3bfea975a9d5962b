"""What the rules may know of the site beside the session."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Shop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """``currency``: ISO 4217, where it is stated."""

    currency: str | None = None
