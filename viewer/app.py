"""Puts the desk together: routes, guard, headers, errors.

From the outside in: headers on every answer, the guard that lets nobody in by default, the routes. The store
and the bus come from whoever wires the product; the desk knows only their ports.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from replay.ports import Bus, Objects, Store, StoreUnavailable
from viewer.accounts import Accounts
from viewer.assets import asset_bytes, session_assets
from viewer.compression import Compressed
from viewer.corroboration import corroboration
from viewer.desk import Desk
from viewer.errors import DeskError
from viewer.find_page import find_json, find_page
from viewer.guard import Guard, error_response
from viewer.headers import SecureHeaders, secure
from viewer.live import live
from viewer.logins import Logins
from viewer.metrics import metrics_text
from viewer.pages import Pages
from viewer.problems import problem_page, problems_page, same_findings
from viewer.promises import promises
from viewer.promo_pages import promo_end, promo_form, promos_page
from viewer.recordings import picture, timeline, watch
from viewer.signing_in import login, logout
from viewer.static_files import BuiltFiles
from viewer.throttle import Throttle
from viewer.views import ViewLog

__all__ = ["STATIC", "create_desk"]

STATIC = Path(__file__).parent / "static"

RECHECK_MS = 2_000
"""How often a live socket looks whether its login still holds and the customer's page is still open."""
SEND_TIMEOUT_MS = 10_000
"""How long whoever watches may take to accept one commit, or one piece of a picture."""
FORM_TIMEOUT_MS = 10_000
"""How long a form may take to arrive."""
_COMPRESSED = Middleware(Compressed)
"""Only for what is large and does not repeat what was asked beside what is secret: pages hold the token of
their forms, and found rows stand beside the words that were typed; their length must not tell of them.
Pictures are compressed already."""


def create_desk(
    store: Store,
    bus: Bus,
    *,
    objects: Objects,
    now_ms: Callable[[], int],
    desk_url: str = "",
    collector_url: str = "",
    phone_region: str = "US",
    metrics: CollectorRegistry | None = None,
    accounts: Accounts | None = None,
    static: Path = STATIC,
    recheck_ms: int = RECHECK_MS,
    send_timeout_ms: int = SEND_TIMEOUT_MS,
    form_timeout_ms: int = FORM_TIMEOUT_MS,
) -> Starlette:
    """The desk as an application.

    ``desk_url`` is the address that agents use: with it, requests under any other name are refused, and if it
    begins with https the login is sent over TLS only. ``metrics`` is shown at /metrics. Raises
    ``MissingBuildError`` if the browser code in ``static`` was not built.
    """
    desk = Desk(
        store=store,
        objects=objects,
        bus=bus,
        now_ms=now_ms,
        accounts=accounts or Accounts(store),
        logins=Logins(store, now_ms),
        views=ViewLog(store, now_ms),
        pages=Pages(static),
        # A name is locked for minutes at most, because whoever knows it could otherwise keep its owner out.
        login_throttle=Throttle(free_count=5, first_wait_ms=2_000, longest_wait_ms=5 * 60_000),
        # A whole call centre may come from one address.
        address_throttle=Throttle(free_count=30, first_wait_ms=2_000, longest_wait_ms=15 * 60_000),
        desk_url=desk_url,
        collector_url=collector_url,
        phone_region=phone_region,
        metrics=metrics,
        login_attempts=Counter(
            "replay_login_attempts", "Agents' attempts to log in", ["outcome"], registry=metrics
        ),
        recheck_ms=recheck_ms,
        send_timeout_ms=send_timeout_ms,
        form_timeout_ms=form_timeout_ms,
    )
    app = Starlette(
        routes=[
            Route("/", find_page),
            Route("/login", login, methods=["GET", "POST"]),
            Route("/logout", logout, methods=["POST"]),
            Route("/watch/{session}", watch),
            Route("/problems", problems_page),
            Route("/problems/{problem}", problem_page),
            Route("/promises", promos_page),
            Route("/promises/{site}", promo_form, methods=["GET", "POST"]),
            Route("/promises/{site}/{promo}", promo_form, methods=["GET", "POST"]),
            Route("/promises/{site}/{promo}/end", promo_end, methods=["POST"]),
            Route("/api/find", find_json),
            Route("/api/sessions/{session}", timeline, middleware=[_COMPRESSED]),
            Route("/api/sessions/{session}/picture/{load}", picture),
            Route("/api/sessions/{session}/assets", session_assets),
            Route("/api/sessions/{session}/problems", same_findings),
            Route("/api/sessions/{session}/promises", promises),
            Route("/api/sessions/{session}/corroboration", corroboration, middleware=[_COMPRESSED]),
            Route("/assets/{hash}", asset_bytes),
            WebSocketRoute("/api/sessions/{session}/live", live),
            Route("/metrics", metrics_text),
            Mount("/static", BuiltFiles(directory=static), middleware=[_COMPRESSED]),
        ],
        middleware=[Middleware(SecureHeaders), Middleware(Guard)],
        exception_handlers={
            DeskError: _answer_error,
            HTTPException: _answer_error,
            StoreUnavailable: _answer_error,
            Exception: _answer_unforeseen,
        },
    )
    app.router.redirect_slashes = False
    app.state.desk = desk
    return app


async def _answer_error(request: Request, error: Exception) -> Response:
    return error_response(request, error)


async def _answer_unforeseen(request: Request, error: Exception) -> Response:
    """This answer is made outside of all middleware, so it takes its headers along itself."""
    response = error_response(request, error)
    secure(MutableHeaders(raw=response.raw_headers), request.scope["path"], response.status_code)
    return response
