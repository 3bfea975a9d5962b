"""The header of a picture chunk: what is in it, without looking inside.

A picture payload is the msgpack list of these fields in this order. The collector stores it as it came and
reads only the header; the agent's browser inflates ``data``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Chunk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Recorder events of one stretch of time. ``raw_bytes`` is the size of ``data`` inflated; times are page
    clock, milliseconds since 1970; ``checkpoint`` says that it starts with a full snapshot."""

    format: Literal["rrweb-2/json"]
    codec: Literal["none", "gzip"]
    raw_bytes: int
    first_ms: float
    last_ms: float
    count: int
    checkpoint: bool
    data: bytes
