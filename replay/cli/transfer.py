"""``session export`` and ``session import``: one session as a file (``replay.recording.archive``).

A file is taken in whole or not at all. Ids, code and times stay what they were; the same session again
changes nothing. Its pages cannot write to it here: the write token stays behind. A site that is not known
here comes as a name without origins and without a secret, so that no page can record for it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace

from replay import __version__
from replay.cli.erasing import receipt_of
from replay.cli.files import FILE_MAX_BYTES
from replay.cli.sessions import find_session
from replay.cli.transfer_assets import assets_of, require_sound, sightings_of, take_assets
from replay.cli.transfer_shop import brought_by, events_of, require_sound_shop, shop_of
from replay.errors import CommandError
from replay.model.bounds import Malformed
from replay.model.identity import Identifier, normalise
from replay.model.personal_code import QUOTING
from replay.model.session import show_code
from replay.model.track import Track
from replay.ports import (
    AppendBatch,
    Appended,
    DeclareGap,
    MeasureClock,
    Objects,
    OpenLoad,
    OpenSession,
    Operation,
    Session,
    Site,
    Store,
    StoredBatch,
)
from replay.protocol.codec import decode_chunk_header, decode_facts
from replay.recording.archive import (
    ArchivedBatch,
    ArchivedGap,
    ArchivedLoad,
    ArchivedSession,
    ArchivedSite,
    ArchiveError,
    Recording,
    read_recording,
    write_recording,
)
from replay.recording.chunks import same_events

__all__ = ["export_session", "import_recording", "import_session", "recording_of"]


async def export_session(
    store: Store, objects: Objects, parameters: Mapping[str, object], region: str, now_ms: int
) -> object:
    """``session``: id or code. The answer carries the file's content as base64. ``region`` is for phones."""
    session = await find_session(store, str(parameters["session"]))
    assets, found = await assets_of(store, objects, session)
    recording = replace(await recording_of(store, session), assets=assets, objects=found)
    recording = replace(recording, shop=await shop_of(store, session, recording, region, now_ms))
    content = write_recording(recording)
    if len(content) > FILE_MAX_BYTES:
        raise CommandError(
            f"The session takes {len(content)} bytes; at most {FILE_MAX_BYTES} can be exported.",
            "Nothing was written. Look at it in the desk of this installation.",
        )
    return {
        **_told(recording),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": base64.b64encode(content).decode(),
    }


async def import_session(
    store: Store, objects: Objects, parameters: Mapping[str, object], now_ms: int
) -> object:
    """``content``: the file as base64. The answer says whether it is new here."""
    return await import_recording(store, objects, base64.b64decode(str(parameters["content"])), now_ms)


async def import_recording(
    store: Store, objects: Objects, content: bytes, now_ms: int
) -> Mapping[str, object]:
    """Take in a file. Raises ``CommandError``, and then nothing was changed."""
    try:
        # It can be large: pages must not wait for it.
        recording = await asyncio.to_thread(_read, content)
    except ArchiveError as error:
        raise CommandError(
            f"{error.what} Expected {error.expected}, got {error.got}.", f"Nothing was changed. {error.do}"
        ) from error
    known = await store.session(recording.session.id)
    if known is not None:
        if _same(await recording_of(store, known), recording):
            return {**_told(recording), "imported": False}
        raise CommandError(
            f"The session {known.id} is here already with other content.",
            "Nothing was changed. A session is imported once; import this file into another data folder.",
        )
    receipt = await receipt_of(store, recording.session.id)
    if receipt is not None:
        raise CommandError(
            f"The session {recording.session.id} was erased here on request: receipt {receipt.id}.",
            "Nothing was changed. What was erased is not taken in again.",
        )
    taken = await store.find("code", recording.session.code, limit=1)
    if taken:
        raise CommandError(
            f"The support code {show_code(recording.session.code)} belongs to another session here, "
            f"{taken[0].session.id}.",
            "Nothing was changed. Import this file into another data folder.",
        )
    site = await store.site(recording.site.key)
    if site is None:
        await store.put_site(_placeholder(recording.site, now_ms))
    elif site.keep_ms is not None and recording.session.seen_ms < now_ms - site.keep_ms:
        raise CommandError(
            f"The session is older than what the site {site.key} keeps: it would be erased at once.",
            "Nothing was changed. Set the site's keep_days, or import this file into another data folder.",
        )
    try:
        # What is taken in is not erased as nobody's before its session is here.
        async with objects.putting():
            await take_assets(store, objects, recording)
            outcomes = await store.commit(list(_operations(recording, now_ms)))
    except ValueError as error:
        raise CommandError(
            f"The session {recording.session.id} or its code came from elsewhere at the same moment.",
            "Nothing was changed. Try again.",
        ) from error
    if any(isinstance(one, Appended) and one.outcome != "stored" for one in outcomes):
        raise RuntimeError("a new session takes every batch and gap once")
    return {**_told(recording), "imported": True}


def _read(content: bytes) -> Recording:
    recording = read_recording(content)
    _require_readable(recording)
    require_sound(recording)
    require_sound_shop(recording)
    return recording


def _same(one: Recording, other: Recording) -> bool:
    """Whether two recordings are the same but for how pictures are compressed, which sealing changes."""

    def described(recording: Recording) -> Recording:
        # Texts are kept without the codes that they quote, which each store tells in its own way.
        known = tuple(one for one in recording.identifiers if one.kind not in QUOTING)
        return replace(
            recording,
            identifiers=known,
            batches=tuple(replace(batch, payload=b"") for batch in recording.batches),
        )

    return described(one) == described(other) and all(
        mine.payload == theirs.payload
        or (mine.track == Track.PICTURE and same_events(mine.payload, theirs.payload))
        for mine, theirs in zip(one.batches, other.batches, strict=True)
    )


