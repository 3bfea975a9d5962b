"""What a listener tells its application of peers that come and go."""

from __future__ import annotations

import asyncio
import logging

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage

from replay.collector.guarded import GuardedSocket


async def test_who_went_while_being_let_in_is_gone_and_no_mistake(caplog: pytest.LogCaptureFixture) -> None:
    refused = asyncio.Event()
    connections: list[GuardedSocket] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        connections[0].transport.abort()
        try:
            await send({"type": "websocket.accept"})
        except OSError:
            refused.set()
            raise

    config = Config(application, lifespan="off", log_config=None)
    config.load()

    def connected() -> GuardedSocket:
        connections.append(GuardedSocket(config, ServerState(), {}))
        return connections[-1]

    async with await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(InvalidMessage):
            await connect(f"ws://{host}:{port}", proxy=None)
        await asyncio.wait_for(refused.wait(), 5)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
