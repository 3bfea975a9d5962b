"""Promo registries as a plain dictionary: the part of the in-memory store that is compared with the
database's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.model.promo import exact_codes
from replay.ports import PromoIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replay.model.promo import Promo

__all__ = ["MemoryPromos"]


class MemoryPromos(PromoIndex):
    """What ``MemoryStore`` does about promises."""

    def __init__(self) -> None:
        self._promos: dict[tuple[str, str], Promo] = {}

    async def promos(self, site: str) -> tuple[Promo, ...]:
        return tuple(promo for (of, _), promo in sorted(self._promos.items()) if of == site)

    async def put_promo(self, site: str, promo: Promo, *, replaces: Promo | None) -> bool:
        return await self.put_promos(site, [(promo, replaces)])

    async def put_promos(self, site: str, changes: Sequence[tuple[Promo, Promo | None]]) -> bool:
        changed = dict(self._promos)
        for promo, replaces in changes:
            if changed.get((site, promo.id)) != replaces:
                return False
            changed[site, promo.id] = promo
        self._promos = changed
        return True

    async def registered_codes(self, beginning: str, limit: int) -> list[str]:
        values = {value for promo in self._promos.values() for value in exact_codes(promo)}
        return sorted(value for value in values if value.startswith(beginning))[:limit]

    async def drop_promo(self, site: str, id: str) -> bool:
        return self._promos.pop((site, id), None) is not None
