"""Compresses large answers for those who take them so.

Starlette's middleware looks for the word ``gzip`` alone, and would send it also to who refuses it by name.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from replay.model.coding import takes

__all__ = ["Compressed"]

LEAST_BYTES = 4 * 1024
_LEVEL = 4
_ACCEPTED = "accept-encoding"


class Compressed:
    """Sends what is at least ``LEAST_BYTES`` compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            accepted = Headers(scope=scope).get(_ACCEPTED, "")
            others = [(name, value) for name, value in scope["headers"] if name != _ACCEPTED.encode()]
            read = b"gzip" if takes(accepted, "gzip") else b"identity"
            scope = {**scope, "headers": [*others, (_ACCEPTED.encode(), read)]}
        await self._app(scope, receive, send)
