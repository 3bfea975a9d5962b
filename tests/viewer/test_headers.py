"""The headers of trust, on every answer there is: pages, JSON, files, refusals, failures."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from replay.ports import Session, StoreUnavailable
from storage.memory import MemoryStore
from tests.viewer.conftest import browse, log_in
from tests.viewer.test_guard import addresses
from tests.viewer.visits import Visit

WATCH_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline' 'self'; img-src data: blob: 'self'; "
    "font-src data: 'self'; media-src data:; connect-src 'self'; frame-src 'none'; child-src 'none'; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def check(answer: httpx.Response) -> None:
    headers = answer.headers
    where = f"{answer.request.method} {answer.request.url} {answer.status_code}"
    path = answer.request.url.path
    if path.startswith("/assets/"):
        assert headers["content-security-policy"] == "default-src 'none'; sandbox", where
        assert not headers.get("content-type", "").startswith("text/html"), where
    else:
        assert headers["content-security-policy"].startswith(WATCH_POLICY), where
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["x-frame-options"] == "DENY", where
    assert headers["cross-origin-opener-policy"] == "same-origin", where
    assert headers["cross-origin-resource-policy"] == "same-origin", where
    assert headers["connection-allowlist"] == "(response-origin);redirects=allow;webrtc=block", where
    assert headers["x-dns-prefetch-control"] == "off", where
    assert headers["referrer-policy"] in ("no-referrer", "same-origin"), where
    keepable = path.startswith("/static/") and answer.status_code in (200, 304)
    assert headers["cache-control"] == ("public, max-age=31536000, immutable" if keepable else "no-store"), (
        where
    )
    assert len(headers.get_list("cache-control")) == 1, where
    assert "server" not in headers, where


async def test_every_answer_carries_them(
    desk: Starlette, agent: httpx.AsyncClient, visitor: httpx.AsyncClient, store: MemoryStore
) -> None:
    await Visit().put(store)
    paths = [*addresses(desk), ("GET", "/nothing"), ("GET", "/api/nothing"), ("GET", "/static/find.js")]
    paths += [("GET", "/static/nothing.js"), ("POST", "/"), ("TRACE", "/"), ("GET", "/?q=ana")]
    for client in (visitor, agent):
        for method, path in paths:
            check(await client.request(method, path))
            check(await client.request(method, path, headers={"Sec-Fetch-Site": "cross-site"}))
            check(await client.request(method, path, headers={"Host": "other.example"}))


async def test_the_watch_page_has_exactly_the_policy_that_replay_needs(
    agent: httpx.AsyncClient, store: MemoryStore
) -> None:
    await Visit().put(store)
    answer = await agent.get("/watch/session-1")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == WATCH_POLICY
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_other_pages_do_without_any_markup_from_strings(agent: httpx.AsyncClient) -> None:
    policy = (await agent.get("/")).headers["content-security-policy"]
    assert policy == WATCH_POLICY + "; require-trusted-types-for 'script'; trusted-types 'none'"


class _Broken(MemoryStore):
    """A store that fails in a way nobody foresaw, or that nothing can be kept in."""

    failure: Exception = RuntimeError("secret detail of the machine")

    async def session(self, id: str) -> Session | None:
        raise self.failure


@pytest.fixture
def store(request: pytest.FixtureRequest) -> MemoryStore:
    """These tests are about the answers, not about where things are kept."""
    return _Broken() if "broken" in request.node.name else MemoryStore()


async def test_a_failure_gives_nothing_away_broken(agent: httpx.AsyncClient) -> None:
    for path in ("/watch/x", "/api/sessions/x", "/api/sessions/x/picture/y"):
        answer = await agent.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        check(answer)


async def test_a_full_disk_is_told_broken(agent: httpx.AsyncClient, store: _Broken) -> None:
    store.failure = StoreUnavailable("The disk is full: free some space.")
    for path in ("/watch/x", "/api/sessions/x"):
        answer = await agent.get(path)
        assert answer.status_code == 503
        assert "The disk is full: free some space." in answer.text
        assert answer.headers["retry-after"] == "5"
        check(answer)


async def test_a_route_cannot_loosen_them(desk: Starlette) -> None:
    async def loose(request: Request) -> Response:
        return Response("x", headers={"Cache-Control": "public", "Content-Security-Policy": "default-src *"})

    desk.router.routes.append(Route("/loose", loose))
    async with browse(desk) as client:
        await log_in(client)
        check(await client.get("/loose"))
