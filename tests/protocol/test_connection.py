"""The collector's half of a conversation: what it understands, what it answers, and when it ends."""

from __future__ import annotations

import hashlib
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.events import Event, Mark, TabShown
from replay.model.track import Track
from replay.protocol.chunk import Chunk
from replay.protocol.codec import decode_server, encode_chunk, encode_facts, encode_message
from replay.protocol.connection import (
    REASON_BYTES,
    BatchReceived,
    ClockIgnored,
    ClockMeasured,
    GapDeclared,
    Greeted,
    Refusing,
    ServerConnection,
    StyleIgnored,
    StyleReceived,
)
from replay.protocol.limits import Limits
from replay.protocol.messages import (
    PROTOCOL_VERSION,
    Ack,
    Batch,
    CheckpointWanted,
    ClientMessage,
    Clock,
    CloseCode,
    Gap,
    Hello,
    Refused,
    ServerMessage,
    Style,
    Styles,
    Token,
    Watched,
    Welcome,
)
from tests.model.strategies import STEADY
from tests.protocol.hostile import HOSTILE, Hostile

HELLO = Hello(
    version=PROTOCOL_VERSION, site="shop", tab="tab", load="load", consent="granted", sent_ms=1_000.0
)
FACTS = encode_facts((Event(5.0, TabShown(visible=True)), Event(3.0, Mark(name="m"))))
CHUNK = Chunk(
    format="rrweb-2/json",
    codec="gzip",
    raw_bytes=9,
    first_ms=1.0,
    last_ms=2.0,
    count=3,
    checkpoint=True,
    data=b"z",
)
WELCOME: dict[str, Any] = {
    "session": "s",
    "token": "t",
    "code": "7K3QF9",
    "facts_acked": 0,
    "picture_acked": 0,
    "settings": {},
}


def greeted(
    limits: Limits | None = None, *, hello_ms: float = 0.0, welcome_ms: float = 0.0
) -> ServerConnection:
    connection = ServerConnection(limits or Limits())
    assert connection.receive(encode_message(HELLO), hello_ms) == [Greeted(HELLO)]
    connection.welcome(**WELCOME, server_ms=welcome_ms)
    assert sent(connection) == [Welcome(**WELCOME, server_ms=welcome_ms)]
    return connection


def sent(connection: ServerConnection) -> list[ServerMessage]:
    return [decode_server(data) for data in connection.data_to_send()]


def tell(connection: ServerConnection, message: ClientMessage) -> list[Any]:
    return list(connection.receive(encode_message(message), 0.0))


def assert_refused(connection: ServerConnection, received: list[Any], code: CloseCode) -> str:
    (refusing,) = received
    assert isinstance(refusing, Refusing)
    assert refusing.code == code == connection.close_code
    assert refusing.reason == connection.close_reason
    assert 0 < len(refusing.reason.encode()) <= REASON_BYTES
    assert sent(connection) == [Refused(code=code, reason=refusing.reason)]
    # Whatever comes and whatever is answered afterwards is ignored.
    assert tell(connection, HELLO) == []
    assert tell(connection, Batch(track=0, number=1, payload=FACTS)) == []
    connection.ack(0, 1)
    connection.refuse(CloseCode.CONFLICT, "again")
    assert connection.data_to_send() == []
    assert connection.close_code == code
    return refusing.reason


def test_facts_are_handed_over_with_what_the_store_needs() -> None:
    (received,) = tell(greeted(), Batch(track=Track.FACTS, number=7, payload=FACTS))
    assert received == BatchReceived(
        track=Track.FACTS,
        number=7,
        payload=FACTS,
        digest=hashlib.sha256(FACTS).digest(),
        first_ms=3.0,
        last_ms=5.0,
        facts=(Event(5.0, TabShown(visible=True)), Event(3.0, Mark(name="m"))),
    )


def test_a_picture_is_handed_over_with_its_header() -> None:
    payload = encode_chunk(CHUNK)
    (received,) = tell(greeted(), Batch(track=Track.PICTURE, number=1, payload=payload))
    assert isinstance(received, BatchReceived)
    assert received.payload == payload
    assert received.digest == hashlib.sha256(payload).digest()
    assert (received.first_ms, received.last_ms, received.checkpoint) == (1.0, 2.0, True)
    assert received.facts == ()
    assert received.chunk is not None
    assert (received.chunk.raw_bytes, received.chunk.data_bytes) == (9, 1)


def test_a_gap_is_handed_over() -> None:
    (received,) = tell(greeted(), Gap(track=1, first=3, last=3, reason="buffer full"))
    assert received == GapDeclared(track=Track.PICTURE, first=3, last=3, reason="buffer full")


CSS = 'a::after { content: "é" }'.encode()
HASH = hashlib.sha256(CSS).hexdigest()


def test_a_style_is_handed_over_when_it_is_what_its_hash_says() -> None:
    connection = greeted()
    assert tell(connection, Style(hash=HASH, data=CSS)) == [StyleReceived(HASH, CSS)]
    assert sent(connection) == []


