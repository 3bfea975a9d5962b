"""The assets of a session that goes from one installation to another.

What an address stood for is told with its times, and counts as fetched then. Bytes come in only under the
type that is found in them here, too: what the desk hands to agents' browsers is never a file's word.
"""

from __future__ import annotations

import hashlib

from replay.collector.addresses import read_address
from replay.collector.sniffing import CSS, sniff
from replay.errors import CommandError
from replay.ports import Asset, AssetKind, Objects, Session, SessionAsset, Sighting, Store, asset_object
from replay.recording.archive import ArchivedAsset, Recording

__all__ = ["assets_of", "require_sound", "sightings_of", "take_assets"]

_GONE = ("gone", "Its bytes were lost or damaged when the session was exported.")


async def assets_of(
    store: Store, objects: Objects, session: Session
) -> tuple[tuple[ArchivedAsset, ...], tuple[bytes, ...]]:
    """What the session's references stood for at its end, and the bytes, each once."""
    until_ms = session.seen_ms if session.ended_ms is None else session.ended_ms
    assets: list[ArchivedAsset] = []
    found: dict[str, bytes] = {}
    for one in await store.session_assets(session.id, until_ms):
        digest = None if one.asset is None else one.asset.hash
        if digest is not None and digest not in found:
            data = await objects.get(asset_object(digest))
            if data is not None and hashlib.sha256(data).hexdigest() == digest:
                found[digest] = data
        assets.append(_archived(one, is_gone=digest is not None and digest not in found))
    return tuple(assets), tuple(data for _, data in sorted(found.items()))


def _archived(one: SessionAsset, *, is_gone: bool) -> ArchivedAsset:
    asset = one.asset
    if asset is None:
        return ArchivedAsset(ref=one.ref, kind=one.kind)
    reason, detail = _GONE if is_gone else (asset.reason, asset.detail)
    return ArchivedAsset(
        ref=one.ref,
        kind=one.kind,
        fetched_ms=asset.fetched_ms,
        checked_ms=asset.checked_ms,
        hash=None if is_gone else asset.hash,
        type=None if is_gone else asset.type,
        reason=reason,
        detail=detail,
    )


def sightings_of(recording: Recording) -> tuple[Sighting, ...]:
    """What the session referred to, as the store keeps it."""
    return tuple(Sighting(ref=one.ref, kind=one.kind) for one in recording.assets)


def require_sound(recording: Recording) -> None:
    """What would not have been taken from a page or a shop's server is not taken from a file. Raises
    ``CommandError``."""
    objects = {hashlib.sha256(data).hexdigest(): data for data in recording.objects}
    for one in recording.assets:
        if one.kind != "text":
            target = read_address(one.ref)
            if target is None or target.url != one.ref:
                raise _refused("its address could not be fetched")
        if one.hash is None or one.type is None:
            continue
        try:
            found = _type_of(one.kind, one.type, objects[one.hash])
        except ValueError as error:
            raise _refused(str(error)) from error
        if found != one.type:
            raise _refused(f"its bytes are {found}, not {one.type}")


def _type_of(kind: AssetKind, called: str, data: bytes) -> str:
    """Raises ``ValueError`` where they are nothing that is kept."""
    if kind != "text":
        return sniff(kind, called, data)[0]
    data.decode()
    return CSS


def _refused(why: str) -> CommandError:
    return CommandError(
        f"An asset of the session is not what the desk could show: {why}.",
        "Nothing was changed. Export the session again with the version that recorded it.",
    )


async def take_assets(store: Store, objects: Objects, recording: Recording) -> None:
    """Keep the bytes, then what stood for what. Nothing refers to it before its session is here."""
    sizes: dict[str, int] = {}
    for data in recording.objects:
        digest = hashlib.sha256(data).hexdigest()
        await objects.put(asset_object(digest), data)
        sizes[digest] = len(data)
    for one in recording.assets:
        if one.fetched_ms is not None and one.checked_ms is not None:
            await store.put_asset(
                Asset(
                    site=recording.site.key,
                    ref=one.ref,
                    kind=one.kind,
                    fetched_ms=one.fetched_ms,
                    checked_ms=one.checked_ms,
                    hash=one.hash,
                    type=one.type,
                    bytes=None if one.hash is None else sizes[one.hash],
                    reason=one.reason,
                    detail=one.detail,
                    failures=0 if one.reason is None else 1,
                )
            )
