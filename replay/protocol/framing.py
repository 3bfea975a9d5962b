"""Several messages in one HTTP body: each stands behind its length, an unsigned 32-bit big-endian integer.

A page that cannot keep a socket, or is about to end, sends its messages this way and is answered the same.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from replay.model.bounds import Exceeded, Malformed
from replay.protocol.limits import Limits

__all__ = ["join_frames", "split_frames"]

_LENGTH = struct.Struct(">I")


def join_frames(messages: Iterable[bytes]) -> bytes:
    """The messages as one body."""
    return b"".join(part for message in messages for part in (_LENGTH.pack(len(message)), message))


def split_frames(body: bytes, limits: Limits) -> list[bytes]:
    """The messages of a body. Raises ``Malformed``, and ``Exceeded`` where it is too much."""
    if len(body) > limits.message_bytes:
        raise Exceeded("body", f"at most {limits.message_bytes} bytes", body)
    frames: list[bytes] = []
    start = 0
    while start < len(body):
        if len(frames) == limits.frames_count:
            raise Exceeded("body", f"at most {limits.frames_count} messages", body)
        content = start + _LENGTH.size
        end = content + int.from_bytes(body[start:content], "big")
        if not content < end <= len(body):
            raise Malformed(f"body[{len(frames)}]", "a length and as many bytes, at least one", body[start:])
        frames.append(body[content:end])
        start = end
    return frames
