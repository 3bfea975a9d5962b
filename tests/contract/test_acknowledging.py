"""The cumulative acknowledgement: it never passes a hole, and nothing is kept twice or changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.ports import AppendBatch, Appended, DeclareGap, Store
from storage.memory import MemoryStore
from tests.contract.given import appended, batch, gap, open_load, opened

FAR = 2**53 - 1


async def test_batches_in_order_are_acknowledged_one_by_one(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(1), batch(2)) == [("stored", 1), ("stored", 2)]
    assert await appended(store, batch(3)) == [("stored", 3)]


async def test_a_hole_holds_the_acknowledgement_until_it_is_filled(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(2), batch(4), batch(3)) == [("stored", 0)] * 3
    assert await appended(store, batch(1)) == [("stored", 4)]


async def test_holes_are_filled_within_one_commit_and_across_commits_alike(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(3), batch(5), batch(1), batch(2), batch(4)) == [
        ("stored", 0),
        ("stored", 0),
        ("stored", 1),
        ("stored", 3),
        ("stored", 5),
    ]


async def test_the_same_bytes_again_are_a_duplicate_and_kept_once(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(1), batch(1)) == [("stored", 1), ("duplicate", 1)]
    assert await appended(store, batch(1)) == [("duplicate", 1)]
    assert [one.number for one in await store.batches("visit", 0)] == [1]


async def test_a_duplicate_beyond_a_hole_is_known_too(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(7)) == [("stored", 0)]
    assert await appended(store, batch(7)) == [("duplicate", 0)]


async def test_other_bytes_under_a_kept_number_are_a_conflict_and_change_nothing(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(1, payload=b"first"), batch(1, payload=b"other")) == [
        ("stored", 1),
        ("conflict", 1),
    ]
    assert await appended(store, batch(1, payload=b"third")) == [("conflict", 1)]
    assert [one.payload for one in await store.batches("visit", 0)] == [b"first"]


async def test_an_unknown_session_or_page_load_is_gone(store: Store) -> None:
    assert await appended(store, batch(1), gap(1, 2)) == [("gone", 0), ("gone", 0)]
    await store.commit(opened())
    assert await appended(store, batch(1, load="other"), gap(1, 2, load="other")) == [("gone", 0)] * 2
    assert await store.batches("visit", 0) == []


async def test_a_page_load_counts_from_when_it_is_opened(store: Store) -> None:
    await store.commit(opened())
    operations = batch(1, load="late"), open_load("late"), batch(1, load="late")
    assert await appended(store, *operations) == [("gone", 0), ("stored", 1)]


async def test_tracks_and_page_loads_count_apart(store: Store) -> None:
    await store.commit(opened("a", "b"))
    assert await appended(
        store,
        batch(1, load="a"),
        batch(2, load="a"),
        batch(1, load="a", track=1),
        batch(1, load="b", track=1),
    ) == [("stored", 1), ("stored", 2), ("stored", 1), ("stored", 1)]
    loads = await store.loads("visit")
    assert [(one.facts_acked, one.picture_acked) for one in loads] == [(2, 1), (0, 1)]


async def test_a_declared_gap_is_acknowledged_like_what_it_stands_for(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(1), gap(2, 4), batch(5)) == [
        ("stored", 1),
        ("stored", 4),
        ("stored", 5),
    ]


async def test_a_gap_may_reach_as_far_as_numbers_do(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, gap(2, FAR), batch(1)) == [("stored", 0), ("stored", FAR)]


async def test_a_gap_across_kept_numbers_leaves_them_kept(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, batch(2), gap(1, 3)) == [("stored", 0), ("stored", 3)]
    assert [one.number for one in await store.batches("visit", 0)] == [2]


async def test_a_batch_that_comes_after_its_gap_is_stored(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, gap(1, 3), batch(2), batch(2)) == [
        ("stored", 3),
        ("stored", 3),
        ("duplicate", 3),
    ]


async def test_the_same_gap_again_is_a_duplicate_and_its_first_reason_stands(store: Store) -> None:
    await store.commit(opened())
    operations = gap(1, 3, reason="buffer full"), gap(1, 3, reason="page ended")
    assert await appended(store, *operations) == [("stored", 3), ("duplicate", 3)]
    assert [one.reason for one in await store.gaps("visit")] == ["buffer full"]


async def test_gaps_that_overlap_are_all_kept_as_declared(store: Store) -> None:
    await store.commit(opened())
    assert await appended(store, gap(4, 6), gap(2, 5), gap(1, 1)) == [
        ("stored", 0),
        ("stored", 0),
        ("stored", 6),
    ]
    assert [(one.first, one.last) for one in await store.gaps("visit")] == [(1, 1), (2, 5), (4, 6)]


ARRIVALS = st.lists(
    st.one_of(
        st.builds(batch, st.integers(1, 12)),
        st.builds(lambda first, more: gap(first, first + more), st.integers(1, 12), st.integers(0, 4)),
    ),
    max_size=40,
)


@given(ARRIVALS)
@settings(max_examples=200)
async def test_the_reference_acknowledges_exactly_what_the_definition_says(
    arrivals: list[AppendBatch | DeclareGap],
) -> None:
    """The largest n such that every number from 1 to n is kept or declared lost, said by sets."""
    store = MemoryStore()
    await store.commit(opened())
    known: set[int] = set()
    for arrival in arrivals:
        (outcome,) = await store.commit([arrival])
        known |= _numbers(arrival)
        assert isinstance(outcome, Appended)
        assert set(range(1, outcome.acked + 1)) <= known
        assert outcome.acked + 1 not in known


def _numbers(arrival: AppendBatch | DeclareGap) -> set[int]:
    if isinstance(arrival, AppendBatch):
        return {arrival.number}
    return set(range(arrival.first, arrival.last + 1))


@pytest.mark.parametrize("track", [0, 1])
async def test_five_hundred_batches_backwards_are_acknowledged_with_the_last(
    store: Store, track: int
) -> None:
    await store.commit(opened())
    backwards = [batch(number, track=track) for number in range(500, 0, -1)]
    outcomes = await appended(store, *backwards)
    assert outcomes == [("stored", 0)] * 499 + [("stored", 500)]
