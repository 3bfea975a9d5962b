"""What a batch costs the server: CPU for each acknowledged-and-synced batch, beside the same server sending
it back; and how long an acknowledgement takes under a load that does not wait.

Both servers get the same bytes of the same trip from the same number of pages at the same rate, in turn. The
rate is a share of the most that the product did in this run.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.load import Played, closed_loop, open_loop
from benchmarks.report import Row, Spread, percentile
from benchmarks.servers import echo_server, product_server
from benchmarks.trip import Trip, chromium, product_trip

__all__ = ["ROWS", "measure"]

CPU_RATIO = 3.5
ACKNOWLEDGED_MS = 250.0
LOAD_SHARE = 0.6
PAGES_COUNT = 50
AHEAD_COUNT = 4
PAIRS_COUNT = 5
LEISURELY_RATE = 100.0
"""Batches a second of a quiet shop, at which commits are hardly shared."""

CPU = "server CPU of a batch over an echo's"
LEISURELY = f"the same at {LEISURELY_RATE:.0f} batches a second"
LATENCY = f"acknowledgement p99 at {LOAD_SHARE:.0%} of the maximum"
MAXIMUM = "most batches a second"
ROWS = (CPU, LEISURELY, LATENCY, MAXIMUM)


async def measure(folder: Path) -> list[Row]:
    """Record a trip, find the maximum, then play both servers in turn."""
    async with chromium() as browser:
        trip = await product_trip(browser, folder, "spa")
    batches = trip.batches
    async with product_server(folder / "product") as ours, echo_server() as bare:
        await open_loop(ours, batches, pages=5, rate=LEISURELY_RATE)
        await open_loop(bare, batches, pages=5, rate=LEISURELY_RATE)
        most = [
            (await closed_loop(ours, batches, pages=PAGES_COUNT, ahead=AHEAD_COUNT)).rate for _ in range(3)
        ]
        rate = Spread.of(most).median * LOAD_SHARE
        pairs = [
            (
                await open_loop(bare, batches, pages=PAGES_COUNT, rate=rate),
                await open_loop(ours, batches, pages=PAGES_COUNT, rate=rate),
            )
            for _ in range(PAIRS_COUNT)
        ]
        quiet = [
            (
                await open_loop(bare, batches, pages=5, rate=LEISURELY_RATE),
                await open_loop(ours, batches, pages=5, rate=LEISURELY_RATE),
            )
            for _ in range(3)
        ]
    latencies = [percentile(played.latencies_ms, 0.99) for _, played in pairs]
    return [
        Row(
            name=CPU,
            unit="×",
            target=CPU_RATIO,
            spread=_ratios(pairs),
            note=f"{_costs(pairs)}; {_describe(trip)}; {PAGES_COUNT} pages, {rate:.0f} batches a second",
        ),
        Row(name=LEISURELY, unit="×", target=None, spread=_ratios(quiet), note=_costs(quiet)),
        Row(
            name=LATENCY,
            unit="ms",
            target=ACKNOWLEDGED_MS,
            spread=Spread.of(latencies),
            note="p50 " + ", ".join(f"{percentile(ours.latencies_ms, 0.5):.1f}" for _, ours in pairs) + " ms",
        ),
        Row(name=MAXIMUM, unit="/s", target=None, spread=Spread.of(most)),
    ]


def _ratios(pairs: list[tuple[Played, Played]]) -> Spread:
    return Spread.of([ours.cpu_ms_per_batch / bare.cpu_ms_per_batch for bare, ours in pairs])


def _costs(pairs: list[tuple[Played, Played]]) -> str:
    bare, ours = (Spread.of([pair[side].cpu_ms_per_batch for pair in pairs]) for side in (0, 1))
    return f"{ours.median:.3f} ms over {bare.median:.3f} ms a batch"


def _describe(trip: Trip) -> str:
    size = sum(len(batch.payload) for batch in trip.batches)
    facts = sum(batch.track == 0 for batch in trip.batches)
    return f"a trip of {len(trip.batches)} batches ({facts} of facts), {size:,} bytes"
