"""A session goes from one store to another as a file, and comes out of it the same; or not at all."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from replay.cli.transfer import export_session, import_recording, import_session, recording_of
from replay.errors import CommandError
from replay.ports import DeclareGap, RotateToken, Store
from replay.recording.archive import ArchivedBatch, Recording, read_recording, write_recording
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sqlite import open_store
from tests.viewer.visits import SITE, START_MS, Visit, edge, picture_payload

NOW_MS = START_MS + 1_000_000
LATE = picture_payload(b"late")


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "here.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Store]:
    """The store of the installation that a session comes from."""
    opened = await open_store(tmp_path / "there.sqlite")
    yield opened
    await opened.close()


VISIT = Visit(
    seen_ms=START_MS + 60_000,
    ended=True,
    identifiers=(
        edge("email", "ana@example.com", "Ana@example.com", verified=True),
        edge("phone", "+14155550134", at_ms=START_MS - 7),
    ),
)


async def recorded(store: Store) -> bytes:
    """A visit with everything that a visit can have, exported."""
    await VISIT.put(store)
    await store.commit(
        [
            DeclareGap(
                session=VISIT.id, load="load-1", track=1, first=5, last=9, reason="full", received_ms=START_MS
            ),
            VISIT.batch(1, 12, LATE),
            RotateToken(session=VISIT.id, token_hash=b"another", rotated_ms=START_MS),
        ]
    )
    answer = await export_session(store, MemoryObjects(), {"session": VISIT.code}, "US", NOW_MS)
    assert isinstance(answer, dict)
    content: bytes = base64.b64decode(answer["content"])
    return content


async def everything(store: Store) -> list[object]:
    """What the desk can ask about the visit, but for who may write to it."""
    session = await store.session(VISIT.id)
    assert session is not None
    bare = dataclasses.replace(session, token_hash=b"", previous_token_hash=None, rotated_ms=None)
    return [
        bare,
        await store.loads(VISIT.id),
        await store.batches(VISIT.id, 0),
        await store.batches(VISIT.id, 1),
        await store.gaps(VISIT.id),
        sorted(await store.identifiers(VISIT.id), key=lambda one: one.kind),
        [match.session.id for match in await store.find("email", "ana@example.com")],
        [match.session.id for match in await store.find("code", VISIT.code)],
    ]


async def test_everything_arrives(store: Store, elsewhere: Store) -> None:
    content = await recorded(elsewhere)
    told = await import_session(
        store, MemoryObjects(), {"content": base64.b64encode(content).decode()}, NOW_MS
    )
    assert isinstance(told, dict)
    assert told["imported"] is True
    assert await everything(store) == await everything(elsewhere)
    session = await store.session(VISIT.id)
    assert session is not None
    assert await recording_of(store, session) == read_recording(content)


async def test_no_page_can_write_to_an_imported_session(store: Store, elsewhere: Store) -> None:
    await import_recording(store, MemoryObjects(), await recorded(elsewhere), NOW_MS)
    here, there = await store.session(VISIT.id), await elsewhere.session(VISIT.id)
    assert here is not None
    assert there is not None
    assert here.token_hash not in (there.token_hash, there.previous_token_hash)
    assert here.previous_token_hash is None


async def test_the_same_file_again_changes_nothing(store: Store, elsewhere: Store) -> None:
    content = await recorded(elsewhere)
    await import_recording(store, MemoryObjects(), content, NOW_MS)
    before = await everything(store), await store.session(VISIT.id)
    assert (await import_recording(store, MemoryObjects(), content, NOW_MS))["imported"] is False
    assert (await everything(store), await store.session(VISIT.id)) == before


async def test_other_content_of_a_known_session_is_refused(store: Store, elsewhere: Store) -> None:
    content = await recorded(elsewhere)
    await import_recording(store, MemoryObjects(), content, NOW_MS)
    before = await everything(store)
    recording = read_recording(content)
    shorter = dataclasses.replace(recording, gaps=())
    with pytest.raises(CommandError, match="here already with other content"):
        await import_recording(store, MemoryObjects(), write_recording(shorter), NOW_MS)
    assert await everything(store) == before


async def test_a_taken_code_is_named(store: Store, elsewhere: Store) -> None:
    content = await recorded(elsewhere)
    await dataclasses.replace(VISIT, id="another").put(store)
    with pytest.raises(CommandError, match="belongs to another session here, another"):
        await import_recording(store, MemoryObjects(), content, NOW_MS)
    assert await store.session(VISIT.id) is None


async def test_a_missing_site_comes_as_a_name_that_nobody_can_record_for(
    store: Store, elsewhere: Store
) -> None:
    await import_recording(store, MemoryObjects(), await recorded(elsewhere), NOW_MS)
    site = await store.site(SITE.key)
    assert site is not None
    assert (site.name, site.origins, site.identify_secret) == (SITE.name, (), "")


async def test_a_site_that_is_here_stays_as_it_is(store: Store, elsewhere: Store) -> None:
    mine = dataclasses.replace(SITE, name="Mine", identify_secret="mine")
    await store.put_site(mine)
    content = await recorded(elsewhere)
    await import_recording(store, MemoryObjects(), content, NOW_MS)
    assert await store.site(SITE.key) == mine
    assert (await import_recording(store, MemoryObjects(), content, NOW_MS))["imported"] is False


async def test_a_damaged_file_changes_nothing(store: Store, elsewhere: Store) -> None:
    content = bytearray(await recorded(elsewhere))
    content[len(content) // 2] ^= 1
    with pytest.raises(CommandError, match=r"(?s)damaged.*Expected.*got.*Nothing was changed"):
        await import_recording(store, MemoryObjects(), bytes(content), NOW_MS)
    assert await store.sites() == []
    assert await store.sessions(limit=1) == []


@pytest.mark.parametrize("track", [0, 1])
async def test_what_no_page_could_have_sent_is_refused(store: Store, elsewhere: Store, track: int) -> None:
    recording = read_recording(await recorded(elsewhere))

    def spoil(batch: ArchivedBatch) -> ArchivedBatch:
        return dataclasses.replace(batch, payload=b"\x93junk") if batch.track == track else batch

    spoiled: Recording = dataclasses.replace(
        recording, batches=tuple(spoil(batch) for batch in recording.batches)
    )
    with pytest.raises(CommandError, match="not readable"):
        await import_recording(store, MemoryObjects(), write_recording(spoiled), NOW_MS)
    assert await store.sites() == []


async def test_a_batch_that_is_not_what_was_kept_is_not_exported(store: Store) -> None:
    await VISIT.put(store)
    wrong = dataclasses.replace(VISIT.batch(1, 4, LATE), digest=bytes(32))
    await store.commit([wrong])
    with pytest.raises(CommandError, match="checksum differs"):
        await export_session(store, MemoryObjects(), {"session": VISIT.id}, "US", NOW_MS)
