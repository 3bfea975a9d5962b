"""The two carriers of a conversation: a WebSocket, and an HTTP post of the same messages.

The post serves the end of a page (a keepalive request of what is left) and networks that block sockets. It is
a plain request without preflight: any origin may send it, and the conversation itself checks the origin
against the site, exactly as on the socket.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from replay.collector.conversation import Conversation
from replay.collector.keeping import Collector
from replay.collector.quota import OverQuota
from replay.model.bounds import Exceeded, Malformed
from replay.protocol.framing import join_frames, split_frames
from replay.protocol.limits import Limits
from replay.protocol.messages import CloseCode

__all__ = ["converse_by_post", "converse_by_socket"]


async def converse_by_socket(collector: Collector, socket: WebSocket) -> None:
    """Carry one conversation over a WebSocket until either side ends it."""
    address = socket.client.host if socket.client else ""
    try:
        with collector.quota.connection(address):
            await socket.accept()
            with collector.metrics.connections.track_inprogress():
                await _converse(collector, socket, address)
    except OverQuota as error:
        collector.metrics.refuse(error.code, site=None, cap=error.cap)
        await socket.accept()
        await socket.close(error.code, str(error))


async def _converse(collector: Collector, socket: WebSocket, address: str) -> None:
    wake = asyncio.Event()
    origin = socket.headers.get("origin")
    async with Conversation(collector, origin=origin, address=address, notify=wake.set) as conversation:
        tasks = [
            asyncio.create_task(_read(collector, socket, conversation)),
            asyncio.create_task(_write(socket, conversation, wake)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect):
            raise error


async def _read(collector: Collector, socket: WebSocket, conversation: Conversation) -> None:
    following: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(collector.limits.hello_deadline_ms / 1000):
            greeting = await _message(socket)
        # A store that takes its time to answer is not the page's fault.
        await conversation.receive(greeting)
        if conversation.keeper is not None:
            following = asyncio.create_task(conversation.keeper.follow_watchers())
        while True:
            await conversation.receive(await _message(socket))
    except TimeoutError:
        conversation.refuse(CloseCode.MALFORMED, "No hello came in time.")
        await asyncio.Event().wait()
    finally:
        if following is not None:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following


async def _message(socket: WebSocket) -> bytes:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006), message.get("reason"))
    data = message.get("bytes")
    # A text message is no message of ours: the machine refuses it like any other wrong bytes.
    return data if data is not None else b""


async def _write(socket: WebSocket, conversation: Conversation, wake: asyncio.Event) -> None:
    while True:
        await wake.wait()
        wake.clear()
        for data in conversation.outgoing():
            await socket.send_bytes(data)
        if conversation.close_code is not None:
            await socket.close(conversation.close_code, conversation.close_reason)
            return


async def converse_by_post(collector: Collector, request: Request) -> Response:
    """Carry one conversation in one request: all messages in, then all answers out."""
    address = request.client.host if request.client else ""
    origin = request.headers.get("origin")
    headers = {"Vary": "Origin", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if origin is not None and origin != "null":
        # The answer may hold the page's own token: only the very origin that asked may read it, and one that
        # is not the site's is told no more than that.
        headers["Access-Control-Allow-Origin"] = origin

    def refuse(status: int, error: Exception) -> Response:
        # Whatever is still to come of the body is not waited for.
        return PlainTextResponse(str(error), status, {**headers, "Connection": "close"})

    try:
        # Counted from the first byte on: a body that never ends holds a place as an open socket does.
        with collector.quota.connection(address):
            messages = split_frames(await _body(request, collector.limits), collector.limits)
            async with Conversation(
                collector, origin=origin, address=address, notify=_nothing
            ) as conversation:
                for message in messages:
                    await conversation.receive(message)
                await conversation.settle()
                answer = join_frames(conversation.outgoing())
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


async def _body(request: Request, limits: Limits) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_deadline_ms / 1_000):
            async for part in request.stream():
                body += part
                if len(body) > limits.message_bytes:
                    raise Exceeded("body", f"at most {limits.message_bytes} bytes", bytes(body))
    except TimeoutError:
        seconds = limits.body_deadline_ms / 1_000
        raise TimeoutError(
            f"body: expected all of it within {seconds:g} s, got {len(body)} bytes. Send less at once."
        ) from None
    return bytes(body)
