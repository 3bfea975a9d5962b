"""A button was pressed again and again, and no fact says what came of it.

So nobody is accused: the answer is that it cannot be told, with the place to look at. That is so where the
press loads the same page again, which may say why or not, and in recordings of pages that did not state yet
what came of a press. Only pages where pressing in vain costs the customer something are spoken of: cart,
checkout, account, orders, returns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from replay.detect.evidence import cannot_tell
from replay.detect.views import place_of, shape
from replay.model.cart import CartGone, CartState
from replay.model.events import Click, OrderPlaced, PageLoaded, PageViewed, PriceShown, PromoSeen
from replay.model.finding import Evidence, Finding, Judgement
from replay.model.timeline import Entry

__all__ = ["AREA", "RULE", "VERSION", "PressedAgain"]

RULE = "silent_failure"
VERSION = 2
ANSWER_MS = 5_000
"""How soon something must come of a press."""
AGAIN_MS = 1_000
"""Sooner it is one press of an impatient hand."""
MIN_PRESSES_COUNT = 2
_BUTTON = re.compile(r"(?:button|input)(?![\w-])")
AREA = re.compile(
    r"account|order|return|refund|checkout|cart|basket|kasse|warenkorb|konto|panier|compte|retour"
)
_PRESSES_MAX_COUNT = 500


@dataclass(slots=True)
class _Presses:
    """One button, pressed in one view of one tab."""

    path: str
    label: str
    presses: list[Entry] = field(default_factory=list)
    is_told: bool = False
    """Whether the page states what comes of presses: then silence means that something did."""
    is_answered: bool = False
    """Whether the page that came back said something."""
    came_back: int = 0
    """How often the same page was loaded again."""


@dataclass(slots=True)
class _Tab:
    """Where a tab is, and the button pressed last in it."""

    load: str = ""
    path: str = ""
    is_told: bool = False
    last: _Presses | None = None
    carts: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """What each surface said last."""


class PressedAgain:
    """This part of the rule over one session."""

    READS = frozenset(
        {Click, PageLoaded, PageViewed, CartState, CartGone, PriceShown, PromoSeen, OrderPlaced}
    )

    def __init__(self) -> None:
        self._tabs: dict[str, _Tab] = {}
        self._done: list[_Presses] = []

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        tab = self._tabs.setdefault(entry.tab, _Tab())
        if isinstance(fact, Click):
            self._press(tab, fact, entry)
        elif isinstance(fact, PageLoaded | PageViewed):
            path = place_of(fact.url)[1]
            if path != tab.path or tab.last is None:
                self._end(tab, entry.t)
            else:
                tab.last.came_back += isinstance(fact, PageLoaded)
            tab.path, tab.load = path, entry.load
            if isinstance(fact, PageLoaded):
                tab.is_told = fact.circumstances.sdk is not None
        elif not isinstance(fact, CartState) or _is_new(fact, tab):
            last = tab.last.presses[-1] if tab.last and tab.last.presses else None
            # What else a page states while it loads is not what came of the press.
            is_loading = isinstance(fact, PriceShown) and last is not None and entry.load != last.load
            if last is not None and not is_loading and entry.t - last.t <= ANSWER_MS:
                self._end(tab, entry.t)

    def said(self, entry: Entry) -> None:
        """A page that was just loaded shows a message."""
        tab = self._tabs.get(entry.tab)
        if tab and tab.last and tab.load == entry.load and tab.last.came_back:
            tab.last.is_answered = True

    def judge(self, now_ms: float) -> Judgement:
        presses = [*self._done, *(tab.last for tab in self._tabs.values() if tab.last)]
        waits = [
            tab.last.presses[-1].t + ANSWER_MS
            for tab in self._tabs.values()
            if tab.last and len(tab.last.presses) >= MIN_PRESSES_COUNT
        ]
        found = [
            _finding(one) for one in presses if _is_vain(one) and one.presses[-1].t + ANSWER_MS <= now_ms
        ]
        return Judgement(
            findings=tuple(found), wake_ms=min((at for at in waits if at > now_ms), default=None)
        )

    def _press(self, tab: _Tab, fact: Click, entry: Entry) -> None:
        label = fact.text.raw if fact.text else ""
        if not label or not fact.control or not _BUTTON.match(fact.control):
            return
        last = tab.last
        if last is None or last.label != label or last.path != tab.path:
            self._end(tab, entry.t)
            tab.last = last = _Presses(tab.path, label, is_told=tab.is_told)
        if not last.presses or entry.t - last.presses[-1].t >= AGAIN_MS:
            last.presses.append(entry)

    def _end(self, tab: _Tab, t: float) -> None:
        last, tab.last = tab.last, None
        if last is None or not _is_vain(last) or len(self._done) >= _PRESSES_MAX_COUNT:
            return
        if t - last.presses[-1].t <= ANSWER_MS:
            # The last press led on.
            last.presses.pop()
        if _is_vain(last):
            self._done.append(last)


def _is_new(state: CartState, tab: _Tab) -> bool:
    """Whether a surface says something else than before, also across pages."""
    said = (
        tuple((line.sku, line.quantity and line.quantity.raw) for line in state.lines or ()),
        tuple((row.key, row.amount and row.amount.raw) for row in state.totals),
        tuple(promo.code for promo in state.promos or ()),
        tuple(text.raw for text in state.messages),
    )
    before = tab.carts.get(state.surface)
    tab.carts[state.surface] = said
    return before is not None and before != said


def _is_vain(one: _Presses) -> bool:
    is_open = not one.is_answered if one.came_back else not one.is_told
    return is_open and len(one.presses) >= MIN_PRESSES_COUNT and AREA.search(one.path.casefold()) is not None


def _finding(one: _Presses) -> Finding:
    first = one.presses[0]
    what = "the same page came back each time" if one.came_back else "nothing is known to have come of it"
    said = (
        f"Pressed “{one.label}” {len(one.presses)} times, and {what}. "
        "Whether the page said why cannot be told: look at it."
    )
    click = first.event.fact
    node = click.node if isinstance(click, Click) else None
    shown = tuple(
        Evidence(role="press", load=each.load, t=each.t, node=node if each is first else None, raw=one.label)
        for each in one.presses
    )
    at = one.presses[-1].t + ANSWER_MS
    return cannot_tell(RULE, VERSION, f"{shape(one.path)} “{one.label}”", said, shown, at)
