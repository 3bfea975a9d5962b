"""The promise kept in a second shop that is not ours: EverShop, with nothing but the snippet pasted in.

There are no settings and no markup: where its carts and prices stand, the SDK knows of EverShop's theme by
itself. The comparison is that of the demo shop: at every step of a seeded shopper the panel and the replay
must show what the page displayed, text for text. And what is stated of the shop's own words is compared with
what its cart says to us.
"""

from __future__ import annotations

import gzip
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from replay.cli.snippet import snippet
from replay.collector.sdk import Script, load_script
from replay.model.cart import Amount, CartState
from replay.model.events import Event
from replay.model.track import Track
from replay.protocol.codec import decode_facts
from tests.browser.exactness.desk import assert_none, differences
from tests.browser.product import SITE_KEY, Product, around
from tests.soak.evershop import EverShop, url_of
from tests.soak.evershop_shopper import EverShopShopper
from tests.soak.visits import AGREED, DESKTOP, PHONE, Window, register, seen

pytestmark = pytest.mark.soak

STEPS = 40


@asynccontextmanager
async def shop_with(evershop: EverShop, folder: Path, script: Script | None = None) -> AsyncIterator[Product]:
    """The shop, with the snippet pasted, before a collector and a desk."""
    with socket.create_server(("localhost", 0)) as bound:
        async with around(url_of(bound), folder / "none", folder, script=script) as shop:
            await register(shop, "USD")
            with evershop.serving(bound, snippet(shop.collector_url, SITE_KEY) + AGREED):
                yield shop


async def trip(browser: Browser, shop: Product, seed: int, window: Window, count: int) -> EverShopShopper:
    """A whole visit of so many steps."""
    context = await browser.new_context(viewport={"width": window.width, "height": window.height})
    context.set_default_timeout(60_000)
    shopper = EverShopShopper(context, shop.shop_url, seed)
    await shopper.arrive()
    await shopper.wander(count)
    await shopper.leave()
    return shopper


async def facts(shop: Product) -> Sequence[Event]:
    """All that was kept of the visit, by time."""
    (session,) = await shop.store.sessions(limit=10)
    batches = await shop.store.batches(session.id, Track.FACTS)
    events = [event for batch in batches for event in decode_facts(batch.payload).events]
    return sorted(events, key=lambda event: event.t)


def value(amount: Amount | None) -> Decimal | None:
    return None if amount is None or amount.raw is None else Decimal(amount.raw)


def stated(cart: CartState) -> dict[str, object]:
    """What the adapter stated of a cart."""
    totals = {total.key: value(total.amount) for total in cart.totals}
    return {
        "lines": [
            (line.sku, line.quantity and line.quantity.raw, value(line.unit), value(line.total))
            for line in cart.lines or ()
        ],
        "count": cart.count and cart.count.raw,
        "codes": [promo.code for promo in cart.promos or ()],
        "totals": [totals[key] for key in ("items", "discount", "total")],
    }


def answered(cart: dict[str, Any]) -> dict[str, object]:
    """The same of a cart as the shop's interface gives it."""

    def value(field: dict[str, float]) -> Decimal:
        return Decimal(str(field["value"]))

    return {
        "lines": [
            (
                item["productSku"],
                str(item["qty"]),
                value(item["finalPriceInclTax"]),
                value(item["lineTotalInclTax"]),
            )
            for item in cart["items"]
        ],
        "count": str(cart["totalQty"]),
        "codes": [cart["coupon"]] if cart["coupon"] else [],
        "totals": [value(cart[name]) for name in ("subTotalInclTax", "discountAmount", "grandTotal")],
    }


def wrongly_stated(shopper: EverShopShopper, events: Sequence[Event]) -> list[str]:
    """Steps at which the newest cart that the adapter stated is not the one that the shop had."""
    found = []
    for at, (step, cart) in enumerate(zip(shopper.steps, shopper.carts, strict=True)):
        newest = [
            event.fact
            for event in events
            if isinstance(event.fact, CartState)
            and event.fact.source in ("network", "declared")
            and event.fact.lines is not None
            and event.t <= step.t
        ][-1:]
        said = [stated(one) for one in newest]
        had = [answered(cart)] if cart else []
        if said != had:
            found.append(
                f"step {at} ({step.name}, {step.url}): stated\n  {said}\nwhere the shop had\n  {had}"
            )
    return found


@pytest.mark.parametrize(("seed", "window"), [(1, DESKTOP), (2, PHONE)])
async def test_no_step_differs_in_evershop(
    browser: Browser, evershop: EverShop, tmp_path: Path, seed: int, window: Window
) -> None:
    async with shop_with(evershop, tmp_path) as shop:
        shopper = await trip(browser, shop, seed, window, STEPS)
        assert seen(shopper) >= {"page", "summary", "drawer", "mini", "lines", "empty"}
        found = await differences(browser, shop, shopper)
        assert_none(found + wrongly_stated(shopper, await facts(shop)))


def wrong_theme() -> Script:
    """The built SDK, but in the cart that opens after each adding it takes a line's quantity for its name."""
    good = load_script()
    adapter = good.beside["evershop.js"]
    assert adapter.body.count(b'".flex-1>.font-medium"') == 1
    body = adapter.body.replace(b'".flex-1>.font-medium"', b'"span.rounded-full"')
    wrong = replace(adapter, body=body, packed=gzip.compress(body), brotli=None)
    return replace(good, beside={**good.beside, "evershop.js": wrong})


async def test_a_wrong_theme_is_noticed(browser: Browser, evershop: EverShop, tmp_path: Path) -> None:
    async with shop_with(evershop, tmp_path, wrong_theme()) as shop:
        shopper = await trip(browser, shop, 1, DESKTOP, STEPS // 2)
        found = await differences(browser, shop, shopper)
    assert any("the panel shows" in difference for difference in found)
    assert_none([difference for difference in found if "the replay shows" in difference])
