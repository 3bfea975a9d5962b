"""The page said one price, the cart charges another; or the cart one and the checkout another.

Compared is what was displayed: the last ``current`` price of the article on a page, and the price of one
piece in a cart surface that stood there for two seconds. What a customer could have read as the reason (a
discount, a former price, a tax) is not held against the shop; what may be another thing is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from replay.detect.articles import Article, fold_name, key_of
from replay.detect.evidence import Verdicts, cannot_tell, evidence
from replay.detect.reasons import is_taxed, made_up_for, pieces, unit_price
from replay.detect.seen import Seen
from replay.detect.shown import Price, Reader, apart, comparable, difference, exceeds, say
from replay.detect.surfaces import CARTS, NAMES, Standing
from replay.model.cart import Amount, Line, Surface
from replay.model.events import Click, Identified, PageLoaded, PriceShown, SignedOut
from replay.model.finding import Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["PriceMismatch"]

RULE = "price_mismatch"
VERSION = 2
REST_MS = 2_000
"""How long a price must have been on screen in the cart, in all, before it counts as shown."""
VIEW_MS = 30 * 60 * 1_000
"""For how long a page holds a shop to its price."""
HIGH_PERCENT, MEDIUM_PERCENT = 5, 1
HIGH_MINOR = 1_000
_SEEN_MAX_COUNT = 20
_CHANGES_MAX_COUNT = 50
_ARTICLES_MAX_COUNT = 5_000
"""More are not followed: no customer looks at so many."""
_CONTEXTS = {
    "product": "The product page",
    "listing": "The listing",
    "search": "The search results",
    "quickview": "The quick view",
    "unknown": "The page",
}
_Key = tuple[str, str, str]
"""Article, surface and text of a price."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A price that a page or another cart surface displayed."""

    t: float
    load: str
    where: str
    amount: Amount
    quantity: str | None = None
    again: float | None = None
    """When the same page was come back to, if it was."""


@dataclass(slots=True)
class _Verdicts(Verdicts):
    """One pair of prices is reported once, on whatever surfaces it stands."""

    accused: set[tuple[str, int, int]] = field(default_factory=set)

    def copy(self) -> _Verdicts:
        return _Verdicts(dict(self.fails), dict(self.others), set(self.accused))


