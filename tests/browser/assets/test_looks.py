"""The replay looks as the customer's page did, although the desk's browser may ask nobody but the desk.

A shopper walks through the demo shop; at each moment the page is photographed, and later the replay at that
moment. Then the shop changes a picture and a style: the visit still looks as it did.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, Route

from examples.storefront import app as storefront
from examples.storefront import pictures
from tests.browser.exactness.desk import Desk
from tests.browser.exactness.shopper import REST_MS, SETTLE
from tests.browser.product import Product, product

COMPARE = (Path(__file__).parent / "compare.js").read_text().rstrip().removesuffix(";")
SHARE_MAX = 0.005
"""So many of a page's pixels may differ …"""
TOLERANCE = 16
"""… by more than this of 255 in a channel: glyphs are smoothed a little otherwise inside a frame."""
HEIGHT_PX = 900
WIDE_PX = 1280
NARROW_PX = 414
PHOTOGRAPHED = """
  .stage__fit { position: fixed !important; inset: 0 auto auto 0 !important; transform: none !important;
    z-index: 9999; }
  .replayer-mouse { display: none !important; }
"""
"""The replay at its own size; the pointer is in no photograph of the shop."""
LOADED = """() => {
  const frames = [...document.querySelectorAll('.replayer-wrapper iframe')];
  const page = frames.find((frame) => frame.checkVisibility())?.contentDocument;
  return page?.fonts.status === 'loaded' && [...page.images].every((image) => image.complete);
}"""
FETCHED = """async (id) => {
  const { urls, styles } = await (await fetch(`/api/sessions/${id}/assets`)).json();
  const all = [...Object.values(urls), ...Object.values(styles)];
  return all.length > 0 && all.every((one) => one.hash) ? all.length : 0;
}"""

