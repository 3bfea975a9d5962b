"""Tiny facts for the tests of rules, and the recorded ones of the demo shop."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from replay.detect.fold import Fold, Rule
from replay.detect.shop import Shop
from replay.model.cart import Amount, CartGone, CartState, Line, PromoShown, Surface, Text, Total
from replay.model.clock import corrected
from replay.model.events import (
    Circumstances,
    Event,
    Fact,
    PageLeft,
    PageLoaded,
    PriceShown,
    PromoSeen,
    decode_events,
)
from replay.model.finding import Finding
from replay.model.timeline import Entry, timeline

RECORDED = Path(__file__).parent / "recorded"
START_MS = 1_795_000_000_000.0
USD = Shop(currency="USD")


def at(seconds: float, fact: Fact, *, load: str = "load-1", tab: str = "tab-1") -> Entry:
    """A fact so many seconds after the session began."""
    return Entry(load, tab, 1, 0, START_MS + seconds * 1_000, Event(START_MS + seconds * 1_000, fact))


def page(path: str = "/", *, language: str | None = None) -> PageLoaded:
    return PageLoaded(url=f"https://shop.example{path}", circumstances=Circumstances(language=language))


def left() -> PageLeft:
    return PageLeft(picture_complete=True)


def amount(raw: str | None, node: int | None = None) -> Amount | None:
    return None if raw is None else Amount(raw=raw, node=node)


def text(raw: str | None) -> Text | None:
    return None if raw is None else Text(raw=raw, node=5)


def price(
    raw: str,
    *,
    sku: str | None = "HP-15",
    name: str | None = "HP 15 laptop",
    context: str = "product",
    role: str = "current",
) -> PriceShown:
    return PriceShown(
        source="displayed",
        context=context,
        role=role,
        sku=sku,
        name=text(name),
        amount=Amount(raw=raw, node=7),
    )


def line(
    unit: str | None,
    *,
    sku: str | None = "HP-15",
    name: str | None = "HP 15 laptop",
    quantity: str | None = "1",
    total: str | None = None,
    was: str | None = None,
    total_was: str | None = None,
    notes: Sequence[str] = (),
) -> Line:
    return Line(
        sku=sku,
        name=text(name),
        quantity=text(quantity),
        unit=amount(unit, 9),
        total=amount(total, 10),
        was=amount(was),
        total_was=amount(total_was),
        notes=tuple(Text(raw=note) for note in notes),
    )


def cart(
    *lines: Line,
    surface: Surface = "drawer",
    totals: Iterable[tuple[str, str]] = (),
    labels: dict[str, str] | None = None,
    promos: Iterable[tuple[str, str | None, str | None]] | None = None,
    messages: Sequence[str] = (),
) -> CartState:
    """A displayed cart; ``totals`` are keys and raw amounts, ``promos`` codes, texts and raw amounts."""
    return CartState(
        surface=surface,
        source="displayed",
        node=3,
        lines=lines,
        totals=tuple(
            Total(key=key, label=text((labels or {}).get(key)), amount=amount(raw, 11)) for key, raw in totals
        ),
        promos=None
        if promos is None
        else tuple(PromoShown(code=code, text=text(said), amount=amount(raw)) for code, said, raw in promos),
        messages=tuple(Text(raw=message, node=13) for message in messages),
    )


def gone(surface: Surface = "drawer") -> CartGone:
    return CartGone(surface=surface)


def promo(
    state: str, code: str | None = "SPRING20", *, campaign: str | None = None, said: str | None = None
) -> PromoSeen:
    return PromoSeen(source="displayed", state=state, code=code, campaign=campaign, text=text(said))  # type: ignore[arg-type]


def judged(
    rule: Rule, facts: Iterable[Entry], *, now: float | None = None, shop: Shop = USD
) -> tuple[Finding, ...]:
    """What a rule says of these facts, a minute after the last one or ``now`` seconds after the first."""
    fold = Fold(shop, [rule])
    taken = list(facts)
    fold.observe(taken)
    last = max((entry.t for entry in taken), default=START_MS)
    judgement = fold.judge(last + 60_000 if now is None else START_MS + now * 1_000)
    assert not fold.failures
    return judgement.findings


def fails(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.outcome == "fail"]


def recorded(name: str) -> list[Entry]:
    """The facts of a trip through the demo shop, as a browser sent them."""
    loads = json.loads((RECORDED / f"{name}.json").read_text())
    return timeline(
        [
            Entry(load["load"], load["tab"], 1, index, corrected(event.t, load["offset_ms"]), event)
            for index, event in enumerate(decode_events(load["events"]))
        ]
        for load in loads
    )
