"""The two carriers of a conversation: a WebSocket, and an HTTP post of the same messages.

The post serves the end of a page (a keepalive request of what is left) and networks that block sockets. It is
a plain request without preflight: any origin may send it, and the conversation itself checks the origin
against the site, exactly as on the socket.
"""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from replay.collector.conversation import Conversation
from replay.collector.keeping import Collector
from replay.collector.quota import OverQuota
from replay.collector.sessions import SANDBOXED
from replay.model.bounds import Exceeded, Malformed
from replay.protocol.framing import join_frames, split_frames
from replay.protocol.limits import Limits
from replay.protocol.messages import CloseCode

__all__ = ["converse_by_post", "converse_by_socket", "read_body"]


async def converse_by_socket(collector: Collector, socket: WebSocket) -> None:
    """Carry one conversation over a WebSocket until either side ends it."""
    address = socket.client.host if socket.client else ""
    try:
        place = collector.quota.connection(address)
    except OverQuota as error:
        collector.metrics.refuse(error.code, site=None, cap=error.cap)
        await socket.accept()
        await socket.close(error.code, str(error))
        return
    with place:
        await socket.accept()
        collector.metrics.connections.inc()
        try:
            await _converse(collector, socket, address)
        finally:
            collector.metrics.connections.dec()


async def _converse(collector: Collector, socket: WebSocket, address: str) -> None:
    sender = _Sender(socket)
    conversation = Conversation(
        collector, origin=socket.headers.get("origin"), address=address, notify=sender.notify
    )
    sender.conversation = conversation
    async with conversation:
        try:
            await _read(collector, socket, conversation)
        except WebSocketDisconnect:
            # By the page, or by what we sent last.
            pass
        finally:
            await sender.stop()


async def _read(collector: Collector, socket: WebSocket, conversation: Conversation) -> None:
    try:
        async with asyncio.timeout(collector.limits.hello_deadline_ms / 1000):
            greeting = _data(await socket.receive())
    except TimeoutError:
        conversation.refuse(CloseCode.MALFORMED, "No hello came in time.")
    else:
        # A store that takes its time to answer is not the page's fault.
        await conversation.receive(greeting)
        del greeting
        conversation.attend()
    while True:
        await conversation.receive(_data(await socket.receive()))


def _data(message: Message) -> bytes:
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006), message.get("reason"))
    data = message.get("bytes")
    # A text message is no message of ours: the machine refuses it like any other wrong bytes.
    return data if data is not None else b""


class _Sender:
    """Sends what a conversation has to say. There is a task only while there is something: most pages are
    idle most of the time, and a waiting task for each would take more memory than all the rest."""

    __slots__ = ("_socket", "_stopped", "_task", "conversation")

    conversation: Conversation

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def notify(self) -> None:
        """There may be something to send."""
        if self._task is None and not self._stopped:
            self._task = asyncio.create_task(self._send())

    async def stop(self) -> None:
        """Send nothing more."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _send(self) -> None:
        try:
            while outgoing := self.conversation.outgoing():
                for data in outgoing:
                    await self._socket.send_bytes(data)
            if self.conversation.close_code is not None:
                self._stopped = True
                await self._socket.close(self.conversation.close_code, self.conversation.close_reason)
        except WebSocketDisconnect:
            # The reader is told the same.
            self._stopped = True
        finally:
            self._task = None


async def converse_by_post(collector: Collector, request: Request) -> Response:
    """Carry one conversation in one request: all messages in, then all answers out."""
    address = request.client.host if request.client else ""
    origin = request.headers.get("origin")
    headers = {"Vary": "Origin", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if origin is not None and origin != SANDBOXED:
        # The answer may hold the page's own token: only the very origin that asked may read it, and one that
        # is not the site's is told no more than that.
        headers["Access-Control-Allow-Origin"] = origin

    def refuse(status: int, error: Exception) -> Response:
        # Whatever is still to come of the body is not waited for.
        return PlainTextResponse(str(error), status, {**headers, "Connection": "close"})

    try:
        # Counted from the first byte on: a body that never ends holds a place as an open socket does.
        with collector.quota.connection(address):
            messages = split_frames(await _frames(request, collector.limits), collector.limits)
            async with Conversation(
                collector, origin=origin, address=address, notify=_nothing
            ) as conversation:
                for message in messages:
                    await conversation.receive(message)
                await conversation.settle()
                answer = join_frames(conversation.outgoing())
                if origin == SANDBOXED and conversation.keeper is not None:
                    # Whoever has no origin has shown the token that the answer may hold.
                    headers["Access-Control-Allow-Origin"] = SANDBOXED
    except ClientDisconnect:
        return Response(status_code=499)
    except OverQuota as error:
        collector.metrics.refuse(error.code, site=None, cap=error.cap)
        return refuse(429, error)
    except TimeoutError as error:
        return refuse(408, error)
    except Exceeded as error:
        return refuse(413, error)
    except Malformed as error:
        return refuse(400, error)
    return Response(answer, media_type="application/octet-stream", headers=headers)


def _nothing() -> None:
    pass


async def _frames(request: Request, limits: Limits) -> bytes:
    return await read_body(request, most_bytes=limits.message_bytes, deadline_ms=limits.body_deadline_ms)


async def read_body(request: Request, *, most_bytes: int, deadline_ms: int) -> bytes:
    """The whole body. Raises ``Exceeded`` as soon as there is more, ``TimeoutError`` if it does not end in
    time."""
    body = bytearray()
    try:
        async with asyncio.timeout(deadline_ms / 1_000):
            async for part in request.stream():
                body += part
                if len(body) > most_bytes:
                    raise Exceeded("body", f"at most {most_bytes} bytes", bytes(body))
    except TimeoutError:
        seconds = deadline_ms / 1_000
        raise TimeoutError(
            f"body: expected all of it within {seconds:g} s, got {len(body)} bytes. Send less at once."
        ) from None
    return bytes(body)
