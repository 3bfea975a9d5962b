"""Whoever sends half of something, or reads nothing, is let go of, and is no failure in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.types import Message

from storage.memory import MemoryStore
from tests.conftest import Serve
from tests.viewer.conftest import MakeDesk, browse, log_in
from tests.viewer.visits import Visit

PATIENCE_S = 5.0


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@asynccontextmanager
async def connected(
    address: str, request: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection on which a request was begun."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request.replace("\n", "\r\n").encode())
    await writer.drain()
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_half_a_form_is_not_waited_for(make_desk: MakeDesk, serve: Serve) -> None:
    address = await serve(make_desk(form_timeout_ms=20))
    host = address.removeprefix("http://")
    half = f"POST /login HTTP/1.1\nHost: {host}\nOrigin: {address}\nContent-Length: 100\n\nlogin="
    async with asyncio.timeout(PATIENCE_S), connected(address, half) as (reader, _):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"The form did not arrive." in answer


async def test_whoever_leaves_in_the_middle_of_a_form_is_no_failure(
    make_desk: MakeDesk, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    address = await serve(make_desk())
    host = address.removeprefix("http://")
    half = f"POST /login HTTP/1.1\nHost: {host}\nOrigin: {address}\nContent-Length: 100\n\nlogin="
    async with connected(address, half):
        pass
    async with httpx.AsyncClient() as client:
        await client.get(f"{address}/login")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_picture_is_not_held_for_whoever_does_not_read_it(
    make_desk: MakeDesk, store: MemoryStore
) -> None:
    await Visit().put(store)
    desk = make_desk(send_timeout_ms=20)
    async with browse(desk) as client:
        await log_in(client)
        cookie = client.cookies["desk"]
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == 2:
            await asyncio.Event().wait()  # the connection is full, and nobody reads

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "scheme": "http",
        "path": "/api/sessions/session-1/picture/load-1",
        "query_string": b"",
        "headers": [(b"host", b"desk.example"), (b"cookie", f"desk={cookie}".encode())],
    }
    await asyncio.wait_for(desk(scope, receive, send), PATIENCE_S)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[-1]["more_body"] is True
