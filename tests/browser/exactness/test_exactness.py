"""The product's promise: at every moment the panel says what the page displayed, and the replay shows it.

A seeded shopper wanders through the shop. After every step the page is read through the shop's own class
names. Then an agent stands at each of those moments: what the panel says is on screen, and what the
replayed page shows, must be the same, text for text, for every cart surface (or none). The same check must
notice a lens that reads wrongly and a collector that drops one batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from examples.storefront.goods import CATALOGUE
from replay.collector.sdk import Script, load_script
from replay.ports import AppendBatch, Appended, Commit, Load, Store
from tests.browser.exactness.desk import assert_none, differences
from tests.browser.exactness.shopper import Shopper
from tests.browser.product import Product, product

STEPS = 30


async def visit(browser: Browser, shop: Product, seed: int) -> Shopper:
    """A shopper in a browser context of its own, at the shop's door."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    shopper = Shopper(context, shop.shop_url, shop.shop_database, seed)
    await shopper.arrive()
    return shopper


def as_stored(shopper: Shopper) -> list[tuple[str, str]]:
    """Name and quantity of the lines in the shop's own database, as the shop prints them."""
    return [
        (_name(sku), f"{quantity / 1000:g}".removesuffix(".0")) for sku, quantity in shopper.stored_cart()
    ]


def _name(sku: str) -> str:
    found = CATALOGUE.find_item(sku)
    assert found is not None
    return found[0].name


def assert_page_agrees_with_shop(shopper: Shopper) -> None:
    """What was read off the page is what the shop has: the reading itself can be trusted."""
    surfaces = shopper.steps[-1].surfaces
    for surface in ("drawer", "page", "summary"):
        if surface in surfaces:
            lines = [(line["name"], line["quantity"]) for line in surfaces[surface]["lines"]]
            assert lines == as_stored(shopper)


async def trip(shopper: Shopper, count: int) -> None:
    for _ in range(count):
        await shopper.step()
        assert_page_agrees_with_shop(shopper)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("mode", ["pages", "spa"])
async def test_no_step_differs(
    browser: Browser, tmp_path: Path, mode: Literal["pages", "spa"], seed: int
) -> None:
    async with product(tmp_path, mode=mode) as shop:
        shopper = await visit(browser, shop, seed)
        await trip(shopper, STEPS)
        await shopper.leave()
        assert_none(await differences(browser, shop, shopper))


@pytest.mark.parametrize("mode", ["pages", "spa"])
async def test_no_step_differs_with_a_second_tab(
    browser: Browser, tmp_path: Path, mode: Literal["pages", "spa"]
) -> None:
    async with product(tmp_path, mode=mode) as shop:
        shopper = await visit(browser, shop, 3)
        await shopper.wander(8)
        await shopper.open_tab()
        for _ in range(4):
            await shopper.wander(5)
            await shopper.switch_tab()
        await shopper.wander(4)
        await shopper.leave()
        assert_none(await differences(browser, shop, shopper))


async def test_no_step_differs_when_the_network_was_cut(browser: Browser, tmp_path: Path) -> None:
    async with product(tmp_path, mode="spa") as shop:
        shopper = await visit(browser, shop, 4)
        await shopper.wander(8)
        shop.network.cut()
        # What a page could not send before it was left is lost: a single-page shop is not left.
        await shopper.wander(12, staying=True)
        shop.network.restore()
        await shopper.wander(10)
        await shopper.leave()
        assert_none(await differences(browser, shop, shopper))


class DroppingStore:
    """A store that acknowledges one facts batch with a cart in it and does not keep it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._dropped: tuple[str, int] | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        dropped = [one for one in operations if self._drops(one)]
        outcomes = iter(await self._store.commit([one for one in operations if one not in dropped]))
        return [
            Appended(outcome="stored", acked=one.number)
            if isinstance(one, AppendBatch) and one in dropped
            else next(outcomes)
            for one in operations
        ]

    def _drops(self, operation: object) -> bool:
        if self._dropped is not None or not isinstance(operation, AppendBatch) or operation.track != 0:
            return False
        if b"drawer" not in operation.payload or b"Estimated total" not in operation.payload:
            return False
        self._dropped = (operation.load, operation.number)
        return True


async def test_a_dropped_batch_is_noticed(browser: Browser, tmp_path: Path) -> None:
    async with product(tmp_path, mode="spa", tamper=DroppingStore) as shop:  # type: ignore[arg-type]
        shopper = await visit(browser, shop, 1)
        await shopper.wander(STEPS)
        await shopper.leave()
        found = await differences(browser, shop, shopper)
    assert any("the panel shows" in difference for difference in found)


def broken_lens(folder: Path) -> Script:
    """The built SDK, but its lens takes the struck-through price for the price of a piece."""
    good = load_script().body
    assert good.count(b'="unit"]') == 1
    file = folder / "replay.js"
    file.write_bytes(good.replace(b'="unit"]', b'="was"]'))
    return load_script(file)


async def test_a_broken_lens_is_noticed(browser: Browser, tmp_path: Path) -> None:
    async with product(tmp_path, mode="spa", script=broken_lens(tmp_path)) as shop:
        shopper = await visit(browser, shop, 1)
        await shopper.wander(STEPS)
        await shopper.leave()
        found = await differences(browser, shop, shopper)
    assert any("the panel shows" in difference for difference in found)
    assert not any("the replay shows" in difference for difference in found)
