"""What a recording names is looked up in the desk's list of what was kept, and nothing else is asked for."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Any

from playwright.async_api import expect

from replay.ports import Asset, AssetKind, Sighting, asset_object
from tests.browser.watch.conftest import Desk
from tests.browser.watch.corpus import Json, recording, trap
from tests.browser.watch.test_hostile import put
from tests.browser.watch.visit import SESSION, START_MS
from tests.viewer.visits import SITE

SHOP = SITE.origins[0]
KEPT = f"{SHOP}/kept.png"
GONE = f"{SHOP}/gone.png"
NOT_LISTED = "e" * 64
FETCHED_MS = START_MS + 180_000


def png(width: int, height: int) -> bytes:
    """A red picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff\0\0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def note(desk: Desk, ref: str, kind: AssetKind, **had: Any) -> None:
    """The session referred to it, and this became of it."""
    desk.store.note_sightings(SESSION, SITE.key, [Sighting(ref=ref, kind=kind)])
    await desk.store.put_asset(
        Asset(site=SITE.key, ref=ref, kind=kind, fetched_ms=FETCHED_MS, checked_ms=FETCHED_MS, **had)
    )


async def keep(desk: Desk, ref: str, kind: AssetKind, type: str, data: bytes) -> str:
    """The session referred to it and it was had. A style's text is referred to by its hash."""
    digest = hashlib.sha256(data).hexdigest()
    await desk.objects.put(asset_object(digest), data)
    await note(desk, ref or digest, kind, hash=digest, type=type, bytes=len(data))
    return digest


def element(tag: str, **attributes: str) -> Json:
    return {"type": 2, "id": 5, "tagName": tag, "attributes": attributes, "childNodes": []}


def hostile_nodes(desk: str, elsewhere: str) -> dict[str, Json]:
    """Nodes that name what is the desk's own, or anything but what was kept."""
    addresses = [
        f"/assets/{NOT_LISTED}",
        f"{desk}/assets/{NOT_LISTED}",
        f"//{desk.split('//')[1]}/assets/{NOT_LISTED}",
        f"{desk}/api/sessions/{SESSION}/hostile",
        f"{elsewhere}/x.png",
    ]
    nodes: dict[str, Json] = {}
    for at, url in enumerate(addresses):
        nodes[f"img {at}"] = element("img", src=url, srcset=f"{url} 2x")
        nodes[f"poster {at}"] = element("video", poster=url)
        nodes[f"sheet {at}"] = element("link", rel="stylesheet", href=url)
        nodes[f"style {at}"] = element("b", style=f"background:url({url});cursor:image-set('{url}' 1x)")
        nodes[f"text {at}"] = element("style", _cssText=f"@import '{url}';b{{background:url({url})}}")
    nodes["not listed"] = element("style", _cssText=f"/* replay-style {NOT_LISTED} */")
    return nodes


async def test_nothing_but_what_was_kept_is_asked_for(desk: Desk) -> None:
    said: list[str] = []
    desk.page.on("console", lambda message: said.append(message.text))
    async with trap() as caught:
        # Also a style that a page sent may be anything.
        hostile = (
            f'@import "{caught.address}/a.css"; @import url({desk.address}/assets/{NOT_LISTED});'
            f"@font-face{{font-family:f;src:url({caught.address}/f.woff2)}}"
            f".kept{{width:9px;font-family:f;background:url({KEPT}),url({desk.address}/api/hostile),"
            f"url({caught.address}/b.png)}}"
        )
        style = hashlib.sha256(hostile.encode()).hexdigest()
        nodes = hostile_nodes(desk.address, caught.address) | {
            "kept style": element("style", _cssText=f"/* replay-style {style} */"),
            "kept": element("i", **{"class": "kept"}),
            "kept picture": element("img", src=KEPT, id="kept"),
            "gone": element("img", src=GONE, id="gone"),
        }
        pictures = recording(nodes, {}, START_MS)
        items = [{"url": KEPT, "kind": "image", "width": 9, "height": 7}, {"url": GONE, "kind": "image"}]
        facts: list[tuple[str, float, Json]] = [
            ("page", START_MS, {"url": f"{SHOP}/"}),
            ("assets", START_MS + 1.0, {"items": items}),
            ("styles", START_MS + 1.0, {"hashes": [style]}),
        ]
        await put(desk, pictures, facts)
        await keep(desk, "", "text", "text/css; charset=utf-8", hostile.encode())
        picture = await keep(desk, KEPT, "image", "image/png", png(9, 7))
        await note(desk, GONE, "image", reason="status", detail="It was answered with 404.")
        end = pictures[-1]["timestamp"] - START_MS
        await desk.open(0)
        await desk.seek(end)
        await desk.stage("shown")
        kept = desk.picture.locator("#kept").first
        await expect(kept).to_have_attribute("src", f"{desk.address}/assets/{picture}")
        assert (
            await kept.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 9
        )
        await expect(desk.picture.locator("i.kept").first).to_have_css("width", "9px")
        gone = await desk.picture.locator("#gone").first.get_attribute("src") or ""
        assert "it%20was%20answered%20with%20404" in gone
        assert caught.connections == 0, f"reached by {sorted(caught.vectors)}"
    allowed = {f"{desk.address}/assets/{digest}" for digest in (picture, style)}
    assert {url for url in desk.requests if "/assets/" in url} <= allowed
    assert not [url for url in desk.requests if "hostile" in url]
    assert not [text for text in said if "Content Security Policy" in text]
    await desk.page.get_by_role("button", name="Details").click()
    rows = desk.part("assets").get_by_role("listitem")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("1 image or font, fetched by us at")
    await expect(rows.first).to_contain_text("after this moment")
    await expect(rows.last).to_contain_text("gone.png: It was answered with 404.")
