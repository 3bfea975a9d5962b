"""The assets of a session go with it, under the types that are found in their bytes and no other."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace

import pytest

from replay.cli.transfer import export_session, import_recording
from replay.errors import CommandError
from replay.ports import Asset, Objects, SessionAsset, Sighting, Store, asset_object
from replay.recording.archive import (
    ArchivedAsset,
    ArchiveError,
    Recording,
    read_recording,
    write_recording,
)
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from tests.collector.asset_server import PNG
from tests.viewer.visits import SITE, START_MS, Visit, picture_payload

CSS = b"\xef\xbb\xbfa { color: red }"
VISIT = Visit(seen_ms=START_MS + 60_000, ended=True)
PHOTO, FONT, GONE = (f"https://shop.example/{name}" for name in ("a.png", "b.woff2", "c.png"))


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Place:
    """An installation."""

    store: Store = field(default_factory=MemoryStore)
    objects: Objects = field(default_factory=MemoryObjects)

    async def take(self, content: bytes) -> object:
        return (await import_recording(self.store, self.objects, content, START_MS))["imported"]

    async def export(self) -> bytes:
        answer = await export_session(self.store, self.objects, {"session": VISIT.id}, "US", START_MS)
        assert isinstance(answer, dict)
        return base64.b64decode(answer["content"])

    async def shown(self) -> dict[str, SessionAsset]:
        return {one.ref: one for one in await self.store.session_assets(VISIT.id, START_MS + 60_000)}


def had(ref: str, data: bytes, type: str, at_ms: int = START_MS) -> Asset:
    kind = "text" if type == "text/css" else "image"
    digest = hash_of(data)
    return Asset(
        site=SITE.key,
        ref=ref,
        kind=kind,  # type: ignore[arg-type]
        fetched_ms=at_ms,
        checked_ms=at_ms + 5,
        hash=digest,
        type=type,
        bytes=len(data),
    )


@pytest.fixture
async def there() -> Place:
    """Where a session with every kind of reference was recorded."""
    place = Place()
    await VISIT.put(place.store)
    named = [Sighting(ref=ref, kind="image") for ref in (PHOTO, GONE)]
    named += [Sighting(ref=FONT, kind="font"), Sighting(ref=hash_of(CSS), kind="text")]
    await place.store.commit([replace(VISIT.batch(1, 12, picture_payload(b"x")), sightings=tuple(named))])
    for data in (PNG, CSS):
        await place.objects.put(asset_object(hash_of(data)), data)
    await place.store.put_asset(had(PHOTO, PNG, "image/png"))
    # Of another time than the session's: it stays behind.
    await place.store.put_asset(had(PHOTO, b"later", "image/png", START_MS + 90_000))
    await place.store.put_asset(had(hash_of(CSS), CSS, "text/css"))
    await place.store.put_asset(
        Asset(
            site=SITE.key,
            ref=GONE,
            kind="image",
            fetched_ms=START_MS,
            checked_ms=START_MS,
            reason="status",
            detail="It was answered with 404.",
            failures=1,
        )
    )
    return place


async def test_assets_go_along_and_are_shown_the_same(there: Place) -> None:
    here, content = Place(), await there.export()
    assert await here.take(content) is True
    assert await here.shown() == await there.shown()
    for data in (PNG, CSS):
        assert await here.objects.get(asset_object(hash_of(data))) == data
    assert await here.export() == content
    assert await here.take(content) is False


async def test_what_an_address_stands_for_here_is_no_other_session(there: Place) -> None:
    here, content = Place(), await there.export()
    await here.take(content)
    await here.store.put_asset(had(PHOTO, b"another", "image/png", START_MS + 1_000))
    assert await here.take(content) is False


@pytest.mark.parametrize("left", [None, PNG[:-1]])
async def test_bytes_that_are_gone_or_damaged_are_told(there: Place, left: bytes | None) -> None:
    await there.objects.delete(asset_object(hash_of(PNG)))
    if left is not None:
        await there.objects.put(asset_object(hash_of(PNG)), left)
    here = Place()
    await here.take(await there.export())
    gone = (await here.shown())[PHOTO].asset
    assert gone is not None
    assert (gone.hash, gone.reason) == (None, "gone")


async def test_without_assets_it_is_a_file_of_format_1(there: Place) -> None:
    content = await there.export()
    recording = replace(read_recording(content), shop=None)
    assert write_recording(recording).startswith(b"replay-session 2\n")
    old = write_recording(replace(recording, assets=(), objects=()))
    assert old.startswith(b"replay-session 1\n")
    here = Place()
    assert await here.take(old) is True
    assert await here.shown() == {}


def with_photo(recording: Recording, data: bytes, **changes: str) -> Recording:
    """The recording with other bytes for its photo."""
    photo = ArchivedAsset(
        ref=PHOTO, kind="image", fetched_ms=1, checked_ms=1, hash=hash_of(data), type="image/png"
    )
    return replace(recording, assets=(replace(photo, **changes),), objects=(data,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (b"<html><script>", {}),
        (b"<html><script>", {"type": "text/html"}),
        (PNG, {"type": "text/html"}),
        (PNG, {"type": "image/svg+xml"}),
        (PNG, {"type": "image/gif"}),
        (PNG, {"ref": "file:///etc/passwd"}),
        (PNG, {"ref": PHOTO + "#x"}),
        (b"\xff", {"ref": hash_of(b"\xff"), "kind": "text", "type": "text/css"}),
        (b"<html>", {"ref": hash_of(b"<html>"), "kind": "text", "type": "text/html"}),
    ],
)
async def test_what_the_desk_could_not_show_is_not_taken_in(
    there: Place, data: bytes, changes: dict[str, str]
) -> None:
    recording = with_photo(read_recording(await there.export()), data, **changes)
    here = Place()
    with pytest.raises(CommandError, match="not what the desk could show"):
        await here.take(write_recording(recording))
    assert await here.store.sessions(limit=1) == []
    assert [name async for name in here.objects.names()] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"objects": ()}, "the objects"),
        ({"objects": (PNG, PNG)}, "the objects"),
        ({"objects": (PNG, b"more")}, "the objects"),
        ({"assets": (ArchivedAsset(ref=PHOTO, kind="image"),) * 2}, "the assets|the objects"),
        ({"type": None}, "an asset"),
        ({"reason": "status"}, "an asset"),
        ({"checked_ms": None}, "an asset"),
        ({"kind": "text"}, "a style"),
        ({"batches": (), "identifiers": ()}, "the assets"),
    ],
)
async def test_assets_that_do_not_fit_together_are_refused(
    there: Place, changes: dict[str, object], message: str
) -> None:
    recording = with_photo(read_recording(await there.export()), PNG)
    whole = {name: value for name, value in changes.items() if hasattr(recording, name)}
    parts = {name: value for name, value in changes.items() if name not in whole}
    assets = tuple(replace(one, **parts) for one in recording.assets)  # type: ignore[arg-type]
    spoiled = replace(recording, **({"assets": assets} | whole))  # type: ignore[arg-type]
    with pytest.raises(ArchiveError, match=message):
        read_recording(write_recording(spoiled))


async def test_a_changed_byte_of_an_asset_is_found(there: Place) -> None:
    content = await there.export()
    body = content.replace(CSS, CSS.replace(b"red", b"ref"))[: -len("\nsha256 \n") - 64]
    with pytest.raises(ArchiveError, match="an object"):
        read_recording(body + b"\nsha256 " + hash_of(body).encode() + b"\n")
