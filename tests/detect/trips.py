"""Random visits of a shop that reckons rightly, and the same with one thing going wrong.

The shop is a few lines of arithmetic of its own; nothing of the rules is used. Each step states the facts
that the SDK would, for the tab in which it happens.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from replay.model.cart import Amount, CartState, Line, PromoShown, Surface, Text, Total
from replay.model.events import (
    Click,
    Fact,
    Identified,
    OrderLine,
    OrderPlaced,
    PageLeft,
    PageLoaded,
    PageViewed,
    PriceShown,
    PromoSeen,
    TabShown,
)
from replay.model.timeline import Entry
from tests.detect.facts import at, gone

__all__ = ["CODE", "FAULTS", "Fault", "trip"]

Fault = Literal["price", "code", "link", "total", "gone"]
FAULTS: tuple[Fault, ...] = ("price", "code", "link", "total", "gone")
CODE = "SAVE"
_SHIPPING = ("Calculated at checkout", "Free", 490, 1_295)


@dataclass
class _Tab:
    name: str
    load: str
    open: set[Surface] = field(default_factory=set)


class _Shop:
    """One visit. ``dice`` decides everything."""

    def __init__(self, dice: random.Random, fault: Fault | None) -> None:
        self.dice, self.fault = dice, fault
        self.now = 0.0
        self.facts: list[Entry] = []
        self.euro = dice.random() < 0.3
        self.single_page = dice.random() < 0.5
        self.has_skus = dice.random() < 0.8
        count = dice.randint(1, 4)
        self.goods = {f"ART-{n}": (f"Thing no. {n}", dice.randint(500, 250_000)) for n in range(count)}
        self.looked_at = list(self.goods)
        self.goods["ART-9"] = ("A thing that nobody looked at", 1_000)
        self.faulty = dice.choice(self.looked_at)
        self.extra = dice.choice([1_500, 12_000, 99_999])
        self.percent = dice.choice([5, 10, 20, 33])
        self.cart: dict[str, int] = {}
        self.has_code = False
        self.shipping: str | int = _SHIPPING[0]
        self.tax_percent: int | None = None
        self.tabs: list[_Tab] = []

    def money(self, cents: int) -> str:
        """As this shop writes it."""
        sign = "−" if cents < 0 else ""
        whole, rest = divmod(abs(cents), 100)
        if self.euro:
            return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02} €"
        return f"{sign}${whole:,}.{rest:02}"

    def say(self, tab: _Tab, fact: Fact) -> None:
        self.facts.append(at(self.now, fact, load=tab.load, tab=tab.name))

    def wait(self, least: float, most: float) -> None:
        self.now += self.dice.uniform(least, most)

    # Pages

    def open_page(self, tab: _Tab, path: str) -> None:
        if self.single_page and tab.load:
            self.say(tab, PageViewed(url=f"https://shop.example{path}"))
            return
        if tab.load:
            self.say(tab, PageLeft(picture_complete=True))
            self.wait(0.02, 0.3)
        tab.load = f"load-{len(self.facts)}"
        tab.open.clear()
        self.say(tab, PageLoaded(url=f"https://shop.example{path}"))

    def show_price(self, tab: _Tab, sku: str, context: str) -> None:
        name, cents = self.goods[sku]
        for role, amount in (("current", cents), ("was", cents + 5_000)):
            if role == "was" and self.dice.random() < 0.5:
                continue
            fact = PriceShown(
                source="displayed",
                context=context,
                role=role,
                sku=sku if self.has_skus else None,
                name=Text(raw=name, node=4),
                amount=Amount(raw=self.money(amount), node=5),
            )
            self.say(tab, fact)

    # The cart

    def unit(self, sku: str) -> int:
        cents = self.goods[sku][1]
        return cents + self.extra if self.fault == "price" and sku == self.faulty else cents

    def state(self, surface: Surface) -> CartState:
        lines, items = [], 0
        for at_line, (sku, quantity) in enumerate(self.cart.items()):
            total = self.unit(sku) * quantity
            items += total
            line = Line(
                id=sku,
                sku=sku if self.has_skus else None,
                name=Text(raw=self.goods[sku][0], node=20 + at_line),
                quantity=Text(raw=str(quantity), node=30 + at_line),
                unit=Amount(raw=self.money(self.unit(sku)), node=40 + at_line),
                total=Amount(raw=self.money(total), node=50 + at_line),
            )
            lines.append(line)
        has_code = self.has_code and bool(lines) and self.fault != "link"
        off = _round(items * self.percent, 100) if has_code and self.fault != "code" else 0
        tax = None if self.tax_percent is None else _round((items - off) * self.tax_percent, 100)
        sent = self.shipping if isinstance(self.shipping, int) else 0
        total = items - off + sent + (tax or 0) + (self.extra if self.fault == "total" else 0)
        rows = [("items", self.money(items))]
        if off:
            rows.append(("discount", self.money(-off)))
        rows.append(("shipping", self.money(sent) if isinstance(self.shipping, int) else self.shipping))
        rows.append(("tax", "Calculated at checkout" if tax is None else self.money(tax)))
        rows.append(("total", self.money(total)))
        promo = PromoShown(
            code=CODE,
            text=Text(raw=f"{CODE} {self.percent} % off your order", node=60),
            amount=Amount(raw=self.money(-off), node=61) if off else None,
        )
        return CartState(
            surface=surface,
            source="displayed",
            node=10,
            lines=tuple(lines),
            promos=(promo,) if has_code else (),
            totals=tuple(Total(key=key, amount=Amount(raw=raw, node=70)) for key, raw in rows),
        )

    def show_cart(self, tab: _Tab, surface: Surface, least: float = 0.0) -> None:
        tab.open.add(surface)
        self.say(tab, self.state(surface))
        self.wait(max(0.1, least), max(6.0, least + 1.0))

    def close_carts(self, tab: _Tab) -> None:
        for surface in sorted(tab.open):
            self.say(tab, gone(surface))
        tab.open.clear()

    def buy(self, tab: _Tab) -> None:
        self.say(
            tab,
            OrderPlaced(
                id=f"N-{len(self.facts)}",
                lines=tuple(OrderLine(sku=sku, quantity=str(count)) for sku, count in self.cart.items()),
            ),
        )
        self.cart.clear()
        self.has_code = False
        self.shipping, self.tax_percent = _SHIPPING[0], None


def _round(value: int, by: int) -> int:
    return int((Decimal(value) / by).quantize(Decimal(1), ROUND_HALF_UP))


def trip(seed: int, fault: Fault | None = None) -> list[Entry]:
    """One visit of up to forty steps. With a fault, it is in sight for long enough at least once."""
    dice = random.Random(seed)
    shop = _Shop(dice, fault)
    tab = _Tab("tab-1", "")
    shop.tabs.append(tab)
    if fault == "link" or (fault is None and dice.random() < 0.3):
        shop.open_page(tab, f"/?coupon={CODE}")
        shop.say(tab, PromoSeen(source="displayed", state="offered", code=CODE, campaign="spring"))
        shop.has_code = True
    else:
        shop.open_page(tab, "/")
    for _ in range(dice.randint(3, 40)):
        tab = dice.choice(shop.tabs)
        _step(shop, tab)
        shop.wait(0.0, dice.choice([0.5, 3.0, 60.0]))
    if fault is not None:
        _meet_the_fault(shop, shop.tabs[0])
    return shop.facts


_STEPS = ["listing", "product", "product", "add", "add", "more", "less", "drawer", "close", "page"]
_STEPS += ["code", "checkout", "order", "tab", "hide", "sign-in"]


def _step(shop: _Shop, tab: _Tab) -> None:  # noqa: C901 (one case a step)
    dice = shop.dice
    match dice.choice(_STEPS):
        case "listing":
            shop.open_page(tab, "/c/all")
            for sku in shop.looked_at:
                shop.show_price(tab, sku, dice.choice(["listing", "search"]))
        case "product":
            sku = dice.choice(shop.looked_at)
            shop.open_page(tab, f"/p/{sku}")
            shop.show_price(tab, sku, "product")
        case "add":
            sku = dice.choice(shop.looked_at)
            shop.cart[sku] = shop.cart.get(sku, 0) + 1
            shop.say(tab, Click(node=2, control="button.add", text=Text(raw="Add to cart", node=2)))
            shop.show_cart(tab, "drawer")
        case "more" | "less" as how if shop.cart:
            sku = dice.choice(list(shop.cart))
            shop.cart[sku] = max(1, shop.cart[sku] + (1 if how == "more" else -1))
            shop.say(tab, Click(node=3, control="button.stepper", text=Text(raw="+", node=3)))
            shop.show_cart(tab, dice.choice(["drawer", "page"]))
        case "drawer":
            shop.show_cart(tab, "drawer")
        case "close":
            shop.close_carts(tab)
        case "page":
            shop.open_page(tab, "/cart")
            shop.show_cart(tab, "page")
        case "code" if not shop.has_code and shop.fault in (None, "code") and shop.cart:
            shop.say(tab, PromoSeen(source="displayed", state="entered", code=CODE))
            shop.has_code = True
            shop.show_cart(tab, "drawer")
        case "checkout" if shop.cart:
            shop.open_page(tab, "/checkout")
            shop.tax_percent = dice.choice([None, 7, 19])
            shop.shipping = dice.choice(_SHIPPING)
            shop.show_cart(tab, "summary")
        case "order" if shop.cart and shop.fault is None:
            shop.open_page(tab, "/thanks")
            shop.buy(tab)
        case "tab" if len(shop.tabs) < 3:
            other = _Tab(f"tab-{len(shop.tabs) + 1}", "")
            shop.tabs.append(other)
            shop.open_page(other, "/")
        case "hide":
            shop.say(tab, TabShown(visible=False))
            shop.wait(0.1, 5.0)
            shop.say(tab, TabShown(visible=True))
        case "sign-in":
            shop.say(tab, Identified(customer_id="C-1"))


def _meet_the_fault(shop: _Shop, tab: _Tab) -> None:
    """See the article, put it into the cart, give the code, and look at the cart for a while."""
    shop.open_page(tab, f"/p/{shop.faulty}")
    shop.show_price(tab, shop.faulty, "product")
    shop.wait(0.5, 3.0)
    shop.cart.setdefault(shop.faulty, 1)
    shop.shipping, shop.tax_percent = "Free", 7
    if shop.fault == "code" and not shop.has_code:
        shop.say(tab, PromoSeen(source="displayed", state="entered", code=CODE))
        shop.has_code = True
    if shop.fault == "gone":
        shop.cart["ART-9"] = 1
    shop.show_cart(tab, "drawer", least=11.0)
    shop.close_carts(tab)
    if shop.fault == "gone":
        del shop.cart["ART-9"]
        shop.wait(11.0, 20.0)
        shop.show_cart(tab, "drawer", least=3.0)
