"""What is inside a picture chunk: the recorder's events, taken out of their compression and put back.

A chunk is the msgpack list of its header's fields and its data; see ``replay.protocol.chunk``. Here only what
taking it apart needs is read, and the header is kept value for value. A chunk comes from a page, so that what
it says of its size is a claim: nothing is inflated beyond it, and a claim that no ordinary page makes is not
tried at all.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import msgpack

__all__ = ["CHUNK_MAX_BYTES", "RATIO_MAX_COUNT", "Chunk", "open_chunk", "same_events", "wrap_chunk"]

CHUNK_MAX_BYTES = 32 * 1024 * 1024
"""The largest chunk that is inflated: twice what a page can send in one message."""

RATIO_MAX_COUNT = 200
"""How many times its compressed size a chunk may have. Pages' chunks are 3 to 30 times as large."""

_RATIO_FREE_BYTES = 256 * 1024
"""Below this any ratio is good: a small chunk of blanks is no bomb."""

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_LEVEL = 1
"""For data that is inflated again in a moment, by a browser that reads nothing newer."""

_FIELDS_COUNT = 8
_CODEC, _RAW_BYTES = 1, 2

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk taken apart: its header as it stands before the data, and the data inflated."""

    header: tuple[Value, ...]
    events: bytes


def open_chunk(payload: bytes, *, ratio_max: int = RATIO_MAX_COUNT) -> Chunk | None:
    """A chunk taken apart, or None if it is not what it says or too large to try."""
    try:
        fields = msgpack.unpackb(payload, use_list=True, raw=False)
    except (ValueError, RecursionError, msgpack.UnpackException):
        return None
    if not isinstance(fields, list) or len(fields) != _FIELDS_COUNT or not isinstance(fields[-1], bytes):
        return None
    *header, data = fields
    if not all(isinstance(value, (str, int, float)) for value in header):
        return None
    events = _inflate(header[_CODEC], data, header[_RAW_BYTES], ratio_max)
    return None if events is None else Chunk(tuple(header), events)


def wrap_chunk(chunk: Chunk) -> bytes:
    """A payload with the same header and the same events. What was not compressed is what it was, byte for
    byte, as far as pages write msgpack as short as it can be."""
    data = chunk.events
    if chunk.header[_CODEC] == "gzip":
        packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)
        data = packer.compress(data) + packer.flush()
    wrapped: bytes = msgpack.packb([*chunk.header, data])
    return wrapped


def same_events(one: bytes, other: bytes) -> bool:
    """Whether two payloads of pictures are the same but for how their events are compressed. The first has to
    be one that can be tried; the second may be packed as small as can be."""
    if one == other:
        return True
    chunk = open_chunk(one)
    return chunk is not None and chunk == open_chunk(other, ratio_max=CHUNK_MAX_BYTES)


def _inflate(codec: object, data: bytes, raw_bytes: object, ratio_max: int) -> bytes | None:
    if type(raw_bytes) is not int or not 0 <= raw_bytes <= CHUNK_MAX_BYTES:
        return None
    if codec == "none":
        return data if len(data) == raw_bytes else None
    if codec != "gzip" or raw_bytes > max(_RATIO_FREE_BYTES, ratio_max * len(data)):
        return None
    inflater = zlib.decompressobj(_GZIP)
    try:
        # One byte more than it says, so that more is noticed and not made.
        events = inflater.decompress(data, raw_bytes + 1)
    except zlib.error:
        return None
    whole = inflater.eof and not inflater.unused_data and len(events) == raw_bytes
    return events if whole else None
