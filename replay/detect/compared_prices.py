"""What carts charged beside what pages, or other surfaces of the cart, showed before.

Compared is what was displayed: the last ``current`` price of the article on a page, and the price of one
piece in a cart surface that stood there for two seconds. What a customer could have read as the reason (a
discount, a former price, a tax) is not held against the shop; what may be another thing is not compared.
Which fault it is that two prices differ is for the rules, which share what is found out here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from replay.detect.articles import Article, Articles, fold_name
from replay.detect.evidence import evidence
from replay.detect.page_prices import ARTICLES_MAX_COUNT, VIEW_MS, PagePrices, PriceSeen
from replay.detect.reasons import Reason, is_taxed, made_up_for, pieces, unit_price
from replay.detect.shown import Price, Reader, apart, comparable, difference
from replay.detect.surfaces import CARTS, Standing, Surfaces
from replay.detect.views import Views
from replay.model.cart import Amount, Line, Surface
from replay.model.events import Click, Identified, PageLoaded, PriceShown, SignedOut
from replay.model.finding import Evidence
from replay.model.timeline import Entry

__all__ = ["Compared", "ComparedPrices", "Comparison", "Incomparable", "role_of"]

REST_MS = 2_000
"""How long a price must have been on screen in the cart, in all, before it counts as shown."""
_SEEN_MAX_COUNT = 20
_PAIRS_MAX_COUNT = 8
"""Of the same two prices so many comparisons are kept."""
_Key = tuple[str, str, str]
"""Article, surface and text of a price."""
_Pair = tuple[str, int, int]
"""Article, and the two prices in minor units."""
Relation = Literal["same", "explained", "tax", "dearer", "cheaper"]
"""How the second price stands to the first."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two prices of one article, the second in a cart surface."""

    article: Article
    line: Line
    standing: Standing
    before: PriceSeen
    expected: Price
    charged: Price
    at: float
    is_page: bool
    """Whether the first stood on a page and not in another surface of the cart."""
    reason: Reason | None = None
    """What the screen says for the difference."""
    is_tax: bool = False

    @property
    def gap(self) -> int:
        """How much more one piece was charged."""
        return difference(self.expected, self.charged)

    @property
    def relation(self) -> Relation:
        if not apart(self.expected, self.charged):
            return "same"
        if self.reason is not None:
            return "explained"
        if self.is_tax:
            return "tax"
        return "dearer" if self.gap > 0 else "cheaper"

    @property
    def pieces(self) -> float:
        return pieces(self.line) or 1

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """Where both can be seen, first what was charged."""
        before, standing = self.before, self.standing
        role = before.where if self.is_page else role_of(before.where)
        return (
            evidence(role_of(standing.state.surface), standing.load, standing.t, cost_of(self.line)),
            evidence(role, before.load, before.t, before.amount),
        )


@dataclass(frozen=True, slots=True)
class Incomparable:
    """Two prices that cannot be compared, and why."""

    article: Article
    standing: Standing
    line: Line
    why: str
    at: float

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """Where what was charged can be seen."""
        standing = self.standing
        return (evidence(role_of(standing.state.surface), standing.load, standing.t, cost_of(self.line)),)


@dataclass(slots=True)
class Comparison:
    """All that was compared: every pair of prices that differ, on whatever surfaces they stand, and of an
    article without one that they agree, or else why they cannot be compared."""

    pairs: dict[_Pair, list[Compared]] = field(default_factory=dict)
    others: dict[str, Compared | Incomparable] = field(default_factory=dict)
    wake_ms: float | None = None

    def copy(self) -> Comparison:
        """The same, to be added to without changing this."""
        pairs = {pair: list(compared) for pair, compared in self.pairs.items()}
        return Comparison(pairs, dict(self.others))

    def take(self, found: Compared | Incomparable) -> None:
        """Add what was found; of what agrees, what was said first stands."""
        subject = found.article.subject
        if isinstance(found, Compared) and found.relation not in ("same", "explained"):
            pair = self.pairs.setdefault((found.article.key, found.expected.minor, found.charged.minor), [])
            if len(pair) < _PAIRS_MAX_COUNT:
                pair.append(found)
            return
        before = self.others.get(subject)
        if before is None or (isinstance(before, Incomparable) and isinstance(found, Compared)):
            self.others[subject] = found


