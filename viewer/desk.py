"""What the desk's routes work with, and the small things that every route does.

Who asks was settled before a route runs (``viewer.guard``): ``signed_in`` only reads it back.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Counted
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl

from prometheus_client import CollectorRegistry, Counter
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse

from replay.detect.corroboration import Place
from replay.ports import Bus, Objects, Session, Store
from viewer.accounts import Accounts
from viewer.errors import DeskError, not_found
from viewer.logins import Logins, SignedIn
from viewer.pages import Chrome, Page, Pages, Theme
from viewer.throttle import Throttle
from viewer.turns import Turns
from viewer.views import ViewLog

__all__ = ["ASKED_MAX_COUNT", "Desk", "desk_of", "page_response", "read_form", "session_of", "signed_in"]

ASKED_MAX_COUNT = 100
"""Carts and prices of a visit that are asked about at once."""
_FORM_BYTES = 16 * 1024
_FORM_FIELDS_COUNT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk's parts, made once by ``viewer.app.create_desk``."""

    store: Store
    objects: Objects
    bus: Bus
    now_ms: Callable[[], int]
    accounts: Accounts
    logins: Logins
    views: ViewLog
    pages: Pages
    login_throttle: Throttle
    address_throttle: Throttle
    desk_url: str
    collector_url: str
    phone_region: str
    metrics: CollectorRegistry | None
    login_attempts: Counter
    recheck_ms: int
    send_timeout_ms: int
    form_timeout_ms: int
    watching: Counted[str] = field(default_factory=Counted)
    """How many live sockets each agent has open, by login."""
    corroborating: Turns[Place, dict[str, object]] = field(default_factory=lambda: Turns(ASKED_MAX_COUNT))
    """What else is known of amounts: every question reads the visit anew."""

    @property
    def secure_cookies(self) -> bool:
        """Whether the login may travel over TLS only."""
        return self.desk_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The login cookie's name. The prefix makes browsers refuse one that a sibling host planted."""
        return "__Host-desk" if self.secure_cookies else "desk"


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk that serves this connection."""
    return cast(Desk, connection.app.state.desk)


def signed_in(connection: HTTPConnection) -> SignedIn:
    """Who asks. Only routes behind the guard may call it."""
    return cast(SignedIn, connection.scope["desk.signed_in"])


def _theme_of(connection: HTTPConnection) -> Theme | None:
    """The theme that this browser chose, if it did."""
    match connection.cookies.get("theme"):
        case "light":
            return "light"
        case "dark":
            return "dark"
        case _:
            return None


def _chrome_of(connection: HTTPConnection) -> Chrome:
    """What is shown around a page; also where nobody is signed in."""
    who: SignedIn | None = connection.scope.get("desk.signed_in")
    return Chrome(
        agent_name=who.agent.name if who else None,
        csrf=who.login.csrf if who else "",
        theme=_theme_of(connection),
    )


def page_response(connection: HTTPConnection, page: Page, status: int = 200) -> HTMLResponse:
    """The page as an answer."""
    return HTMLResponse(desk_of(connection).pages.render(page, _chrome_of(connection)), status)


async def session_of(connection: HTTPConnection) -> Session:
    """The session that the path names. The one place that decides whether this agent may open it: today every
    agent may open every session."""
    session = await desk_of(connection).store.session(connection.path_params["session"])
    if session is None:
        raise not_found("There is no such session.")
    return session


async def read_form(request: Request) -> Mapping[str, str]:
    """A small urlencoded form. Raises ``DeskError`` for anything else."""
    body = bytearray()
    try:
        async with asyncio.timeout(desk_of(request).form_timeout_ms / 1_000):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _FORM_BYTES:
                    raise DeskError(
                        413, "The form is too long.", "Send less.", f"at most {_FORM_BYTES} bytes"
                    )
    except (TimeoutError, ClientDisconnect) as error:
        # Whoever sent half a form and left reads no answer; it is no failure of the desk either way.
        raise DeskError(
            408, "The form did not arrive.", "Send it again.", headers={"Connection": "close"}
        ) from error
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FORM_FIELDS_COUNT))
    except ValueError as error:
        raise DeskError(400, "The form cannot be read.", "Open the page anew and try again.") from error
