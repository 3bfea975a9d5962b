"""A shop's server of pictures as bytes on a socket, so that it can also do what no server should."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["PNG", "AssetServer", "asset_server", "png", "respond"]


def png(shade: int) -> bytes:
    """A whole picture of one pixel."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, shade]))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND", b"")


PNG = png(0)

Answer = bytes | Callable[[], Iterator[bytes]]


def respond(
    body: bytes = PNG, *, status: str = "200 OK", type: str | None = "image/png", **headers: str
) -> bytes:
    """One answer; a header's name is written with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {} if type is None else {"Content-Type": type}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class AssetServer:
    """What it answers by path, and the heads of the requests that came. ``accepted`` counts connections."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    accepted: int = 0

    def origin(self, host: str = "shop.test") -> str:
        return f"http://{host}:{self.port}"

    def asked(self, path: str) -> int:
        return sum(request.startswith(f"GET {path} ") for request in self.requests)


@contextlib.asynccontextmanager
async def asset_server(host: str = "127.0.0.1") -> AsyncIterator[AssetServer]:
    """Serve until left. What is not among the answers is answered with 404."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.accepted += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            served.requests.append(head)
            given = served.answers.get(head.split(" ")[1], respond(b"", status="404 Not Found"))
            for piece in [given] if isinstance(given, bytes) else given():
                writer.write(piece)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, host, 0)
    served = AssetServer(port=server.sockets[0].getsockname()[1])
    async with server:
        yield served
