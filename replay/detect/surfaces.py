"""Which displayed carts stood on screen, and from when until when.

A state stands until the same surface states another one, is gone, or its page is left or goes behind another
tab. Nobody reads what stood for an instant: rules that accuse add up how long something was to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from replay.model.cart import CartGone, CartState, Surface
from replay.model.events import PageLeft, PageLoaded, TabShown
from replay.model.timeline import Entry

__all__ = ["NAMES", "Standing", "Surfaces"]

NAMES: dict[Surface, str] = {
    "drawer": "the cart",
    "page": "the cart page",
    "summary": "the checkout",
    "mini": "the small cart",
    "network": "the shop's answer",
    "data_layer": "the data layer",
    "api": "the shop's code",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A cart state on screen: stated by ``load`` at ``t``, seen from ``since`` until ``until``."""

    state: CartState
    load: str
    t: float
    since: float
    until: float


class Surfaces:
    """The displayed carts of one session."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[Surface, Standing]] = {}
        self._behind: dict[str, dict[Surface, Standing]] = {}
        self._load_of: dict[str, str] = {}
        self._now = float("-inf")

    def observe(self, entry: Entry) -> tuple[Standing, ...]:
        """Take a fact; answer what it took off the screen."""
        fact = entry.event.fact
        kind = type(fact)
        if kind not in _KINDS:
            return ()
        self._now = now = max(self._now, entry.t)
        load = entry.load
        if isinstance(fact, CartState):
            if fact.source != "displayed":
                return ()
            place = self._behind[load] if load in self._behind else self._shown.setdefault(load, {})
            before = place.get(fact.surface)
            place[fact.surface] = Standing(fact, load, entry.t, now, now)
            return (replace(before, until=now),) if before and place is not self._behind.get(load) else ()
        if isinstance(fact, CartGone):
            self._behind.get(load, {}).pop(fact.surface, None)
            gone = self._shown.get(load, {}).pop(fact.surface, None)
            return (replace(gone, until=now),) if gone else ()
        if isinstance(fact, TabShown):
            return self._tab(load, fact.visible, now)
        if isinstance(fact, PageLoaded):
            earlier = self._load_of.get(entry.tab)
            self._load_of[entry.tab] = load
            if earlier is None or earlier == load:
                return ()
            load = earlier
        self._behind.pop(load, None)
        return tuple(replace(one, until=now) for one in self._shown.pop(load, {}).values())

    def standing(self, now_ms: float) -> Iterator[Standing]:
        """What is on screen, each until ``now_ms``."""
        for shown in self._shown.values():
            for one in shown.values():
                yield replace(one, until=max(now_ms, one.since))

    def _tab(self, load: str, visible: bool, now: float) -> tuple[Standing, ...]:
        if visible:
            for surface, one in self._behind.pop(load, {}).items():
                self._shown.setdefault(load, {})[surface] = replace(one, since=now, until=now)
            return ()
        if load in self._behind:
            return ()
        shown = self._shown.pop(load, {})
        self._behind[load] = shown
        return tuple(replace(one, until=now) for one in shown.values())


_KINDS = frozenset({CartState, CartGone, TabShown, PageLoaded, PageLeft})
