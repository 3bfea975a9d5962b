"""What sessions referred to, and what it stood for when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.ports import Asset, AssetKind, SessionAsset, Sighting, Store
from tests.contract.given import NOW_MS, batch, opened

PHOTO = Sighting(ref="https://shop.example/photo.png", kind="image")
FONT = Sighting(ref="https://shop.example/a.woff2", kind="font")
TEXT = Sighting(ref="0" * 64, kind="text")
HAD = Asset(
    site="shop",
    ref=PHOTO.ref,
    kind="image",
    fetched_ms=NOW_MS,
    checked_ms=NOW_MS + 5,
    hash="a" * 64,
    type="image/png",
    bytes=70,
    etag='"1"',
    last_modified="Sun, 22 Nov 2026 08:00:00 GMT",
)


def failed(at_ms: int, *, ref: str = PHOTO.ref, kind: AssetKind = "image") -> Asset:
    return Asset(
        site="shop",
        ref=ref,
        kind=kind,
        fetched_ms=at_ms,
        checked_ms=at_ms,
        reason="status",
        detail="It was answered with 404.",
        failures=2,
    )


async def name(store: Store, *sightings: Sighting, number: int = 1, session: str = "visit") -> None:
    await store.commit([replace(batch(number, session=session), sightings=sightings)])


async def shown(store: Store, until_ms: int) -> Asset | None:
    (one,) = await store.session_assets("visit", until_ms)
    return one.asset


async def test_what_was_never_named_is_not_there(store: Store) -> None:
    assert await store.session_assets("visit", NOW_MS) == []
    assert await store.latest_assets("shop", [PHOTO.ref]) == {}
    assert await store.latest_assets("shop", []) == {}
    assert await store.asset_type("a" * 64) is None
    assert await store.unknown_assets(10) == []


async def test_a_session_keeps_each_reference_once_and_in_order(store: Store) -> None:
    await store.commit(opened())
    await name(store, FONT, PHOTO, FONT)
    await name(store, PHOTO, TEXT, number=2)
    assert await store.session_assets("visit", NOW_MS) == [
        SessionAsset(ref=one.ref, kind=one.kind, asset=None) for one in (TEXT, FONT, PHOTO)
    ]


async def test_only_a_batch_that_is_stored_brings_references(store: Store) -> None:
    await store.commit(opened())
    await name(store)
    await name(store, PHOTO)  # a duplicate
    await store.commit([replace(batch(1, payload=b"other"), sightings=(FONT,))])  # a conflict
    await name(store, FONT, session="unknown")
    assert await store.session_assets("visit", NOW_MS) == []
    assert await store.unknown_assets(10) == []


async def test_sessions_of_one_site_share_what_a_reference_stood_for(store: Store) -> None:
    await store.commit([*opened(), *opened(session="other")])
    await name(store, PHOTO)
    await name(store, PHOTO, session="other")
    await store.put_asset(HAD)
    assert await shown(store, NOW_MS) == HAD
    assert [one.asset for one in await store.session_assets("other", NOW_MS)] == [HAD]
    assert await store.latest_assets("shop", [PHOTO.ref, FONT.ref]) == {PHOTO.ref: HAD}
    assert await store.latest_assets("other shop", [PHOTO.ref]) == {}
    assert await store.asset_type("a" * 64) == "image/png"
    assert await store.asset_type("b" * 64) is None


async def test_the_same_moment_again_replaces(store: Store) -> None:
    await store.commit(opened())
    await name(store, PHOTO)
    await store.put_asset(HAD)
    checked = replace(HAD, checked_ms=NOW_MS + 60_000, etag=None, last_modified=None)
    await store.put_asset(checked)
    assert await store.latest_assets("shop", [PHOTO.ref]) == {PHOTO.ref: checked}
    assert await shown(store, NOW_MS) == checked


@pytest.mark.parametrize(
    ("until_ms", "expected_ms"),
    [(99, 100), (100, 100), (199, 100), (200, 200), (299, 200), (300, 200), (400, 400), (999, 400)],
)
async def test_a_session_shows_what_was_had_by_its_end_else_the_first_after(
    store: Store, until_ms: int, expected_ms: int
) -> None:
    await store.commit(opened())
    await name(store, PHOTO)
    for at_ms in (400, 100, 200):
        await store.put_asset(replace(HAD, fetched_ms=at_ms, checked_ms=at_ms, hash=f"{at_ms:064}"))
    for at_ms in (50, 300, 500):
        await store.put_asset(failed(at_ms))
    asset = await shown(store, until_ms)
    assert asset is not None
    assert asset.fetched_ms == expected_ms
    assert (await store.latest_assets("shop", [PHOTO.ref]))[PHOTO.ref].fetched_ms == 500


async def test_what_was_never_had_shows_why_of_late(store: Store) -> None:
    await store.commit(opened())
    await name(store, PHOTO)
    await store.put_asset(failed(100))
    await store.put_asset(failed(200))
    assert await shown(store, 50) == failed(200)


async def test_only_addresses_of_which_nothing_is_known_are_unknown(store: Store) -> None:
    await store.commit(opened())
    await name(store, FONT, PHOTO, TEXT)
    assert await store.unknown_assets(10) == [("shop", FONT), ("shop", PHOTO)]
    assert await store.unknown_assets(1) == [("shop", FONT)]
    await store.put_asset(failed(NOW_MS, ref=FONT.ref, kind="font"))
    assert await store.unknown_assets(10) == [("shop", PHOTO)]


async def test_what_no_session_named_may_be_kept_too(store: Store) -> None:
    await store.put_asset(HAD)
    assert await store.latest_assets("shop", [PHOTO.ref]) == {PHOTO.ref: HAD}
    await store.commit(opened())
    await name(store, replace(PHOTO, kind="font"))
    assert await store.session_assets("visit", NOW_MS) == [
        SessionAsset(ref=PHOTO.ref, kind="image", asset=HAD)
    ]
