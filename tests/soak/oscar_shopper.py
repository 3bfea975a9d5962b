"""A shopper who is at home in django-oscar: what can be done there, and how its pages are read."""

from __future__ import annotations

from typing import ClassVar

from playwright.async_api import Locator

from tests.browser.exactness.shopper import Wanderer, type_into
from tests.soak.reading import reader_of

__all__ = ["OscarShopper"]

CODES = ("SAVE20", "SAVE20", "save20", "FIVEOFF", "OLD20", "NOSUCHCODE")
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Palmer",
    "line1": "1 High Street",
    "line4": "Bristol",
    "postcode": "BS1 4ST",
}
TO_PREVIEW_PAGES_COUNT = 6


class OscarShopper(Wanderer):
    """Adds, changes, takes back, tries codes, and goes as far as the preview of the order."""

    READ = reader_of("oscar")
    NEEDS: ClassVar = {
        "article": ".product_pod h3 a",
        "add from listing": ".product_pod form .btn-primary",
        "add": ".product_main form .btn-add-to-basket",
        "quantity": "#basket_formset input[type=number]",
        "remove": "#basket_formset a[data-behaviours~=remove]",
        "open voucher": "#voucher_form_link a",
        "voucher": "#id_code",
        "drop voucher": "#basket_totals form .btn-danger",
        "close message": "#messages .close",
        "mini basket": ".basket-mini .dropdown-toggle",
        "phone basket": ".btn-cart",
        "check out": "#content_inner a[href$='/checkout/']",
        "place order": "#place-order",
        "language": "form[action*=setlang] button",
    }
    WEIGHTS: ClassVar = {
        "listing": 6,
        "basket": 3,
        "back": 1,
        "reload": 1,
        "article": 4,
        "add from listing": 20,
        "add": 20,
        "quantity": 20,
        "remove": 2,
        "open voucher": 25,
        "voucher": 40,
        "drop voucher": 8,
        "close message": 1,
        "mini basket": 3,
        "phone basket": 3,
        "check out": 4,
        "place order": 1,
        "language": 1,
    }

    async def arrive(self) -> None:
        """Open the catalogue. This shop asks nobody: its pages say that recording is agreed to."""
        await self._arrive_at(f"{self._shop_url}/catalogue/")

    async def _do(self, action: str, target: Locator) -> None:
        page = self.page
        match action:
            case "listing":
                await page.goto(f"{self._shop_url}/catalogue/")
            case "basket":
                await page.goto(f"{self._shop_url}/basket/")
            case "back":
                await page.go_back()
                # Nothing is recorded before the shop, and no picture is taken where somebody pays.
                if not page.url.startswith(self._shop_url) or "payment-details" in page.url:
                    await page.go_forward()
            case "reload":
                await page.reload()
            case "quantity":
                await type_into(target, str(self._random.choice((0, 1, 2, 3, 4, 12, 60))))
            case "voucher":
                await type_into(target, self._random.choice(CODES))
            case "check out":
                await target.click()
                await self._to_preview()
            case "language":
                choice = page.locator("form[action*=setlang] select")
                await choice.select_option(self._random.choice(("en-gb", "ar")))
                await target.click()
            case _:
                await target.click()

    async def _to_preview(self) -> None:
        """Fill in what the checkout asks for, up to the preview or back to the basket that is refused."""
        page = self.page
        for _ in range(TO_PREVIEW_PAGES_COUNT):
            await page.wait_for_load_state("load")
            if await page.locator("#id_username").count():
                await page.fill("#id_username", "ada@example.com")
                await page.check("input[name=options][value=anonymous]")
                await page.locator("#id_username").press("Enter")
            elif await page.locator("#id_line1").count():
                for field, value in ADDRESS.items():
                    await page.fill(f"#id_{field}", value)
                await page.locator("#id_postcode").press("Enter")
            elif await page.locator("#view_preview").count():
                await page.click("#view_preview")
            else:
                return
            await self._rest()
