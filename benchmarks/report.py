"""Rows, their spread, and how they are told: a table for people and JSON for machines.

A row passes when its median keeps the target; the extremes stand beside it so that a lucky median is seen
for what it is. Whatever has no row yet is told as not measured, and what broke as failed.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

__all__ = ["Row", "Spread", "percentile", "print_report", "write_report"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, median and greatest of several runs."""

    least: float
    median: float
    greatest: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(min(values), statistics.median(values), max(values), len(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. ``target`` is the most that its median may be; None for a figure that explains others."""

    name: str
    unit: str
    target: float | None
    spread: Spread | None
    """None where it was not measured; ``note`` says why."""
    note: str = ""

    @property
    def verdict(self) -> str:
        """``pass``, ``miss``, ``-`` (nothing to keep) or ``not measured``."""
        if self.spread is None:
            return "not measured"
        if self.target is None:
            return "-"
        return "pass" if self.spread.median <= self.target else "miss"


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 1).__int__() - 1)]


_COLOURS = {"pass": "green", "miss": "red", "not measured": "yellow", "-": "dim"}


def print_report(console: Console, rows: Sequence[Row]) -> None:
    """The table, and under it what the notes say."""
    table = Table(
        "what", "target", "median", "least", "greatest", "runs", "verdict", box=None, pad_edge=False
    )
    for row in rows:
        target = "" if row.target is None else f"≤ {_figure(row.target)} {row.unit}"
        figures = ["", "", "", ""]
        if row.spread is not None:
            spread = row.spread
            figures = [*map(_figure, (spread.median, spread.least, spread.greatest)), str(spread.runs)]
            figures[0] += f" {row.unit}"
        table.add_row(row.name, target, *figures, f"[{_COLOURS[row.verdict]}]{row.verdict}[/]")
    console.print(table)
    for row in rows:
        if row.note:
            console.print(f"  {row.name}: {row.note}", style="dim", highlight=False, markup=False)


def write_report(file: Path, rows: Sequence[Row]) -> None:
    """The same for machines, with what is needed to judge it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "rows": [{**asdict(row), "verdict": row.verdict} for row in rows],
    }
    file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def _figure(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
