"""What lenses and adapters cost the customer's page: the SDK with every one of them at work, beside the same
SDK that records only picture and plain facts.

Both run in turn on the heavy page, which here bears the signs of every platform and tells its cart as each of
them does. What either adds is its page's time less that of the round's page without a recorder. That lenses
and adapters really read is not believed: without a cart as displayed, as the server answered it and as the
data layer told it, and a price as displayed and as declared, there is no figure.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bundling import bundle
from benchmarks.heavy_page import SITE_KEY, allow, cost_of, page_at, product_records
from benchmarks.report import Row, Spread
from benchmarks.trip import chromium, script_of
from replay.cli.snippet import snippet
from replay.model.events import Event, kind_of
from replay.model.track import Track
from replay.protocol.codec import decode_facts
from tests.browser.product import Product, product

__all__ = ["ROWS", "Round", "cost_row", "measure", "unread"]

SDK = Path("sdk_js/src/script.ts")
ROUNDS_COUNT = 3
FLUSHED_S = 3.0
ALLOWED = 1.1

COST = "main-thread time with every adapter and lens over the SDK without"
ROWS = (COST,)
READ = (
    ("cart", "displayed"), ("cart", "network"), ("cart", "declared"),
    ("price", "displayed"), ("price", "declared"),
)  # fmt: skip
"""Kinds of facts and their sources that the page has to be found to have told."""


@dataclass(frozen=True, slots=True)
class Round:
    """CPU seconds of the page's main thread without a recorder, with the SDK without lenses, and with all."""

    bare_s: float
    without_s: float
    with_s: float


async def measure(folder: Path) -> list[Row]:
    """Run the page with each in turn."""
    places = folder / "with", folder / "without"
    for place in places:
        place.mkdir()
    rounds: list[Round] = []
    async with (
        chromium() as browser,
        product(places[0], mode="spa") as shop,
        product(places[1], mode="spa", script=script_of(bundle(SDK, lenses=False))) as lensless,
        page_at("", platforms=True) as bare,
        page_at(snippet(lensless.collector_url, SITE_KEY), platforms=True) as without,
        page_at(snippet(shop.collector_url, SITE_KEY), platforms=True) as every,
    ):
        await allow(lensless, without)
        await allow(shop, every)
        without_records, every_records = product_records(lensless), product_records(shop)
        for _ in range(ROUNDS_COUNT):
            rounds.append(
                Round(
                    bare_s=(await cost_of(browser, bare, None, FLUSHED_S)).task_s,
                    without_s=(await cost_of(browser, without, without_records, FLUSHED_S)).task_s,
                    with_s=(await cost_of(browser, every, every_records, FLUSHED_S)).task_s,
                )
            )
        if missing := unread(await _facts(shop)):
            raise RuntimeError(f"nobody read {', '.join(' '.join(one) for one in missing)}")
    return [cost_row(rounds)]


def cost_row(rounds: Sequence[Round]) -> Row:
    """What is added with all over what is added without, in each round."""
    added = [(one.with_s - one.bare_s, one.without_s - one.bare_s) for one in rounds]
    with_s, without_s = (statistics.median(one[side] for one in added) for side in (0, 1))
    bare_s = statistics.median(one.bare_s for one in rounds)
    return Row(
        name=COST,
        unit="×",
        target=ALLOWED,
        spread=Spread.of([one / other for one, other in added]),
        note=f"adds {with_s:.2f} s, without them {without_s:.2f} s, to a bare page's {bare_s:.2f} s",
    )


def unread(facts: Sequence[Event]) -> list[tuple[str, str]]:
    """What of ``READ`` no fact tells."""
    told = {(kind_of(event.fact), getattr(event.fact, "source", "")) for event in facts}
    return [one for one in READ if one not in told]


async def _facts(shop: Product) -> list[Event]:
    return [
        event
        for session in await shop.store.sessions(limit=ROUNDS_COUNT)
        for batch in await shop.store.batches(session.id, Track.FACTS)
        for event in decode_facts(batch.payload).events
    ]
