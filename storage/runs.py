"""Numbers of batches as unbroken runs: what a session's object holds, told in few words."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["runs"]


def runs(places: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int, int]]:
    """Load, track, first and last number of each run of (load, track, number)."""
    found: list[tuple[str, int, int, int]] = []
    for load, track, number in sorted(places):
        if found and found[-1][:2] == (load, track) and found[-1][3] == number - 1:
            found[-1] = (load, track, found[-1][2], number)
        else:
            found.append((load, track, number, number))
    return found
