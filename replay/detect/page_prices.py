"""What pages showed each article for: which of it a cart is held to, and what else may explain another price.

Only what was displayed, as the ``current`` price, outside carts. A page is held to its price while it can be
seen, and for some time after; how old what it shows is, says when its document was loaded or, in a
single-page shop, when its address was come to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from replay.detect.articles import Articles, key_of
from replay.detect.shown import Price, Reader, apart
from replay.detect.views import Views
from replay.model.cart import Amount, Line
from replay.model.events import Click, Identified, PageLoaded, PriceShown, SignedOut
from replay.model.timeline import Entry

__all__ = ["CONTEXTS", "VIEW_MS", "PagePrices", "PriceSeen"]

VIEW_MS = 30 * 60 * 1_000
"""For how long a page holds a shop to its price."""
ARTICLES_MAX_COUNT = 5_000
"""More are not followed: no customer looks at so many."""
_SEEN_MAX_COUNT = 20
_CHANGES_MAX_COUNT = 50
CONTEXTS = {
    "product": "The product page",
    "listing": "The listing",
    "search": "The search results",
    "quickview": "The quick view",
    "unknown": "The page",
}


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """A price that a page or another cart surface displayed."""

    t: float
    load: str
    where: str
    amount: Amount
    quantity: str | None = None
    again: float | None = None
    """When the same page was come back to, if it was."""
    until: float | None = None
    """When it could last be seen."""


class PagePrices:
    """The prices of one session's pages."""

    def __init__(self, articles: Articles, reader: Reader, views: Views) -> None:
        self._articles = articles
        self._reader = reader
        self._views = views
        self._seen: dict[str, list[PriceSeen]] = {}
        self._raws: dict[str, set[str]] = {}
        """Every text that pages showed as the price of each article."""
        self._ranged: set[str] = set()
        """Articles with a "from" price: they have several."""
        self._person: str | None = None
        self._first_load: str | None = None
        self._is_arriving = True
        """Whether this is the first page, and nothing was pressed on it."""
        self._changed_ms: list[float] = []
        """When somebody signed in or out."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact."""
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

    def raws(self, key: str) -> set[str]:
        """Every text that pages showed as the price of an article."""
        return self._raws.get(key, set())

    def is_known(self, key: str) -> bool:
        """Whether a page showed a price under this key."""
        return key in self._raws

    def of(self, line: Line, at: float) -> list[PriceSeen] | str:
        """What pages showed for the article of a line until ``at``, or why that cannot be told."""
        keys = self._articles.keys(line)
        if isinstance(keys, str):
            return keys
        return [one for key in keys for one in self._seen.get(key, ()) if one.t <= at]

    def last(self, line: Line, t: float, at: float) -> PriceSeen | str | None:
        """The last price on a page that a cart, stated at ``t``, is held to, or why there is none."""
        seen = self.of(line, at)
        if isinstance(seen, str):
            return seen
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
        return replace(last, again=since, until=until)

    def is_changed(self, since: float, until: float) -> bool:
        """Whether somebody signed in or out in between."""
        return any(since < changed <= until for changed in self._changed_ms)

    def another(self, line: Line, page: PriceSeen, charged: Price) -> str | None:
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

    def begun(self, page: PriceSeen) -> float:
        """When what it shows was asked for, as far as that is known: never later than it was."""
        return self._views.begun(page.load, page.again if page.again is not None else page.t)

    def _changed(self, t: float) -> None:
        self._changed_ms.append(t)
        del self._changed_ms[:-_CHANGES_MAX_COUNT]

    def _see(self, fact: PriceShown, entry: Entry) -> None:
        if fact.source != "displayed":
            return
        key = key_of(fact.sku, fact.name)
        if key is None or not fact.amount.raw:
            return
        if key not in self._seen and len(self._seen) >= ARTICLES_MAX_COUNT:
            return
        if fact.role == "from":
            self._ranged.add(key)
        if fact.role != "current" or fact.context not in CONTEXTS:
            return
        raws = self._raws.setdefault(key, set())
        if len(raws) < _SEEN_MAX_COUNT:
            raws.add(fact.amount.raw)
        seen = self._seen.setdefault(key, [])
        seen.append(PriceSeen(entry.t, entry.load, fact.context, fact.amount))
        del seen[:-_SEEN_MAX_COUNT]
