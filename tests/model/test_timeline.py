"""A session's facts come in the order in which they happened, whatever the clocks of its tabs say."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.bounds import Malformed
from replay.model.events import Event, Mark, encode_event
from replay.model.timeline import Entry, entries, timeline


def payload(*times: float) -> bytes:
    packed: bytes = msgpack.packb([encode_event(Event(t, Mark(name=str(t)))) for t in times])
    return packed


def load(name: str, offset_ms: float | None, *batches: tuple[float, ...]) -> list[Entry]:
    return list(entries(name, "tab", offset_ms, [(n, payload(*times)) for n, times in enumerate(batches, 1)]))


def test_an_entry_says_where_it_came_from() -> None:
    first, second, third = load("a", 100.0, (1.0, 2.0), (3.0,))
    assert [(one.load, one.tab, one.number, one.index, one.t) for one in (first, second, third)] == [
        ("a", "tab", 1, 0, 101.0),
        ("a", "tab", 1, 1, 102.0),
        ("a", "tab", 2, 0, 103.0),
    ]


def test_loads_are_woven_by_corrected_time() -> None:
    woven = timeline(
        [load("a", 0.0, (10.0, 30.0)), load("b", -1_000.0, (1_020.0,)), load("c", None, (25.0,))]
    )
    assert [(one.load, one.t) for one in woven] == [("a", 10.0), ("b", 20.0), ("c", 25.0), ("a", 30.0)]


def test_inside_a_load_numbers_decide_and_not_clocks() -> None:
    woven = timeline([load("a", 0.0, (50.0,), (10.0,)), load("b", 0.0, (20.0, 60.0))])
    assert [one.t for one in woven] == [20.0, 50.0, 10.0, 60.0]


@given(st.lists(st.lists(st.lists(st.floats(0, 100), min_size=1, max_size=3), max_size=3), max_size=3))
def test_every_fact_stands_there_once_and_in_its_loads_order(given_loads: list[list[list[float]]]) -> None:
    loads = [
        load(str(at), 0.0, *(tuple(times) for times in batches)) for at, batches in enumerate(given_loads)
    ]
    woven = timeline(loads)
    assert len(woven) == sum(len(one) for one in loads)
    for at, one in enumerate(loads):
        assert [entry for entry in woven if entry.load == str(at)] == one


def test_a_damaged_payload_is_told() -> None:
    with pytest.raises(Malformed):
        list(entries("a", "tab", 0.0, [(1, msgpack.packb([["tab", 1, {}]]))]))
