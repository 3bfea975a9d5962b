"""The shop as one session saw it: what all rules want to know of the facts is found out once for all.

Each fact goes through here first, then to the rules. So they agree on which mark parts the decimals, which
name is which article, and which carts were on screen; and none of it is worked out by each rule again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from replay.detect.articles import Articles
from replay.detect.compared_prices import ComparedPrices
from replay.detect.last_cart import LastCart
from replay.detect.offers import Offers
from replay.detect.office import BackOffice
from replay.detect.shop import Shop
from replay.detect.shown import Reader
from replay.detect.shown_prices import ShownPrices
from replay.detect.surfaces import CARTS, Surfaces
from replay.detect.views import PLACES, Views
from replay.model.cart import CartState
from replay.model.events import PageLoaded, PriceShown
from replay.model.timeline import Entry

__all__ = ["Seen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Shop):
    """What is known of the site, and what has been displayed of it up to the fact that rules are handed."""

    reader: Reader
    articles: Articles = field(default_factory=Articles)
    surfaces: Surfaces = field(default_factory=Surfaces)
    views: Views = field(default_factory=Views)
    office: BackOffice = field(default_factory=BackOffice)
    """What the shop's own systems say, as it is known now."""
    prices: ComparedPrices = field(init=False)
    """Handed facts by the rules that share it."""
    offers: Offers = field(init=False)
    cart: LastCart = field(default_factory=LastCart)
    shown: ShownPrices = field(init=False)

    def __post_init__(self) -> None:
        # The one way to set fields that are made of others.
        prices = ComparedPrices(self.reader, self.articles, self.surfaces, self.views)
        object.__setattr__(self, "prices", prices)
        object.__setattr__(self, "shown", ShownPrices(self.reader, self.cart))
        object.__setattr__(self, "offers", Offers(self, self.reader, prices, self.office))

    @classmethod
    def nothing_of(cls, shop: Shop) -> Seen:
        """Before the first fact."""
        known = {each.name: getattr(shop, each.name) for each in fields(shop)}
        return cls(reader=Reader(shop.currency), **known)

    def observe(self, entry: Entry) -> None:
        """Take the next fact."""
        fact = entry.event.fact
        self.surfaces.gone = ()
        if isinstance(fact, PageLoaded):
            self.reader.page_in(fact.circumstances.language)
        if isinstance(fact, CartState):
            self.cart.observe(fact, entry)
        if isinstance(fact, PriceShown | CartState):
            self.shown.observe(entry)
        if isinstance(fact, PriceShown):
            self._price(fact)
        elif type(fact) in CARTS:
            self.surfaces.observe(entry)
        if type(fact) in PLACES:
            self.views.observe(entry)
        elif isinstance(fact, CartState):
            self._cart(fact)

    def _price(self, fact: PriceShown) -> None:
        self.offers.observe(fact)
        if fact.source == "displayed":
            self.articles.learn(fact.sku, fact.name)
            self.reader.learn_from(fact.amount)

    def _cart(self, state: CartState) -> None:
        if state.source != "displayed":
            return
        for line in state.lines or ():
            self.articles.learn(line.sku, line.name)
            self.reader.learn_from(line.unit or line.total)
        for total in state.totals:
            self.reader.learn_from(total.amount)