class PriceMismatch:
    """The rule over one session."""

    READS = CARTS | {PriceShown, Click, Identified, SignedOut}

    def __init__(self, seen: Seen) -> None:
        self._reader = seen.reader
        self._articles = seen.articles
        self._surfaces = seen.surfaces
        self._views = seen.views
        self._seen: dict[str, list[_Seen]] = {}
        self._raws: dict[str, set[str]] = {}
        """Every text that pages showed as the price of each article."""
        self._ranged: set[str] = set()
        """Articles with a "from" price: they have several."""
        self._carts: dict[str, list[_Seen]] = {}
        self._rested: dict[_Key, float] = {}
        self._first: dict[_Key, tuple[Line, Standing]] = {}
        """Where each price of a cart stood first."""
        self._person: str | None = None
        self._first_load: str | None = None
        self._is_arriving = True
        """Whether this is the first page, and nothing was pressed on it."""
        self._changed_ms: list[float] = []
        """When somebody signed in or out."""
        self._verdicts = _Verdicts()

    def observe(self, entry: Entry) -> None:
        for gone in self._surfaces.gone:
            self._settle(gone)
        fact = entry.event.fact
        if isinstance(fact, PriceShown):
            self._see(fact, entry)
        elif isinstance(fact, PageLoaded | Click):
            self._first_load = self._first_load or entry.load
            if isinstance(fact, Click) or entry.load != self._first_load:
                self._is_arriving = False
        elif isinstance(fact, Identified):
            who = fact.customer_id or fact.email or fact.phone
            if who != self._person:
                self._person = who
                # Who is named before anything was pressed was signed in when they came.
                if not self._is_arriving:
                    self._changed(entry.t)
        elif isinstance(fact, SignedOut):
            self._person = None
            self._changed(entry.t)

    def judge(self, now_ms: float) -> Judgement:
        verdicts = self._verdicts.copy()
        wakes: list[float] = []
        for standing in self._surfaces.standing(now_ms):
            for line, article, key, at in self._resting(standing):
                if at <= now_ms:
                    self._decide(line, article, key, standing, at, verdicts)
                else:
                    wakes.append(at)
        return Judgement(findings=verdicts.all(), wake_ms=min(wakes, default=None))

    def _changed(self, t: float) -> None:
        self._changed_ms.append(t)
        del self._changed_ms[:-_CHANGES_MAX_COUNT]

    def _see(self, fact: PriceShown, entry: Entry) -> None:
        if fact.source != "displayed":
            return
        key = key_of(fact.sku, fact.name)
        if key is None or not fact.amount.raw:
            return
        if key not in self._seen and len(self._seen) >= _ARTICLES_MAX_COUNT:
            return
        if fact.role == "from":
            self._ranged.add(key)
        if fact.role != "current" or fact.context not in _CONTEXTS:
            return
        raws = self._raws.setdefault(key, set())
        if len(raws) < _SEEN_MAX_COUNT:
            raws.add(fact.amount.raw)
        seen = self._seen.setdefault(key, [])
        seen.append(_Seen(entry.t, entry.load, fact.context, fact.amount))
        del seen[:-_SEEN_MAX_COUNT]

    def _resting(self, standing: Standing) -> list[tuple[Line, Article, _Key, float]]:
        """The priced lines of a state, and when the price of each has been on screen long enough."""
        resting = []
        for line in standing.state.lines or ():
            article = self._articles.of_line(line)
            raw = _cost(line).raw
            if article is None or raw is None:
                continue
            key: _Key = (article.key, standing.state.surface, raw)
            if key not in self._rested and len(self._rested) >= _ARTICLES_MAX_COUNT:
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
            self._decide(line, article, key, gone, at, self._verdicts)
            quantity = line.quantity.raw if line.quantity else None
            seen = self._carts.setdefault(article.key, [])
            seen.append(_Seen(gone.t, gone.load, gone.state.surface, _cost(line), quantity))
            del seen[:-_SEEN_MAX_COUNT]

    def _decide(
        self, line: Line, article: Article, key: _Key, standing: Standing, at: float, verdicts: _Verdicts
    ) -> None:
        known = verdicts.others.get(article.subject)
        if known is not None and known.outcome == "pass" and self._is_as_ever(line):
            return None
        compared = self._compare(line, article, standing, at)
        if isinstance(compared, str):
            shown = evidence(_role(standing.state.surface), standing.load, standing.t, _cost(line))
            said = (
                f"Whether {article.said} cost in the cart what was shown before cannot be told: {compared}."
            )
            return verdicts.take(cannot_tell(RULE, VERSION, article.subject, said, (shown,), at))
        finding = compared.finding(self._reader)
        if finding.outcome != "fail":
            return verdicts.take(finding)
        values = (article.key, compared.expected.minor, compared.charged.minor)
        if values not in verdicts.accused:
            verdicts.accused.add(values)
            # Told as it was when the customer first saw it, if it was the same then.
            was, stood = self._first.get(key, (line, standing))
            first = replace(compared, line=was, standing=stood).finding(self._reader)
            verdicts.take(first if first.signature == finding.signature else finding)
        return None

    def _is_as_ever(self, line: Line) -> bool:
        """Whether the cart asks for the very text that every page showed."""
        raw = line.unit.raw if line.unit else None
        if raw is None or not line.sku or (line.name and fold_name(line.name.raw) in self._raws):
            return False
        return self._raws.get(f"#{line.sku}") == {raw}

    def _compare(self, line: Line, article: Article, standing: Standing, at: float) -> _Compared | str:
        """The two prices to compare, or why there are none."""
        charged = unit_price(line, self._reader)
        if isinstance(charged, str):
            return charged
        page = self._page_price(line, standing.t, at)
        before = page if isinstance(page, _Seen) else self._other_surface(article.key, line, standing, at)
        if before is None:
            return page if isinstance(page, str) else "no page with its price was seen"
        expected = self._reader.price(before.amount)
        if isinstance(expected, str):
            return expected
        compared = _Compared(article, line, standing, before, expected, charged, at)
        if (why := comparable(expected, charged)) is not None:
            return why
        if not apart(expected, charged):
            return compared
        since = before.t if before.again is None else before.again
        if any(since < changed <= at for changed in self._changed_ms):
            return "the customer signed in or out in between"
        if isinstance(page, _Seen) and (why := self._another(line, page, charged)) is not None:
            return why
        reason = made_up_for(line, standing.state, expected, charged, self._reader)
        return reason.said if reason and not reason.is_sure else compared

    def _page_price(self, line: Line, t: float, at: float) -> _Seen | str | None:
        """The last price on a page that the cart is held to, or why there is none."""
        keys = self._articles.keys(line)
        if isinstance(keys, str):
            return keys
        seen = [one for key in keys for one in self._seen.get(key, ()) if one.t <= at]
        if not seen:
            others = (self._seen.get(f"#{sku}") for sku in sorted(self._articles.other_numbers(line)))
            known = next((one[-1] for one in others if one), None)
            if known is None:
                return None
            return f"a page showed “{known.amount.raw}” for the same name under another number"
        again = [(*self._views.last_seen(one.load, one.t, at), one) for one in seen]
        since, until, last = max(again, key=lambda each: (each[0], each[2].t))
        if t - until > VIEW_MS:
            return f"its price was last seen {round((t - until) / 60_000)} minutes before"
        return replace(last, again=since)

    def _other_surface(self, key: str, line: Line, standing: Standing, at: float) -> _Seen | None:
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

    def _another(self, line: Line, page: _Seen, charged: Price) -> str | None:
        """Why a different price on the page may be that of another version of the article."""
        keys = self._articles.keys(line)
        if isinstance(keys, str):
            return keys
        if not line.sku and any(key in self._ranged for key in keys):
            return "it is sold in several versions"
        view = (page.load, page.where, self._views.number(page.load, page.t))
        for one in (one for key in keys for one in self._seen.get(key, ())):
            if (one.load, one.where, self._views.number(one.load, one.t)) == view:
                other = self._reader.price(one.amount)
                if isinstance(other, Price) and other.unit == charged.unit and not apart(other, charged):
                    return f"the page showed both “{one.amount.raw}” and “{page.amount.raw}” for it"
        return None


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two prices of one article, the second in a cart surface."""

    article: Article
    line: Line
    standing: Standing
    before: _Seen
    expected: Price
    charged: Price
    at: float

    def finding(self, reader: Reader) -> Finding:
        """A pass where they agree or the screen says why not, else a fail."""
        name, here = self.article.said, NAMES[self.standing.state.surface]
        where = _CONTEXTS.get(self.before.where) or _surface(self.before.where)
        there = where[0].upper() + where[1:]
        if not apart(self.expected, self.charged):
            said = f"{there} and {here} showed the same price for {name}: {self.charged.raw}."
            return self._passed("agreed", said)
        both = f"{there} showed {self.expected.raw} for {name}; {here} charged {self.charged.raw}"
        reason = made_up_for(self.line, self.standing.state, self.expected, self.charged, reader)
        if reason is not None:
            return self._passed("explained", f"{both}, and {reason.said}.")
        gap, count = difference(self.expected, self.charged), pieces(self.line) or 1
        each = " each" if count > 1 else ""
        said = f"{both}, {say(abs(gap), self.charged)} {'more' if gap > 0 else 'less'}{each}."
        ratio = f"{self.charged.minor / self.expected.minor:.3f}" if self.expected.minor else "new"
        severity: Severity = "info"
        if is_taxed(self.standing.state, self.expected, self.charged, reader):
            said, ratio = f"{said} That is just the tax: one of the two leaves it out.", "tax"
        elif gap > 0:
            said, severity = f"{said} Nothing on screen explained it.", _severity(gap, self.expected)
        return replace(
            self._passed(f"{self.before.where}>{self.standing.state.surface} ×{ratio}", said),
            outcome="fail",
            severity=severity,
            minor=round(gap * count) if self.charged.is_currency else None,
            currency=self.charged.unit if self.charged.is_currency else None,
        )

    def _passed(self, signature: str, said: str) -> Finding:
        before, surface = self.before, self.standing.state.surface
        role = before.where if before.where in _CONTEXTS else _role(before.where)
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=self.article.subject,
            signature=signature,
            outcome="pass",
            severity="info",
            said=said,
            shown=(
                evidence(_role(surface), self.standing.load, self.standing.t, _cost(self.line)),
                evidence(role, before.load, before.t, before.amount),
            ),
            decided_ms=self.at,
        )


def _cost(line: Line) -> Amount:
    return line.unit or line.total or Amount()


def _severity(gap: int, expected: Price) -> Severity:
    if gap >= HIGH_MINOR or exceeds(gap, expected.minor, HIGH_PERCENT):
        return "high"
    return "medium" if exceeds(gap, expected.minor, MEDIUM_PERCENT) else "low"


def _surface(surface: str) -> str:
    return next((said for name, said in NAMES.items() if name == surface), "the cart")


def _role(surface: Surface | str) -> str:
    return "checkout" if surface == "summary" else "cart"
