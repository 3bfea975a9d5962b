"""Ana's visits, told through the demo shop's own pages: each is one of the stories that callers tell.

The story test follows the first at the desk, and ``tests.browser.record_sample`` records all for the demo.
Everything is done as a shopper does it, through what can be seen and clicked.
"""

from __future__ import annotations

import re

import httpx
from playwright.async_api import Locator, Page, expect

from examples.storefront.seed import CONFLICT_ORDER

__all__ = [
    "CART",
    "EMAIL",
    "LAPTOP",
    "PAGE",
    "PASSWORD",
    "SKU",
    "WAITS_MS",
    "WAS",
    "Ana",
    "make_the_prices_differ",
    "switch_on",
]

SKU = "HP-15"
LAPTOP = "HP 15 laptop"
PAGE = "$379.00"
WAS = "$499.00"
CART = "$499.00"
EMAIL = "ana@example.com"
PASSWORD = "northlight"
READS_MS = 400
"""How long she looks at each page: nobody clicks in the very frame in which a page appears."""
KETTLE = "Gooseneck kettle"
SHELF = "$59.00"
ONLINE = "$79.00"
COUPON = "SPRING20"
LOOKS_MS = 10_000
"""How long she looks for a discount: some more than a cart may take to get one."""
WAITS_MS = 5_800
"""How long she waits for a button to do something: some more than it takes to say that nothing came of it."""
_CODE = re.compile(r"^[2-9A-Z]{3}-[2-9A-Z]{3}$")


