"""A shopper who is at home in EverShop: what can be done there, how its pages are read, and what the shop
itself says of the cart when it is asked."""

from __future__ import annotations

from typing import Any, ClassVar

from playwright.async_api import BrowserContext, Locator

from tests.browser.exactness.shopper import Wanderer
from tests.soak.reading import reader_of

__all__ = ["EverShopShopper"]

CODES = ("SAVE20", "SAVE20", "save20", "FIVEOFF", "OLD20", "NOSUCHCODE")
ASKED = """
  query { myCart {
    coupon totalQty grandTotal { value } subTotalInclTax { value } discountAmount { value }
    items { productSku qty finalPriceInclTax { value } lineTotalInclTax { value } }
  } }
"""


class EverShopShopper(Wanderer):
    """Adds, changes, takes back, tries codes, and looks at what the checkout would charge."""

    READ = reader_of("evershop")
    NEEDS: ClassVar = {
        "article": ".product__list__link",
        "add": "#productForm button[data-slot=button]:not([disabled])",
        "many": "#productForm input[name=qty]",
        "close": "[role=dialog] button:has(svg.lucide-x)",
        "view cart": ".minicart__viewcart__button",
        "to checkout": ".minicart__checkout__button,.shopping-cart-checkout-btn button",
        "mini": ".mini-cart-icon",
        "more": ".cart__item button:has(svg.lucide-plus)",
        "less": ".cart__item button:has(svg.lucide-minus):not([disabled])",
        "remove": ".cart__item button:has(svg.lucide-trash-2)",
        "coupon": ".coupon-form input",
        "drop coupon": ".cart__total__summary a:has(svg)",
        "summary": ".checkout-mobile-summary > button",
    }
    WEIGHTS: ClassVar = {
        "listing": 5,
        "cart": 5,
        "back": 1,
        "reload": 1,
        "article": 8,
        "add": 15,
        "many": 5,
        "close": 6,
        "view cart": 8,
        "to checkout": 5,
        "mini": 3,
        "more": 20,
        "less": 10,
        "remove": 3,
        "coupon": 25,
        "drop coupon": 8,
        "summary": 8,
    }

    def __init__(self, context: BrowserContext, shop_url: str, seed: int) -> None:
        super().__init__(context, shop_url, seed)
        self.carts: list[dict[str, Any] | None] = []
        """At each step the cart by the shop's own interface; None before there is one."""

    async def arrive(self) -> None:
        """Open a listing. This shop asks nobody: its pages say that recording is agreed to."""
        await self._arrive_at(f"{self._shop_url}/office")

    async def _do(self, action: str, target: Locator) -> None:
        page = self.page
        match action:
            case "listing":
                await page.goto(f"{self._shop_url}/office")
            case "cart":
                await page.goto(f"{self._shop_url}/cart")
            case "back":
                await page.go_back()
                # Nothing is recorded before the shop.
                if not page.url.startswith(self._shop_url):
                    await page.go_forward()
            case "reload":
                await page.reload()
            case "many":
                await target.fill(str(self._random.choice((1, 2, 3, 60))))
            case "more" | "less":
                # It is sent half a second after the last press.
                async with page.expect_response(lambda answer: "/api/cart" in answer.url):
                    await target.click()
            case "coupon":
                await target.fill(self._random.choice(CODES))
                await page.locator(".coupon-form button").locator("visible=true").click()
            case _:
                await target.click()

    async def _note(self, name: str) -> None:
        await super()._note(name)
        # Beside the page, whose own requests are what the adapter reads.
        answer = await self._context.request.post(f"{self._shop_url}/api/graphql", data={"query": ASKED})
        self.carts.append((await answer.json())["data"]["myCart"])
