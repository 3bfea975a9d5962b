"""A network that can be cut: a TCP relay in front of a server, on a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

__all__ = ["Network", "network"]


class Network:
    """Relays bytes both ways until it is cut; while cut, every connection is refused or reset."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._up = True
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self._up = False
        for writer in self._writers:
            writer.transport.abort()

    def restore(self) -> None:
        """Let connections through again."""
        self._up = True

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if not self._up:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        pair = {writer, far_writer}
        self._writers |= pair
        try:
            await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
        finally:
            self._writers -= pair
            for one in pair:
                one.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def network(address: str) -> AsyncIterator[tuple[Network, str]]:
    """Yields the network in front of ``http://host:port`` and the address to use instead."""
    parts = urlsplit(address)
    between = Network(parts.hostname or "", parts.port or 0)
    server = await asyncio.start_server(between.relay, parts.hostname, 0)
    try:
        yield between, f"http://{parts.hostname}:{server.sockets[0].getsockname()[1]}"
    finally:
        between.cut()
        server.close()