class Ana:
    """A shopper in one tab of the demo shop (mode ``spa``, with the faults of her story)."""

    def __init__(self, page: Page, shop_url: str, *, reads_ms: int = READS_MS) -> None:
        self.page = page
        self._shop_url = shop_url
        self._reads_ms = reads_ms

    @property
    def card(self) -> Locator:
        """The laptop on a listing."""
        return self.page.locator(f'.card[data-replay-product="{SKU}"]')

    @property
    def drawer(self) -> Locator:
        return self.page.locator(".cart-drawer.is-open")

    async def arrive(self, address: str = "/") -> None:
        """Open the shop and agree to be recorded."""
        await self.page.goto(f"{self._shop_url}{address}")
        await self.page.get_by_role("button", name="Yes, that helps").click()
        await expect(self.page.locator("#consent")).to_be_hidden()
        await self._reads()

    async def see_the_listing(self) -> None:
        """Find the laptop among the computers, reduced."""
        await self.page.locator(".categories").get_by_role("link", name="Computers").click()
        await expect(self.card.locator(".price__now")).to_have_text(PAGE)
        await expect(self.card.locator(".price__was")).to_have_text(WAS)
        await self._reads()

    async def open_the_laptop(self) -> None:
        """Go to its page, which says the same."""
        await self.card.get_by_role("link").click()
        await expect(self.page.locator(".product .price__now")).to_have_text(PAGE)
        await expect(self.page.locator(".product .price__was")).to_have_text(WAS)
        await self._reads()

    async def sign_in(self) -> None:
        """Sign in and come back to the laptop."""
        await self.see_the_orders()
        await self.page.locator(".categories").get_by_role("link", name="Computers").click()
        await self.open_the_laptop()

    async def add_to_cart(self) -> None:
        """Put the laptop into the cart. The drawer opens and charges more than the page said."""
        await self.page.locator(".add__button").click()
        await expect(self.drawer.locator(".cart-line__unit")).to_have_text(CART)
        await expect(self.drawer.locator(".cart-line__total")).to_have_text(CART)
        await self._reads()

    async def add_another(self) -> None:
        """Make it two, in the drawer."""
        await self.drawer.get_by_role("button", name=f"More of {LAPTOP}").click()
        await expect(self.drawer.locator("input.cart-line__qty")).to_have_value("2")
        await self._reads()

    async def make_it_one(self) -> None:
        """Take one away again."""
        await self.drawer.get_by_role("button", name=f"Less of {LAPTOP}").click()
        await expect(self.drawer.locator("input.cart-line__qty")).to_have_value("1")
        await self._reads()

    async def see_the_orders(self) -> None:
        """Sign in, which leads to the orders."""
        await self.page.locator("#account-link a").click()
        await self.page.get_by_label("E-mail").fill(EMAIL)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.locator(".sheet").get_by_role("button", name="Sign in").click()
        await expect(self.page.locator("#account-link")).to_contain_text("Ana")
        await self._reads()

    async def see_the_stores(self) -> None:
        """Look up what the kettle costs on the shelf of a store, and go to its page."""
        await self.page.get_by_role("link", name="Our stores").click()
        kettle = self.page.locator(".shelf__thing", has_text=KETTLE)
        await expect(kettle.locator(".shelf__price")).to_have_text(SHELF)
        await self._reads()
        await self.page.locator(".shelf").get_by_role("link", name=KETTLE).click()
        await expect(self.page.locator(".product .price__now")).to_have_text(ONLINE)
        await self._reads()

    async def come_by_the_mail(self) -> None:
        """Follow the link of the spring mail, which carries its code, and agree to be recorded."""
        await self.arrive("/?utm_source=email&utm_campaign=spring20&coupon=SPRING20")

    async def see_the_discount_missing(self) -> None:
        """Put the laptop into the cart, whose page names the code, and look for what it takes off."""
        await self.page.locator(".add__button").click()
        await expect(self.drawer.locator(".cart-promo__code")).to_have_text(COUPON)
        await self._reads()
        await self.drawer.get_by_role("link", name="View the cart").click()
        await expect(self.page.locator(".cart-page .cart-promo__code")).to_have_text(COUPON)
        await self.page.wait_for_timeout(LOOKS_MS)

    async def see_the_order_cancelled(self) -> None:
        """Open the order that the shop calls cancelled and refunded, and see in its tracking that it came."""
        order = self.page.locator(".orders__order", has_text=CONFLICT_ORDER)
        await expect(order.locator(".status")).to_have_text("Cancelled")
        await order.get_by_role("link", name="Details").click()
        await expect(self.page.get_by_role("heading", name=CONFLICT_ORDER)).to_be_visible()
        await self._reads()
        await self.page.get_by_role("link", name="Track this order").click()
        await expect(self.page.get_by_text("signed for").first).to_be_visible()
        await self._reads()

    async def ask_for_a_return(self) -> None:
        """Fill in the form and send it; where nothing comes of it, wait and send it again."""
        await self.page.get_by_role("link", name="Return something").first.click()
        form = self.page.locator("form.return")
        await form.locator("[type=checkbox]").first.check()
        await form.locator("#reason").select_option(index=1)
        await self._reads()
        for _ in range(2):
            await form.get_by_role("button", name="Request the return").click()
            await self.page.wait_for_timeout(WAITS_MS)
            if not await form.is_visible():
                return

    async def track_the_order(self) -> None:
        """Go to the orders and ask where one of them is."""
        await self.page.get_by_role("link", name="Your orders").first.click()
        await expect(self.page.get_by_role("heading", name="Your orders")).to_be_visible()
        await self._reads()
        await self.page.get_by_role("link", name="Track", exact=True).first.click()
        await self.page.wait_for_timeout(WAITS_MS)

    async def total(self) -> str:
        """The total that the drawer shows."""
        return await self.drawer.locator(".cart-totals__row--total .cart-totals__amount").inner_text()

    async def read_code(self) -> str:
        """The support code at the foot of the page, as she reads it out."""
        code = self.page.locator(".support__code [data-replay-code]")
        await expect(code).to_have_text(_CODE)
        return await code.inner_text()

    async def _reads(self) -> None:
        await self.page.wait_for_timeout(self._reads_ms)


async def switch_on(shop_url: str, *faults: str) -> None:
    """Switch faults on, as a presenter does."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{shop_url}/demo/faults", data=dict.fromkeys(faults, "on"))
    assert answer.status_code == 303, answer.text


async def make_the_prices_differ(shop_url: str) -> None:
    """The fault of the first story."""
    await switch_on(shop_url, "price_mismatch")
