"""What rules may know of the sites whose sessions are judged: read once for all that are judged together.

What a person sets or registers counts from the next judgement on. As long as it stays the same the same
``Shop`` is handed out, so that whoever compares it with an earlier one need not look into it.
"""

from __future__ import annotations

from functools import lru_cache

from replay.detect.shop import Shop
from replay.model.promo import Promo, Registry
from replay.ports import SessionFacts, Store

__all__ = ["Shops"]

_BROUGHT_MAX_COUNT = 64
"""Shops that imported sessions brought: most were exported of one."""


class Shops:
    """The sites of ``store`` as rules know them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Shop] = {}
        """By the key of the site, as it was read last."""
        self._fresh: set[str] = set()

    def read_anew(self) -> None:
        """Ask the store again, once for each site."""
        self._fresh.clear()

    async def shop_of(self, facts: SessionFacts) -> Shop:
        """What a session is judged by: its site, or what it brought. Raises ``StoreUnavailable``."""
        own = facts.brought
        if own is not None:
            return _shop(own.currency, own.promos)
        return await self.shop(facts.site)

    async def shop(self, key: str) -> Shop:
        """What is set and registered of a site. Raises ``StoreUnavailable``."""
        if key not in self._fresh:
            site, promos = await self._store.site(key), await self._store.promos(key)
            shop = Shop(currency=None if site is None else site.currency, promised=Registry(promos=promos))
            if self._known.get(key) != shop:
                self._known[key] = shop
            self._fresh.add(key)
        return self._known[key]


@lru_cache(maxsize=_BROUGHT_MAX_COUNT)
def _shop(currency: str | None, promos: tuple[Promo, ...]) -> Shop:
    return Shop(currency=currency, promised=Registry(promos=promos))
