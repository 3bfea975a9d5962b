"""The browser code is served once by a moving address and for good by a fixed one."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from replay.collector.sdk import SCRIPT_PATH, Script, load_script, sdk_routes
from replay.errors import MissingBuildError

CODE = b"!function(){/* the sdk */}();\n"


@pytest.fixture
def script(tmp_path: Path) -> Script:
    file = tmp_path / "replay.js"
    file.write_bytes(CODE)
    return load_script(file)


@pytest.fixture
def client(script: Script) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=[*sdk_routes(script)]))
    return httpx.AsyncClient(transport=transport, base_url="http://collector")


async def test_the_moving_address_leads_to_the_fixed_one(client: httpx.AsyncClient, script: Script) -> None:
    pointer = await client.get(SCRIPT_PATH)
    assert pointer.status_code == 302
    assert "max-age=300" in pointer.headers["cache-control"]
    file = await client.get(pointer.url.join(pointer.headers["location"]))
    assert file.content == CODE
    assert script.version in str(file.url)
    assert "immutable" in file.headers["cache-control"]
    assert file.headers["access-control-allow-origin"] == "*"


async def test_adapters_are_served_by_one_hash_of_them_all(tmp_path: Path) -> None:
    (tmp_path / "replay.js").write_bytes(CODE)
    (tmp_path / "shopify.js").write_bytes(b"export{}\n")
    (tmp_path / "shopify.js.map").write_bytes(b"{}")
    script = load_script(tmp_path / "replay.js")
    assert list(script.beside) == ["shopify.js"]
    transport = httpx.ASGITransport(Starlette(routes=[*sdk_routes(script)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
        version = script.beside["shopify.js"].version
        file = await client.get(f"/sdk/{version}/shopify.js")
        assert (file.content, file.headers["access-control-allow-origin"]) == (b"export{}\n", "*")
        assert "immutable" in file.headers["cache-control"]
        for name in (f"{script.version}/shopify.js", f"{version}/replay.js", f"{version}/shopify.js.map"):
            assert (await client.get(f"/sdk/{name}")).status_code == 404
    (tmp_path / "magento.js").write_bytes(b"export{}\n")
    both = load_script(tmp_path / "replay.js").beside
    assert both["magento.js"].version == both["shopify.js"].version != version


def test_the_built_sdk_knows_the_adapters_it_was_built_with() -> None:
    script = load_script()
    assert len(script.beside) >= 4
    for adapter in script.beside.values():
        assert script.body.count(adapter.version.encode()) == 1


async def test_a_browser_that_cannot_unpack_gets_it_plain(client: httpx.AsyncClient, script: Script) -> None:
    address = f"/sdk/{script.version}/replay.js"
    packed = await client.get(address, headers={"accept-encoding": "gzip, br"})
    plain = await client.get(address, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == gzip.decompress(script.packed)


async def test_who_can_unpack_it_gets_what_the_build_packed_better(tmp_path: Path) -> None:
    (tmp_path / "replay.js").write_bytes(CODE)
    (tmp_path / "replay.js.br").write_bytes(b"packed")
    script = load_script(tmp_path / "replay.js")
    transport = httpx.ASGITransport(Starlette(routes=[*sdk_routes(script)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
        address = f"/sdk/{script.version}/replay.js"
        asked = {"gzip, br": "br", "gzip, deflate": "gzip", "br;q=0, gzip": "gzip", "gzip;q=0": None}
        for accepted, coding in asked.items():
            answer = await client.send(
                client.build_request("GET", address, headers={"accept-encoding": accepted}), stream=True
            )
            body = b"".join([part async for part in answer.aiter_raw()])
            assert answer.headers.get("content-encoding") == coding
            assert body == {"br": b"packed", "gzip": script.packed, None: CODE}[coding]
            assert answer.headers["vary"] == "Accept-Encoding"


async def test_another_version_is_not_answered_with_this_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sdk/0123456789abcdef/replay.js")
    assert answer.status_code == 404
    assert SCRIPT_PATH in answer.text


def test_without_a_build_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingBuildError, match="make build"):
        load_script(tmp_path / "replay.js")
