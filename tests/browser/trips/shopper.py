"""A shopper who visits the demo shop at random, by seed, and on request runs into one fault of it.

What went wrong is known from what the shopper did, never from what is recorded: each fault tells the rule
that has to find it, and when and at which address it was to be seen.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import ClassVar, Literal, get_args
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Locator, expect

from examples.storefront.faults import Fault
from examples.storefront.goods import CATALOGUE
from tests.browser.exactness.shopper import WORDS, Shopper

__all__ = ["MISHAPS", "Mishap", "Mode", "Seen", "TripShopper"]

Mode = Literal["pages", "spa"]
Mishap = Literal[
    "price", "offer", "code typed", "code by link", "sum", "line gone", "sold out", "silent", "refused"
]
MISHAPS: Sequence[Mishap] = get_args(Mishap)

LINK = "/?utm_source=email&utm_campaign=spring20&coupon=SPRING20"
CODE = "SPRING20"
CODE_MINIMUM = 60_00
LOOK_MS = 2_400
"""How long a cart is looked at: some more than a price must stand before a rule believes it."""
CODE_LOOK_MS = 8_600
AFTERMATH_S = 10.5
"""How long after the last press a cart counts as left alone, and some more."""
METHODS = ("standard", "express", "pick-up")
STATES = ("CA", "OR", "NY", "TX", "CO")
GLANCE_MS = 300
ANSWER_LOOK_MS = 5_600
"""How long the page may take to answer a press, and some more."""
BROWSING = ("listing", "search", "product", "back", "reload")
SENT_MS = 2_300
"""How long a page may hold back what it has to send, and some more."""
AGAIN_MS = 1_200
PRESSES_COUNT = 3
"""How often a button that does nothing is pressed before the customer gives up."""

SKUS = [
    product.sku
    for product in CATALOGUE.products
    if not product.has_variants and product.measure is None and product.in_stock
]

ON_SALE = [sku for sku in SKUS if (found := CATALOGUE.find_item(sku)) and found[1].was is not None]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a fault was to be seen: from when until when (milliseconds since 1970), at which path."""

    rule: str
    since: float
    until: float
    path: str


