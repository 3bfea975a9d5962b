"""The assets of an exported session: what each reference stood for, and the bytes, each once.

In the file the bytes stand behind those of the batches, in the order of the manifest's ``objects``. Files of
format 1 have none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from replay.model.bounds import Between, Matching, MaxChars

__all__ = ["ArchivedAsset", "ObjectEntry", "cut_objects", "misfit", "object_entries"]

Milliseconds = Annotated[int, Between(0, 2**53 - 1)]
_WHOLE = {
    (True, True, False, True, True),  # it was had
    (False, False, True, True, True),  # it was not
    (False, False, False, False, False),  # nothing is known
}
"""What there may be of hash, type, reason and the two times."""
Sha256 = Annotated[str, Matching(r"[0-9a-f]{64}", "64 hexadecimal digits")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedAsset:
    """A reference of the session, and what it stood for at the session's end; without ``fetched_ms`` nothing
    was known of it. Either ``hash`` and ``type``, or ``reason`` and ``detail``."""

    ref: Annotated[str, MaxChars(2_000)]
    kind: Literal["image", "font", "style", "text"]
    fetched_ms: Milliseconds | None = None
    checked_ms: Milliseconds | None = None
    hash: Sha256 | None = None
    type: Annotated[str, MaxChars(40)] | None = None
    reason: Annotated[str, MaxChars(40)] | None = None
    detail: Annotated[str, MaxChars(600)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEntry:
    """An asset's bytes as the manifest has them."""

    sha256: Sha256
    bytes: Annotated[int, Between(0, 2**40)]


def object_entries(objects: Iterable[bytes]) -> tuple[ObjectEntry, ...]:
    """What the manifest says of the bytes."""
    return tuple(ObjectEntry(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data)) for data in objects)


def cut_objects(entries: Iterable[ObjectEntry], content: memoryview) -> tuple[bytes, ...]:
    """The bytes of each entry, one after another from the beginning of ``content``, unchecked."""
    objects = []
    at = 0
    for entry in entries:
        objects.append(bytes(content[at : at + entry.bytes]))
        at += entry.bytes
    return tuple(objects)


def misfit(assets: Sequence[ArchivedAsset], objects: Sequence[ObjectEntry]) -> tuple[str, str, str] | None:
    """What does not fit: the place, what was expected and what is there; None if all does."""
    known = {entry.sha256 for entry in objects}
    if len(known) < len(objects):
        return "the objects", "each once", "one twice"
    if len({asset.ref for asset in assets}) < len(assets):
        return "the assets", "each reference once", "one twice"
    wanted = {asset.hash for asset in assets if asset.hash is not None}
    if wanted != known:
        return "the objects", f"those of {len(wanted)} assets", f"{len(known)} that are not the same"
    for asset in assets:
        given = asset.hash is not None, asset.type is not None, asset.reason is not None
        times = asset.fetched_ms is not None, asset.checked_ms is not None
        if (*given, *times) not in _WHOLE:
            return "an asset", "bytes with their type, or a reason, or neither", "something between"
        if asset.kind == "text" and asset.hash not in (None, asset.ref):
            return "a style", f"the bytes of {asset.ref}", f"those of {asset.hash}"
    return None
