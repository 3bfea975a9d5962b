"""Which displayed carts stood on screen, and from when until when.

A state stands until the same surface states another one, is gone, or its page is left or goes behind another
tab. Nobody reads what stood for an instant: rules that accuse add up how long something was to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from replay.model.cart import CartGone, CartState, Surface
from replay.model.events import PageLeft, PageLoaded, TabShown
from replay.model.timeline import Entry

__all__ = ["CARTS", "NAMES", "Standing", "Surfaces"]

CARTS = frozenset({CartState, CartGone, TabShown, PageLoaded, PageLeft})
"""Facts that put a cart on the screen or take one off it."""

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

    def ended(self, until: float) -> Standing:
        """The same, seen until then."""
        return Standing(self.state, self.load, self.t, self.since, until)


class Surfaces:
    """The displayed carts of one session."""

    def __init__(self) -> None:
        self.gone: tuple[Standing, ...] = ()
        """What the fact that rules are handed took off the screen."""
        self._shown: dict[str, dict[Surface, Standing]] = {}
        self._behind: dict[str, dict[Surface, Standing]] = {}
        self._load_of: dict[str, str] = {}
        self._now = float("-inf")
        self._standing: tuple[float, Sequence[Standing]] | None = None
        """What was on screen when that was asked last, if nothing came since."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact, which is one of ``CARTS``."""
        self._standing = None
        self.gone = self._take(entry)

    def _take(self, entry: Entry) -> tuple[Standing, ...]:
        fact = entry.event.fact
        self._now = now = max(self._now, entry.t)
        load = entry.load
        if isinstance(fact, CartState):
            if fact.source != "displayed":
                return ()
            place = self._behind[load] if load in self._behind else self._shown.setdefault(load, {})
            before = place.get(fact.surface)
            place[fact.surface] = Standing(fact, load, entry.t, now, now)
            return (before.ended(now),) if before and place is not self._behind.get(load) else ()
        if isinstance(fact, CartGone):
            self._behind.get(load, {}).pop(fact.surface, None)
            gone = self._shown.get(load, {}).pop(fact.surface, None)
            return (gone.ended(now),) if gone else ()
        if isinstance(fact, TabShown):
            return self._tab(load, fact.visible, now)
        if isinstance(fact, PageLoaded):
            earlier = self._load_of.get(entry.tab)
            self._load_of[entry.tab] = load
            if earlier is None or earlier == load:
                return ()
            load = earlier
        self._behind.pop(load, None)
        return tuple(one.ended(now) for one in self._shown.pop(load, {}).values())

    def standing(self, now_ms: float) -> Sequence[Standing]:
        """What is on screen, each until ``now_ms``."""
        if self._standing is None or self._standing[0] != now_ms:
            shown = (one for each in self._shown.values() for one in each.values())
            self._standing = now_ms, tuple(one.ended(max(now_ms, one.since)) for one in shown)
        return self._standing[1]

    def _tab(self, load: str, visible: bool, now: float) -> tuple[Standing, ...]:
        if visible:
            for surface, one in self._behind.pop(load, {}).items():
                back = Standing(one.state, load, one.t, now, now)
                self._shown.setdefault(load, {})[surface] = back
            return ()
        if load in self._behind:
            return ()
        shown = self._shown.pop(load, {})
        self._behind[load] = shown
        return tuple(one.ended(now) for one in shown.values())