class TripShopper(Shopper):
    """At home in the demo shop, and with time to look."""

    WEIGHTS: ClassVar = {**Shopper.WEIGHTS, "look": 12}

    def __init__(self, context: BrowserContext, shop_url: str, database: Path, seed: int) -> None:
        super().__init__(context, shop_url, database, seed)
        self._dice = random.Random(-1 - seed)
        self.code = ""
        """The support code of the visit."""

    async def arrive(self, *, recorded: bool = True) -> None:
        await super().arrive(recorded=recorded)
        self.code = (await self.page.locator("[data-replay-code]").inner_text()).replace("-", "")

    async def leave(self) -> None:
        """Close every tab, but not before it sent what it saw: a busy machine takes that away with it."""
        await self.page.wait_for_timeout(SENT_MS)
        await super().leave()

    async def _do(self, action: str, target: Locator) -> None:
        if action == "look":
            await self.page.wait_for_timeout(LOOK_MS)
        else:
            await super()._do(action, target)

    # A visit to a shop that is right.

    async def visit(self) -> None:
        """Any of the things that customers do."""
        ways = (self._wandering, self._wandering, self._buying, self._coming_by_link, self._in_two_tabs)
        await self._dice.choice(ways)()

    async def _wandering(self) -> None:
        await self.wander(self._dice.randint(8, 14))
        await self.look()

    async def _buying(self) -> None:
        await self._browse(2)
        await self._add(self._dice.choice(SKUS))
        await self.look()
        if self._dice.random() < 0.6:
            await self._type_code(self._dice.choice(("WELCOME10", "WINTER25", CODE, "AUDIO15", "FREESHIP")))
            await self.look()
        await self._check_out(self._dice.choice(METHODS))
        await self.look()
        if self._dice.random() < 0.6:
            await self._pay()

    async def _coming_by_link(self) -> None:
        await self._go(LINK)
        await self._browse(1)
        await self._add(self._dice.choice(SKUS))
        await self.look(CODE_LOOK_MS)
        await self.wander(3)

    async def _in_two_tabs(self) -> None:
        await self.wander(4)
        await self.look()
        await self.open_tab()
        await self.wander(4)
        await self.look()
        await self.switch_tab()
        await self.wander(2)
        await self.look()

    # A visit in which one thing goes wrong.

    async def run_into(self, mishap: Mishap) -> Seen:
        """Do what brings the fault about, and look at it."""
        ways: dict[Mishap, Callable[[], Awaitable[Seen]]] = {
            "price": self._charged_more,
            "offer": self._offer_over,
            "code typed": self._code_without_effect,
            "code by link": self._code_lost,
            "sum": self._wrong_sum,
            "line gone": self._line_gone,
            "sold out": self._sold_out,
            "silent": self._silent_button,
            "refused": self._refused_shipping,
        }
        seen = await ways[mishap]()
        # A page that comes without a press soon after one may be what came of it late.
        if mishap != "silent":
            await self._browse(2)
        return seen

    async def _charged_more(self) -> Seen:
        await self._begin(Fault.CART_DEARER)
        await self._browse(3)
        since = _now_ms()
        await self._add(self._dice.choice(SKUS))
        await self.look()
        return self._seen("price_mismatch", since)

    async def _offer_over(self) -> Seen:
        await self._begin(Fault.OFFER_STALE)
        await self._browse(2)
        await self._go(f"/p/{self._dice.choice(ON_SALE)}")
        # What a page states for search engines is read when it has been there for a while.
        await self.look()
        since = _now_ms()
        await self._press_add()
        await self.look()
        return self._seen("stale_price", since)

    async def _code_without_effect(self) -> Seen:
        await self._begin(Fault.COUPON_NOT_DEDUCTED)
        await self._browse(2)
        await self._add(self._worth_a_code())
        since = _now_ms()
        await self._type_code(CODE)
        await self.look(CODE_LOOK_MS)
        return self._seen("promo_not_applied", since)

    async def _code_lost(self) -> Seen:
        await self._begin(Fault.COUPON_LINK_IGNORED)
        await self._go(LINK)
        await self._browse(2)
        since = _now_ms()
        await self._add(self._worth_a_code())
        await self.look(CODE_LOOK_MS)
        return self._seen("promo_not_applied", since)

    async def _wrong_sum(self) -> Seen:
        await self._begin(Fault.TOTAL_TOO_HIGH)
        await self._browse(2)
        await self._add(self._dice.choice(SKUS))
        since = _now_ms()
        await self._check_out(self._dice.choice(METHODS))
        await self.look()
        return self._seen("totals_dont_add_up", since)

    async def _line_gone(self) -> Seen:
        first, second = self._dice.sample(SKUS, 2)
        await self._browse(1)
        await self._add(first)
        await self._add(second)
        pressed = time()
        await self._go("/cart")
        await self.look()
        await self.look(max(0.0, pressed + AFTERMATH_S - time()) * 1_000)
        await self._begin(Fault.CART_LOSES_LINE)
        if self._dice.random() < 0.5:
            await self._go("/c/all")
        since = _now_ms()
        await self._go("/cart")
        await self.look()
        return self._seen("cart_changed_without_customer_action", since)

    async def _sold_out(self) -> Seen:
        await self._browse(2)
        await self._add(self._dice.choice(SKUS))
        await self.look()
        await self._begin(Fault.SOLD_OUT_IN_CART)
        since = _now_ms()
        await self._go("/cart")
        await self.look()
        return self._seen("out_of_stock_after_add", since)

    async def _silent_button(self) -> Seen:
        await self._begin(Fault.ADD_SILENT)
        await self._browse(2)
        await self._go(f"/p/{self._dice.choice(SKUS)}")
        since = _now_ms()
        for _ in range(PRESSES_COUNT):
            await self.page.wait_for_timeout(AGAIN_MS)
            await self.page.locator(".add__button").click()
        await self.look(ANSWER_LOOK_MS)
        return self._seen("silent_failure", since)

    async def _refused_shipping(self) -> Seen:
        await self._browse(2)
        await self._add(self._dice.choice(SKUS))
        await self._give_address()
        await self._begin(Fault.SHIPPING_REFUSED)
        since = _now_ms()
        for _ in range(PRESSES_COUNT):
            await self._choose_shipping(self._dice.choice(METHODS))
            await expect(self.page.locator(".checkout__form [role=alert]")).to_be_visible()
            await self.page.wait_for_timeout(AGAIN_MS)
        await self.look(ANSWER_LOOK_MS)
        return self._seen("checkout_error", since)

    # What both are made of.

    async def look(self, ms: float = LOOK_MS) -> None:
        """Stay and do nothing."""
        await self.page.wait_for_timeout(ms)
        await self._note("look")

    def _seen(self, rule: str, since: float) -> Seen:
        return Seen(rule, since, _now_ms(), urlsplit(self.page.url).path)

    async def _begin(self, fault: Fault) -> None:
        cookie = {"name": "northlight_faults", "value": fault.value, "url": self._shop_url}
        await self._context.add_cookies([cookie])  # type: ignore[list-item]

    async def _browse(self, most: int) -> None:
        """Look around without pressing anything, which can be done also with the drawer open."""
        for _ in range(self._dice.randint(0, most)):
            match self._dice.choice(BROWSING):
                case "search":
                    await self._go(f"/search?q={self._dice.choice(WORDS)}")
                case "product":
                    await self._go(f"/p/{self._dice.choice(SKUS)}")
                case "back" if len(self.steps) < 2:
                    continue
                case action:
                    await self._do(action, self.page.locator("body"))
                    await self._note(action)
            await self.page.wait_for_timeout(GLANCE_MS)

    async def _go(self, path: str) -> None:
        await self.page.goto(self._shop_url + path)
        await self._note(f"go to {path}")

    def _worth_a_code(self) -> str:
        worth = [
            sku for sku in SKUS if (found := CATALOGUE.find_item(sku)) and found[1].price >= CODE_MINIMUM
        ]
        return self._dice.choice(worth)

    async def _add(self, sku: str) -> None:
        await self._go(f"/p/{sku}")
        await self.page.wait_for_timeout(GLANCE_MS)
        await self._press_add()

    async def _press_add(self) -> None:
        await self.page.locator(".add__button").click()
        await expect(self.page.locator(".cart-drawer .cart-line").first).to_be_visible()
        await self._note("add")

    async def _type_code(self, code: str) -> None:
        await self.page.locator(".cart-drawer .cart-code__input").fill(code)
        await self.page.locator(".cart-drawer .cart-code__submit").click()
        await self._note("code")

    async def _check_out(self, method: str) -> None:
        await self._give_address()
        await self._choose_shipping(method)
        await expect(self.page.get_by_role("heading", name="How would you like to pay?")).to_be_visible()
        await self._note("shipping")

    async def _give_address(self) -> None:
        await self._go("/checkout/address")
        for name, value in (
            ("email", "ana@example.com"),
            ("name", "Ana Duarte"),
            ("street", "2210 Larkin Street"),
            ("city", "Springfield"),
            ("postcode", "94109"),
        ):
            await self.page.locator(f".checkout__form [name={name}]").fill(value)
        await self.page.locator("[name=state]").select_option(self._dice.choice(STATES))
        await self.page.get_by_role("button", name="Continue to shipping").click()
        await expect(self.page.get_by_role("heading", name="How shall we send it?")).to_be_visible()
        await self._note("address")

    async def _choose_shipping(self, method: str) -> None:
        await self.page.locator(f"[name=method][value={method}]").check()
        await self.page.get_by_role("button", name="Continue to payment").click()

    async def _pay(self) -> None:
        for name, value in (
            ("card_number", "4242 4242 4242 4242"),
            ("card_name", "Ana Duarte"),
            ("card_expiry", "12 / 39"),
            ("card_code", "123"),
        ):
            await self.page.locator(f"[name={name}]").fill(value)
        await self.page.get_by_role("button", name="Pay ").click()
        await expect(self.page.locator(".thanks")).to_be_visible()
        await self._note("pay")


def _now_ms() -> float:
    return time() * 1_000
