"""Default deny over every route, and one shape of refusal."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from replay.ports import Store
from tests.viewer.conftest import ORIGIN, browse
from tests.viewer.visits import Visit
from viewer.guard import is_safe_target

OPEN = {"/login", "/metrics", f"/assets/{'0' * 64}"}


def addresses(app: Starlette) -> list[tuple[str, str]]:
    """Method and an address for every route there is; a route added later is in here by itself."""
    found = []
    for route in app.routes:
        if isinstance(route, WebSocketRoute | Mount):
            continue
        assert isinstance(route, Route)
        path = route.path.replace("{session}", "session-1").replace("{load}", "load-1")
        path = path.replace("{hash}", "0" * 64).replace("{problem}", "0" * 16)
        path = path.replace("{site}", "pk_1").replace("{promo}", "spring")
        assert "{" not in path, f"give {route.path} an example here"
        found += [(method, path) for method in sorted(route.methods or ())]
    return found


async def test_nobody_gets_anything_without_a_login(
    desk: Starlette, visitor: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    closed = [(method, path) for method, path in addresses(desk) if path not in OPEN]
    assert len(closed) >= 10
    for method, path in closed:
        answer = await visitor.request(method, path)
        if path.startswith("/api/") or method == "POST":
            assert answer.status_code == 401, (method, path)
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/login")
            assert answer.content == b""
    assert await store.views("session-1") == []


async def test_what_does_not_exist_is_not_told_from_what_does(
    visitor: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    for known, unknown in (
        ("/watch/session-1", "/watch/session-2"),
        ("/api/sessions/session-1", "/api/sessions/session-2"),
        ("/api/sessions/session-1", "/api/nothing"),
    ):
        there, not_there = await visitor.get(known), await visitor.get(unknown)
        assert there.status_code == not_there.status_code
        assert there.content == not_there.content
    assert (await visitor.get("/nothing")).headers["location"] == "/login?next=%2Fnothing"


@pytest.mark.parametrize("value", ["", "x", "' OR 1=1 --", "\x7f", "a" * 4_000])
async def test_an_invented_cookie_is_worth_nothing(desk: Starlette, value: str) -> None:
    async with browse(desk) as client:
        assert (await client.get("/api/find", headers={"Cookie": f"desk={value}"})).status_code == 401


async def test_one_shape_of_refusal_everywhere(
    desk: Starlette, agent: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    answers = [
        await visitor.get("/api/find"),
        await agent.get("/api/nothing"),
        await agent.get("/api/sessions/unknown"),
        await agent.get("/api/sessions/unknown/picture/x"),
        await agent.post("/api/find"),
        await agent.put("/api/sessions/unknown"),
        await agent.get("/static/nothing.js"),
        await agent.get("/static/%2e%2e%2fapp.py"),
        await agent.get("/static/..%5capp.py"),
        await agent.get("/static/%00.js"),
    ]
    for answer in answers:
        assert answer.status_code >= 400
        assert answer.headers["content-type"] == "application/json", answer.url
        body = answer.json()
        assert set(body) == {"error"}
        assert set(body["error"]) == {"what", "expected", "got", "do"}
        assert body["error"]["what"]
        assert body["error"]["do"]


async def test_a_page_refuses_in_words(agent: httpx.AsyncClient) -> None:
    for path, status in (("/nothing", 404), ("/watch/unknown", 404), ("/logout", 405), ("/watch/", 404)):
        answer = await agent.get(path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>" in answer.text


async def test_a_wrong_method_says_which_are_right(agent: httpx.AsyncClient) -> None:
    answer = await agent.post("/api/find")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "GET" in answer.json()["error"]["expected"]


async def test_a_link_from_a_ticket_opens_for_an_agent_who_is_signed_in(
    desk: Starlette, agent: httpx.AsyncClient
) -> None:
    """The browser keeps a strict cookie back on such a link, so the desk asks it to come again from here."""
    outside = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    async with browse(desk) as client:
        answer = await client.get("/watch/abc?x=%22%3E", headers=outside)
        assert answer.status_code == 200
        assert 'content="0;url=/watch/abc?x=%22%3E"' in answer.text
        assert 'href="/watch/abc?x=%22%3E" data-onward' in answer.text
        assert "onward.js" in answer.text
        inside = await client.get("/watch/abc")
        assert inside.status_code == 303


async def test_static_files_need_no_login_and_hold_only_what_was_built(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/static/find.js?v=1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await visitor.get("/static/")).status_code == 404
    assert (await visitor.get("/static/../desk.sqlite")).status_code in (303, 404)


@pytest.mark.parametrize("target", ["/", "/?q=ana%40example.com", "/watch/abc", "/watch/abc?x=1"])
def test_targets_on_the_desk(target: str) -> None:
    assert is_safe_target(target)


@pytest.mark.parametrize(
    "target", ["", "//x", "/\\x", "x", "/api/find", "/login", "/watch/\n", "/watch/ä", ORIGIN + "/", "?q"]
)
def test_targets_elsewhere(target: str) -> None:
    assert not is_safe_target(target)
