"""What a session's picture needs beside its markup: which bytes stand for what it referred to, and the bytes.

The bytes were given by strangers. They are handed out under the type that was found in them, never as a page,
with a policy under which nothing in them can do anything, and by their hash alone: a replay asks for them
without any cookie, and whoever knows the hash knows the content.
"""

from __future__ import annotations

import hashlib
import logging
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.ports import Asset, SessionAsset, asset_object
from viewer.codes import codes_of
from viewer.desk import desk_of, session_of, signed_in

__all__ = ["asset_bytes", "session_assets"]

_HASH = re.compile(r"[0-9a-f]{64}")

logger = logging.getLogger(__name__)


async def session_assets(request: Request) -> Response:
    """GET /api/sessions/<session>/assets"""
    desk, session = desk_of(request), await session_of(request)
    await desk.views.ensure(signed_in(request), session, "recording")
    site = await desk.store.site(session.site)
    origins = frozenset[str]() if site is None else site.asset_origins
    until_ms = session.seen_ms if session.ended_ms is None else session.ended_ms
    every = await desk.store.session_assets(session.id, until_ms)
    # An address may name a code: it is told as the picture has it.
    codes = await codes_of(desk.store, session)
    return JSONResponse(
        {
            "origins": sorted(origins),
            "urls": {
                codes.blot(one.ref): {"kind": one.kind, **_had_or_why(one, origins)}
                for one in every
                if one.kind != "text"
            },
            "styles": {one.ref: _had_or_why(one, origins) for one in every if one.kind == "text"},
        }
    )


def _had_or_why(one: SessionAsset, origins: frozenset[str]) -> dict[str, object]:
    if one.asset is not None:
        return _asset_json(one.asset)
    if one.kind == "text":
        return {"reason": "unsent", "detail": "No page has sent this style."}
    if "/".join(one.ref.split("/", 3)[:3]) not in origins:
        return {"reason": "origin", "detail": "It is not of an origin of this site."}
    return {"reason": "waiting", "detail": "It has not been fetched yet."}


def _asset_json(asset: Asset) -> dict[str, object]:
    if asset.hash is None:
        return {"reason": asset.reason, "detail": asset.detail, "checked_ms": asset.checked_ms}
    return {
        "hash": asset.hash,
        "type": asset.type,
        "bytes": asset.bytes,
        "fetched_ms": asset.fetched_ms,
        "checked_ms": asset.checked_ms,
    }


async def asset_bytes(request: Request) -> Response:
    """GET /assets/<hash>"""
    desk, digest = desk_of(request), request.path_params["hash"]
    found = await desk.store.asset_type(digest) if _HASH.fullmatch(digest) else None
    if found is None:
        return Response(status_code=404)
    data = await desk.objects.get(asset_object(digest))
    if data is None or hashlib.sha256(data).hexdigest() != digest:
        logger.error("an asset is gone or damaged", extra={"hash": digest})
        return Response(status_code=404)
    return Response(data, media_type=found)