Mode = Literal["pages", "spa"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the customer's page showed at a time of its clock."""

    name: str
    t: float
    photo: bytes


@dataclass(slots=True)
class Visit:
    """A customer in a browser of their own."""

    page: Page
    moments: list[Moment]

    async def note(self, name: str) -> None:
        """Photograph the page when it stands still."""
        await self.page.wait_for_load_state("networkidle")
        t = await self.page.evaluate(SETTLE, REST_MS)
        self.moments.append(Moment(name, t, await self.page.screenshot()))


async def walk(browser: Browser, shop: Product, width: int) -> list[Moment]:
    """Five moments of one visit."""
    context = await browser.new_context(viewport={"width": width, "height": HEIGHT_PX})
    context.set_default_timeout(15_000)
    page = await context.new_page()
    visit = Visit(page, [])
    await page.goto(shop.shop_url)
    await page.get_by_role("button", name="Yes, that helps").click()
    await page.wait_for_function("document.querySelector('[data-replay-code]').textContent !== ''")
    # The pointer rests, and the page moves under it.
    await page.mouse.move(width // 2, 840)
    await page.evaluate("scrollTo({ top: 260, behavior: 'instant' })")
    await visit.note("home, scrolled")
    await page.goto(f"{shop.shop_url}/c/computers")
    await page.locator(".card a").nth(1).hover()
    await visit.note("listing, a card hovered")
    await page.goto(f"{shop.shop_url}/p/HP-15")
    await page.locator(".add__button").first.click()
    await visit.note("product, with the cart")
    await page.goto(f"{shop.shop_url}/cart")
    await page.locator(".cart-page .cart-code__input").fill("SPRING20")
    await visit.note("cart, a code typed")
    await page.locator(".cart-page .cart-code__input").press("Enter")
    await visit.note("cart, the code applied")
    await page.close(run_before_unload=True)
    await context.close()
    return visit.moments


@asynccontextmanager
async def agent(browser: Browser, shop: Product) -> AsyncIterator[tuple[Desk, list[str]]]:
    """A desk whose browser reaches nothing but the desk, and what it asked for elsewhere."""
    elsewhere: list[str] = []
    desk = await Desk.log_in(browser, shop)

    async def refuse(route: Route) -> None:
        elsewhere.append(route.request.url)
        await route.abort()

    await desk.page.context.route(lambda url: not url.startswith((shop.desk_url, "data:")), refuse)
    yield desk, elsewhere
    await desk.page.context.close()


async def compared(page: Page, ours: bytes, theirs: bytes) -> dict[str, Any]:
    """How much two photographs differ."""
    texts = [base64.b64encode(photo).decode() for photo in (ours, theirs)]
    found: dict[str, Any] = await page.evaluate(COMPARE, [*texts, TOLERANCE])
    return found


async def differences(desk: Desk, shop: Product, moments: list[Moment], width: int) -> list[str]:
    """Stand at each moment of the newest visit and name those at which the replay looks otherwise."""
    session = (await shop.store.sessions(limit=1))[0]
    (tab,) = {load.tab for load in await shop.store.loads(session.id)}
    await desk.page.wait_for_function(FETCHED, arg=session.id)
    await desk.watch(shop, session.id, moments[0].t, tab)
    await desk.page.add_style_tag(content=PHOTOGRAPHED)
    found = []
    for moment in moments:
        await desk.seek(moment.t, tab)
        await desk.page.wait_for_function(LOADED)
        size = {"x": 0, "y": 0, "width": width, "height": HEIGHT_PX}
        replayed = await desk.page.screenshot(clip=size)  # type: ignore[arg-type]
        result = await compared(desk.page, moment.photo, replayed)
        if result["share"] > SHARE_MAX:
            found.append(f"{moment.name} at {width} px: {result['share']:.2%} differ, within {result['box']}")
    return found


@pytest.fixture
def changeable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """The shop serves copies of its files; the answer changes a style and every picture of them."""
    static, shapes = tmp_path / "static", tmp_path / "shapes"
    shutil.copytree(storefront.STATIC, static)
    shutil.copytree(pictures.SHAPES, shapes)
    monkeypatch.setattr(storefront, "STATIC", static)
    monkeypatch.setattr(pictures, "SHAPES", shapes)

    def change() -> None:
        for shape in shapes.iterdir():
            shape.write_text('<rect width="400" height="400" fill="#c00"/>')
        pictures.draw.cache_clear()
        with (static / "css/base.css").open("a") as sheet:
            sheet.write("body { background: #ddd; letter-spacing: 1px; }")

    yield change
    pictures.draw.cache_clear()


async def assert_looks_otherwise(browser: Browser, shop: Product, before: Moment) -> None:
    """A customer who comes now sees another listing."""
    context = await browser.new_context(viewport={"width": WIDE_PX, "height": HEIGHT_PX})
    page = await context.new_page()
    await page.goto(f"{shop.shop_url}/c/computers")
    await page.wait_for_load_state("networkidle")
    changed = await compared(page, before.photo, await page.screenshot())
    assert changed["share"] > 10 * SHARE_MAX, "the shop has not changed"
    await context.close()


@pytest.mark.parametrize("mode", ["pages", "spa"])
async def test_a_replay_looks_as_the_page_did(
    browser: Browser, tmp_path: Path, mode: Mode, changeable: Callable[[], None]
) -> None:
    found: list[str] = []

    async def watch(shop: Product, moments: list[Moment], width: int) -> None:
        async with agent(browser, shop) as (desk, elsewhere):
            found.extend(await differences(desk, shop, moments, width))
            found.extend(f"asked for {url}" for url in elsewhere)

    async with product(tmp_path, mode=mode) as shop:
        for width in (NARROW_PX, WIDE_PX):
            moments = await walk(browser, shop, width)
            await watch(shop, moments, width)
            if mode == "pages" and width == WIDE_PX:
                changeable()
                await assert_looks_otherwise(browser, shop, moments[1])
                await watch(shop, moments, width)
    assert not found, "\n".join(found)
