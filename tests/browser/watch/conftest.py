"""A desk with one recorded visit, and an agent's browser that watches it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
from argon2 import PasswordHasher
from playwright.async_api import Browser, FrameLocator, Locator, Page, expect

from replay.ports import Identifier
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from tests.browser.watch.visit import OFFSET_MS, SESSION, START_MS, Customer, customer
from tests.conftest import Serve
from tests.viewer.visits import edge
from viewer.accounts import Accounts
from viewer.app import create_desk

LOGIN = "mia"
PASSWORD = "correct horse"
WHO = (
    edge("email", "ana@example.com", verified=True),
    edge("phone", "+15551234567", "+1 555 123 4567"),
)

Story = Callable[[Customer], Awaitable[None]]


def at(ms: float) -> int:
    """Corrected time, so many milliseconds into the visit."""
    return int(START_MS + OFFSET_MS + ms)


async def ana(customer: Customer) -> None:
    """Ana sees one price on the page and another in the cart, and opens the cart in a second tab."""
    await customer.go("/")
    await customer.wait(3_000)
    await customer.go("/hp-15")
    await customer.wait(2_500)
    await customer.click(".add")
    await customer.wait(4_000)
    await customer.click(".more")
    await customer.wait(22_000)
    await customer.fact("tab", {"visible": False})
    await customer.go("/cart", tab="tab-b")
    await customer.wait(5_000)
    await customer.fact("tab", {"visible": False}, tab="tab-b")
    await customer.fact("tab", {"visible": True})
    await customer.wait(3_000)
    await customer.click(".close")
    await customer.wait(6_000)
    await customer.fact("left", {"picture_complete": True})


_recorded: dict[Story, Customer] = {}


async def recorded(browser: Browser, story: Story) -> Customer:
    """The story as a real browser recorded it; each is told once in a test run."""
    if story not in _recorded:
        async with customer(browser) as somebody:
            await story(somebody)
        _recorded[story] = somebody
    return _recorded[story]


@dataclass
class Desk:
    """A served desk and one agent's browser at it."""

    page: Page
    browser: Browser
    address: str
    store: MemoryStore
    objects: MemoryObjects
    bus: LocalBus
    now_ms: int = START_MS
    requests: list[str] = field(default_factory=list)
    runs_since: float | None = None

    def now(self) -> int:
        """The server's clock, which stands still unless somebody is in the shop now."""
        passed = 0.0 if self.runs_since is None else time.monotonic() - self.runs_since
        return self.now_ms + int(passed * 1_000)

    async def has(
        self,
        story: Story = ana,
        *,
        identifiers: tuple[Identifier, ...] = WHO,
        lost: Sequence[tuple[str, int]] = (),
        ended: bool = True,
    ) -> Customer:
        """Put the story into the store."""
        somebody = await recorded(self.browser, story)
        await somebody.put(self.store, identifiers=identifiers, lost=lost, ended=ended)
        self.now_ms = int(somebody.now_ms + OFFSET_MS)
        return somebody

    async def open(self, ms: float | None = None, *, tab: str | None = None) -> None:
        """Open the watch page by a link to a moment, and wait until it stands there."""
        await self.page.goto(f"{self.address}/watch/{SESSION}{self._hash(ms, tab)}")
        await self.stands(ms)

    async def seek(self, ms: float, *, tab: str | None = None) -> None:
        """Change the address of the open page, and wait until it stands there."""
        await self.page.evaluate("hash => { location.hash = hash }", self._hash(ms, tab))
        await self.stands(ms)

    async def stands(self, ms: float | None = None) -> None:
        """Wait until picture and panel stand at a moment."""
        where = "" if ms is None else f'[data-at="{at(ms)}"]'
        await self.page.wait_for_selector(f'body[data-ready="true"]{where}')

    async def moment(self) -> float:
        """How far into the visit the page stands."""
        await self.stands()
        return float(await self.page.locator("body").get_attribute("data-at") or 0) - START_MS - OFFSET_MS

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def card(self, surface: str, *, status: str = "on-screen") -> Locator:
        return self.page.locator(f'[data-panel-surface="{surface}"][data-panel-status="{status}"]')

    @property
    def picture(self) -> FrameLocator:
        """Inside the frame of the page load that is shown."""
        return self.page.frame_locator(".screen:not([hidden]) iframe")

    async def stage(self, kind: str, words: str = "") -> None:
        """Wait for the stage to show a picture, or to say why not."""
        await expect(self.part("stage")).to_have_attribute("data-stage", kind)
        if words:
            await expect(self.part("stage-text")).to_contain_text(words)

    def _hash(self, ms: float | None, tab: str | None) -> str:
        return "" if ms is None else f"#t={at(ms)}" + (f"&tab={tab}" if tab else "")


@pytest.fixture
async def desk(page: Page, browser: Browser, serve: Serve) -> AsyncIterator[Desk]:
    """A desk at which the agent is signed in. Nothing may be asked of any other address."""
    store, objects, bus = MemoryStore(), MemoryObjects(), LocalBus()
    accounts = Accounts(store, hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    await accounts.create(login=LOGIN, name="Mia Lindqvist", password=PASSWORD, now_ms=0)
    made = Desk(page=page, browser=browser, address="", store=store, objects=objects, bus=bus)
    app = create_desk(store, bus, objects=objects, now_ms=made.now, accounts=accounts, recheck_ms=50)
    made.address = await serve(app)
    page.on("request", lambda request: made.requests.append(request.url))
    await page.goto(f"{made.address}/login")
    await page.fill("[name=login]", LOGIN)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url(f"{made.address}/")
    yield made
    elsewhere = [url for url in made.requests if not url.startswith((made.address, "data:", "blob:"))]
    assert not elsewhere, f"the watch page asked another address: {elsewhere}"
