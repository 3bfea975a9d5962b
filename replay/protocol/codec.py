"""Bytes to messages and back. Whatever bytes come, these functions return or raise ``Malformed``.

The wire carries a subset of msgpack: nil, booleans, integers that a browser holds exactly, finite floats,
text, binary, lists, and maps with text keys that each stand there once. Every message is unpacked by itself,
with limits that follow from its length, so that a header that claims four gigabytes allocates nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

import msgpack

from replay.model.bounds import Exceeded, Malformed
from replay.model.events import MAX_EVENTS_COUNT, Event, decode_events, encode_event
from replay.model.readers import Reader, field_types, reader, require_plain
from replay.protocol.chunk import Chunk, ChunkHeader
from replay.protocol.messages import (
    CLIENT_MESSAGES,
    PROTOCOL_VERSION,
    SERVER_MESSAGES,
    Batch,
    ClientMessage,
    Hello,
    ServerMessage,
    Style,
)

__all__ = [
    "Facts",
    "decode_chunk",
    "decode_chunk_header",
    "decode_client",
    "decode_facts",
    "decode_server",
    "encode_chunk",
    "encode_facts",
    "encode_message",
    "unpack",
]

LIST_MAX_COUNT = 2 * MAX_EVENTS_COUNT
"""Longest list that is unpacked at all, so that nested headers cannot claim much more than they bring."""
MAP_MAX_COUNT = 1_000
FACTS_WEIGHT_MAX_COUNT = 100_000
"""Most items of lists and entries of maps in one facts batch, where each list counts for one more and each
map for three more. Half a megabyte of empty lines would take a second to read; this takes some fifty
milliseconds at worst. A page cuts its batches at a size at which no real facts pass it."""
SMALL_MESSAGE_BYTES = 4 * 1024
"""Largest message without binary data at its end. A few megabytes of empty lists would unpack to a
hundred."""
_HEAD_BYTES = 128
"""More than the fields of a batch, chunk or style before its binary data can take."""
_BINARY_WIDTHS = {0xC4: 1, 0xC5: 2, 0xC6: 4}
"""Bytes of the length of a msgpack binary, by its first byte."""

_NUMBERS = {kind: number for kinds in (CLIENT_MESSAGES, SERVER_MESSAGES) for number, kind in kinds.items()}
_LARGE = {bytes([_NUMBERS[kind]]): kind for kind in (Batch, Style)}
"""The messages that end in binary data of any size, by their number as it travels."""


def unpack(
    data: bytes | memoryview,
    *,
    list_hook: Callable[[list[Any]], object] | None = None,
    pairs_hook: Callable[[list[Any]], object] = tuple,
) -> Any:
    """One value. Maps are tuples of their pairs, as ``replay.model.schema.decode`` takes them."""
    try:
        return msgpack.unpackb(
            data,
            list_hook=list_hook,
            object_pairs_hook=pairs_hook,
            ext_hook=_refuse_extension,
            max_array_len=min(len(data), LIST_MAX_COUNT),
            max_map_len=min(len(data), MAP_MAX_COUNT),
        )
    except Malformed:
        raise
    except (msgpack.StackError, RecursionError):
        raise Exceeded("", "values that are not nested this deep", data) from None
    except (ValueError, TypeError, OverflowError, msgpack.UnpackException) as error:
        # The unpacker has no other sign for a list or map that is too long.
        verdict = Exceeded if "exceeds max_" in str(error) else Malformed
        raise verdict("", "one whole msgpack value of the kinds that the wire allows", bytes(data)) from None


def _refuse_extension(code: int, data: bytes) -> NoReturn:
    raise Malformed("", "no msgpack extension", data)


def encode_message(message: ClientMessage | ServerMessage) -> bytes:
    """The message as it travels."""
    return _pack([_NUMBERS[type(message)], *_values(message)])


def decode_client(data: bytes | memoryview) -> ClientMessage:
    """What a page sent."""
    large = _LARGE.get(bytes(data[1:2]))
    if large is not None:
        (_, *values), payload = _split_binary(data, large.__name__, len(dataclasses.fields(large)) + 1)
        found: Batch | Style = _read_list(large, [*values, bytes(payload)])
        return found
    if len(data) > SMALL_MESSAGE_BYTES:
        expected = f"at most {SMALL_MESSAGE_BYTES} bytes that are neither batch nor style"
        raise Exceeded("message", expected, bytes(data))
    message: ClientMessage = _decode(data, CLIENT_MESSAGES)
    return message


def decode_server(data: bytes | memoryview) -> ServerMessage:
    """What a collector sent."""
    message: ServerMessage = _decode(data, SERVER_MESSAGES)
    return message


def _decode(data: bytes | memoryview, kinds: Mapping[int, type]) -> Any:
    value = _unpack_at("message", data)
    if type(value) is not list or not value:
        raise Malformed("message", "a list that starts with the message's number", value)
    number, *fields = value
    kind = kinds.get(number) if type(number) is int else None
    if kind is None:
        raise Malformed("message[0]", f"a message number from 0 to {max(kinds)}", number)
    # First of all: another version may have other fields.
    if kind is Hello and fields and fields[0] != PROTOCOL_VERSION:
        raise Malformed("Hello.version", f"protocol version {PROTOCOL_VERSION}", fields[0])
    return _read_list(kind, fields)


def _read_list(kind: type, values: list[object]) -> Any:
    readers = _list_readers(kind)
    found = {}
    name = ""
    try:
        for (name, read, required), value in zip(readers, values, strict=False):
            if value is not None or required:
                found[name] = read(value)
        name = ""
        for value in values[len(readers) :]:  # of a newer version
            require_plain(value)
        missing = [field for field, _, required in readers[len(values) :] if required]
        if missing:
            raise Malformed(missing[0], "a value (it is required)", None)
    except Malformed as error:
        raise error.inside(name).inside(kind.__name__) from None
    return kind(**found)


@functools.cache
def _list_readers(kind: Any) -> tuple[tuple[str, Reader, bool], ...]:
    hints = field_types(kind)
    return tuple(
        (field.name, reader(hints[field.name]), field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    )


class _Weight:
    """Stops the unpacking of what would take too long to read."""

    def __init__(self, max_count: int) -> None:
        self._max_count = max_count
        self._count = 0

    def of_list(self, items: list[Any]) -> list[Any]:
        self._add(1 + len(items))
        return items

    def of_map(self, pairs: list[Any]) -> tuple[Any, ...]:
        self._add(3 + len(pairs))
        return tuple(pairs)

    def _add(self, count: int) -> None:
        self._count += count
        if self._count > self._max_count:
            raise Exceeded("", f"lists and maps of at most {self._max_count} values", self._count)


class Facts(NamedTuple):
    """The events of a batch that this version knows, and the page-clock times of its earliest and its latest
    event of any kind."""

    events: tuple[Event, ...]
    first_ms: float
    last_ms: float


def decode_facts(payload: bytes | memoryview) -> Facts:
    """Check the payload of a facts batch."""
    weight = _Weight(FACTS_WEIGHT_MAX_COUNT)
    try:
        value = unpack(payload, list_hook=weight.of_list, pairs_hook=weight.of_map)
    except Malformed as error:
        raise error.inside("events") from None
    events = decode_events(value)
    if not value:
        raise Malformed("events", "at least one event", value)
    times = [item[1] for item in value]
    return Facts(events, float(min(times)), float(max(times)))


def encode_facts(events: tuple[Event, ...]) -> bytes:
    """The payload of a facts batch."""
    return _pack([encode_event(event) for event in events])


def decode_chunk_header(payload: bytes | memoryview) -> ChunkHeader:
    """Check the payload of a picture batch without unpacking or copying what the chunk holds."""
    values, data = _split_binary(payload, "Chunk", len(dataclasses.fields(Chunk)))
    header: ChunkHeader = _read_list(ChunkHeader, [*values, len(data)])
    _require_consistent(header)
    return header


def _split_binary(data: bytes | memoryview, what: str, count: int) -> tuple[list[object], memoryview]:
    """The fields of a list whose last one is binary up to the end, and that one as it stands in ``data``.

    So a large message is neither copied nor searched: all that is unpacked is its short head.
    """
    whole = memoryview(data)
    unpacker = msgpack.Unpacker(
        object_pairs_hook=tuple,
        ext_hook=_refuse_extension,
        read_size=_HEAD_BYTES,
        max_buffer_size=_HEAD_BYTES,
    )
    try:
        unpacker.feed(whole[:_HEAD_BYTES])
        found: int = unpacker.read_array_header()
        if found != count:
            raise ValueError
        values = [unpacker.unpack() for _ in range(count - 1)]
        start: int = unpacker.tell()
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException):
        raise Malformed(what, f"a list of {count} with its binary data last", bytes(data)) from None
    width = _BINARY_WIDTHS.get(data[start]) if start < len(data) else None
    if width is not None:
        start += 1 + width
        if int.from_bytes(whole[start - width : start], "big") == len(data) - start:
            return values, whole[start:]
    raise Malformed(what, "binary data up to the end as the last field", bytes(data))


def _require_consistent(chunk: ChunkHeader) -> None:
    if chunk.first_ms > chunk.last_ms:
        raise Malformed("Chunk.last_ms", "a time not before first_ms", chunk.last_ms)
    if chunk.codec == "none" and chunk.raw_bytes != chunk.data_bytes:
        raise Malformed("Chunk.raw_bytes", f"{chunk.data_bytes}, the size of the data", chunk.raw_bytes)


def decode_chunk(payload: bytes | memoryview) -> Chunk:
    """A whole chunk, data and all."""
    header = decode_chunk_header(payload)
    data = bytes(memoryview(payload)[len(payload) - header.data_bytes :])
    fields = {
        field.name: getattr(header, field.name) for field in dataclasses.fields(Chunk) if field.name != "data"
    }
    return Chunk(**fields, data=data)


def encode_chunk(chunk: Chunk) -> bytes:
    """The payload of a picture batch."""
    return _pack(_values(chunk))


def _unpack_at(path: str, data: bytes | memoryview) -> Any:
    try:
        return unpack(data)
    except Malformed as error:
        raise error.inside(path) from None


def _values(message: Any) -> list[object]:
    values = [getattr(message, field.name) for field in dataclasses.fields(message)]
    return [dict(value) if isinstance(value, Mapping) else value for value in values]


def _pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value)
    return packed
