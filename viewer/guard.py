"""Default deny: whoever is not signed in gets nothing but the login page and the desk's own code.

The guard stands before the router, so that a route added later is closed without anybody thinking of it, and
an address that does not exist is not told from one that does. It also refuses what other sites cause.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.desk import desk_of, page_response
from viewer.errors import DeskError, as_desk_error, error_body
from viewer.pages import ErrorPage, OnwardPage
from viewer.same_origin import check_host, check_request, check_socket, comes_from_outside

__all__ = ["Guard", "error_response", "is_safe_target"]

_NOT_SIGNED_IN = "You are not signed in."


class Guard:
    """ASGI middleware: lets in who may come in, and puts who it is into the scope."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            refusal = await self._refusal(connection)
        except Exception as error:  # noqa: BLE001 - whatever failed, nobody is let in
            refusal = error_response(connection, error)
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(refusal)
        else:
            await refusal(scope, receive, send)

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        desk, path = desk_of(connection), connection.scope["path"]
        if path == "/metrics":
            return None  # counts only, for a scraper that can neither log in nor choose its Host header
        check_host(connection.headers, desk.desk_url)
        if connection.scope["type"] == "websocket":
            check_socket(connection.headers, desk.desk_url)
        else:
            check_request(connection.scope["method"], connection.headers, desk.desk_url)
        if path.startswith("/assets/"):
            return None  # bytes by their hash, which no cookie is needed for
        token = connection.cookies.get(desk.cookie)
        who = await desk.logins.read(token) if token else None
        if who is not None:
            connection.scope["desk.signed_in"] = who
            return None
        if path == "/login" or path.startswith("/static/"):
            return None
        return _not_signed_in(connection)


def _not_signed_in(connection: HTTPConnection) -> Response:
    path = connection.scope["path"]
    if connection.scope["type"] == "websocket" or path.startswith("/api/"):
        error = DeskError(401, _NOT_SIGNED_IN, "Log in and try again.")
        return error_response(connection, error)
    if connection.scope["method"] not in ("GET", "HEAD"):
        return error_response(connection, DeskError(401, _NOT_SIGNED_IN, "Log in and try again."))
    query = connection.scope["query_string"].decode("latin-1")
    target = quote(path, safe="/") + (f"?{query}" if query else "")
    if comes_from_outside(connection.headers) and is_safe_target(target):
        return page_response(connection, OnwardPage(target=target))
    if path == "/" and not query:
        return RedirectResponse("/login", 303)
    return RedirectResponse(f"/login?next={quote(target, safe='')}", 303)


def is_safe_target(target: str) -> bool:
    """Whether going there after login stays on this desk. Browsers read ``\\`` as ``/`` and skip control
    characters, so that neither may occur; ``//host`` is another host."""
    plain = all("!" <= character <= "~" and character != "\\" for character in target)
    if not (plain and target.startswith("/")) or target.startswith("//"):
        return False
    path = target.partition("?")[0]
    return path in ("/", "/problems", "/promises") or path.startswith(("/watch/", "/problems/", "/promises/"))


def error_response(connection: HTTPConnection, error: Exception) -> Response:
    """The refusal as JSON for the API and for sockets, as a page otherwise."""
    refusal = as_desk_error(error)
    path = connection.scope["path"]
    if connection.scope["type"] == "websocket" or path.startswith(("/api/", "/assets/", "/static/")):
        return JSONResponse(error_body(refusal), refusal.status, dict(refusal.headers))
    page = page_response(
        connection, ErrorPage(status=refusal.status, what=refusal.what, do=refusal.do), refusal.status
    )
    page.headers.update(refusal.headers)
    return page
