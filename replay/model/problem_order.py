"""The order in which problems are read, and a place in it from which to read on.

The worst come first, and last those of which nobody was met for days. That depends on the time; so a place
holds the time at which the reading began, and whoever reads on by it meets each problem once, whatever the
clock says by then.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from replay.model.finding import SEVERITIES
from replay.model.problem import CLOSE_MS, Problem

__all__ = ["Place", "place_of", "read_place"]

_WRITTEN = re.compile(r"([0-9]{1,15})\.([01])\.([0-9])\.([0-9]{1,12})\.([0-9]{1,15})\.([0-9a-f]{16})")


class Place(NamedTuple):
    """Where a problem stands among those that go on, or among those that are over, as of ``now_ms``: sorted,
    places are in the order of reading."""

    now_ms: int
    is_quiet: bool
    severity: int
    spared: int
    """Minus the number of customers that it met."""
    rest: int
    """Minus the time at which it met the last."""
    id: str

    @property
    def written(self) -> str:
        """For an address or a command: ``read_place`` reads it."""
        return (
            f"{self.now_ms}.{self.is_quiet:d}.{self.severity}.{-self.spared}.{max(0, -self.rest)}.{self.id}"
        )


def place_of(problem: Problem, now_ms: int) -> Place:
    """Where a problem stands."""
    return Place(
        now_ms=now_ms,
        is_quiet=problem.closed_ms is None and problem.last_ms <= now_ms - CLOSE_MS,
        severity=SEVERITIES.index(problem.severity),
        spared=-problem.affected_count,
        rest=-problem.last_ms,
        id=problem.id,
    )


def read_place(written: str) -> Place | None:
    """The place that was written so; None where it is none."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return None
    now_ms, is_quiet, severity, affected, last_ms = map(int, found.groups()[:5])
    return Place(now_ms, bool(is_quiet), severity, -affected, -last_ms, found[6])
