"""What a session referred to, as the desk tells it, and the bytes by their hash."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import httpx
import pytest

from replay.ports import Asset, EndSession, Sighting, Site, Store, asset_object
from storage.objects import MemoryObjects
from tests.contract.given import NOW_MS, batch, opened

ORIGIN = "https://shop.example"
IMAGE, TEXT, PAGE = b"\x89PNG", b"a{}", b"<html>"
HASH, STYLE, OTHER = (hashlib.sha256(data).hexdigest() for data in (IMAGE, TEXT, PAGE))
SITE = Site(
    key="shop",
    name="Shop",
    origins=(ORIGIN,),
    identify_secret="",
    settings={"asset_origins": ["https://cdn.example"]},
    created_ms=0,
)
PHOTO = Asset(
    site="shop",
    ref=f"{ORIGIN}/photo.png",
    kind="image",
    fetched_ms=NOW_MS + 1_000,
    checked_ms=NOW_MS + 9_000,
    hash=HASH,
    type="image/png",
    bytes=70,
    etag='"1"',
)
SHEET = Asset(
    site="shop",
    ref=STYLE,
    kind="text",
    fetched_ms=NOW_MS,
    checked_ms=NOW_MS,
    hash=STYLE,
    type="text/css",
    bytes=3,
)
GONE = Asset(
    site="shop",
    ref=f"{ORIGIN}/gone.png",
    kind="image",
    fetched_ms=NOW_MS,
    checked_ms=NOW_MS + 5,
    reason="status",
    detail="It was answered with 404.",
    failures=1,
)


@pytest.fixture(autouse=True)
async def visit(store: Store) -> None:
    """A session of ten seconds with everything that can have become of a reference."""
    await store.put_site(SITE)
    named = (
        Sighting(ref=PHOTO.ref, kind="image"),
        Sighting(ref=GONE.ref, kind="image"),
        Sighting(ref="https://cdn.example/new.woff2", kind="font"),
        Sighting(ref="https://other.example/x.png", kind="image"),
        Sighting(ref=STYLE, kind="text"),
        Sighting(ref=OTHER, kind="text"),
    )
    await store.commit([*opened(), replace(batch(1, received_ms=NOW_MS + 10_000), sightings=named)])
    for asset in (PHOTO, GONE, SHEET):
        await store.put_asset(asset)


async def told(agent: httpx.AsyncClient) -> dict[str, dict[str, dict[str, object]]]:
    answer = await agent.get("/api/sessions/visit/assets")
    assert answer.status_code == 200
    body: dict[str, dict[str, dict[str, object]]] = answer.json()
    return body


async def test_everything_referred_to_is_had_or_says_why_not(agent: httpx.AsyncClient) -> None:
    assert await told(agent) == {
        "origins": ["https://cdn.example", ORIGIN],
        "urls": {
            PHOTO.ref: {
                "kind": "image",
                "hash": HASH,
                "type": "image/png",
                "bytes": 70,
                "fetched_ms": NOW_MS + 1_000,
                "checked_ms": NOW_MS + 9_000,
            },
            GONE.ref: {
                "kind": "image",
                "reason": "status",
                "detail": "It was answered with 404.",
                "checked_ms": NOW_MS + 5,
            },
            "https://cdn.example/new.woff2": {
                "kind": "font",
                "reason": "waiting",
                "detail": "It has not been fetched yet.",
            },
            "https://other.example/x.png": {
                "kind": "image",
                "reason": "origin",
                "detail": "It is not of an origin of this site.",
            },
        },
        "styles": {
            STYLE: {
                "hash": STYLE,
                "type": "text/css",
                "bytes": 3,
                "fetched_ms": NOW_MS,
                "checked_ms": NOW_MS,
            },
            OTHER: {"reason": "unsent", "detail": "No page has sent this style."},
        },
    }


async def test_a_session_shows_what_was_had_by_its_end(agent: httpx.AsyncClient, store: Store) -> None:
    later = replace(PHOTO, fetched_ms=NOW_MS + 8_000, hash=OTHER)
    await store.put_asset(later)
    assert (await told(agent))["urls"][PHOTO.ref]["hash"] == OTHER
    await store.commit([EndSession(session="visit", ended_ms=NOW_MS + 7_999, why="signed out")])
    assert (await told(agent))["urls"][PHOTO.ref]["hash"] == HASH


async def test_asking_is_a_view_and_needs_a_login(
    agent: httpx.AsyncClient, visitor: httpx.AsyncClient, store: Store
) -> None:
    assert (await visitor.get("/api/sessions/visit/assets")).status_code == 401
    assert await store.views("visit") == []
    await told(agent)
    assert [view.what for view in await store.views("visit")] == ["recording"]
    assert (await agent.get("/api/sessions/other/assets")).status_code == 404


async def test_bytes_are_given_by_their_hash_alone(
    visitor: httpx.AsyncClient, objects: MemoryObjects, store: Store
) -> None:
    await objects.put(asset_object(HASH), IMAGE)
    await objects.put(asset_object(STYLE), TEXT)
    answer = await visitor.get(f"/assets/{HASH}", headers={"Cookie": "desk=of-somebody"})
    assert (answer.status_code, answer.content) == (200, IMAGE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in answer.headers
    assert (await visitor.get(f"/assets/{STYLE}")).headers["content-type"] == "text/css; charset=utf-8"
    assert await store.views("visit") == []


@pytest.mark.parametrize(
    "path", [OTHER, HASH[:-1], HASH.upper(), "..%2Freplay.sqlite3", "", "a/b", HASH + "%0A", "%00"]
)
async def test_what_no_reference_stood_for_is_not_given(
    visitor: httpx.AsyncClient, objects: MemoryObjects, path: str
) -> None:
    # It may well be there, for something else.
    await objects.put(asset_object(OTHER), PAGE)
    answer = await visitor.get(f"/assets/{path}")
    assert answer.status_code == 404
    assert not answer.headers.get("content-type", "").startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"


async def test_another_site_cannot_have_them(visitor: httpx.AsyncClient, objects: MemoryObjects) -> None:
    await objects.put(asset_object(HASH), IMAGE)
    answer = await visitor.get(f"/assets/{HASH}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("left", [None, IMAGE + b"exchanged"])
async def test_an_asset_whose_bytes_are_gone_or_others_is_not_found(
    visitor: httpx.AsyncClient, objects: MemoryObjects, left: bytes | None
) -> None:
    if left is not None:
        await objects.put(asset_object(HASH), left)
    assert (await visitor.get(f"/assets/{HASH}")).status_code == 404
