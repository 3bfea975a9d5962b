"""A picture chunk: recorder events of one stretch of time, and a header that says what they are.

A picture payload is the msgpack list of ``Chunk``'s fields in their order. The collector stores it as it came
and reads only the header; the agent's browser inflates ``data``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from replay.model.bounds import Between
from replay.model.events import MAX_TIME_MS

__all__ = ["Chunk", "ChunkHeader"]

Format = Literal["rrweb-2/json"]
Codec = Literal["none", "gzip"]
Bytes = Annotated[int, Between(0, 2**40)]
Moment = Annotated[float, Between(0, MAX_TIME_MS)]
Count = Annotated[int, Between(1, 10_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Recorder events of one stretch of time. ``raw_bytes`` is the size of ``data`` inflated; times are page
    clock, milliseconds since 1970; ``checkpoint`` says that it starts with a full snapshot."""

    format: Format
    codec: Codec
    raw_bytes: Bytes
    first_ms: Moment
    last_ms: Moment
    count: Count
    checkpoint: bool
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkHeader:
    """All of a chunk but its data, of which only the size is known."""

    format: Format
    codec: Codec
    raw_bytes: Bytes
    first_ms: Moment
    last_ms: Moment
    count: Count
    checkpoint: bool
    data_bytes: Bytes
