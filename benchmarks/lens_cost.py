"""What lenses and adapters cost the customer's page: the SDK with them at work, beside the same SDK that
records only picture and plain facts.

Both run in turn on the heavy page, which here bears the signs of platforms and tells its cart as each of them
does: as real shops have them, a platform with a data layer and product data, and all that there are at once.
It is a later page of its visit, as most are: recorded from the beginning, with adapters still on their way.
What either adds is its page's time less that of the round's page without a recorder. That lenses and adapters
really read is not believed: where one of them told nothing, there is no figure.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from benchmarks.bundling import bundle
from benchmarks.heavy_page import SITE_KEY, allow, cost_of, on_platforms, page_at, product_records
from benchmarks.report import Row, Spread
from benchmarks.trip import chromium, script_of
from replay.cli.snippet import snippet
from replay.model.adapters import ADAPTERS
from replay.model.events import Event, kind_of
from replay.model.track import Track
from replay.protocol.codec import decode_facts
from tests.browser.product import Product, product

__all__ = ["ROWS", "Round", "cost_row", "measure", "unread"]

SDK = Path("sdk_js/src/script.ts")
FLUSHED_S = 2.0
ALLOWED = 1.1

SHOPS = (
    ("shopify", "data_layer", "product_data"),
    ("woocommerce", "data_layer", "product_data"),
    ("magento", "adobe", "product_data"),
)
"""A round is their mean: of one alone, what is added is a small difference of two large times."""
ROUNDS_COUNT = 4
ALL = tuple(ADAPTERS)
ALL_ROUNDS_COUNT = 2

SHOP_COST = "main-thread time of a shop's lenses and adapters over the SDK without"
ALL_COST = "the same with every adapter at once"
ROWS = (SHOP_COST, ALL_COST)
TELLS = {
    "product_data": ("price", "declared", ""),
    "opencart": ("promo", "declared", ""),
    "data_layer": ("cart", "declared", "data_layer"),
    "adobe": ("cart", "declared", "adobe"),
    "segment": ("cart", "declared", "segment"),
}
"""Kind, source and ``via`` of what tells that an adapter has read; others answer carts of requests."""
LENSES = (("cart", "displayed", ""), ("price", "displayed", ""))


@dataclass(frozen=True, slots=True)
class Round:
    """CPU seconds of the page's main thread without a recorder, with the SDK without lenses, and with all."""

    bare_s: float
    without_s: float
    with_s: float

    @classmethod
    def mean(cls, rounds: Sequence[Round]) -> Round:
        """All of them as one."""
        return cls(*map(statistics.mean, zip(*map(astuple, rounds), strict=True)))


async def measure(folder: Path) -> list[Row]:
    """Run the pages with each in turn."""
    places = folder / "with", folder / "without"
    for place in places:
        place.mkdir()
    async with (
        chromium() as browser,
        product(places[0], mode="spa") as shop,
        product(places[1], mode="spa", script=script_of(bundle(SDK, lenses=False))) as lensless,
        page_at("") as bare,
        page_at(snippet(lensless.collector_url, SITE_KEY)) as without,
        page_at(snippet(shop.collector_url, SITE_KEY)) as every,
    ):
        await allow(lensless, without)
        await allow(shop, every)
        without_records, every_records = product_records(lensless), product_records(shop)

        async def measured(platforms: Sequence[str]) -> Round:
            addresses = [on_platforms(page, platforms) for page in (bare, without, every)]
            recordings = None, without_records, every_records
            costs = [
                (await cost_of(browser, address, recording, FLUSHED_S, visited=True)).task_s
                for address, recording in zip(addresses, recordings, strict=True)
            ]
            if missing := unread(platforms, await _facts(shop)):
                raise RuntimeError(f"nobody read {', '.join(' '.join(one) for one in missing)}")
            return Round(*costs)

        shops = [Round.mean([await measured(platforms) for platforms in SHOPS]) for _ in range(ROUNDS_COUNT)]
        everything = [await measured(ALL) for _ in range(ALL_ROUNDS_COUNT)]
    return [cost_row(SHOP_COST, shops), cost_row(ALL_COST, everything)]


def cost_row(name: str, rounds: Sequence[Round]) -> Row:
    """What is added with all over what is added without, in each round."""
    added = [(one.with_s - one.bare_s, one.without_s - one.bare_s) for one in rounds]
    with_s, without_s = (statistics.median(one[side] for one in added) for side in (0, 1))
    bare_s = statistics.median(one.bare_s for one in rounds)
    return Row(
        name=name,
        unit="×",
        target=ALLOWED,
        spread=Spread.of([one / other for one, other in added]),
        note=f"adds {with_s:.2f} s, without them {without_s:.2f} s, to a bare page's {bare_s:.2f} s",
    )


def unread(platforms: Sequence[str], facts: Sequence[Event]) -> list[tuple[str, str, str]]:
    """What the page's lenses and the adapters of these platforms should have told, and no fact tells."""
    told = {
        (kind_of(event.fact), getattr(event.fact, "source", ""), getattr(event.fact, "via", None) or "")
        for event in facts
    }
    expected = [*LENSES, *(TELLS.get(name, ("cart", "network", name)) for name in platforms)]
    return [one for one in expected if one not in told]


async def _facts(shop: Product) -> list[Event]:
    """Those of the session that began last."""
    [session] = await shop.store.sessions(limit=1)
    return [
        event
        for batch in await shop.store.batches(session.id, Track.FACTS)
        for event in decode_facts(batch.payload).events
    ]
