"""Memory of the whole product in one process, when nobody asks anything of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.report import Row, Spread
from benchmarks.servers import product_server

__all__ = ["ROWS", "measure"]

RESIDENT_MIB = 150.0
RUNS_COUNT = 3
REST_S = 1.0
_MIB = 1024 * 1024

RESIDENT = "memory of `replay serve` at rest"
ROWS = (RESIDENT,)


async def measure(folder: Path) -> list[Row]:
    """Start it over an empty database, several times."""
    resident = []
    for run in range(RUNS_COUNT):
        async with product_server(folder / f"run-{run}") as server:
            await asyncio.sleep(REST_S)
            resident.append(server.resident_bytes() / _MIB)
    return [Row(name=RESIDENT, unit="MiB", target=RESIDENT_MIB, spread=Spread.of(resident))]