@pytest.mark.parametrize("data", [CSS + b" ", b"", b"\xff"])
def test_a_style_with_another_hash_is_refused_alone(data: bytes) -> None:
    connection = greeted()
    assert tell(connection, Style(hash=HASH, data=data)) == [StyleIgnored(HASH)]
    assert sent(connection) == [Styles(kept=(), wanted=(), refused=(HASH,))]
    assert tell(connection, Style(hash=HASH, data=CSS)) == [StyleReceived(HASH, CSS)]


def test_a_style_that_is_no_text_is_refused_alone() -> None:
    connection, data = greeted(), b"\xff\xfe"
    digest = hashlib.sha256(data).hexdigest()
    assert tell(connection, Style(hash=digest, data=data)) == [StyleIgnored(digest)]
    assert sent(connection) == [Styles(kept=(), wanted=(), refused=(digest,))]


def test_style_bytes_at_the_limit_and_beyond() -> None:
    style = Style(hash=HASH, data=CSS)
    assert tell(at_limit(style_bytes=len(CSS)), style) == [StyleReceived(HASH, CSS)]
    connection = at_limit(style_bytes=len(CSS) - 1)
    assert_refused(connection, tell(connection, style), CloseCode.TOO_LARGE)


def test_batches_may_come_again_and_in_any_order() -> None:
    connection = greeted()
    for number in (3, 1, 3, 2, 1):
        (received,) = tell(connection, Batch(track=0, number=number, payload=FACTS))
        assert isinstance(received, BatchReceived)
        assert received.number == number
    assert connection.close_code is None


def test_answers_leave_once_and_in_order() -> None:
    connection = greeted()
    connection.ack(Track.FACTS, 4)
    connection.watched(True)
    connection.checkpoint_wanted()
    connection.token("new")
    connection.styles(kept=(HASH,))
    expected = [
        Ack(track=0, number=4),
        Watched(on=True),
        CheckpointWanted(),
        Token(token="new"),
        Styles(kept=(HASH,), wanted=(), refused=()),
    ]
    assert sent(connection) == expected
    assert connection.data_to_send() == []


def test_the_shell_may_refuse() -> None:
    connection = greeted()
    connection.refuse(CloseCode.CONFLICT, "Batch 3 was sent before with other bytes.")
    assert connection.close_code == CloseCode.CONFLICT
    assert sent(connection) == [Refused(code=4409, reason="Batch 3 was sent before with other bytes.")]
    assert tell(connection, HELLO) == []


@pytest.mark.parametrize("reason", ["é" * 100, "x" * 121, "😀" * 40, "\ud800"])
def test_a_reason_fits_a_close_frame(reason: str) -> None:
    connection = ServerConnection(Limits())
    connection.refuse(CloseCode.FORBIDDEN, reason)
    assert len(connection.close_reason.encode()) <= REASON_BYTES
    assert sent(connection) == [Refused(code=4403, reason=connection.close_reason)]


def test_a_refusal_says_what_was_wrong_and_what_to_do() -> None:
    connection = greeted()
    payload = msgpack.packb([["tab", 3, {"visible": 1}]])
    reason = assert_refused(
        connection, tell(connection, Batch(track=0, number=1, payload=payload)), CloseCode(4400)
    )
    assert reason == "events[0].tab.visible: expected true or false, got the number 1. Update the page's SDK."


def test_what_to_do_is_not_what_is_cut_off() -> None:
    connection = greeted()
    payload = msgpack.packb([["cart", 3, {"surface": "a surface of my own", "source": "displayed"}]])
    reason = assert_refused(
        connection, tell(connection, Batch(track=0, number=1, payload=payload)), CloseCode(4400)
    )
    assert reason.startswith("events[0].cart.surface: expected one of drawer, page")
    assert reason.endswith("…. Update the page's SDK.")


@pytest.mark.parametrize(
    "message",
    [
        Clock(sent_ms=1.0, received_ms=2.0),
        Batch(track=0, number=1, payload=FACTS),
        Gap(track=0, first=1, last=1, reason="x"),
        Style(hash=HASH, data=CSS),
    ],
)
def test_hello_comes_first(message: ClientMessage) -> None:
    connection = ServerConnection(Limits())
    assert "Hello first" in assert_refused(connection, tell(connection, message), CloseCode.MALFORMED)


def test_hello_comes_once() -> None:
    connection = greeted()
    assert "Hello once" in assert_refused(connection, tell(connection, HELLO), CloseCode.MALFORMED)


def test_another_version_is_told_which_one_is_spoken() -> None:
    connection = ServerConnection(Limits())
    received = list(connection.receive(msgpack.packb([0, 2, "shop"]), 0.0))
    assert "protocol version 1" in assert_refused(connection, received, CloseCode.MALFORMED)


@pytest.mark.parametrize("hostile", HOSTILE, ids=[hostile.name for hostile in HOSTILE])
def test_hostile_messages_are_refused_with_their_code(hostile: Hostile) -> None:
    connection = greeted()
    assert_refused(connection, list(connection.receive(hostile.message, 0.0)), hostile.code)


def test_the_hostile_table_is_long_enough() -> None:
    assert len({hostile.message for hostile in HOSTILE}) == len(HOSTILE) >= 60


