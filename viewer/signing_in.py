"""The login page: in, back to where the agent wanted to go, and out again.

Wrong name, wrong password and shut-out agents get one answer after the same time. Guessing is slowed by name
and by address; the answer says how long to wait.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import math
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from viewer.accounts import normal_login
from viewer.desk import Desk, desk_of, page_response, read_form, signed_in
from viewer.errors import DeskError
from viewer.guard import is_safe_target
from viewer.logins import ABSOLUTE_MS
from viewer.pages import LoginPage

__all__ = ["login", "logout"]

_IPV6_SITE_BITS = 64
"""A single caller has all addresses of such a network."""
_LOGIN_SHOWN_CHARS = 120

_log = logging.getLogger(__name__)


async def login(request: Request) -> Response:
    """GET and POST /login"""
    target = _target(request)
    if request.method == "POST":
        return await _log_in(request, target)
    if "desk.signed_in" in request.scope:
        return RedirectResponse(target, 303)
    return page_response(request, LoginPage(next=target))


async def _log_in(request: Request, target: str) -> Response:
    desk, form = desk_of(request), await read_form(request)
    typed, password = form.get("login", ""), form.get("password", "")
    keys = (
        (desk.login_throttle, normal_login(typed)[:_LOGIN_SHOWN_CHARS]),
        (desk.address_throttle, _address(request)),
    )
    now_ms = desk.now_ms()
    wait_ms = max(throttle.wait_ms(key, now_ms) for throttle, key in keys)
    if wait_ms > 0:
        _count(desk, "throttled")
        page = LoginPage(
            login=typed[:_LOGIN_SHOWN_CHARS],
            next=target,
            problem="There were too many attempts.",
            wait_s=math.ceil(wait_ms / 1_000),
        )
        answer = page_response(request, page, 429)
        answer.headers["Retry-After"] = str(page.wait_s)
        return answer
    for throttle, key in keys:
        throttle.count(key, now_ms)
    agent = await desk.accounts.verify(typed, password)
    if agent is None:
        _count(desk, "refused")
        page = LoginPage(
            login=typed[:_LOGIN_SHOWN_CHARS],
            next=target,
            problem="This login and password do not belong together.",
            wait_s=math.ceil(max(throttle.wait_ms(key, desk.now_ms()) for throttle, key in keys) / 1_000),
        )
        return page_response(request, page, 401)
    _count(desk, "accepted")
    desk.login_throttle.forget(keys[0][1])
    desk.address_throttle.take_back(keys[1][1])
    await _end_former(request, desk)
    onward = RedirectResponse(target, 303)
    onward.set_cookie(
        desk.cookie,
        await desk.logins.begin(agent),
        max_age=ABSOLUTE_MS // 1_000,
        secure=desk.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return onward


async def logout(request: Request) -> Response:
    """POST /logout"""
    desk, form = desk_of(request), await read_form(request)
    if not hmac.compare_digest(form.get("csrf", "").encode(), signed_in(request).login.csrf.encode()):
        raise DeskError(403, "This form is not from your own desk.", "Open the Find page and log out there.")
    await _end_former(request, desk)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(desk.cookie, secure=desk.secure_cookies, httponly=True, samesite="strict")
    return answer


async def _end_former(request: Request, desk: Desk) -> None:
    former = request.cookies.get(desk.cookie)
    if former:
        await desk.logins.end(former)


def _count(desk: Desk, outcome: Literal["accepted", "refused", "throttled"]) -> None:
    """Into metrics and log, without what was typed: people type passwords where their name belongs."""
    desk.login_attempts.labels(outcome).inc()
    _log.log(
        logging.INFO if outcome == "accepted" else logging.WARNING, "agent login", extra={"outcome": outcome}
    )


def _target(request: Request) -> str:
    wanted = request.query_params.get("next", "/")
    return wanted if is_safe_target(wanted) else "/"


def _address(request: Request) -> str:
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, _IPV6_SITE_BITS), strict=False))
    return host
