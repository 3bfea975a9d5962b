"""A session's facts in the order in which they happened.

Inside a page load the order is that of the track's numbers, never that of clocks. Across page loads and tabs
it is by corrected time: the page clock plus the offset that the load's connection measured. A fact keeps its
own time even where an earlier number carries a later one; it then stands behind that one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgpack

from replay.model.clock import corrected
from replay.model.events import Event, decode_events

__all__ = ["Entry", "Place", "batch_entries", "entries", "placed", "timeline"]

Place = tuple[float, tuple[int, int, int]]
"""Where a fact stands: the greatest time up to it in its page load; which page load, number and index."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: where it came from, and its corrected time in milliseconds since 1970."""

    load: str
    tab: str
    number: int
    index: int
    t: float
    event: Event


def entries(
    load: str, tab: str, offset_ms: float | None, payloads: Iterable[tuple[int, bytes]]
) -> Iterator[Entry]:
    """The facts of one page load from its kept payloads ``(number, payload)``, in the order of their numbers.

    A clock that was never measured counts as right. Raises ``Malformed`` if a payload is damaged.
    """
    for number, payload in payloads:
        yield from batch_entries(load, tab, offset_ms, number, decode_events(msgpack.unpackb(payload)))


def batch_entries(
    load: str, tab: str, offset_ms: float | None, number: int, events: Iterable[Event]
) -> Iterator[Entry]:
    """The facts of one batch that was read already."""
    for index, event in enumerate(events):
        yield Entry(load, tab, number, index, corrected(event.t, offset_ms), event)


def timeline(loads: Iterable[Iterable[Entry]]) -> list[Entry]:
    """The facts of all page loads as one list."""
    return [entry for _, entry in heapq.merge(*(placed(at, load) for at, load in enumerate(loads)))]


def placed(at: int, load: Iterable[Entry], latest: float = float("-inf")) -> Iterator[tuple[Place, Entry]]:
    """The facts of the page load ``at`` with their places; ``latest``: the greatest time before them."""
    for entry in load:
        latest = max(latest, entry.t)
        yield (latest, (at, entry.number, entry.index)), entry
