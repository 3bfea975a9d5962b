"""An attacker's end of a connection: bytes as they are, without a library that would keep to the rules."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from urllib.parse import urlsplit

from tests.collector.page import ORIGIN

__all__ = ["BINARY", "CONTINUATION", "PING", "Raw", "frame", "raw", "upgraded"]

CONTINUATION, BINARY, PING = 0, 2, 9

_UPGRADE = (
    "GET /ingest HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nOrigin: {ORIGIN}\r\n"
)


def frame(opcode: int, data: bytes, *, final: bool = True, compressed: bool = False) -> bytes:
    """One masked frame."""
    first = opcode | (0x80 if final else 0) | (0x40 if compressed else 0)
    if len(data) < 126:
        length = bytes([0x80 | len(data)])
    elif len(data) < 2**16:
        length = bytes([0x80 | 126]) + len(data).to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + len(data).to_bytes(8, "big")
    return bytes([first]) + length + bytes(4) + data


class Raw:
    """A TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def pour(self, pieces: Iterable[bytes], seconds: float) -> bool:
        """Send as much as is taken in this time; answers whether the other side ended it."""
        try:
            async with asyncio.timeout(seconds):
                for piece in pieces:
                    await self.send(piece)
        except TimeoutError:
            return False
        except OSError:
            return True
        return False

    async def head(self) -> str:
        """The head of an HTTP answer."""
        return (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def rest(self) -> bytes:
        """Everything until the other side closes."""
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while data := await self._reader.read(2**16):
                received += data
        return bytes(received)


@contextlib.asynccontextmanager
async def raw(address: str) -> AsyncIterator[Raw]:
    """Connect; cut the connection at the end, whatever is still under way."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def upgraded(address: str, *headers: str) -> AsyncIterator[Raw]:
    """Connect and become a WebSocket."""
    async with raw(address) as connection:
        await connection.send(("\r\n".join([_UPGRADE.rstrip(), *headers]) + "\r\n\r\n").encode())
        assert (await connection.head()).startswith("HTTP/1.1 101")
        yield connection
