"""What the store knows of promises: the promo registry of each site.

It is the shop's own and nothing of a customer's, so no erasure and no end of time touches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from replay.model.promo import Promo

__all__ = ["PromoIndex"]


class PromoIndex(Protocol):
    """The part of the store that keeps promises."""

    async def promos(self, site: str) -> tuple[Promo, ...]:
        """All promos of a site by id."""
        ...

    async def put_promo(self, site: str, promo: Promo, *, replaces: Promo | None) -> bool:
        """Keep a promo in place of the one that stands under its id. False, and nothing is kept, if that is
        another than ``replaces`` by now (None: there is none)."""
        ...

    async def put_promos(self, site: str, changes: Sequence[tuple[Promo, Promo | None]]) -> bool:
        """Several such changes in one transaction: all of them, or none and False."""
        ...

    async def registered_codes(self, beginning: str, limit: int) -> list[str]:
        """Codes that were ever registered just like this (no patterns), of any site, that begin so: as
        ``replay.model.identity`` normalises them, in their order, each once."""
        ...

    async def drop_promo(self, site: str, id: str) -> bool:
        """Forget a promo with all its wordings; False if there is none."""
        ...
