"""Reading gives back what was committed, byte for byte and in the order that the port names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replay.ports import Gap, Store, StoredBatch
from tests.contract.given import NOW_MS, batch, gap, identifier, open_load, opened, session


async def test_what_is_unknown_is_none_or_empty(store: Store) -> None:
    assert await store.session("none") is None
    assert await store.sessions(limit=5) == []
    assert await store.load("none", "none") is None
    assert await store.loads("none") == []
    assert await store.batches("none", 0) == []
    assert await store.gaps("none") == []
    assert await store.identifiers("none") == []
    assert await store.find("email", "nobody@example.com") == []
    await store.commit(opened())
    assert await store.load("visit", "none") is None
    assert await store.batches("visit", 0, load="none") == []


async def test_a_batch_is_given_back_as_it_was_sent(store: Store) -> None:
    sent = replace(batch(3, track=1, payload=bytes(range(256)) * 300, checkpoint=True), first_ms=0.1 + 0.2)
    await store.commit([*opened(), sent])
    assert await store.batches("visit", 1) == [
        StoredBatch(
            load="load",
            track=1,
            number=3,
            payload=sent.payload,
            digest=sent.digest,
            received_ms=sent.received_ms,
            first_ms=0.1 + 0.2,
            last_ms=sent.last_ms,
            checkpoint=True,
        )
    ]


@given(payload=st.binary(max_size=9_000), first_ms=st.floats(0, 2**53), last_ms=st.floats(0, 2**53))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
async def test_every_byte_and_every_time_survives(
    store: Store, payload: bytes, first_ms: float, last_ms: float
) -> None:
    number = 1 + sum([len(await store.batches("visit", 0))])
    if number == 1:
        await store.commit(opened())
    await store.commit([replace(batch(number, payload=payload), first_ms=first_ms, last_ms=last_ms)])
    kept = (await store.batches("visit", 0, after=number - 1))[0]
    assert (kept.payload, kept.first_ms, kept.last_ms) == (payload, first_ms, last_ms)


async def test_batches_come_by_page_load_and_number(store: Store) -> None:
    await store.commit(opened("z", "a"))
    await store.commit(
        [batch(2, load="a"), batch(2, load="z"), batch(1, load="a"), batch(1, load="z", track=1)]
    )
    await store.commit([batch(1, load="z"), batch(10, load="a")])
    assert [(one.load, one.number) for one in await store.batches("visit", 0)] == [
        ("z", 1),
        ("z", 2),
        ("a", 1),
        ("a", 2),
        ("a", 10),
    ]
    assert [(one.load, one.number) for one in await store.batches("visit", 1)] == [("z", 1)]


async def test_batches_of_one_page_load_and_after_a_number(store: Store) -> None:
    await store.commit([*opened("a", "b"), *(batch(n, load=load) for load in "ab" for n in (1, 2, 3))])
    assert [one.number for one in await store.batches("visit", 0, load="b", after=1)] == [2, 3]
    after = await store.batches("visit", 0, after=2)
    assert [(one.load, one.number) for one in after] == [("a", 3), ("b", 3)]
    assert await store.batches("visit", 0, load="b", after=3) == []


async def test_gaps_come_by_page_load_track_and_first_number(store: Store) -> None:
    await store.commit(opened("z", "a"))
    await store.commit(
        [gap(1, 2, load="a"), gap(9, 9, load="z", track=1), gap(5, 6, load="z"), gap(3, 3, load="z")]
    )
    assert await store.gaps("visit") == [
        Gap(load="z", track=0, first=3, last=3, reason="buffer full"),
        Gap(load="z", track=0, first=5, last=6, reason="buffer full"),
        Gap(load="z", track=1, first=9, last=9, reason="buffer full"),
        Gap(load="a", track=0, first=1, last=2, reason="buffer full"),
    ]


async def test_sessions_come_newest_seen_first(store: Store) -> None:
    for place, name in enumerate(("one", "two", "three")):
        await store.commit(opened(session=name, started_ms=NOW_MS + place))
    await store.commit([batch(1, session="one", received_ms=NOW_MS + 50)])
    assert [one.id for one in await store.sessions(limit=10)] == ["one", "three", "two"]
    assert [one.id for one in await store.sessions(limit=2)] == ["one", "three"]
    assert [one.id for one in await store.sessions(limit=5, before_ms=NOW_MS + 2)] == ["two"]
    assert await store.sessions(limit=0) == []


async def test_the_first_identifier_of_a_session_is_its_code(store: Store) -> None:
    await store.commit(opened())
    code = session().code
    (first,) = await store.identifiers("visit")
    assert (first.kind, first.value, first.shown) == ("code", code, f"{code[:3]}-{code[3:]}")
    assert (first.at_ms, first.verified) == (NOW_MS, True)


async def test_identifiers_come_oldest_first(store: Store) -> None:
    await store.commit(
        [
            *opened(started_ms=NOW_MS - 9),
            batch(
                1, identifier("sku", "b", at_ms=NOW_MS + 2), identifier("email", "c@d.e", at_ms=NOW_MS + 1)
            ),
            batch(2, identifier("sku", "a", at_ms=NOW_MS)),
        ]
    )
    assert [one.value for one in await store.identifiers("visit")][1:] == ["a", "c@d.e", "b"]


async def test_of_one_kind_and_value_one_is_kept(store: Store) -> None:
    """The earliest with what was shown then; verified if any was; whatever the order they come in."""
    mail = "ana@example.com"
    await store.commit(
        [
            *opened(),
            batch(1, identifier("email", mail, shown="Ana@", at_ms=NOW_MS + 5)),
            batch(2, identifier("email", mail, shown="ANA@", at_ms=NOW_MS + 9, verified=True)),
        ]
    )
    assert (await store.identifiers("visit"))[1:] == [
        identifier("email", mail, shown="Ana@", at_ms=NOW_MS + 5, verified=True)
    ]
    await store.commit([batch(3, identifier("email", mail, shown="ana@", at_ms=NOW_MS + 1))])
    assert (await store.identifiers("visit"))[1:] == [
        identifier("email", mail, shown="ana@", at_ms=NOW_MS + 1, verified=True)
    ]
    await store.commit([batch(4, identifier("customer_id", mail))])
    assert len(await store.identifiers("visit")) == 3


async def test_what_is_not_stored_carries_nothing(store: Store) -> None:
    await store.commit([*opened(), batch(1)])
    mail = identifier("email", "ana@example.com")
    await store.commit([batch(1, mail), batch(1, mail, payload=b"other"), batch(1, mail, load="none")])
    assert len(await store.identifiers("visit")) == 1


@pytest.mark.parametrize("text", ["", "ünï → 雪 🛒", "a\x00b", "%_*?'\"", " " * 3])
async def test_text_is_kept_as_it_is(store: Store, text: str) -> None:
    await store.commit([*opened(), open_load(text, tab=text), gap(1, 1, load=text, reason=text)])
    await store.commit([batch(5, identifier("sku", "x", shown=text), load=text)])
    assert [(one.id, one.tab) for one in await store.loads("visit")][1:] == [(text, text)]
    assert [one.reason for one in await store.gaps("visit")] == [text]
    assert {one.shown for one in await store.identifiers("visit")} >= {text}
    assert [one.load for one in await store.batches("visit", 0)] == [text]


async def test_what_is_read_stays_what_it_was(store: Store) -> None:
    await store.commit(opened())
    before = await store.session("visit"), await store.loads("visit"), await store.batches("visit", 0)
    await store.commit([batch(1, received_ms=NOW_MS + 1), open_load("second")])
    assert before == (session(), [replace(before[1][0], facts_acked=0)], [])
