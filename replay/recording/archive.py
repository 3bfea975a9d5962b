"""One recorded session as one file, which another installation can take in without losing anything.

The file is, from beginning to end:

    replay-session 3\\n          what this is, and the version of the format
    {…}\\n                       the manifest, JSON on one line (UTF-8)
    payloads                    the bytes of every batch as its page sent them, one after another
    objects                     the bytes of every asset, each once
    \\nsha256 <64 hex digits>\\n  of everything before this line

The manifest names the product version that wrote it, the site, the session, its page loads, declared gaps,
identifiers, what the shop's systems say, and of every batch its size and SHA-256, in the order in which the
payloads follow. Times are those of ``replay.ports``. Nothing that gives access is in it: no write token, no
secret of the site. Format 2 has no place for what the shop says, and format 1 none for assets either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from replay.model.bounds import Between, Malformed, Matching, MaxChars
from replay.model.identity import Identifier
from replay.model.schema import decode, encode
from replay.model.session import is_code
from replay.model.track import Track
from replay.recording.archived_assets import (
    ArchivedAsset,
    ObjectEntry,
    cut_objects,
    misfit,
    object_entries,
)
from replay.recording.archived_shop import ArchivedShop, misfit_of

__all__ = [
    "FORMAT",
    "ArchiveError",
    "ArchivedAsset",
    "ArchivedBatch",
    "ArchivedGap",
    "ArchivedLoad",
    "ArchivedSession",
    "ArchivedSite",
    "Recording",
    "read_recording",
    "write_recording",
]

FORMAT = 3
"""Older ones can be read, too."""
_NAME = b"replay-session "
_FIRST_LINE_MAX_BYTES = 40
_LAST_LINE_BYTES = len("\nsha256 \n") + 64

Id = Annotated[str, MaxChars(80), Matching(r"[0-9A-Za-z_~-][0-9A-Za-z._~-]*", "an id")]
Milliseconds = Annotated[int, Between(0, 2**53 - 1)]
Number = Annotated[int, Between(1, 2**53 - 1)]
TrackNumber = Annotated[int, Between(Track.FACTS, Track.PICTURE)]
Size = Annotated[int, Between(0, 2**40)]
Sha256 = Annotated[str, Matching(r"[0-9a-f]{64}", "64 hexadecimal digits")]


class ArchiveError(Exception):
    """A file cannot be taken in: ``what`` is wrong, what was ``expected`` and ``got``, what to ``do``."""

    def __init__(self, what: str, *, expected: str, got: str, do: str) -> None:
        self.what, self.expected, self.got, self.do = what, expected, got, do
        super().__init__(f"{what} Expected {expected}, got {got}. {do}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedSite:
    """Where the session was recorded. What the site is called differs between installations."""

    key: Id
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedSession:
    """The visit itself."""

    id: Id
    code: Annotated[str, MaxChars(6)]
    consent: str
    started_ms: Milliseconds
    seen_ms: Milliseconds
    ended_ms: Milliseconds | None = None
    ended_why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedLoad:
    """A page load; its ordinal is its place in the list."""

    id: Id
    tab: Id
    opened_ms: Milliseconds
    offset_ms: float | None = None
    offset_error_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedBatch:
    """A batch, byte for byte."""

    load: Id
    track: TrackNumber
    number: Number
    received_ms: Milliseconds
    first_ms: float
    last_ms: float
    checkpoint: bool
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedGap:
    """Numbers that the page declared lost."""

    load: Id
    track: TrackNumber
    first: Number
    last: Number
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything of one session. Two are equal if nothing recorded differs, whichever version wrote them.

    Every batch and gap belongs to one of ``loads``. ``identifiers`` are all but the support code, which
    the session has by itself. ``objects`` are the bytes of ``assets``; what an address stands for is no part
    of what was recorded, and neither is what the ``shop`` says.
    """

    written_by: str = field(compare=False)
    site: ArchivedSite
    session: ArchivedSession
    loads: tuple[ArchivedLoad, ...] = ()
    batches: tuple[ArchivedBatch, ...] = ()
    gaps: tuple[ArchivedGap, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    assets: tuple[ArchivedAsset, ...] = field(default=(), compare=False)
    objects: tuple[bytes, ...] = field(default=(), compare=False)
    shop: ArchivedShop | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A batch as the manifest has it."""

    load: Id
    track: TrackNumber
    number: Number
    received_ms: Milliseconds
    first_ms: float
    last_ms: float
    checkpoint: bool
    bytes: Size
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    written_by: str
    site: ArchivedSite
    session: ArchivedSession
    loads: tuple[ArchivedLoad, ...]
    batches: tuple[_Entry, ...]
    gaps: tuple[ArchivedGap, ...]
    identifiers: tuple[Identifier, ...]
    assets: tuple[ArchivedAsset, ...] = ()
    objects: tuple[ObjectEntry, ...] = ()
    shop: ArchivedShop | None = None


def write_recording(recording: Recording) -> bytes:
    """The file, in the oldest format that can hold it. The same recording always gives the same bytes."""
    manifest = _Manifest(
        written_by=recording.written_by,
        site=recording.site,
        session=recording.session,
        loads=recording.loads,
        batches=tuple(_entry(batch) for batch in recording.batches),
        gaps=recording.gaps,
        identifiers=recording.identifiers,
        assets=recording.assets,
        objects=object_entries(recording.objects),
        shop=recording.shop,
    )
    text = json.dumps(encode(manifest), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    body = b"".join(
        [
            _NAME + str(FORMAT if recording.shop else 2 if recording.assets else 1).encode() + b"\n",
            text.encode() + b"\n",
            *(batch.payload for batch in recording.batches),
            *recording.objects,
        ]
    )
    return body + _last_line(body)


def read_recording(data: bytes) -> Recording:
    """The recording that a file holds. Raises ``ArchiveError`` for anything that is not whole and ours."""
    start, version = _read_first_line(data)
    body, last_line = data[:-_LAST_LINE_BYTES], data[-_LAST_LINE_BYTES:]
    if len(body) < start or not _is_last_line(last_line):
        raise ArchiveError(
            "The file ends early.",
            expected="a last line with a checksum",
            got=f"{len(data)} bytes that end without it",
            do="Copy it again, or export the session again.",
        )
    if _last_line(body) != last_line:
        raise ArchiveError(
            "The file was changed or damaged on its way.",
            expected=f"the checksum {last_line.split()[1].decode()}",
            got=hashlib.sha256(body).hexdigest(),
            do="Copy it again, or export the session again.",
        )
    end = body.find(b"\n", start)
    manifest = _read_manifest(body[start : max(end, start)])
    payloads = memoryview(body)[end + 1 :]
    objects_bytes = sum(entry.bytes for entry in manifest.objects)
    objects_at = max(len(payloads) - objects_bytes, 0)
    recording = Recording(
        written_by=manifest.written_by,
        site=manifest.site,
        session=manifest.session,
        loads=manifest.loads,
        batches=_cut(manifest.batches, payloads[:objects_at], objects_bytes),
        gaps=manifest.gaps,
        identifiers=manifest.identifiers,
        assets=manifest.assets,
        objects=cut_objects(manifest.objects, payloads[objects_at:]),
        shop=manifest.shop,
    )
    if (manifest.shop is None) == (version == FORMAT):
        raise _inconsistent("what the shop says", f"it in format {FORMAT} only", f"format {version}")
    if object_entries(recording.objects) != manifest.objects:
        raise _inconsistent("an object", "the SHA-256 of its bytes", "another")
    fault = misfit(manifest.assets, manifest.objects) or misfit_of(manifest.shop)
    if fault is not None:
        raise _inconsistent(fault[0], expected=fault[1], got=fault[2])
    _require_whole(recording)
    _require_consistent(recording)
    return recording


def _read_first_line(data: bytes) -> tuple[int, int]:
    """Where the manifest begins, and the version of the format."""
    line, newline, _ = data[:_FIRST_LINE_MAX_BYTES].partition(b"\n")
    version = line.removeprefix(_NAME)
    if not line.startswith(_NAME) or not newline or not version.isdigit():
        raise ArchiveError(
            "This is not an exported session.",
            expected=f"a file that begins with “{_NAME.decode()}{FORMAT}”",
            got="an empty file" if not data else "another beginning",
            do="Choose a file that `replay session export` wrote.",
        )
    if not 1 <= int(version) <= FORMAT:
        raise ArchiveError(
            "This version cannot read the file.",
            expected=f"format {FORMAT} or older",
            got=f"format {int(version)}",
            do="Update to the version that wrote it, or a later one.",
        )
    return len(line) + 1, int(version)


def _last_line(body: bytes) -> bytes:
    return b"\nsha256 " + hashlib.sha256(body).hexdigest().encode() + b"\n"


def _is_last_line(line: bytes) -> bool:
    digits = line[len("\nsha256 ") : -1]
    return line == b"\nsha256 " + digits + b"\n" and all(digit in b"0123456789abcdef" for digit in digits)


def _entry(batch: ArchivedBatch) -> _Entry:
    return _Entry(
        load=batch.load,
        track=batch.track,
        number=batch.number,
        received_ms=batch.received_ms,
        first_ms=batch.first_ms,
        last_ms=batch.last_ms,
        checkpoint=batch.checkpoint,
        bytes=len(batch.payload),
        sha256=hashlib.sha256(batch.payload).hexdigest(),
    )


def _read_manifest(line: bytes) -> _Manifest:
    try:
        # As pairs, so that a key that stands there twice is found.
        parsed = json.loads(line, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        raise _inconsistent("the manifest", "one line of JSON", f"{len(line)} bytes that are not") from None
    try:
        return decode(_Manifest, parsed)
    except Malformed as error:
        raise _inconsistent(f"the manifest’s {error.path}", error.expected, error.got) from None


def _cut(entries: tuple[_Entry, ...], payloads: memoryview, objects_bytes: int) -> tuple[ArchivedBatch, ...]:
    whole = sum(entry.bytes for entry in entries)
    if whole != len(payloads):
        expected = f"{whole + objects_bytes} bytes"
        raise _inconsistent("the payloads", expected, f"{len(payloads) + objects_bytes}")
    batches = []
    at = 0
    for entry in entries:
        payload = bytes(payloads[at : at + entry.bytes])
        at += entry.bytes
        digest = hashlib.sha256(payload).hexdigest()
        if digest != entry.sha256:
            place = f"batch {entry.number} of track {entry.track} of page load {entry.load}"
            raise _inconsistent(place, f"SHA-256 {entry.sha256}", digest)
        batches.append(
            ArchivedBatch(
                load=entry.load,
                track=entry.track,
                number=entry.number,
                received_ms=entry.received_ms,
                first_ms=entry.first_ms,
                last_ms=entry.last_ms,
                checkpoint=entry.checkpoint,
                payload=payload,
            )
        )
    return tuple(batches)


def _require_consistent(recording: Recording) -> None:
    """What a store takes for granted of a session."""
    session = recording.session
    if not is_code(session.code):
        raise _inconsistent("the support code", "six characters that fit each other", repr(session.code))
    if (session.ended_ms is None) != (session.ended_why is None):
        raise _inconsistent("the end of the session", "a time and a reason, or neither", "one of them")
    for batch in recording.batches:
        if batch.received_ms > session.seen_ms:
            expected = f"everything received by {session.seen_ms}, when it was last seen"
            raise _inconsistent("a batch", expected, f"one received at {batch.received_ms}")
    for load in recording.loads:
        if (load.offset_ms is None) != (load.offset_error_ms is None):
            raise _inconsistent(f"the clock of page load {load.id}", "offset and error, or neither", "one")
    if any(one.kind == "code" for one in recording.identifiers):
        raise _inconsistent("the identifiers", "no support code among them", "one")
    for what, found in (("identifiers", recording.identifiers), ("assets", recording.assets)):
        if found and not recording.batches:
            raise _inconsistent(f"the {what}", "batches that they came with", "none")


def _require_whole(recording: Recording) -> None:
    """Every part stands there once and belongs to a page load that is there."""
    loads = {load.id for load in recording.loads}
    owners = {batch.load for batch in recording.batches} | {gap.load for gap in recording.gaps}
    for owner in sorted(owners):
        if owner not in loads:
            raise _inconsistent("a batch or gap", "a page load of this session", f"page load {owner}")
    for gap in recording.gaps:
        if gap.first > gap.last:
            raise _inconsistent("a gap", f"numbers from {gap.first} up", f"up to {gap.last}")
    _require_once("page load", [load.id for load in recording.loads])
    _require_once("batch", [(batch.load, batch.track, batch.number) for batch in recording.batches])
    _require_once("gap", [(gap.load, gap.track, gap.first, gap.last) for gap in recording.gaps])
    _require_once("identifier", [(one.kind, one.value) for one in recording.identifiers])


def _require_once(what: str, keys: Sequence[Hashable]) -> None:
    seen: set[Hashable] = set()
    for key in keys:
        if key in seen:
            raise _inconsistent(f"the {what} {key}", "it once", "it twice")
        seen.add(key)


def _inconsistent(what: str, expected: str, got: str) -> ArchiveError:
    return ArchiveError(
        f"The file is whole, but {what} in it does not fit.",
        expected=expected,
        got=got,
        do="It was not written by `replay session export`, or by a faulty version: export the session again.",
    )
