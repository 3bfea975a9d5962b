"""What detectors cost the collector: their share of its CPU for each batch, keeping what they find included.

Two servers of the same command, one of which judges nothing, get the same trips at the same time and at the
pace at which customers make them: a visit is judged again and again while it goes on. The count goes on after
the last batch until every visit has been judged; what each server costs while nothing comes is taken off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import open_loop
from benchmarks.report import Row, Spread
from benchmarks.servers import Server, product_server
from benchmarks.trip import chromium, product_trip
from replay.collector.judging import EVERY_S, UNWATCHED_REST_MS

__all__ = ["ROWS", "Round", "measure", "share_row"]

SHARE_PERCENT = 15.0
PAGES_COUNT = 50
PAGE_RATE = 2.0
"""Batches a second of one page that its customer is at."""
ROUNDS_COUNT = 2
AT_REST_S = 3.0
JUDGED_S = UNWATCHED_REST_MS / 1_000 + 8 * EVERY_S
"""After the last batch: until the last visit has been judged."""

SHARE = "detectors' share of the server's CPU of a batch"
ROWS = (SHARE,)


@dataclass(frozen=True, slots=True)
class Round:
    """Server CPU for each batch, in milliseconds, with and without judging."""

    judged_ms: float
    unjudged_ms: float


async def measure(folder: Path) -> list[Row]:
    """Record a trip, and play it to both servers side by side."""
    async with chromium() as browser:
        trip = await product_trip(browser, folder, "spa")

    async def cost_ms(server: Server) -> float:
        idle_s = await _cpu_s(server, AT_REST_S) / AT_REST_S
        before_s = server.cpu_s()
        played = await open_loop(server, trip.batches, pages=PAGES_COUNT, rate=PAGES_COUNT * PAGE_RATE)
        await asyncio.sleep(JUDGED_S)
        spent_s = server.cpu_s() - before_s - idle_s * (played.seconds + JUDGED_S)
        return spent_s * 1_000 / played.batches

    async with (
        product_server(folder / "judged") as judged,
        product_server(folder / "unjudged", command=("-m", "benchmarks.unjudged")) as unjudged,
    ):
        rounds = [
            Round(*await asyncio.gather(cost_ms(judged), cost_ms(unjudged))) for _ in range(ROUNDS_COUNT)
        ]
    return [share_row(rounds, len(trip.batches))]


async def _cpu_s(server: Server, seconds: float) -> float:
    before_s = server.cpu_s()
    await asyncio.sleep(seconds)
    return server.cpu_s() - before_s


def share_row(rounds: Sequence[Round], batches: int) -> Row:
    """What judging adds, of all that a batch costs, in each round."""
    judged, unjudged = (
        Spread.of([one.judged_ms for one in rounds]),
        Spread.of([one.unjudged_ms for one in rounds]),
    )
    return Row(
        name=SHARE,
        unit="%",
        target=SHARE_PERCENT,
        spread=Spread.of([100 * (1 - one.unjudged_ms / one.judged_ms) for one in rounds]),
        note=(
            f"{judged.median:.3f} ms a batch, {unjudged.median:.3f} where nothing is judged; {PAGES_COUNT} "
            f"trips of {batches} batches at {PAGE_RATE:.0f} a second each"
        ),
    )
