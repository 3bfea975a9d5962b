"""An ended session as one object: small, whole or not at all, and read from any place on.

The object is, from beginning to end:

    replay-sealed 1\\n      what this is, and the version of the format
    16 bytes               the size of the index, as it is here and inflated
    index                  what is in it, and where: msgpack, compressed
    frames                 each compressed by itself (zstd)

Pages of one shop resemble each other: a page load mostly begins with what the one before began with. So what
is new in the picture stands together in the first frame, the dictionary, against which every other frame of
the picture is compressed. Such a frame begins at a checkpoint or a page load and holds the recorder's events
as they were before compression. All facts are one frame, as they were sent. Pages are not to be trusted: a
chunk that is not what it says is kept as it was sent, in a frame of its own.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgpack

from replay.model.track import Track
from replay.recording.chunks import Chunk, open_chunk, same_events, wrap_chunk
from replay.recording.frames import Packer, inflate, learn

__all__ = ["FRAME_BYTES", "DamagedObject", "Sealed", "SealedBatch", "open_sealed", "same_content", "seal"]

FRAME_BYTES = 8 * 1024 * 1024
"""A frame that has grown to this much is closed before the next batch: about what a seek inflates."""

_BEGINNING = b"replay-sealed 1\n"
_SIZES = struct.Struct(">QQ")
_FRAME = 7
"""Which column of the index names the frame that a batch lies in."""


class DamagedObject(Exception):
    """What was read is not what was sealed. The message says in a few words how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBatch:
    """A batch as it goes in and comes out. A picture that comes out carries its events in a new payload;
    ``sent_bytes`` is the size of the one that was sent."""

    load: str
    track: int
    number: int
    received_ms: int
    first_ms: float
    last_ms: float
    checkpoint: bool
    sent_bytes: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class _Laid:
    """A batch and what of it lies in its frame: the events of the chunk with this header, or all of it."""

    batch: SealedBatch
    header: tuple[Any, ...] | None
    size: int

    def content(self) -> bytes:
        chunk = None if self.header is None else open_chunk(self.batch.payload)
        return self.batch.payload if chunk is None else chunk.events


def seal(
    session: str,
    loads: Sequence[str],
    batches: Sequence[SealedBatch],
    *,
    between: Callable[[], None] = lambda: None,
) -> bytes:
    """The object. ``batches`` may come in any order; each belongs to one of ``loads``, which have theirs.
    ``between`` is called between frames, each of which may take a second; it may raise to give up."""
    places = {load: place for place, load in enumerate(loads)}
    ordered = sorted(batches, key=lambda one: (one.track, places[one.load], one.number))
    frames = _cut([_lay(batch) for batch in ordered])
    dictionary = b""
    for frame in frames:
        between()
        if _is_picture(frame):
            dictionary = learn(dictionary, _content(frame))
    plain, against = Packer(), Packer(dictionary)
    packed = [plain.pack(dictionary)]
    sizes = [(len(packed[0]), len(dictionary), False)]
    rows: list[tuple[Any, ...]] = []
    for frame in frames:
        between()
        content = _content(frame)
        packed.append((against if _is_picture(frame) else plain).pack(content))
        sizes.append((len(packed[-1]), len(content), _is_picture(frame)))
        for laid in frame:
            one = laid.batch
            place = places[one.load], one.track, one.number
            times = one.received_ms, one.first_ms, one.last_ms, one.checkpoint
            rows.append((*place, *times, len(sizes) - 1, laid.size, laid.header, one.sent_bytes))
    # Columns compress to half of what rows do.
    columns = [list(zip(*table, strict=True)) for table in (sizes, rows)]
    raw_index = msgpack.packb([session, list(loads), *columns])
    index = plain.pack(raw_index)
    return b"".join([_BEGINNING, _SIZES.pack(len(index), len(raw_index)), index, *packed])


def _lay(batch: SealedBatch) -> _Laid:
    chunk = open_chunk(batch.payload) if batch.track == Track.PICTURE else None
    if chunk is None:
        return _Laid(batch, None, len(batch.payload))
    return _Laid(batch, chunk.header, len(chunk.events))


