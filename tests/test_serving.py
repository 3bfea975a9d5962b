"""The shared server itself: it answers, runs the lifespan, and tells of one that cannot start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.conftest import Serve
from tests.serving import serving


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.url.hostname or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_served_application_answers_on_its_own_port(serve: Serve, host: str) -> None:
    first = await serve(Starlette(routes=[Route("/", hello)]), host)
    second = await serve(Starlette(routes=[Route("/", hello)]), host)
    assert first != second
    async with httpx.AsyncClient() as client:
        assert (await client.get(first)).text == host
        assert (await client.get(second)).text == host


async def test_the_lifespan_runs_around_the_server() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        seen.append("started")
        yield
        seen.append("stopped")

    async with serving(Starlette(lifespan=lifespan)):
        assert seen == ["started"]
    assert seen == ["started", "stopped"]


async def test_an_application_that_cannot_start_is_an_error_not_a_hang() -> None:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        raise OSError("no room")
        yield

    with pytest.raises(RuntimeError, match="refused to start"):
        async with serving(Starlette(lifespan=lifespan)):
            pass