async def recording_of(store: Store, session: Session) -> Recording:
    """Everything that was recorded of a session, without its assets. Raises ``CommandError`` if anything is
    not what was kept."""
    site = await store.site(session.site)
    gaps = await store.gaps(session.id)
    damage = next((gap.reason for gap in gaps if gap.damaged), None)
    if damage is not None:
        raise CommandError(
            f"The session {session.id} is not whole: {damage}.",
            "Restore the objects from a backup; nothing was written.",
        )
    batches = [
        _archived(batch)
        for track in (Track.FACTS, Track.PICTURE)
        for batch in await store.batches(session.id, track)
    ]
    identifiers = [_by_itself(one) for one in await store.identifiers(session.id) if one.kind != "code"]
    return Recording(
        written_by=__version__,
        site=ArchivedSite(key=session.site, name=session.site if site is None else site.name),
        session=ArchivedSession(
            id=session.id,
            code=session.code,
            consent=session.consent,
            started_ms=session.started_ms,
            seen_ms=session.seen_ms,
            ended_ms=session.ended_ms,
            ended_why=session.ended_why,
        ),
        loads=tuple(
            ArchivedLoad(
                id=load.id,
                tab=load.tab,
                opened_ms=load.opened_ms,
                offset_ms=load.offset_ms,
                offset_error_ms=load.offset_error_ms,
            )
            for load in await store.loads(session.id)
        ),
        batches=tuple(batches),
        gaps=tuple(
            ArchivedGap(load=gap.load, track=gap.track, first=gap.first, last=gap.last, reason=gap.reason)
            for gap in gaps
        ),
        identifiers=tuple(sorted(identifiers, key=lambda one: (one.at_ms, one.kind, one.value))),
    )


def _by_itself(identifier: Identifier) -> Identifier:
    """A promo code by its value and not by this store's hash of it, which says nothing to another."""
    if identifier.kind != "promo":
        return identifier
    return replace(identifier, value=normalise("promo", identifier.shown, ""))


def _archived(batch: StoredBatch) -> ArchivedBatch:
    if hashlib.sha256(batch.payload).digest() != batch.digest:
        raise CommandError(
            f"Batch {batch.number} of page load {batch.load} is not what was kept: its checksum differs.",
            "The database is damaged. Restore it from a backup; nothing was written.",
        )
    return ArchivedBatch(
        load=batch.load,
        track=batch.track,
        number=batch.number,
        received_ms=batch.received_ms,
        first_ms=float(batch.first_ms),
        last_ms=float(batch.last_ms),
        checkpoint=batch.checkpoint,
        payload=batch.payload,
    )


def _require_readable(recording: Recording) -> None:
    """What the collector would not have taken from a page is not taken from a file."""
    for batch in recording.batches:
        try:
            if batch.track == Track.FACTS:
                decode_facts(batch.payload)
            else:
                decode_chunk_header(batch.payload)
        except Malformed as error:
            raise CommandError(
                f"Batch {batch.number} of page load {batch.load} is not readable: {error}.",
                "Nothing was changed. Export the session again with the version that recorded it.",
            ) from error


def _placeholder(site: ArchivedSite, now_ms: int) -> Site:
    return Site(
        key=site.key,
        name=site.name,
        origins=(),
        identify_secret="",
        # Whoever takes in a session, however old it is, wants to look at it.
        settings={"keep_days": None},
        created_ms=now_ms,
    )


def _operations(recording: Recording, now_ms: int) -> Iterator[Operation]:
    """Its facts are judged at once, by the rules of this installation."""
    session = recording.session
    yield OpenSession(
        session=Session(
            id=session.id,
            site=recording.site.key,
            code=session.code,
            # The hash of nothing that anybody knows.
            token_hash=secrets.token_bytes(32),
            started_ms=session.started_ms,
            seen_ms=session.seen_ms,
            ended_ms=session.ended_ms,
            ended_why=session.ended_why,
            consent=session.consent,
        ),
        brought=brought_by(recording),
    )
    for load in recording.loads:
        yield OpenLoad(session=session.id, id=load.id, tab=load.tab, opened_ms=load.opened_ms)
        if load.offset_ms is not None and load.offset_error_ms is not None:
            yield MeasureClock(
                session=session.id, load=load.id, offset_ms=load.offset_ms, error_ms=load.offset_error_ms
            )
    for place, batch in enumerate(recording.batches):
        yield AppendBatch(
            session=session.id,
            load=batch.load,
            track=batch.track,
            number=batch.number,
            payload=batch.payload,
            digest=hashlib.sha256(batch.payload).digest(),
            received_ms=batch.received_ms,
            first_ms=batch.first_ms,
            last_ms=batch.last_ms,
            checkpoint=batch.checkpoint,
            # With which batch an identifier or sighting came is not kept: it belongs to the session.
            identifiers=recording.identifiers if place == 0 else (),
            sightings=sightings_of(recording) if place == 0 else (),
            judge_ms=now_ms if batch.track == Track.FACTS else None,
        )
    for gap in recording.gaps:
        yield DeclareGap(
            session=session.id,
            load=gap.load,
            track=gap.track,
            first=gap.first,
            last=gap.last,
            reason=gap.reason,
            received_ms=session.seen_ms,
        )
    yield from events_of(recording, now_ms)


def _told(recording: Recording) -> dict[str, object]:
    return {
        "id": recording.session.id,
        "code": show_code(recording.session.code),
        "site": recording.site.key,
        "batches": len(recording.batches),
        "bytes": sum(len(batch.payload) for batch in recording.batches),
        "assets": len(recording.objects),
        "server_events": len(recording.shop.told) if recording.shop else 0,
        "promos": len(recording.shop.promos) if recording.shop else 0,
    }
