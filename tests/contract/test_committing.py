"""A commit is all or nothing, answers each operation, and everything in it happens in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.ports import Appended, EndSession, Load, OpenSession, Operation, RotateToken, Store
from tests.contract.given import (
    NOW_MS,
    appended,
    batch,
    clock,
    code_of,
    gap,
    identifier,
    open_load,
    open_session,
    opened,
    session,
)


async def test_each_operation_has_its_outcome(store: Store) -> None:
    operations: list[Operation] = [
        open_session(),
        open_load("a", tab="left", opened_ms=NOW_MS + 5),
        batch(1, load="a"),
        gap(2, 3, load="a"),
        clock(5, 1, load="a"),
        RotateToken(session="visit", token_hash=b"new", rotated_ms=NOW_MS),
        EndSession(session="visit", ended_ms=NOW_MS, why="signout"),
    ]
    assert await store.commit(operations) == [
        None,
        Load(session="visit", id="a", tab="left", ordinal=1, opened_ms=NOW_MS + 5),
        Appended(outcome="stored", acked=1),
        Appended(outcome="stored", acked=3),
        None,
        None,
        None,
    ]


async def test_an_empty_commit_is_answered(store: Store) -> None:
    assert await store.commit([]) == []


async def test_a_probe_changes_nothing(store: Store) -> None:
    await store.commit([open_session()])
    await store.probe()
    assert await store.session("visit") == session()
    assert await store.sites() == []


async def test_a_session_is_kept_as_it_was_opened(store: Store) -> None:
    whole = replace(session(), ended_ms=7, ended_why="idle", consent="managed", seen_ms=NOW_MS + 3)
    await store.commit([OpenSession(session=whole)])
    assert await store.session("visit") == whole


@pytest.mark.parametrize(
    "taken",
    [open_session("visit", code="OTHER1"), open_session("other", code=code_of("visit"))],
    ids=["id", "code"],
)
async def test_a_taken_id_or_code_undoes_the_whole_commit(store: Store, taken: OpenSession) -> None:
    await store.commit(opened())
    rest: list[Operation] = [
        batch(1, identifier("sku", "hp-15")),
        gap(2, 4),
        clock(5, 1),
        RotateToken(session="visit", token_hash=b"new", rotated_ms=NOW_MS),
        EndSession(session="visit", ended_ms=NOW_MS, why="signout"),
        *opened(session="third"),
    ]
    with pytest.raises(ValueError, match="taken"):
        await store.commit([*rest, taken])
    with pytest.raises(ValueError, match="taken"):
        await store.commit([taken, *rest])
    assert await store.sessions(limit=10) == [session()]
    assert await store.loads("visit") == [
        Load(session="visit", id="load", tab="tab", ordinal=1, opened_ms=NOW_MS)
    ]
    assert await store.batches("visit", 0) == []
    assert await store.gaps("visit") == []
    assert await store.find("sku", "hp-15") == []
    assert await appended(store, batch(1)) == [("stored", 1)]


async def test_an_id_or_code_taken_within_one_commit_is_taken_too(store: Store) -> None:
    with pytest.raises(ValueError, match="taken"):
        await store.commit([open_session("a"), open_session("b", code=code_of("a"))])
    assert await store.sessions(limit=10) == []
    await store.commit([open_session("a"), open_session("b")])


async def test_page_loads_are_counted_as_they_come(store: Store) -> None:
    await store.commit(opened("b", session="one"))
    await store.commit([open_session("two"), open_load("x", session="two"), open_load("a", session="one")])
    assert [(one.id, one.ordinal) for one in await store.loads("one")] == [("b", 1), ("a", 2)]
    assert [(one.id, one.ordinal) for one in await store.loads("two")] == [("x", 1)]


async def test_the_same_page_load_id_in_two_sessions_is_two_page_loads(store: Store) -> None:
    await store.commit([*opened("same", session="one"), *opened("same", session="two")])
    assert await appended(store, batch(1, session="one", load="same")) == [("stored", 1)]
    assert await store.batches("two", 0) == []
    assert await appended(store, batch(1, session="two", load="same")) == [("stored", 1)]


async def test_a_known_page_load_is_left_as_it_is(store: Store) -> None:
    await store.commit([*opened(), batch(1), clock(12.5, 3)])
    outcomes = await store.commit([batch(2), open_load(tab="other", opened_ms=1), batch(3)])
    assert outcomes[1] == Load(
        session="visit",
        id="load",
        tab="tab",
        ordinal=1,
        opened_ms=NOW_MS,
        offset_ms=12.5,
        offset_error_ms=3,
        facts_acked=2,
    )
    assert await store.load("visit", "load") == replace(outcomes[1], facts_acked=3)


async def test_a_page_load_of_an_unknown_session_is_not_opened(store: Store) -> None:
    assert await store.commit([open_load(session="nobody")]) == [None]
    assert await store.loads("nobody") == []


async def test_what_concerns_the_unknown_has_no_effect(store: Store) -> None:
    operations: list[Operation] = [
        clock(5, 1),
        RotateToken(session="visit", token_hash=b"new", rotated_ms=NOW_MS),
        EndSession(session="visit", ended_ms=NOW_MS, why="idle"),
    ]
    assert await store.commit(operations) == [None, None, None]
    assert await store.session("visit") is None
    await store.commit(opened())
    assert await store.commit([clock(5, 1, load="other")]) == [None]
    assert [one.offset_ms for one in await store.loads("visit")] == [None]


async def test_the_clock_measurement_with_the_smallest_error_stands(store: Store) -> None:
    await store.commit([*opened("load", "other"), clock(100.125, 40.5)])
    for offset_ms, error_ms in ((90.25, 60.0), (-3.5, 8.25), (7.0, 8.25), (1.0, 9.0)):
        await store.commit([clock(offset_ms, error_ms)])
    measured, other = await store.loads("visit")
    assert (measured.offset_ms, measured.offset_error_ms) == (-3.5, 8.25)
    assert (other.offset_ms, other.offset_error_ms) == (None, None)


async def test_the_first_end_stands(store: Store) -> None:
    await store.commit([*opened(), EndSession(session="visit", ended_ms=NOW_MS + 5, why="signout")])
    await store.commit([EndSession(session="visit", ended_ms=NOW_MS + 9, why="idle")])
    ended = await store.session("visit")
    assert ended is not None
    assert (ended.ended_ms, ended.ended_why) == (NOW_MS + 5, "signout")


async def test_batches_on_their_way_are_still_appended_after_the_end(store: Store) -> None:
    await store.commit([*opened(), EndSession(session="visit", ended_ms=NOW_MS, why="signout")])
    assert await appended(store, batch(1), gap(2, 2)) == [("stored", 1), ("stored", 2)]
    assert len(await store.batches("visit", 0)) == 1


async def test_only_the_newest_token_is_in_force(store: Store) -> None:
    await store.commit([*opened(), RotateToken(session="visit", token_hash=b"\x00second", rotated_ms=NOW_MS)])
    await store.commit([RotateToken(session="visit", token_hash=b"\x00third", rotated_ms=NOW_MS)])
    rotated = await store.session("visit")
    assert rotated is not None
    assert rotated.token_hash == b"\x00third"
    assert rotated.previous_token_hash == b"\x00second"
    assert rotated.rotated_ms == NOW_MS


async def test_a_token_that_was_never_told_leaves_the_one_before_it(store: Store) -> None:
    await store.commit([*opened(), RotateToken(session="visit", token_hash=b"second", rotated_ms=NOW_MS)])
    before = await store.session("visit")
    third = RotateToken(session="visit", token_hash=b"third", rotated_ms=NOW_MS + 1, unheard=True)
    await store.commit([third])
    assert before is not None
    assert await store.session("visit") == replace(before, token_hash=b"third")


async def test_what_follows_from_a_batch_is_done_only_if_it_is_stored(store: Store) -> None:
    await store.commit(opened())
    rotate = RotateToken(session="visit", token_hash=b"second", rotated_ms=NOW_MS)
    end = EndSession(session="visit", ended_ms=NOW_MS, why="signout")
    await store.commit([replace(batch(1), then=(rotate,))])
    again, conflict = replace(batch(1), then=(end,)), replace(batch(1, payload=b"other"), then=(end,))
    assert await appended(store, again, conflict) == [("duplicate", 1), ("conflict", 1)]
    kept = await store.session("visit")
    assert kept is not None
    assert kept.token_hash == b"second"
    assert kept.ended_ms is None
    await store.commit([replace(batch(2), then=(end,))])
    kept = await store.session("visit")
    assert kept is not None
    assert kept.ended_why == "signout"


async def test_a_stored_batch_moves_seen_on_and_never_back(store: Store) -> None:
    await store.commit([*opened(), batch(2, received_ms=NOW_MS + 500)])
    assert await _seen(store) == NOW_MS + 500
    await store.commit([batch(1, received_ms=NOW_MS + 100)])
    assert await _seen(store) == NOW_MS + 500


async def test_what_is_not_stored_does_not_move_seen(store: Store) -> None:
    await store.commit([*opened(), batch(1)])
    later = NOW_MS + 5_000
    assert await appended(
        store,
        batch(1, received_ms=later),
        batch(1, received_ms=later, payload=b"other"),
        batch(1, received_ms=later, load="none"),
    ) == [("duplicate", 1), ("conflict", 1), ("gone", 0)]
    await store.commit([open_load("second", opened_ms=later)])
    assert await _seen(store) == NOW_MS


async def _seen(store: Store) -> int | None:
    found = await store.session("visit")
    return found.seen_ms if found else None
