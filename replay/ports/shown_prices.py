"""What the store knows of the prices that sessions were shown, and of how many others were shown the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from replay.model.shown_price import ShownPrice

__all__ = [
    "CARTS_MAX_COUNT",
    "OTHERS_MAX_COUNT",
    "OTHERS_WINDOW_MS",
    "OtherPrice",
    "Others",
    "ShownPriceIndex",
]

OTHERS_WINDOW_MS = 24 * 60 * 60_000
"""How long before and after a price was shown the others are looked at."""
OTHERS_MAX_COUNT = 1_000
"""Showings that are looked at, the newest of them."""
MOST_MAX_COUNT = 3
CARTS_MAX_COUNT = 1_000
"""Carts that are looked at, the latest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPrice:
    """Another amount for the same article at the same place, and how many sessions were shown it."""

    minor: int
    currency: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """How many other sessions of the site were shown the article there, how many of them at this very amount,
    and which amounts the rest were shown most. ``is_all``: nobody was left out for being too many.
    ``is_whole``: nor for being of before prices were kept."""

    same: int
    others: int
    is_all: bool
    most: tuple[OtherPrice, ...]
    is_whole: bool = True


class ShownPriceIndex(Protocol):
    """The part of the store that compares what sessions were shown. It is put with ``Judged.shown``, and goes
    with its session. Of sessions that were imported nobody else is told."""

    async def shown_prices(self, session: str) -> list[tuple[ShownPrice, Others | None]]:
        """The prices of articles of a session in the order of their keys; of those that were read also what
        others were shown within ``OTHERS_WINDOW_MS``."""
        ...

    async def shown_prices_are_whole(self) -> None:
        """All sessions were judged again: what they were shown is known of every time."""
        ...

    async def cart_totals(self, session: str, currency: str, *, before_ms: int) -> list[int]:
        """What the last carts of other sessions of its site came to in that currency, of the latest
        ``CARTS_MAX_COUNT`` that were shown by then."""
        ...
