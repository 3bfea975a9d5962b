"""A cart is not as it was, and the customer did nothing.

Compared are two states of one surface that both stood for two seconds, where nothing was done in between
in any tab: no press (but of links that led to another page), no quantity typed, no code, no signing in, no
order. What another device did cannot be seen, so the sentence says only what was seen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from replay.detect.answers import changes_cart
from replay.detect.articles import Article, Articles
from replay.detect.evidence import Findings, evidence
from replay.detect.reasons import amounts_off, pieces
from replay.detect.seen import Seen
from replay.detect.shown import Price, Reader, apart, comparable, difference, exceeds
from replay.detect.surfaces import CARTS, NAMES, Standing
from replay.detect.views import place_of
from replay.model.cart import Amount, CartState, Line, Surface, Text
from replay.model.events import (
    Click,
    Fact,
    FactsLost,
    Identified,
    OrderPlaced,
    PageLoaded,
    PageViewed,
    PromoSeen,
    SignedOut,
)
from replay.model.finding import Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["CartChanged"]

RULE = "cart_changed_without_customer_action"
VERSION = 2
REST_MS = 2_000
AFTERMATH_MS = 10_000
"""How long after it was done something may still change a cart."""
HIGH_PERCENT = 5


class CartChanged:
    """The rule over one session."""

    READS = CARTS | {Click, PageViewed, Identified, PromoSeen, SignedOut, OrderPlaced, FactsLost}

    def __init__(self, seen: Seen) -> None:
        self._reader = seen.reader
        self._articles = seen.articles
        self._surfaces = seen.surfaces
        self._findings = Findings()
        self._before: dict[Surface, Standing] = {}
        self._done_ms = float("-inf")
        self._done_at: dict[tuple[str, Surface], float] = {}
        self._links: dict[str, float] = {}
        """By tab, a press of a link that has not led anywhere yet."""
        self._paths: dict[str, str] = {}
        self._person: str | None = None

    def observe(self, entry: Entry) -> None:
        for gone in self._surfaces.gone:
            if gone.until - gone.since >= REST_MS and _counts(gone.state):
                self._compare(gone, self._findings)
                before = self._before.get(gone.state.surface)
                if before is None or before.t < gone.t:
                    self._before[gone.state.surface] = gone
        fact = entry.event.fact
        if isinstance(fact, CartState):
            if fact.source == "displayed" and fact.lines:
                self._note(fact, entry)
        elif isinstance(fact, Click):
            self._press(fact, entry)
        elif isinstance(fact, PageLoaded | PageViewed):
            self._arrive(place_of(fact.url)[1], entry)
        elif isinstance(fact, Identified):
            who = fact.customer_id or fact.email or fact.phone
            if who != self._person:
                self._person, self._done_ms = who, entry.t
        elif isinstance(fact, SignedOut | OrderPlaced | FactsLost) or _is_code_given(fact):
            self._done_ms = max(self._done_ms, entry.t)

    def judge(self, now_ms: float) -> Judgement:
        findings = self._findings.copy()
        wakes: list[float] = []
        for standing in self._surfaces.standing(now_ms):
            if not _counts(standing.state):
                continue
            if now_ms - standing.since >= REST_MS:
                self._compare(standing, findings)
            else:
                wakes.append(standing.since + REST_MS)
        return Judgement(findings=findings.all(), wake_ms=min(wakes, default=None))

    def _note(self, state: CartState, entry: Entry) -> None:
        for line in state.lines or ():
            if line.quantity_typed is not None:
                self._done_ms = max(self._done_ms, entry.t)
        self._done_at[entry.load, state.surface] = max(self._done_ms, *self._links.values(), float("-inf"))

    def _press(self, fact: Click, entry: Entry) -> None:
        is_link = fact.control is not None and (fact.control == "a" or fact.control[:2] in ("a.", "a[", "a#"))
        label = fact.text.raw if fact.text else ""
        if is_link and label and not changes_cart(label):
            self._links[entry.tab] = entry.t
        else:
            self._done_ms = max(self._done_ms, entry.t)

    def _arrive(self, path: str, entry: Entry) -> None:
        pressed = self._links.pop(entry.tab, None)
        if pressed is not None and path == self._paths.get(entry.tab):
            self._done_ms = max(self._done_ms, pressed)
        self._paths[entry.tab] = path

    def _compare(self, now: Standing, findings: Findings) -> None:
        before = self._before.get(now.state.surface)
        if before is None or before.t >= now.t:
            return
        done_ms = self._done_at.get((now.load, now.state.surface), float("inf"))
        if done_ms > before.t or now.t - done_ms <= AFTERMATH_MS:
            return
        discounts = [sorted(amounts_off(each.state, self._reader)) for each in (before, now)]
        after = _by_article(now.state, self._articles)
        for key, had in _by_article(before.state, self._articles).items():
            has = after.get(key, [])
            if len(had) > 1 or len(has) > 1:
                continue
            (article, line), later = had[0], has[0][1] if has else None
            change = _Change(article, before, now, line, later)
            for finding in change.findings(self._reader, is_same_discount=discounts[0] == discounts[1]):
                findings.take(finding)


@dataclass(frozen=True, slots=True)
class _Change:
    """One article in the earlier and in the later state."""

    article: Article
    before: Standing
    now: Standing
    line: Line
    later: Line | None

    def findings(self, reader: Reader, *, is_same_discount: bool) -> Iterator[Finding]:
        if self.later is None:
            if not self.now.state.lines_cut:
                yield self._finding("item gone", "was gone", "medium", self.line, None)
            return
        had, has = pieces(self.line), pieces(self.later)
        if had and has and has < had:
            yield self._finding(
                "fewer pieces", f"went from {had:g} to {has:g}", "medium", self.line, self.later.quantity
            )
        if had == has and is_same_discount:
            yield from self._price(reader)

    def _price(self, reader: Reader) -> Iterator[Finding]:
        later = self.later or self.line
        cost, costs = reader.price(self.line.unit), reader.price(later.unit)
        if not isinstance(cost, Price) or not isinstance(costs, Price) or comparable(cost, costs) is not None:
            return
        gap = difference(cost, costs)
        if gap <= 0 or not apart(cost, costs):
            return
        severity: Severity = "high" if exceeds(gap, cost.minor, HIGH_PERCENT) else "low"
        said = f"went from {cost.raw} to {costs.raw}"
        found = self._finding("dearer", said, severity, self.line, later.unit)
        count = pieces(later) or 1
        minor = round(gap * count) if costs.is_currency else None
        yield replace(found, minor=minor, currency=costs.unit if costs.is_currency else None)

    def _finding(
        self, signature: str, said: str, severity: Severity, line: Line, what: Amount | Text | None
    ) -> Finding:
        now, before = self.now, self.before
        role = "checkout" if now.state.surface == "summary" else "cart"
        there = NAMES[now.state.surface]
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=self.article.subject,
            signature=f"{now.state.surface}: {signature}",
            outcome="fail",
            severity=severity,
            said=f"In {there} {self.article.said} {said}, and nothing was done here in between.",
            shown=(
                evidence(role, now.load, now.t, what),
                evidence(role, before.load, before.t, line.unit or line.name),
            ),
            decided_ms=now.since + REST_MS,
        )


def _is_code_given(fact: Fact) -> bool:
    """Whether the customer did something about a code. What a shop states of them, again and again perhaps,
    nobody has done."""
    return isinstance(fact, PromoSeen) and fact.state in ("entered", "removed")


def _counts(state: CartState) -> bool:
    return bool(state.lines) and state.surface != "mini"


def _by_article(state: CartState, articles: Articles) -> dict[str, list[tuple[Article, Line]]]:
    """The lines of each article. One that has several says nothing: a line may have been parted in two."""
    found: dict[str, list[tuple[Article, Line]]] = {}
    for line in state.lines or ():
        article = articles.of_line(line)
        if article is not None:
            found.setdefault(article.key, []).append((article, line))
    return found