class ComparedPrices:
    """The comparisons of one session. Rules that share it hand it each fact that it reads, once or again."""

    READS = CARTS | {PriceShown, Click, Identified, SignedOut}

    def __init__(self, reader: Reader, articles: Articles, surfaces: Surfaces, views: Views) -> None:
        self._reader = reader
        self._articles = articles
        self._surfaces = surfaces
        self.pages = PagePrices(articles, reader, views)
        self._carts: dict[str, list[PriceSeen]] = {}
        self._rested: dict[_Key, float] = {}
        self._first: dict[_Key, tuple[Line, Standing]] = {}
        """Where each price of a cart stood first."""
        self._found = Comparison()
        self._last: Entry | None = None
        self._asked: tuple[float, Comparison] | None = None
        """What was answered last, if nothing came since."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact; one that was taken is not taken again."""
        if entry is self._last:
            return
        self._last, self._asked = entry, None
        for gone in self._surfaces.gone:
            self._settle(gone)
        if type(entry.event.fact) in _OF_PAGES:
            self.pages.observe(entry)

    def judge(self, now_ms: float) -> Comparison:
        """What can be said at that time, and when to ask again. Not to be changed."""
        if self._asked is not None and self._asked[0] == now_ms:
            return self._asked[1]
        found = self._found.copy()
        wakes: list[float] = []
        for standing in self._surfaces.standing(now_ms):
            for line, article, key, at in self._resting(standing):
                if at <= now_ms:
                    self._decide(line, article, key, standing, at, found)
                else:
                    wakes.append(at)
        found.wake_ms = min(wakes, default=None)
        self._asked = now_ms, found
        return found

    def _resting(self, standing: Standing) -> list[tuple[Line, Article, _Key, float]]:
        """The priced lines of a state, and when the price of each has been on screen long enough."""
        resting = []
        for line in standing.state.lines or ():
            article = self._articles.of_line(line)
            raw = cost_of(line).raw
            if article is None or raw is None:
                continue
            key: _Key = (article.key, standing.state.surface, raw)
            if key not in self._rested and len(self._rested) >= ARTICLES_MAX_COUNT:
                continue
            missing = max(0.0, REST_MS - self._rested.get(key, 0.0))
            resting.append((line, article, key, standing.since + missing))
        return resting

    def _settle(self, gone: Standing) -> None:
        resting = self._resting(gone)
        for key in {key for _, _, key, _ in resting}:
            self._rested[key] = self._rested.get(key, 0.0) + gone.until - gone.since
        for line, article, key, at in resting:
            self._first.setdefault(key, (line, gone))
            if at > gone.until:
                continue
            self._decide(line, article, key, gone, at, self._found)
            quantity = line.quantity.raw if line.quantity else None
            seen = self._carts.setdefault(article.key, [])
            seen.append(PriceSeen(gone.t, gone.load, gone.state.surface, cost_of(line), quantity))
            del seen[:-_SEEN_MAX_COUNT]

    def _decide(
        self, line: Line, article: Article, key: _Key, standing: Standing, at: float, found: Comparison
    ) -> None:
        known = found.others.get(article.subject)
        if isinstance(known, Compared) and self._is_as_ever(line):
            return None
        compared = self._compare(line, article, standing, at)
        if isinstance(compared, str):
            return found.take(Incomparable(article, standing, line, compared, at))
        if compared.relation in ("same", "explained"):
            return found.take(compared)
        # Told as it was when the customer first saw it, if it was the same then.
        was, stood = self._first.get(key, (line, standing))
        first = self._explained(replace(compared, line=was, standing=stood))
        return found.take(first if first.relation == compared.relation else compared)

    def _is_as_ever(self, line: Line) -> bool:
        """Whether the cart asks for the very text that every page showed."""
        raw = line.unit.raw if line.unit else None
        if raw is None or not line.sku or (line.name and self.pages.is_known(fold_name(line.name.raw))):
            return False
        return self.pages.raws(f"#{line.sku}") == {raw}

    def _compare(self, line: Line, article: Article, standing: Standing, at: float) -> Compared | str:
        """The two prices to compare, or why there are none."""
        charged = unit_price(line, self._reader)
        if isinstance(charged, str):
            return charged
        page = self.pages.last(line, standing.t, at)
        is_page = isinstance(page, PriceSeen)
        before = page if isinstance(page, PriceSeen) else self._other_surface(article.key, line, standing, at)
        if before is None:
            return page if isinstance(page, str) else "no page with its price was seen"
        expected = self._reader.price(before.amount)
        if isinstance(expected, str):
            return expected
        compared = Compared(article, line, standing, before, expected, charged, at, is_page)
        if (why := comparable(expected, charged)) is not None:
            return why
        if not apart(expected, charged):
            return compared
        if self.pages.is_changed(before.t if before.again is None else before.again, at):
            return "the customer signed in or out in between"
        if isinstance(page, PriceSeen) and (another := self.pages.another(line, page, charged)) is not None:
            return another
        compared = self._explained(compared)
        reason = compared.reason
        return reason.said if reason and not reason.is_sure else compared

    def _explained(self, compared: Compared) -> Compared:
        """The same with what the screen says for it."""
        state = compared.standing.state
        reason = made_up_for(compared.line, state, compared.expected, compared.charged, self._reader)
        is_tax = reason is None and is_taxed(state, compared.expected, compared.charged, self._reader)
        return replace(compared, reason=reason, is_tax=is_tax)

    def _other_surface(self, key: str, line: Line, standing: Standing, at: float) -> PriceSeen | None:
        """What another cart surface last showed for as many pieces, where no page can be compared."""
        quantity = line.quantity.raw if line.quantity else None
        return next(
            (
                one
                for one in reversed(self._carts.get(key, ()))
                if one.where != standing.state.surface
                and one.quantity == quantity
                and one.t <= at
                and standing.t - one.t <= VIEW_MS
            ),
            None,
        )


_OF_PAGES = frozenset({PriceShown, PageLoaded, Click, Identified, SignedOut})


def cost_of(line: Line) -> Amount:
    """The amount by which a line is read."""
    return line.unit or line.total or Amount()


def role_of(surface: Surface | str) -> str:
    """What evidence in a surface is called."""
    return "checkout" if surface == "summary" else "cart"
