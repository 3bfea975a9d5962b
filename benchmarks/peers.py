"""The recorders that a shop could embed in place of the product, and where each may send what it records.

Each comes from npm at the version that benchmarks/peer/package-lock.json names, records everything unmasked,
and sends to a server here that answers as its own would, as far as it must to go on. Whether it has really
recorded is not believed but read: what it sent has to hold a text that only the page's last state shows.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import shutil
import subprocess
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.bundling import ROOT, search_path
from replay.cli.serve import now_ms
from tests.serving import serving

__all__ = ["PEERS", "RRWEB", "Peer", "Post", "install_peers", "peer_server", "tells"]

FOLDER = Path("benchmarks/peer")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Post:
    """What a page sent: the path of its address, and the body."""

    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Peer:
    """One recorder. ``answers`` tells by the end of a path what its server says; everything else is
    answered with ``{}``."""

    name: str
    package: str
    answers: Mapping[str, Callable[[bytes], Json]] = field(default_factory=dict)

    @property
    def entry(self) -> Path:
        """The script with which a page records by it."""
        return FOLDER / f"{self.name.lower()}.js"

    @property
    def version(self) -> str:
        """The installed one."""
        package = json.loads((ROOT / FOLDER / "node_modules" / self.package / "package.json").read_text())
        return str(package["version"])


def _openreplay_start(_: bytes) -> Json:
    """A session is begun; batches of more bytes than the threshold come compressed."""
    return {
        "token": "bench",
        "userUUID": "bench",
        "projectID": "1",
        "sessionID": "1",
        "startTimestamp": now_ms(),
        "delay": 0,
        "beaconSizeLimit": 1_000_000,
        "compressionThreshold": 20_000,
        "userBrowser": "Chrome",
        "userOS": "Linux",
        "userDevice": "",
        "userCountry": "",
        "userCity": "",
        "userState": "",
        "canvasEnabled": False,
    }


def _posthog_config(_: bytes) -> Json:
    """Sessions are recorded, whole, and compressed by the page."""
    return {
        "supportedCompression": ["gzip", "gzip-js"],
        "sessionRecording": {"endpoint": "/s/", "recorderVersion": "v2", "networkPayloadCapture": None},
        "featureFlags": {},
        "featureFlagPayloads": {},
        "flags": {},
        "errorsWhileComputingFlags": False,
        "isAuthenticated": False,
        "toolbarParams": {},
        "hasFeatureFlags": False,
        "surveys": False,
        "heatmaps": False,
        "capturePerformance": False,
        "autocaptureExceptions": False,
    }


def _highlight_graph(body: bytes) -> Json:
    """A session is begun, or something of it taken."""
    asked = json.loads(body)
    if "initializeSession" in asked["query"]:
        begun = {"secure_id": asked["variables"]["session_secure_id"], "project_id": "2", "sampling": None}
        return {"data": {"initializeSession": begun}}
    return {"data": {"pushPayload": 0, "pushSessionEvents": None, "identifySession": ""}}


RRWEB = Peer("rrweb", "@rrweb/record")
PEERS = (
    Peer("Clarity", "clarity-js"),
    Peer("OpenReplay", "@openreplay/tracker", {"/v1/web/start": _openreplay_start}),
    Peer("Sentry", "@sentry/browser"),
    Peer("PostHog", "posthog-js", {"/flags/": _posthog_config, "/config": _posthog_config}),
    Peer("Highlight", "highlight.run", {"/": _highlight_graph}),
)


def install_peers() -> None:
    """Bring the packages where they are not there at these versions."""
    npm = shutil.which("npm", path=search_path())
    if npm is None:
        raise RuntimeError("npm is needed to install the peers: run `make install`.")
    lock = ROOT / FOLDER / "package-lock.json"
    installed = ROOT / FOLDER / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=ROOT / FOLDER, check=True)


@asynccontextmanager
async def peer_server(peer: Peer) -> AsyncIterator[tuple[str, list[Post]]]:
    """Its server: the address, and what was posted there. Anybody may post from anywhere."""
    posts: list[Post] = []

    async def take(request: Request) -> Response:
        body = await request.body()
        if request.method == "POST":
            posts.append(Post(request.url.path, body))
        path = request.url.path
        answer = next((answer for end, answer in peer.answers.items() if path.endswith(end)), None)
        asked = request.headers.get("access-control-request-headers", "")
        headers = {
            "Access-Control-Allow-Origin": request.headers.get("origin", "*"),
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Headers": asked,
            "Access-Control-Allow-Methods": "GET, POST",
        }
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        return JSONResponse(answer(body) if answer else {}, headers=headers)

    route = Route("/{path:path}", take, methods=["GET", "POST", "OPTIONS"])
    async with serving(Starlette(routes=[route]), "localhost") as address:
        yield address, posts


def tells(body: bytes, text: str) -> bool:
    """Whether a text is in what was sent, however that is packed: compressed, base64, strings of JSON."""
    return any(text.encode() in layer for layer in _layers(body, depth=4))


_GZIP, _ZLIB = b"\x1f\x8b\x08", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")
_LEAST_BYTES = 64


def _layers(body: bytes, depth: int) -> Iterator[bytes]:
    yield body
    if depth == 0:
        return
    for start in _found(body, (_GZIP, *_ZLIB)):
        try:
            inflated = zlib.decompressobj(wbits=47).decompress(body[start:])
        except zlib.error:
            continue
        if len(inflated) >= _LEAST_BYTES:
            yield from _layers(inflated, depth - 1)
    for found in _BASE64.finditer(body):
        try:
            yield from _layers(base64.b64decode(found[0], validate=True), depth - 1)
        except binascii.Error:
            continue
    try:
        strings = _strings(json.loads(body))
    except ValueError:
        return
    for string in strings:
        # Bytes as the characters of a string, one each.
        if len(string) >= _LEAST_BYTES and max(string) <= "\xff":
            yield from _layers(string.encode("latin-1"), depth - 1)


def _found(body: bytes, beginnings: tuple[bytes, ...]) -> Iterator[int]:
    for beginning in beginnings:
        start = body.find(beginning)
        while start >= 0:
            yield start
            start = body.find(beginning, start + 1)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
