"""An article went into the cart, and the shop said later that it cannot be had.

Said is what stands at its line or names it in a message of the cart. What stood there from the first moment
was known when it was added; that is no finding.
"""

from __future__ import annotations

from dataclasses import dataclass

from replay.detect.answers import is_sold_out
from replay.detect.articles import Article, fold_name
from replay.detect.evidence import evidence
from replay.detect.seen import Seen
from replay.detect.surfaces import CARTS, NAMES, Standing
from replay.model.cart import CartState, Line, Text
from replay.model.finding import Finding, Judgement
from replay.model.timeline import Entry

__all__ = ["OutOfStockAfterAdd"]

RULE = "out_of_stock_after_add"
VERSION = 1
REST_MS = 2_000
"""How long an article must have stood in a cart without a word, and the word that it cannot be had."""
_ARTICLES_MAX_COUNT = 500


@dataclass(frozen=True, slots=True)
class _Added:
    """When an article was first in a cart and nothing was said against it; ``warned``: something was."""

    standing: Standing
    line: Line
    is_warned: bool


class OutOfStockAfterAdd:
    """The rule over one session."""

    READS = CARTS

    def __init__(self, seen: Seen) -> None:
        self._articles = seen.articles
        self._surfaces = seen.surfaces
        self._added: dict[str, _Added] = {}
        self._found: dict[str, Finding] = {}

    def observe(self, entry: Entry) -> None:
        for gone in self._surfaces.gone:
            self._look(gone, self._added, self._found)

    def judge(self, now_ms: float) -> Judgement:
        added, found = dict(self._added), dict(self._found)
        wakes: list[float] = []
        for standing in self._surfaces.standing(now_ms):
            if now_ms - standing.since < REST_MS and _says_sold_out(standing.state):
                wakes.append(standing.since + REST_MS)
            self._look(standing, added, found)
        return Judgement(findings=tuple(found.values()), wake_ms=min(wakes, default=None))

    def _look(self, standing: Standing, added: dict[str, _Added], found: dict[str, Finding]) -> None:
        if standing.until - standing.since < REST_MS:
            return
        for line in standing.state.lines or ():
            article = self._articles.of_line(line)
            if article is None:
                continue
            said = _against(line, standing.state)
            before = added.get(article.key)
            if before is None:
                if len(added) < _ARTICLES_MAX_COUNT:
                    added[article.key] = _Added(standing, line, said is not None)
            elif said is not None and not before.is_warned and before.standing.t < standing.t:
                found.setdefault(article.key, _finding(article, before, standing, said))


def _against(line: Line, state: CartState) -> Text | None:
    """What the cart says against having this article."""
    for note in line.notes:
        if is_sold_out(note.raw):
            return note
    name = fold_name(line.name.raw) if line.name else ""
    for message in state.messages:
        if name and name in fold_name(message.raw) and is_sold_out(message.raw):
            return message
    return None


def _says_sold_out(state: CartState) -> bool:
    notes = (note for line in state.lines or () for note in line.notes)
    return any(is_sold_out(text.raw) for text in (*state.messages, *notes))


def _finding(article: Article, before: _Added, standing: Standing, said: Text) -> Finding:
    seconds = round((standing.t - before.standing.t) / 1_000)
    later = f"{seconds} s" if seconds < 120 else f"{seconds // 60} minutes"
    is_checkout = standing.state.surface == "summary"
    first = evidence("cart", before.standing.load, before.standing.t, before.line.name)
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=article.subject,
        signature=standing.state.surface,
        outcome="fail",
        severity="high" if is_checkout else "medium",
        said=f"{article.said} went into the cart, and {later} later {NAMES[standing.state.surface]} said "
        f"“{said.raw}”.",
        shown=(evidence("checkout" if is_checkout else "cart", standing.load, standing.t, said), first),
        decided_ms=standing.since + REST_MS,
    )
