"""Serves the browser code: a short-lived redirect to a file that never changes.

The file's address holds the hash of its content, so that it may be cached for good and pinned with
``integrity``. Beside it stand the adapters of shop platforms and the developer's panel, built with it: it
knows one hash of them all and asks for those that its page needs, so there is no redirect to them, but for
the pixel of Shopify's checkouts, where the SDK is not. All answers allow any origin: they are public and
carry no credentials.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from replay.errors import MissingBuildError
from replay.model.coding import takes

__all__ = ["SCRIPT_PATH", "Script", "load_script", "sdk_routes"]

SCRIPT_PATH = "/sdk/replay.js"
PIXEL = "shopify_pixel.js"
"""What Shopify's checkouts load; its address is put there once."""
_POINTER_CACHE_S = 300
_VERSION_LENGTH = 16
_FILE = Path(__file__).parent / "static" / "replay.js"


@dataclass(frozen=True, slots=True)
class Script:
    """The built SDK or a script beside it, its content hash and its subresource-integrity value."""

    body: bytes
    packed: bytes
    version: str
    integrity: str
    brotli: bytes | None = None
    """A tenth smaller than ``packed``, made by the build: it would take a second here."""
    beside: Mapping[str, Script] = field(default_factory=dict)
    """Of the SDK, the scripts of its build beside it, by their file; they have one version together."""


def load_script(file: Path = _FILE) -> Script:
    """Read the built SDK and what stands beside it. Raises ``MissingBuildError`` where it was not built."""
    try:
        script = _read(file)
    except FileNotFoundError:
        raise MissingBuildError(
            f"The browser code is not built: {file.name} is missing.",
            "Run `make build` in the source checkout.",
        ) from None
    names = sorted(path for path in file.parent.glob("*.js") if path.name != file.name)
    beside = {path.name: _read(path) for path in names}
    version = _version(hashlib.sha384(b"".join(each.body for each in beside.values())).digest())
    return replace(script, beside={name: replace(each, version=version) for name, each in beside.items()})


def _read(file: Path) -> Script:
    body = file.read_bytes()
    brotli = file.with_name(f"{file.name}.br")
    digest = hashlib.sha384(body).digest()
    return Script(
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        version=_version(digest),
        integrity="sha384-" + base64.b64encode(digest).decode(),
        brotli=brotli.read_bytes() if brotli.exists() else None,
    )


def _version(digest: bytes) -> str:
    return digest.hex()[:_VERSION_LENGTH]


def _coded(script: Script, accepted: str) -> tuple[str, bytes]:
    """The smallest that this browser can unpack, by the name of its coding; empty for as it is."""
    if script.brotli is not None and takes(accepted, "br"):
        return "br", script.brotli
    return ("gzip", script.packed) if takes(accepted, "gzip") else ("", script.body)


def sdk_routes(script: Script) -> list[Route]:
    """``/sdk/replay.js`` and the immutable files behind it."""
    immutable = f"/sdk/{script.version}/replay.js"
    files = {"replay.js": script, **script.beside}
    anywhere = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }

    async def pointer(request: Request) -> Response:
        # Relative, so that it also holds behind a proxy that serves the collector under a path.
        headers = {**anywhere, "Cache-Control": f"public, max-age={_POINTER_CACHE_S}"}
        return RedirectResponse(f"{script.version}/replay.js", status_code=302, headers=headers)

    async def pixel(request: Request) -> Response:
        version = script.beside[PIXEL].version
        headers = {**anywhere, "Cache-Control": f"public, max-age={_POINTER_CACHE_S}"}
        return RedirectResponse(f"{version}/{PIXEL}", status_code=302, headers=headers)

    async def file(request: Request) -> Response:
        found = files.get(request.path_params["name"])
        if found is None or request.path_params["version"] != found.version:
            return PlainTextResponse(
                f"This collector serves {immutable}. Use {SCRIPT_PATH} to follow its version.",
                status_code=404,
                headers=anywhere,
            )
        coding, body = _coded(found, request.headers.get("accept-encoding", ""))
        headers = {
            **anywhere,
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": coding} if coding else {}),
        }
        return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)

    own = [Route(f"/sdk/{PIXEL}", pixel)] if PIXEL in script.beside else []
    return [Route(SCRIPT_PATH, pointer), *own, Route("/sdk/{version}/{name}", file)]
