"""A shopper who wanders through a shop at random, by seed, and notes what the page showed after each step.
Everything is read through Playwright and the shop's own class names and database, never through anything of
the product under test. ``Wanderer`` knows no shop; ``Shopper`` is at home in the demo shop."""

from __future__ import annotations

import random
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from playwright.async_api import BrowserContext, Locator, Page, Request, expect
from playwright.async_api import Error as PlaywrightError

from examples.storefront.goods import CATALOGUE

__all__ = ["Shopper", "Step", "Surfaces", "Wanderer", "read_script", "type_into"]

HERE = Path(__file__).parent


def read_script(name: str) -> str:
    """A function expression to run in a page."""
    return (HERE / name).read_text().rstrip().removesuffix(";")


REACHABLE = read_script("reachable.js")
SETTLE = read_script("settle.js")
REST_MS = 150
"""How long the page must stand still at least before it is read."""

CODES = ("SPRING20", "WELCOME10", "AUDIO15", "FREESHIP", "WINTER25", "AUTUMN30", "NOSUCHCODE")
WORDS = ("lamp", "keyboard", "kettle", "usb", "nothing like this", "speaker")
CATEGORIES = ("all", "sale", "computers", "audio", "kitchen", "lighting")

Surfaces = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one tab showed at one time. ``t`` is that page's clock in milliseconds."""

    name: str
    tab: int
    url: str
    t: float
    surfaces: Surfaces


class Wanderer(ABC):
    """Walks through a shop in one or more tabs of one browser."""

    READ: ClassVar[str]
    """A function expression that reads what a document of the shop shows, by the shop's own class names."""
    NEEDS: ClassVar[Mapping[str, str]]
    """Selectors of what an action is done to; an action that is not here can be done anywhere."""
    WEIGHTS: ClassVar[Mapping[str, int]]
    """Every action and how often it is taken."""

    def __init__(self, context: BrowserContext, shop_url: str, seed: int) -> None:
        self._context = context
        self._shop_url = shop_url
        self._random = random.Random(seed)
        self._under_way = 0
        context.on("request", self._began)
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._ended)
        self.tabs: list[Page] = []
        self._at = 0
        self.steps: list[Step] = []

    @property
    def page(self) -> Page:
        """The tab in front."""
        return self.tabs[self._at]

    @abstractmethod
    async def arrive(self) -> None:
        """Open the shop and agree to be recorded."""

    @abstractmethod
    async def _do(self, action: str, target: Locator) -> None:
        """Take one action, on what it needs."""

    async def _arrive_at(self, address: str) -> None:
        """Open a page whose shop asks nobody whether to record. Of a visitor's first page nothing is recorded
        before the collector has answered, so the trip begins where it has."""
        self.tabs.append(await self._context.new_page())
        await self.page.goto(address)
        await self.page.wait_for_function(
            "() => Object.keys(localStorage).some((key) => key.startsWith('replay.'))"
        )
        await self.page.reload()
        await self._note("arrive")

    async def wander(self, count: int, *, staying: bool = False) -> None:
        """Take ``count`` random steps."""
        for _ in range(count):
            await self.step(staying=staying)

    async def step(self, *, staying: bool = False) -> None:
        """Take one step of those that the page offers now; ``staying``, none that loads a document."""
        needs, weights = self.NEEDS, self.WEIGHTS
        reachable: dict[str, list[int]] = await self.page.evaluate(REACHABLE, dict(needs))
        doable = [action for action in weights if (reachable[action] if action in needs else not staying)]
        (action,) = self._random.choices(doable, [weights[action] for action in doable])
        at = self._random.choice(reachable[action]) if action in needs else 0
        await self._do(action, self.page.locator(needs.get(action, "body")).nth(at))
        await self._note(action)

    async def leave(self) -> None:
        """Close every tab, so that each sends what it still holds. Their browser goes on: what they have on
        the way would end with it."""
        for tab in self.tabs:
            async with tab.expect_event("close"):
                await tab.close(run_before_unload=True)

    async def _note(self, name: str) -> None:
        moment = await self._rest()
        surfaces: Surfaces = await self.page.evaluate(f"() => ({self.READ})(document)")
        self.steps.append(Step(name, self._at, self.page.url, moment, surfaces))

    async def _rest(self) -> float:
        """Wait until the shop answered and the page stands still, through navigations; answer a moment of
        that rest."""
        while True:
            try:
                moment: float = await self.page.evaluate(SETTLE, REST_MS)
            except PlaywrightError:
                # The page went away under the script: a navigation. Its successor must rest.
                await self.page.wait_for_load_state("load")
                continue
            if self._under_way == 0:
                return moment

    def _counts(self, request: Request) -> bool:
        return request.url.startswith(self._shop_url) and request.resource_type in (
            "document",
            "fetch",
            "xhr",
        )

    def _began(self, request: Request) -> None:
        self._under_way += self._counts(request)

    def _ended(self, request: Request) -> None:
        self._under_way -= self._counts(request)