def _cut(laid: Sequence[_Laid]) -> list[list[_Laid]]:
    """The frames. Facts go on in the frame of the facts before; a picture begins one at a checkpoint or a
    page load; what is no chunk stands alone."""
    frames: list[list[_Laid]] = []
    size = 0
    for one in laid:
        last = frames[-1][-1] if frames else None
        if last is None or size >= FRAME_BYTES or not _continues(last, one):
            frames.append([])
            size = 0
        frames[-1].append(one)
        size += one.size
    return frames


def _continues(last: _Laid, one: _Laid) -> bool:
    if one.batch.track == Track.FACTS:
        return True
    chunks = last.header is not None and one.header is not None
    return chunks and last.batch.load == one.batch.load and not one.batch.checkpoint


def _is_picture(frame: Sequence[_Laid]) -> bool:
    return frame[0].header is not None


def _content(frame: Sequence[_Laid]) -> bytes:
    return b"".join(laid.content() for laid in frame)


def same_content(one: SealedBatch, other: SealedBatch) -> bool:
    """Whether two batches are the same but for how the events of a picture are compressed."""
    if replace(one, payload=b"") != replace(other, payload=b""):
        return False
    if one.track == Track.PICTURE:
        return same_events(one.payload, other.payload)
    return one.payload == other.payload


def open_sealed(data: bytes, sha256: bytes) -> Sealed:
    """What was sealed into ``data``, which has to have just this hash. Raises ``DamagedObject``."""
    if hashlib.sha256(data).digest() != sha256:
        raise DamagedObject("its checksum differs")
    if not data.startswith(_BEGINNING):
        raise DamagedObject("this version cannot read it")
    start = len(_BEGINNING) + _SIZES.size
    index_bytes, raw_bytes = _SIZES.unpack_from(data, len(_BEGINNING))
    raw_index = inflate(data[start : start + index_bytes], raw_bytes)
    session, loads, sizes, rows = msgpack.unpackb(raw_index, strict_map_key=True)
    frames = []
    at = start + index_bytes
    for size, content_bytes, against in zip(*sizes, strict=True):
        frames.append(_Frame(at, size, content_bytes, against))
        at += size
    return Sealed(session, data, loads, frames, list(zip(*rows, strict=True)))


@dataclass(frozen=True, slots=True)
class _Frame:
    at: int
    size: int
    content_bytes: int
    against_dictionary: bool


class Sealed:
    """An object that was opened. Its hash is right, so that what it says of itself is what we wrote."""

    def __init__(
        self, session: str, data: bytes, loads: Sequence[str], frames: Sequence[_Frame], rows: Sequence[Any]
    ) -> None:
        self.session = session
        self._data = data
        self._loads = loads
        self._frames = frames
        self._rows = rows

    def batches(self, track: int, *, load: str | None = None, after: int = 0) -> Iterator[SealedBatch]:
        """The batches of one track, by page load and number, with numbers greater than ``after``. Only frames
        in which one of them lies are inflated."""
        for frame, rows in groupby(self._rows, key=itemgetter(_FRAME)):
            content: bytes | None = None
            at = 0
            for row in rows:
                place, of_track, number, received_ms, first_ms, last_ms, checkpoint, _, size, header, sent = (
                    row
                )
                start, at = at, at + size
                if of_track != track or number <= after or load not in (None, self._loads[place]):
                    continue
                if content is None:
                    content = self._content(frame)
                part = content[start:at]
                yield SealedBatch(
                    load=self._loads[place],
                    track=track,
                    number=number,
                    received_ms=received_ms,
                    first_ms=first_ms,
                    last_ms=last_ms,
                    checkpoint=checkpoint,
                    sent_bytes=sent,
                    payload=part if header is None else wrap_chunk(Chunk(tuple(header), part)),
                )

    def outline(self, track: int) -> Iterator[tuple[str, int, float, float, bool, int]]:
        """Of every batch of the track its page load, number, first and last time, whether it starts with a
        checkpoint, and the size of what was sent. Nothing is inflated."""
        for place, of_track, number, _, first_ms, last_ms, checkpoint, *_, sent_bytes in self._rows:
            if of_track == track:
                yield self._loads[place], number, first_ms, last_ms, checkpoint, sent_bytes

    def _content(self, place: int) -> bytes:
        frame = self._frames[place]
        packed = self._data[frame.at : frame.at + frame.size]
        return inflate(packed, frame.content_bytes, self._dictionary if frame.against_dictionary else b"")

    @cached_property
    def _dictionary(self) -> bytes:
        return self._content(0)
