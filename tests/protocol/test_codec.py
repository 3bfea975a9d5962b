"""Messages, facts and chunks survive their encoding; other bytes raise ``Malformed`` and nothing else."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.bounds import Exceeded, Malformed
from replay.model.events import MAX_EVENTS_COUNT, Event, Fact, Mark, TabShown
from replay.model.site import PageSettings, ZoneRule
from replay.protocol import codec
from replay.protocol.chunk import Chunk
from replay.protocol.messages import (
    CLIENT_MESSAGES,
    PROTOCOL_VERSION,
    SERVER_MESSAGES,
    Batch,
    ClientMessage,
    Clock,
    Hello,
    ServerMessage,
    Welcome,
)
from tests.model.strategies import STEADY, events, instances

READERS: list[Callable[[bytes], object]] = [
    codec.unpack,
    codec.decode_client,
    codec.decode_server,
    codec.decode_facts,
    codec.decode_chunk_header,
    codec.decode_chunk,
]
HELLO = Hello(version=PROTOCOL_VERSION, site="shop", tab="t", load="l", consent="granted", sent_ms=1.0)


def fits_version(message: ClientMessage) -> bool:
    return not isinstance(message, Hello) or message.version == PROTOCOL_VERSION


MESSAGES = st.one_of([instances(kind) for kind in CLIENT_MESSAGES.values()]).filter(fits_version)
EVENTS = events()


@STEADY
@given(MESSAGES)
def test_client_messages_round_trip(message: ClientMessage) -> None:
    data = codec.encode_message(message)
    assert codec.decode_client(data) == message
    assert codec.decode_client(memoryview(data)) == message


@STEADY
@given(st.one_of([instances(kind) for kind in SERVER_MESSAGES.values()]))
def test_server_messages_round_trip(message: ServerMessage) -> None:
    assert codec.decode_server(codec.encode_message(message)) == message


@STEADY
@given(st.lists(EVENTS, min_size=1, max_size=5).map(tuple))
def test_facts_round_trip(given_events: tuple[Event, ...]) -> None:
    facts = codec.decode_facts(codec.encode_facts(given_events))
    times = [event.t for event in given_events]
    assert facts == (given_events, min(times), max(times))


def chunk_of(data: object, **changes: object) -> Chunk:
    fields: dict[str, object] = {
        "format": "rrweb-2/json",
        "codec": "gzip",
        "raw_bytes": 5_000_000,
        "first_ms": 1.5,
        "last_ms": 2.5,
        "count": 3,
        "checkpoint": True,
        "data": data,
    }
    return Chunk(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, 31, 255, 256, 65_535, 65_536, 2_000_000])
def test_chunks_round_trip_whatever_their_size(size: int) -> None:
    chunk = chunk_of(b"x" * size)
    payload = codec.encode_chunk(chunk)
    assert codec.decode_chunk(payload) == chunk
    header = codec.decode_chunk_header(payload)
    assert header.data_bytes == size
    assert (header.raw_bytes, header.first_ms, header.last_ms, header.count) == (5_000_000, 1.5, 2.5, 3)


def test_a_chunk_header_is_read_without_copying_the_data() -> None:
    payload = memoryview(codec.encode_chunk(chunk_of(b"x" * 2_000_000)))
    codec.decode_chunk_header(payload)
    tracemalloc.start()
    try:
        codec.decode_chunk_header(payload)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize("size", [0, 255, 65_536, 2_000_000])
def test_batches_round_trip_whatever_their_size(size: int) -> None:
    batch = Batch(track=1, number=70_000, payload=b"p" * size)
    assert codec.decode_client(codec.encode_message(batch)) == batch


@STEADY
@given(st.binary(max_size=200))
@pytest.mark.parametrize("read", READERS)
def test_random_bytes_never_raise_anything_else(read: Callable[[bytes], object], data: bytes) -> None:
    with suppress(Malformed):
        read(data)


@STEADY
@given(st.data())
def test_damaged_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    message = codec.encode_message(data.draw(MESSAGES))
    facts = codec.encode_facts((data.draw(EVENTS),))
    chunk = codec.encode_chunk(chunk_of(b"abc"))
    for read, good in (
        (codec.decode_client, message),
        (codec.decode_facts, facts),
        (codec.decode_chunk, chunk),
    ):
        bad = bytearray(good)
        for _ in range(data.draw(st.integers(1, 3))):
            bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
        with suppress(Malformed):
            read(bytes(bad))


@STEADY
@given(st.data())
def test_a_part_is_never_taken_for_the_whole(data: st.DataObject) -> None:
    message = codec.encode_message(data.draw(MESSAGES))
    cut = data.draw(st.integers(0, len(message) - 1))
    with pytest.raises(Malformed):
        codec.decode_client(message[:cut])
    with pytest.raises(Malformed):
        codec.decode_client(message + b"\xc0")


def test_trailing_fields_that_are_none_may_be_left_out() -> None:
    values: list[object] = [0, PROTOCOL_VERSION, "shop", "t", "l", "granted", 1.0]
    for more in ([], [None], [None, None]):
        assert codec.decode_client(msgpack.packb(values + more)) == HELLO


def test_fields_of_a_newer_version_are_dropped() -> None:
    assert codec.decode_client(msgpack.packb([1, 1.0, 2.0, {"newer": [1]}])) == Clock(
        sent_ms=1, received_ms=2
    )


def test_events_of_a_newer_version_are_dropped_but_date_the_batch() -> None:
    payload = msgpack.packb(
        [["teleport", 5, {"to": "moon"}], ["tab", 7, {"visible": True}], ["warp", 9, None]]
    )
    assert codec.decode_facts(payload) == ((Event(7.0, TabShown(visible=True)),), 5.0, 9.0)


def test_another_version_is_named_before_anything_else() -> None:
    with pytest.raises(Malformed) as raised:
        codec.decode_client(msgpack.packb([0, PROTOCOL_VERSION + 1, {"all": "is new"}]))
    assert str(raised.value) == "Hello.version: expected protocol version 1, got the number 2"


def test_the_field_of_a_message_is_named() -> None:
    with pytest.raises(Malformed, match=r"^Clock\.received_ms: expected a value \(it is required\)"):
        codec.decode_client(msgpack.packb([1, 1.0]))
    with pytest.raises(Malformed, match=r"^Hello\.site: expected at most 40 characters, got a text of 41"):
        codec.decode_client(msgpack.packb([0, PROTOCOL_VERSION, "s" * 41]))


def test_settings_travel_whole() -> None:
    settings = {"zones": [{"selector": f"#{n}", "zone": "cart"} for n in range(200)], "flush_ms": 5}
    welcome = Welcome(
        session="s",
        token="t",
        code="7K3QF9",
        server_ms=1.0,
        facts_acked=0,
        picture_acked=0,
        settings=settings,
    )
    received = codec.decode_server(codec.encode_message(welcome))
    assert isinstance(received, Welcome)
    assert received.settings == settings
    assert ZoneRule(selector="#1", zone="cart") not in PageSettings().zones


def fact_count(count: int) -> bytes:
    one: Fact = TabShown(visible=True)
    return codec.encode_facts(tuple(Event(float(n), one) for n in range(count)))


def test_a_batch_holds_so_many_events_and_not_one_more() -> None:
    assert len(codec.decode_facts(fact_count(MAX_EVENTS_COUNT)).events) == MAX_EVENTS_COUNT
    for count in (MAX_EVENTS_COUNT + 1, codec.LIST_MAX_COUNT + 1):
        with pytest.raises(Exceeded):
            codec.decode_facts(fact_count(count))


def test_a_message_that_is_no_batch_is_small() -> None:
    filler = codec.SMALL_MESSAGE_BYTES - len(msgpack.packb([1, 1.0, 2.0, b"x" * 1_000])) + 1_000
    assert codec.decode_client(msgpack.packb([1, 1.0, 2.0, b"x" * filler])) == Clock(sent_ms=1, received_ms=2)
    with pytest.raises(Exceeded):
        codec.decode_client(msgpack.packb([1, 1.0, 2.0, b"x" * (filler + 1)]))


def test_an_unpacked_map_has_so_many_keys_and_not_one_more() -> None:
    assert (
        len(codec.unpack(msgpack.packb({str(n): n for n in range(codec.MAP_MAX_COUNT)})))
        == codec.MAP_MAX_COUNT
    )
    with pytest.raises(Exceeded):
        codec.unpack(msgpack.packb({str(n): n for n in range(codec.MAP_MAX_COUNT + 1)}))


@pytest.mark.parametrize(
    "data",
    [
        b"\xdd\xff\xff\xff\xff" + b"\x00" * 10,
        b"\xdf\xff\xff\xff\xff" + b"\x00" * 10,
        b"\xdb\xff\xff\xff\xff" + b"\x00" * 10,
        b"\xc6\xff\xff\xff\xff" + b"\x00" * 10,
        b"\xc9\xff\xff\xff\xff\x05" + b"\x00" * 10,
        b"\xdc\xff\xff" * 1_000,
        b"\xdd\x00\x00\x0f\xa0" * 1_000,
        b"\x94\x02\x00\x01\xc6\xff\xff\xff\xff" + b"\x00" * 10,
    ],
)
@pytest.mark.parametrize("read", READERS)
def test_a_length_that_is_only_claimed_allocates_nothing(
    read: Callable[[bytes], object], data: bytes
) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A thousand nested headers of four thousand items each is the worst that can be claimed.
    assert peak < (100_000 if len(data) < 100 else 40_000_000)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"last_ms": 1.0}, r"Chunk\.last_ms"),
        ({"codec": "none"}, r"Chunk\.raw_bytes"),
        ({"codec": "zip"}, "codec"),
        ({"format": "rrweb-3/json"}, "format"),
        ({"count": 0}, "count"),
        ({"checkpoint": 1}, "checkpoint"),
        ({"first_ms": float("nan")}, "first_ms"),
        ({"raw_bytes": -1}, "raw_bytes"),
        ({"data": "text"}, "Chunk"),
    ],
)
def test_a_chunk_that_contradicts_itself_is_refused(changes: dict[str, object], place: str) -> None:
    with pytest.raises(Malformed, match=place):
        codec.decode_chunk(codec.encode_chunk(chunk_of(changes.pop("data", b"abc"), **changes)))


def test_the_heaviest_facts_that_a_page_sends_at_once_are_read() -> None:
    """The page cuts its batches at 256 KB, see ``sdk_js/src/facts.ts``."""
    digits = Event(1.0, Mark(name="m", data={chr(33 + number): 0 for number in range(64)}))
    events = (digits,) * (256 * 1024 // len(codec.encode_facts((digits,))))
    assert codec.decode_facts(codec.encode_facts(events)).events == events
