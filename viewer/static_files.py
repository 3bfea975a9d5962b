"""Serves the desk's built scripts and styles, and nothing else that may lie in their folder."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

__all__ = ["BuiltFiles"]

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class BuiltFiles(StaticFiles):
    """Types by our own table: that of the machine can name a script something that browsers do not run."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        dot = path.rfind(".")
        if path[dot:] not in _TYPES:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Content-Type"] = _TYPES[path[dot:]]
        return response
