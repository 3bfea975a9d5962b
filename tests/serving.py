"""A real server for an ASGI application, in the test's own event loop, on a port that the system chooses."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

__all__ = ["serving"]

STOP_TIMEOUT_S = 5


class _Server(uvicorn.Server):
    """Uvicorn that tells when it listens and leaves the signals of the test run alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            raise RuntimeError("the application refused to start; its reason is in the log above") from None
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp, host: str = "127.0.0.1", bound: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve an application, its lifespan included, and yield its address, such as ``http://127.0.0.1:41873``.

    ``bound``: a listening socket of ``host``, where its port had to be known before."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_level="warning",
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
    server = _Server(config)
    with bound or socket.create_server((host, 0)) as listener:
        running = asyncio.create_task(server.serve([listener]))
        listening = asyncio.create_task(server.listens.wait())
        await asyncio.wait({running, listening}, return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        if running.done():
            running.result()
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