async def type_into(box: Locator, text: str) -> None:
    """Type over what is in a box, and send it."""
    await box.fill(text)
    await box.press("Enter")


class Shopper(Wanderer):
    """At home in the demo shop."""

    READ = read_script("read_shop.js")
    NEEDS: ClassVar = {
        "search": ".search__input",
        "card": ".card a",
        "add": ".add__button",
        "more": ".stepper__button:last-of-type",
        "less": ".stepper__button:first-of-type",
        "quantity": "input.cart-line__qty",
        "remove": ".cart-line__drop button",
        "coupon": ".cart-code__input",
        "drop coupon": ".cart-promo__remove button",
        "close drawer": ".cart-drawer__close",
        "mini-cart": ".mini-cart",
        "check out": "a[href='/checkout/address']",
    }
    WEIGHTS: ClassVar = {
        "listing": 2,
        "search": 2,
        "product": 4,
        "card": 3,
        "cart page": 2,
        "back": 1,
        "reload": 1,
        "add": 14,
        "more": 5,
        "less": 4,
        "quantity": 5,
        "remove": 3,
        "coupon": 6,
        "drop coupon": 4,
        "close drawer": 6,
        "mini-cart": 3,
        "check out": 3,
    }

    def __init__(self, context: BrowserContext, shop_url: str, database: Path, seed: int) -> None:
        super().__init__(context, shop_url, seed)
        self._database = database

    async def arrive(self, *, recorded: bool = True) -> None:
        """Open the shop, agree to be recorded and, if somebody records, wait until that began."""
        self.tabs.append(await self._context.new_page())
        await self.page.goto(self._shop_url)
        await self.page.get_by_role("button", name="Yes, that helps").click()
        if recorded:
            # Nothing is before the collector answered for the first time.
            await expect(self.page.locator("[data-replay-code]")).not_to_be_empty()
        await self._note("arrive")

    async def open_tab(self) -> None:
        """Open a second tab on some product, in front."""
        self.tabs.append(await self._context.new_page())
        self._at = len(self.tabs) - 1
        await self.page.goto(f"{self._shop_url}/p/{self._sku()}")
        await self._note("open tab")

    async def switch_tab(self) -> None:
        """Bring another tab to the front; it shows what it showed when it was left."""
        self._at = self._random.choice([at for at in range(len(self.tabs)) if at != self._at])
        await self.page.bring_to_front()
        await self._note("switch tab")

    async def _do(self, action: str, target: Locator) -> None:
        page = self.page
        match action:
            case "listing":
                await page.goto(f"{self._shop_url}/c/{self._random.choice(CATEGORIES)}")
            case "product":
                await page.goto(f"{self._shop_url}/p/{self._sku()}")
            case "cart page":
                await page.goto(f"{self._shop_url}/cart")
            case "back":
                await page.go_back()
            case "reload":
                await page.reload()
            case "search":
                await type_into(target, self._random.choice(WORDS))
            case "quantity":
                await type_into(target, str(self._random.choice((0, 1, 2, 3, 7))))
            case "coupon":
                await type_into(target, self._random.choice(CODES))
            case _:
                await target.click()

    def _sku(self) -> str:
        return self._random.choice([*(product.sku for product in CATALOGUE.products), *["HP-15"] * 6])

    def stored_cart(self) -> list[tuple[str, int]]:
        """The cart in the shop's own database: article and thousandths of a piece, in its order."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            return database.execute("SELECT sku, quantity FROM cart_lines ORDER BY position").fetchall()
