"""Memory of a page that is connected and says nothing, beside that of a server that does nothing at all."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

from benchmarks.load import connect_pages
from benchmarks.report import Row, Spread
from benchmarks.servers import Server, echo_server, product_server

__all__ = ["ROWS", "measure"]

MEMORY_RATIO = 1.3
MANY_MIB = 450.0
MANY_COUNT = 10_000
STEPS_COUNT = (1_000, 2_000, 3_000)
"""Connections open when memory is read: the first thousand fills pools and caches, the others are counted."""
RUNS_COUNT = 3
REST_S = 1.0
_MIB = 1024 * 1024

EACH = "memory of an idle page over a bare echo's"
MANY = f"memory with {MANY_COUNT:,} idle pages (reckoned from {STEPS_COUNT[-1]:,})"
ROWS = (EACH, MANY)


async def measure(folder: Path) -> list[Row]:
    """Let idle pages gather at both servers, in turn."""
    ratios, whole, notes = [], [], []
    for run in range(RUNS_COUNT):
        async with echo_server() as server:
            bare, _ = await _gather_pages(server)
        async with product_server(folder / f"run-{run}") as server:
            ours, rest = await _gather_pages(server)
        ratios.append(ours / bare)
        whole.append((rest + ours * MANY_COUNT) / _MIB)
        notes.append(f"{ours / 1024:.1f} over {bare / 1024:.1f} KiB")
    return [
        Row(name=EACH, unit="×", target=MEMORY_RATIO, spread=Spread.of(ratios), note=", ".join(notes)),
        Row(name=MANY, unit="MiB", target=MANY_MIB, spread=Spread.of(whole)),
    ]


async def _gather_pages(server: Server) -> tuple[float, float]:
    """Bytes of each idle page, and of the server without any."""
    resident = []
    pages = 0
    for count in STEPS_COUNT:
        await connect_pages(server, count - pages)
        pages = count
        await asyncio.sleep(REST_S)
        resident.append(server.resident_bytes())
    gc.collect()
    each = (resident[-1] - resident[0]) / (STEPS_COUNT[-1] - STEPS_COUNT[0])
    return each, resident[-1] - each * STEPS_COUNT[-1]
