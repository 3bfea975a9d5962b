"""One session folded step by step, so that new facts do not cost reading everything again.

What is found is always that of one fold over the whole timeline: facts that belong behind others that were
folded already, in whatever order they were sent, mean that it has to be folded anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence

from replay.detect.fold import Failure, Fold, Rule, Shop
from replay.model.cart import CartState
from replay.model.events import Event
from replay.model.finding import Finding, Judgement
from replay.model.server_event import Concerning
from replay.model.shown_price import ShownPrice
from replay.model.timeline import Entry, Place, batch_entries, entries, placed
from replay.ports import Load, SessionFacts, StoredBatch

__all__ = ["Followed", "ReadAlready", "weight"]


EVENT_BYTES, LINE_BYTES = 1_000, 300
"""About what an event of the shop's systems, and each of its lines, takes in memory."""
ReadAlready = Mapping[tuple[str, int], Sequence[Event]]
"""By page load and number of a batch, the facts that it holds."""


class Followed:
    """The rules over one session, as far as they were led. ``findings``: what is stored of it."""

    def __init__(self, shop: Shop, rules: Sequence[Rule], findings: Sequence[Finding]) -> None:
        self.shop = shop
        self.findings = tuple(findings)
        self.after: dict[str, int] = {}
        """By page load, the last number that was folded."""
        self.bytes = 0
        """Payloads that were folded."""
        self.took_ms = 0.0
        """How long reading, folding and judging took the last time."""
        self.is_long = False
        """Whether it is to be worked on in a thread."""
        self.shown: tuple[ShownPrice, ...] | None = None
        """What is stored of the prices that it was shown, if that is known."""
        self.changes_count = 0
        """Of the facts that were folded."""
        self.has_news = False
        """Whether the last time brought other server events than the time before."""
        self._told: tuple[Concerning, ...] = ()
        self._told_bytes = 0
        self._fold = Fold(shop, rules)
        self._facts_count: int | None = None
        self._offsets: dict[str, float | None] = {}
        self._latest: dict[str, float] = {}
        self._last: Place = float("-inf"), (0, 0, 0)

    @property
    def held_bytes(self) -> int:
        """What is held of it: payloads that were folded, and about what its shop's systems say."""
        return self.bytes + self._told_bytes

    def follow(self, facts: SessionFacts, read: ReadAlready) -> bool:
        """Take the facts behind ``after``. False, and nothing is taken, if they are not simply what comes
        next."""
        if self._facts_count is not None and not self._goes_on(facts):
            return False
        batches: dict[str, list[StoredBatch]] = {}
        for batch in facts.batches:
            batches.setdefault(batch.load, []).append(batch)
        new = [
            placed(
                at,
                list(_readable(load, batches[load.id], read)),
                self._latest.get(load.id, float("-inf")),
            )
            for at, load in enumerate(facts.loads)
            if load.id in batches
        ]
        merged = list(heapq.merge(*new))
        if merged and merged[0][0] < self._last:
            return False
        self._fold.observe(entry for _, entry in merged)
        until_ms = None if facts.brought is None else facts.brought.until_ms
        self._fold.hear(facts.told, facts.orders_since_ms, until_ms)
        self.has_news, self._told = facts.told != self._told, facts.told
        if self.has_news:
            lines_count = sum(len(one.event.lines or ()) for one in facts.told)
            self._told_bytes = len(facts.told) * EVENT_BYTES + lines_count * LINE_BYTES
        for place, entry in merged:
            self._last, self._latest[entry.load] = place, place[0]
        self._offsets = {load.id: load.offset_ms for load in facts.loads}
        self._facts_count, self.changes_count = facts.facts_count, facts.changes_count
        for batch in facts.batches:
            self.after[batch.load] = batch.number
            self.bytes += len(batch.payload)
        return True

    def judge(self, now_ms: float) -> Judgement:
        """What can be said at ``now_ms``, or at the last fact, should its clock be ahead."""
        return self._fold.judge(max(now_ms, self._last[0]))

    def shown_prices(self) -> tuple[ShownPrice, ...]:
        """The prices that the session was shown."""
        return self._fold.shown_prices()

    def take_failures(self) -> list[Failure]:
        """Rules that failed since this was asked."""
        failures, self._fold.failures = self._fold.failures, []
        return failures

    def _goes_on(self, facts: SessionFacts) -> bool:
        """Whether nothing came behind what was folded, and it still has the same times."""
        return facts.facts_count - (self._facts_count or 0) == len(facts.batches) and all(
            load.offset_ms == self._offsets[load.id] for load in facts.loads if load.id in self.after
        )


def weight(events: Sequence[Event]) -> int:
    """How many facts and lines of carts these are."""
    carts = (event.fact.lines or () for event in events if isinstance(event.fact, CartState))
    return len(events) + sum(map(len, carts))


def _readable(load: Load, batches: Sequence[StoredBatch], read: ReadAlready) -> Iterator[Entry]:
    """The facts of a page load; what is damaged is left out, as it is at the desk."""
    for batch in batches:
        events = read.get((batch.load, batch.number))
        if events is not None:
            yield from batch_entries(load.id, load.tab, load.offset_ms, batch.number, events)
            continue
        try:
            yield from list(entries(load.id, load.tab, load.offset_ms, [(batch.number, batch.payload)]))
        except ValueError:
            continue
