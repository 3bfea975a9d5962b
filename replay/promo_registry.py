"""Registers what the shop promised: added, reworded, ended and removed by the command line and at the desk.

A rewording holds from now on, and what was in force before stays known; only removing an entry unsays it.
Two people who change the same entry at the same time are told, and the second changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from replay.errors import ProductError
from replay.model.promo import PROMOS_MAX_COUNT, Promise, Promo
from replay.model.promo_reading import Fault, Faults, read_id, read_promise
from replay.ports import Site, Store

__all__ = ["PromoError", "PromoRegistry", "State", "state_of"]

State = Literal["open", "early", "over"]

logger = logging.getLogger(__name__)


class PromoError(ProductError):
    """An entry cannot be changed as asked."""


def state_of(promo: Promo, now_ms: int) -> State:
    """Whether the promise holds now, not yet or not any more."""
    if promo.latest.is_over(now_ms):
        return "over"
    return "early" if promo.latest.is_early(now_ms) else "open"


class PromoRegistry:
    """The promo registry of one site, as ``by`` changes it. Raises ``Faults`` for fields that do not do, and
    ``PromoError`` for everything else."""

    def __init__(self, store: Store, site: Site, *, by: str, now_ms: int) -> None:
        self._store = store
        self._site = site
        self._by = by
        self._now_ms = now_ms

    async def all(self) -> tuple[Promo, ...]:
        """Every entry by id."""
        return await self._store.promos(self._site.key)

    async def one(self, id: str) -> Promo:
        """The entry of this id."""
        found = await self._find(id)
        if found is None:
            raise PromoError(
                f"There is no promo {id!r} of {self._site.name}.",
                f"`replay promo list {self._site.key}` shows those that there are.",
            )
        return found

    async def add(self, id: str, given: Mapping[str, object]) -> Promo:
        """Register a promise. It holds for visits of before, too, within its own times."""
        self.check(id, given)
        promo = self._new(id, given)
        known = await self.all()
        if any(one.id == id for one in known):
            raise Faults(Fault("id", f"There is a promo {id} already."))
        if len(known) >= PROMOS_MAX_COUNT:
            raise PromoError(
                f"A site has at most {PROMOS_MAX_COUNT} promos.", "Remove one that ended long ago."
            )
        return await self._put(promo, None, "added")

    async def take(self, entries: Sequence[tuple[str, Mapping[str, object]]]) -> list[Promo]:
        """Add the entries that are new and reword those that are known; all at once, or none."""
        known = {one.id: one for one in await self.all()}
        if len(known.keys() | {name for name, _ in entries}) > PROMOS_MAX_COUNT:
            raise PromoError(f"A site has at most {PROMOS_MAX_COUNT} promos.", "Nothing was changed.")
        changes: list[tuple[Promo, Promo | None]] = []
        for name, given in entries:
            before = known.get(name)
            if before is None:
                self.check(name, given)
            changes.append((self._reworded(before, given) if before else self._new(name, given), before))
        changed = [(promo, before) for promo, before in changes if promo != before]
        if changed and not await self._store.put_promos(self._site.key, changed):
            raise PromoError("Somebody else changed a promo meanwhile.", "Nothing was changed. Try again.")
        for promo, before in changed:
            self._log("reworded" if before else "added", promo.id)
        return [promo for promo, _ in changes]

    async def reword(self, id: str, given: Mapping[str, object], *, seen_ms: int | None = None) -> Promo:
        """Give an entry another wording from now on. ``seen_ms``: since when that held which was changed,
        where a person saw it a while ago."""
        before = await self.one(id)
        reworded = self._reworded(before, given)
        if seen_ms is not None and seen_ms != before.latest.since_ms:
            raise self._overtaken(id)
        return before if reworded == before else await self._put(reworded, before, "reworded")

    async def end(self, id: str) -> Promo:
        """Let a promise hold from now on no more."""
        before = await self.one(id)
        if before.latest.is_over(self._now_ms):
            raise PromoError(f"The promo {id} has ended already.", "")
        since_ms = max(self._now_ms, before.latest.since_ms + 1)
        ended = replace(before.latest, until_ms=self._now_ms - 1, since_ms=since_ms, by=self._by)
        return await self._put(before.reworded(ended), before, "ended")

    async def remove(self, id: str) -> Promo:
        """Forget an entry as if it had never been registered."""
        promo = await self.one(id)
        await self._store.drop_promo(self._site.key, id)
        self._log("removed", id)
        return promo

    def check(self, id: str, given: Mapping[str, object]) -> None:
        """Only raise ``Faults`` where an entry does not do."""
        faults: list[Fault] = []
        for read in (lambda: read_id(id), lambda: self._read(given, since_ms=0)):
            try:
                read()
            except Faults as error:
                faults += error.faults
        if faults:
            raise Faults(*faults)

    async def _find(self, id: str) -> Promo | None:
        return next((one for one in await self.all() if one.id == id), None)

    def _new(self, id: str, given: Mapping[str, object]) -> Promo:
        return Promo(id=id, promises=(self._read(given, since_ms=0),))

    def _reworded(self, before: Promo, given: Mapping[str, object]) -> Promo:
        """With this as its latest wording, unless it is worded so already."""
        promise = self._read(given, since_ms=max(self._now_ms, before.latest.since_ms + 1))
        if replace(promise, since_ms=before.latest.since_ms, by=before.latest.by) == before.latest:
            return before
        return before.reworded(promise)

    def _read(self, given: Mapping[str, object], *, since_ms: int) -> Promise:
        return read_promise(given, currency=self._site.currency, since_ms=since_ms, by=self._by)

    async def _put(self, promo: Promo, before: Promo | None, what: str) -> Promo:
        if not await self._store.put_promo(self._site.key, promo, replaces=before):
            raise self._overtaken(promo.id)
        self._log(what, promo.id)
        return promo

    def _overtaken(self, id: str) -> PromoError:
        return PromoError(f"Somebody else changed the promo {id} meanwhile.", "Look at it and try again.")

    def _log(self, what: str, id: str) -> None:
        about = {"what": what, "site": self._site.key, "promo": id, "by": self._by}
        logger.info("promo registry", extra=about)
