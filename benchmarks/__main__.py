"""`python -m benchmarks [names… | all]`: measure, print the table, leave it in benchmarks/results/."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks import (
    bundle_size,
    detectors,
    finding,
    footprint,
    idle,
    ingest,
    lens_cost,
    live,
    opening,
    page_cost,
    peers_cost,
    stored_size,
    trip_bytes,
)
from benchmarks.report import Row, print_report, write_report

RESULTS = Path(__file__).parent / "results" / "latest.json"
REPORT_WIDTH_CHARS = 150
TIMEOUT_S = 45 * 60
"""Of one benchmark: several times what the longest takes. One that hangs must not hide the others."""


@dataclass(frozen=True, slots=True)
class _Benchmark:
    rows: Sequence[str]
    measure: Callable[[Path], Awaitable[list[Row]]]
    quick: bool = True
    """Whether it is measured without being named: all such together take a few minutes."""


BENCHMARKS: Mapping[str, _Benchmark] = {
    "bundle": _Benchmark(bundle_size.ROWS, bundle_size.measure),
    "page": _Benchmark(page_cost.ROWS, page_cost.measure),
    "lenses": _Benchmark(lens_cost.ROWS, lens_cost.measure),
    "bytes": _Benchmark(trip_bytes.ROWS, trip_bytes.measure),
    "stored": _Benchmark(stored_size.ROWS, stored_size.measure, quick=False),
    "footprint": _Benchmark(footprint.ROWS, footprint.measure),
    "idle": _Benchmark(idle.ROWS, idle.measure),
    "ingest": _Benchmark(ingest.ROWS, ingest.measure),
    "detectors": _Benchmark(detectors.ROWS, detectors.measure),
    "live": _Benchmark(live.ROWS, live.measure),
    "opening": _Benchmark(opening.ROWS, opening.measure),
    "peers": _Benchmark(peers_cost.ROWS, peers_cost.measure, quick=False),
    "finding": _Benchmark(finding.ROWS, finding.measure, quick=False),
}
EVERYTHING = "all"


async def _run(names: Sequence[str], console: Console) -> list[Row]:
    rows: list[Row] = []
    for name, benchmark in BENCHMARKS.items():
        if name not in names:
            left_out = f"{name}, {len(benchmark.rows)} figures"
            rows.append(_without_figure(left_out, f"left out: `python -m benchmarks {name}`"))
            continue
        began = time.perf_counter()
        console.print(f"{name} …", style="dim")
        with tempfile.TemporaryDirectory(prefix="replay-bench-") as folder:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    rows += await benchmark.measure(Path(folder))
            except Exception as error:  # noqa: BLE001 - one that fails must not hide the others' figures
                console.print_exception(max_frames=4)
                rows += [_without_figure(row, f"failed: {error!r}"[:300]) for row in benchmark.rows]
        console.print(f"{name} took {time.perf_counter() - began:.0f} s", style="dim", highlight=False)
        # What was measured is kept, whatever becomes of the rest.
        write_report(RESULTS, rows)
    return rows


def _without_figure(name: str, why: str) -> Row:
    return Row(name=name, unit="", target=None, spread=None, note=why)


def main(arguments: Sequence[str]) -> None:
    """Measure what is named, what is quick if nothing is."""
    if not arguments:
        arguments = [name for name, benchmark in BENCHMARKS.items() if benchmark.quick]
    elif list(arguments) == [EVERYTHING]:
        arguments = list(BENCHMARKS)
    unknown = [name for name in arguments if name not in BENCHMARKS]
    if unknown:
        sys.exit(
            f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}, {EVERYTHING}."
        )
    console = Console(width=None if sys.stdout.isatty() else REPORT_WIDTH_CHARS)
    rows = asyncio.run(_run(arguments, console))
    print_report(console, rows)
    console.print(f"{RESULTS}", style="dim")


if __name__ == "__main__":
    main(sys.argv[1:])
