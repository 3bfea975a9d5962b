"""uvicorn's two protocols with the bounds that a public listener needs and they leave open.

Parsing is done in the event loop, so whoever sends many tiny frames at once would have it to themselves. Here
each connection parses a few frames and then lets the others have their turn; it reads no further while its
last message waits for the application, or while the peer does not take what is written to it. A message that
comes in endless pieces, or never ends, closes its connection, as does a request whose head never ends.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame

__all__ = ["FRAGMENTS_MAX_COUNT", "HEAD_MAX_BYTES", "GuardedRequests", "GuardedSocket"]

FRAMES_A_TURN_COUNT = 4
"""Frames that a connection may parse before the others have their turn."""
FRAGMENTS_MAX_COUNT = 1_000
"""Most frames of one message. No browser cuts a message of 2 MB into so many."""
MESSAGE_DEADLINE_S = 120.0
"""Time from a message's first byte to its last. The largest one takes as long at 17 KB a second."""
HEAD_DEADLINE_S = 10.0
"""Time from connecting, or from a request's first byte, to the end of its head."""
HEAD_MAX_BYTES = 64 * 1024
"""Longest head of a request."""

_LENGTH_WIDTHS = {126: 2, 127: 8}
_MASK_BYTES = 4


class GuardedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that takes turns with all others."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._unread = bytearray()
        self._frame_rest_bytes = 0
        """What is still to come of the frame that is being parsed."""
        self._turn: asyncio.Handle | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            super().data_received(data)
            return
        if self.pong_timer is not None and self.ping_timeout is not None:
            # A pong has to wait behind the frame that a slow network is still sending: bytes are life too.
            self.pong_timer.cancel()
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
        whole = not self._unread and not self._frame_rest_bytes and _frame_bytes(data) == len(data)
        if whole and not self._must_wait():
            super().data_received(data)
            self._watch_message()
            return
        self._unread += data
        if self._turn is None:
            self._take_turn()

    def _take_turn(self) -> None:
        self._turn = None
        for _ in range(FRAMES_A_TURN_COUNT):
            if self._must_wait() or not self._can_parse():
                break
            super().data_received(self._cut())
        self._watch_message()
        self._go_on()

    def _go_on(self) -> None:
        """Parse on in the next turn of the loop, or read on where nothing is left to parse."""
        if self.transport.is_closing():
            self._unread.clear()
        elif self._can_parse():
            self.transport.pause_reading()
            if self._turn is None and not self._must_wait():
                self._turn = self.loop.call_soon(self._take_turn)
        elif not self.read_paused:
            self.transport.resume_reading()

    def _must_wait(self) -> bool:
        return self.read_paused or not self.writable.is_set() or self.transport.is_closing()

    def _can_parse(self) -> bool:
        return bool(self._unread) and (self._frame_rest_bytes > 0 or _frame_bytes(self._unread) is not None)

    def _cut(self) -> bytes:
        """The next frame, or what there is of it."""
        wanted = self._frame_rest_bytes or _frame_bytes(self._unread) or 0
        piece = bytes(self._unread[:wanted])
        del self._unread[:wanted]
        self._frame_rest_bytes = wanted - len(piece)
        return piece

    def _watch_message(self) -> None:
        under_way = self._frame_rest_bytes > 0 or bool(self.frames)
        if under_way and self._deadline is None:
            self._deadline = self.loop.call_later(MESSAGE_DEADLINE_S, self._give_up, "message never ended")
        elif not under_way:
            self._forget_deadline()

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self, reason: str) -> None:
        self._forget_deadline()
        if not self.close_sent and not self.transport.is_closing():
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, reason)
            self.handle_parser_exception()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) >= FRAGMENTS_MAX_COUNT:
            self._give_up(f"more than {FRAGMENTS_MAX_COUNT} frames in one message")

    def send_receive_event_to_app(self) -> None:
        self._forget_deadline()
        # The base class stops reading here and begins again when the application took the message, which
        # costs two calls of the system for each one. Here reading stops when the next one comes too early.
        self.read_paused = True
        super().send_receive_event_to_app()

    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        self._go_on()
        return message

    async def send(self, message: ASGISendEvent) -> None:
        if message["type"] == "websocket.accept" and self.transport.is_closing():
            # The base class accepts nobody then, says nothing, and takes the next message for a mistake.
            raise ClientDisconnected
        await super().send(message)
        self._go_on()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        if self._turn is not None:
            self._turn.cancel()
        super().connection_lost(exc)


def _frame_bytes(data: bytes | bytearray) -> int | None:
    """The size of the frame that stands first, None while its head is not there."""
    if len(data) < 2:
        return None
    width = _LENGTH_WIDTHS.get(data[1] & 0x7F, 0)
    if len(data) < 2 + width:
        return None
    payload_bytes = int.from_bytes(data[2 : 2 + width], "big") if width else data[1] & 0x7F
    return 2 + width + (_MASK_BYTES if data[1] & 0x80 else 0) + payload_bytes


class GuardedRequests(HttpToolsProtocol):
    """HTTP whose requests have to say in time, and briefly, what they are."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_bytes: int | None = 0
        """What came of the head that is being read; None outside of one."""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin_head()

    def on_message_begin(self) -> None:
        self._begin_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._end_head()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > HEAD_MAX_BYTES:
            self._give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete and cycle.more_body:
            # A stop does not wait for what has not been sent yet.
            self.transport.close()

    def _begin_head(self) -> None:
        self._end_head()
        self._head_bytes = 0
        self._deadline = self.loop.call_later(HEAD_DEADLINE_S, self._give_up)

    def _end_head(self) -> None:
        self._head_bytes = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._end_head()
        if not self.transport.is_closing():
            self.send_400_response(
                f"The head of a request has to come within {HEAD_DEADLINE_S:.0f} seconds "
                f"and in at most {HEAD_MAX_BYTES} bytes."
            )
