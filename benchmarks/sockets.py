"""A WebSocket client that costs next to nothing, so that what is measured is the server.

It speaks just what the servers here speak: binary messages in single frames, pings, a closing frame. Frames
are masked with zeros, which the server must undo like any other mask. Each connection states an address of
its own, as if a proxy passed it on, because the product bounds what one address may take.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

from benchmarks.servers import ORIGIN, Server

__all__ = ["FRAME_BYTES", "Socket", "open_socket"]

FRAME_BYTES = 8
"""Header of a masked frame of ordinary size."""
_BINARY, _CLOSE, _PING, _PONG = 0x2, 0x8, 0x9, 0xA
_FINAL, _MASKED = 0x80, 0x80
_NO_MASK = bytes(4)
_HANDSHAKE_TIMEOUT_S = 60


class Socket(asyncio.Protocol):
    """One connection. ``message`` is called with each message that comes."""

    def __init__(self, message: Callable[[bytes], None], request: bytes) -> None:
        self._message = message
        self._request = request
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()

    def send(self, payload: bytes) -> None:
        """Send one message."""
        self._frame(_BINARY, payload)

    def close(self) -> None:
        """Let go of the connection as a browser that vanishes."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream was expected")
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the server refused the handshake"))
        self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self.opened.done() and not self._shake_hands():
            return
        while self._take_frame():
            pass

    def _shake_hands(self) -> bool:
        head, separator, rest = self._received.partition(b"\r\n\r\n")
        if not separator:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self.opened.set_exception(ConnectionError(head.decode(errors="replace")))
            self.close()
            return False
        self._received = bytearray(rest)
        self.opened.set_result(None)
        return True

    def _take_frame(self) -> bool:
        data = self._received
        if len(data) < 2:
            return False
        start, length = 2, data[1]
        if length == 126:
            start, length = 4, int.from_bytes(data[2:4], "big")
        elif length == 127:
            start, length = 10, int.from_bytes(data[2:10], "big")
        if len(data) < start or len(data) < start + length:
            return False
        operation, payload = data[0] & 0x0F, bytes(data[start : start + length])
        del data[: start + length]
        if operation == _BINARY:
            self._message(payload)
        elif operation == _PING:
            self._frame(_PONG, payload)
        elif operation == _CLOSE:
            self.close()
        return True

    def _frame(self, operation: int, payload: bytes) -> None:
        if self._transport is None:
            raise RuntimeError("not connected")
        length = len(payload)
        if length < 126:
            head = struct.pack(">BB", _FINAL | operation, _MASKED | length)
        elif length < 1 << 16:
            head = struct.pack(">BBH", _FINAL | operation, _MASKED | 126, length)
        else:
            head = struct.pack(">BBQ", _FINAL | operation, _MASKED | 127, length)
        self._transport.write(head + _NO_MASK + payload)


async def open_socket(server: Server, number: int, message: Callable[[bytes], None]) -> Socket:
    """Connect as the ``number``-th of many customers."""
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    request = (
        f"GET /ingest HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nOrigin: {ORIGIN}\r\n"
        f"X-Forwarded-For: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(
        lambda: Socket(message, request.encode()), server.host, server.port
    )
    await asyncio.wait_for(asyncio.shield(socket.opened), _HANDSHAKE_TIMEOUT_S)
    return socket