@STEADY
@given(st.lists(st.binary(max_size=100), max_size=5), st.booleans())
def test_random_bytes_never_raise(data: list[bytes], after_hello: bool) -> None:
    connection = greeted() if after_hello else ServerConnection(Limits())
    for message in data:
        connection.receive(message, 0.0)
    assert all(isinstance(message, Refused) for message in sent(connection))


@STEADY
@given(
    st.sampled_from(
        [
            HELLO,
            Clock(sent_ms=1, received_ms=2),
            Batch(track=0, number=1, payload=FACTS),
            Style(hash=HASH, data=CSS),
        ]
    ),
    st.data(),
)
def test_damaged_messages_never_raise(message: ClientMessage, data: st.DataObject) -> None:
    damaged = bytearray(encode_message(message))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    greeted().receive(bytes(damaged), 0.0)


def at_limit(**limits: int) -> ServerConnection:
    return greeted(Limits(**limits))


def test_message_bytes_at_the_limit_and_beyond() -> None:
    message = encode_message(Batch(track=0, number=1, payload=FACTS))
    (received,) = at_limit(message_bytes=len(message)).receive(message, 0.0)
    assert isinstance(received, BatchReceived)
    connection = greeted()
    connection = ServerConnection(Limits(message_bytes=len(encode_message(HELLO))))
    connection.receive(encode_message(HELLO), 0.0)
    longer = encode_message(Batch(track=0, number=1, payload=FACTS * 2))
    assert_refused(connection, list(connection.receive(longer, 0.0)), CloseCode.TOO_LARGE)


def test_facts_bytes_at_the_limit_and_beyond() -> None:
    batch = Batch(track=0, number=1, payload=FACTS)
    assert isinstance(tell(at_limit(facts_bytes=len(FACTS)), batch)[0], BatchReceived)
    connection = at_limit(facts_bytes=len(FACTS) - 1)
    assert_refused(connection, tell(connection, batch), CloseCode.TOO_LARGE)


def test_raw_bytes_at_the_limit_and_beyond() -> None:
    batch = Batch(track=1, number=1, payload=encode_chunk(CHUNK))
    assert isinstance(tell(at_limit(chunk_raw_bytes=9), batch)[0], BatchReceived)
    connection = at_limit(chunk_raw_bytes=8)
    assert_refused(connection, tell(connection, batch), CloseCode.TOO_LARGE)


def test_numbers_at_the_limit_and_beyond() -> None:
    batch, gap = Batch(track=0, number=9, payload=FACTS), Gap(track=0, first=9, last=9, reason="x")
    for message in (batch, gap):
        assert not isinstance(tell(at_limit(number_max_count=9), message)[0], Refusing)
        connection = at_limit(number_max_count=8)
        assert_refused(connection, tell(connection, message), CloseCode.TOO_LARGE)


def test_the_clock_is_measured_from_the_four_times_of_an_exchange() -> None:
    # The page is 500 ms behind; 10 ms each way, and 30 ms for us to answer.
    connection = greeted(hello_ms=1_510.0, welcome_ms=1_540.0)
    assert tell(connection, Clock(sent_ms=1_000.0, received_ms=1_050.0)) == [ClockMeasured(500.0, 10.0)]


def test_the_clock_is_measured_once() -> None:
    connection = greeted()
    assert isinstance(tell(connection, Clock(sent_ms=1_000.0, received_ms=1_050.0))[0], ClockMeasured)
    assert isinstance(tell(connection, Clock(sent_ms=1_000.0, received_ms=1_050.0))[0], ClockIgnored)
    assert connection.close_code is None


def test_a_clock_before_the_welcome_is_ignored() -> None:
    connection = ServerConnection(Limits())
    tell(connection, HELLO)
    assert isinstance(tell(connection, Clock(sent_ms=1_000.0, received_ms=1_050.0))[0], ClockIgnored)
    assert connection.close_code is None


@pytest.mark.parametrize(
    "clock",
    [
        # Received before it was sent; and of an exchange before this hello.
        Clock(sent_ms=1_000.0, received_ms=999.0),
        Clock(sent_ms=100.0, received_ms=200.0),
        Clock(sent_ms=5_000.0, received_ms=2_000.0),
    ],
)
def test_times_of_another_exchange_are_ignored(clock: Clock) -> None:
    connection = greeted()
    assert isinstance(tell(connection, clock)[0], ClockIgnored)
    assert connection.close_code is None


@given(st.floats(-(2**53) + 1, 2**53 - 1), st.floats(0, 2**53 - 1), st.floats(0, 2**53 - 1))
def test_absurd_clocks_are_measured_or_ignored(sent_ms: float, received_ms: float, server_ms: float) -> None:
    connection = greeted(hello_ms=server_ms, welcome_ms=server_ms)
    (received,) = tell(connection, Clock(sent_ms=sent_ms, received_ms=received_ms))
    assert isinstance(received, (ClockMeasured, ClockIgnored))
    if isinstance(received, ClockMeasured):
        assert received.error_ms >= 0
    assert connection.close_code is None
