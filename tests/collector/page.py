"""A customer's page as the collector meets it: a real WebSocket, or a post, speaking the wire's own codec."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from replay.model.events import Event, Mark
from replay.model.track import Track
from replay.protocol.chunk import Chunk
from replay.protocol.codec import decode_server, encode_chunk, encode_facts, encode_message
from replay.protocol.messages import (
    PROTOCOL_VERSION,
    Batch,
    ClientMessage,
    Hello,
    Refused,
    ServerMessage,
    Welcome,
)

__all__ = ["ORIGIN", "SITE", "Page", "chunk", "facts", "greeted", "hello", "refusal", "visiting"]

ORIGIN = "https://shop.example"
SITE = "site_test"

Wanted = TypeVar("Wanted", bound=ServerMessage)


def hello(
    *, site: str = SITE, load: str = "load-1", tab: str = "tab-1", welcome: Welcome | None = None
) -> Hello:
    """The first message, of a new visit or (with an earlier ``welcome``) of a known one."""
    return Hello(
        version=PROTOCOL_VERSION,
        site=site,
        tab=tab,
        load=load,
        consent="granted",
        sent_ms=1_000.0,
        session=welcome.session if welcome else None,
        token=welcome.token if welcome else None,
    )


def facts(number: int, *events: Event) -> Batch:
    """A facts batch; without events it marks its own number."""
    given = events or (Event(1_000.0 + number, Mark(name=f"mark {number}")),)
    return Batch(track=Track.FACTS, number=number, payload=encode_facts(given))


def chunk(number: int, data: bytes = b"[]", *, checkpoint: bool = False) -> Batch:
    """A picture batch."""
    header = Chunk(
        format="rrweb-2/json",
        codec="none",
        raw_bytes=len(data),
        first_ms=1_000.0,
        last_ms=1_001.0,
        count=1,
        checkpoint=checkpoint,
        data=data,
    )
    return Batch(track=Track.PICTURE, number=number, payload=encode_chunk(header))


class Page:
    """One connection of a page."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, *messages: ClientMessage) -> None:
        """Send messages in order."""
        for message in messages:
            await self.socket.send(encode_message(message))

    async def answer(self) -> ServerMessage:
        """The next message of the collector. Raises ``ConnectionClosed`` when there is none."""
        data = await self.socket.recv()
        assert isinstance(data, bytes)
        return decode_server(data)

    async def expect(self, kind: type[Wanted]) -> Wanted:
        """The next message, which must be of this kind."""
        message = await self.answer()
        assert isinstance(message, kind), message
        return message

    async def closed(self) -> int | None:
        """Read to the end; answers the close code."""
        await self.socket.wait_closed()
        return self.socket.close_code


@asynccontextmanager
async def visiting(address: str, origin: str | None = ORIGIN) -> AsyncIterator[Page]:
    """Connect to a collector as a page of this origin."""
    url = address.replace("http", "ws", 1) + "/ingest"
    async with connect(url, origin=Origin(origin) if origin else None, compression=None) as socket:
        yield Page(socket)


async def greeted(page: Page, welcome: Welcome | None = None, load: str = "load-1") -> Welcome:
    """Say hello and be welcomed."""
    await page.send(hello(welcome=welcome, load=load))
    return await page.expect(Welcome)


async def refusal(page: Page) -> Refused:
    """Read on until the collector ends the conversation, and why."""
    while True:
        message = await page.answer()
        if isinstance(message, Refused):
            assert await page.closed() == message.code
            return message
