"""Customers' pages as a load: each says hello, then plays the batches of a recorded trip from its first.

``open_loop`` sends at a fixed rate whatever the server does, and counts a batch's latency from the time at
which it was due: a server that falls behind cannot hide it by slowing its customers down. ``closed_loop``
keeps a few batches of each page under way and so finds the most that the server does. An echo server is
played the very same bytes; it acknowledges a batch by sending it back.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgpack

from benchmarks.servers import ECHO, SITE_KEY, Server
from benchmarks.sockets import Socket, open_socket
from replay.model.track import Track
from replay.protocol.codec import encode_message
from replay.protocol.messages import PROTOCOL_VERSION, Batch, Clock, Hello

__all__ = ["Played", "Recorded", "closed_loop", "connect_pages", "open_loop"]

_ACK, _WELCOME, _REFUSED = 1, 0, 5
_PATIENCE_S = 120
_ARRIVING_COUNT = 50
"""Pages that arrive side by side where many are wanted."""
_SETTLE_S = 0.5
"""After everybody arrived: what a hello brings about (a clock, a load to tell of) is not a batch's cost."""
_ahead = itertools.count(1)
"""No two pages of one measurement are the same customer."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One batch of a recorded trip; its number is given when it is played."""

    track: Track
    payload: bytes


@dataclass(frozen=True, slots=True)
class Played:
    """What one run of a load showed."""

    batches: int
    seconds: float
    cpu_s: float
    latencies_ms: list[float]

    @property
    def cpu_ms_per_batch(self) -> float:
        """Server CPU for each batch, in milliseconds."""
        return self.cpu_s * 1_000 / self.batches

    @property
    def rate(self) -> float:
        """Batches a second."""
        return self.batches / self.seconds


class _Page:
    """One page of one customer. ``acknowledged`` is called for each batch and when it was due."""

    def __init__(
        self, echo: bool, trip: Sequence[Recorded], acknowledged: Callable[[_Page, float], None]
    ) -> None:
        self._echo = echo
        self._trip = trip
        self._acknowledged = acknowledged
        self._sent = 0
        self._numbers = [0, 0]
        self._pending: list[deque[tuple[int, float]]] = [deque(), deque()]
        self._socket: Socket | None = None
        self._welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def finished(self) -> bool:
        """Whether the trip was sent to its end."""
        return self._sent == len(self._trip)

    async def arrive(self, server: Server) -> None:
        """Connect, say hello and tell the clock."""
        number = next(_ahead)
        socket = self._socket = await open_socket(server, number, self._heard)
        sent_ms = time.time() * 1_000
        hello = Hello(
            version=PROTOCOL_VERSION,
            site=SITE_KEY,
            tab=f"tab-{number}",
            load=f"load-{number}",
            consent="granted",
            sent_ms=sent_ms,
        )
        socket.send(encode_message(hello))
        await asyncio.wait_for(self._welcomed, _PATIENCE_S)
        if not self._echo:
            socket.send(encode_message(Clock(sent_ms=sent_ms, received_ms=time.time() * 1_000)))

    def leave(self) -> None:
        """Vanish."""
        if self._socket is not None:
            self._socket.close()

    def send(self, due: float) -> None:
        """Send the next batch, which was due at this time."""
        if self._socket is None:
            raise RuntimeError("not connected")
        recorded = self._trip[self._sent]
        self._sent += 1
        self._numbers[recorded.track] += 1
        number = self._numbers[recorded.track]
        self._pending[0 if self._echo else recorded.track].append((number, due))
        batch = Batch(track=recorded.track, number=number, payload=recorded.payload)
        self._socket.send(encode_message(batch))

    def _heard(self, data: bytes) -> None:
        if self._echo:
            if self._welcomed.done():
                self._acknowledged(self, self._pending[0].popleft()[1])
            else:
                self._welcomed.set_result(None)
            return
        kind, *fields = msgpack.unpackb(data)
        if kind == _REFUSED:
            raise RuntimeError(f"the collector refused: {fields}")
        if kind == _WELCOME:
            self._welcomed.set_result(None)
        elif kind == _ACK:
            pending = self._pending[fields[0]]
            while pending and pending[0][0] <= fields[1]:
                self._acknowledged(self, pending.popleft()[1])


class _Run:
    """One run of a load: its pages, and what was acknowledged."""

    def __init__(self, server: Server, trip: Sequence[Recorded], pages: int) -> None:
        self._server = server
        self._expected = len(trip) * pages
        self._latencies_ms: list[float] = []
        self._all = asyncio.Event()
        self.answer: Callable[[_Page], None] = lambda page: None
        """What a page does when one of its batches is acknowledged."""
        echo = server.name == ECHO
        self.pages = [_Page(echo, trip, self._acknowledged) for _ in range(pages)]

    def _acknowledged(self, page: _Page, due: float) -> None:
        self._latencies_ms.append((time.perf_counter() - due) * 1_000)
        if len(self._latencies_ms) == self._expected:
            self._all.set()
        self.answer(page)

    async def measure(self, send: Callable[[], Awaitable[None]]) -> Played:
        """Let everybody arrive, send, and wait for the last acknowledgement."""
        async with asyncio.TaskGroup() as arriving:
            for page in self.pages:
                arriving.create_task(page.arrive(self._server))
        await asyncio.sleep(_SETTLE_S)
        cpu_s, began = self._server.cpu_s(), time.perf_counter()
        await send()
        await asyncio.wait_for(self._all.wait(), _PATIENCE_S)
        played = Played(
            batches=self._expected,
            seconds=time.perf_counter() - began,
            cpu_s=self._server.cpu_s() - cpu_s,
            latencies_ms=self._latencies_ms,
        )
        for page in self.pages:
            page.leave()
        return played


async def open_loop(server: Server, trip: Sequence[Recorded], *, pages: int, rate: float) -> Played:
    """Every page plays the whole trip; together they send ``rate`` batches a second, come what may."""
    run = _Run(server, trip, pages)

    async def send() -> None:
        began = time.perf_counter()
        for place in range(len(trip) * pages):
            due = began + place / rate
            wait = due - time.perf_counter()
            # Where the next one is due already it leaves at once; still, what has come must be read.
            if wait > 0 or place % pages == 0:
                await asyncio.sleep(max(0.0, wait))
            run.pages[place % pages].send(due)

    return await run.measure(send)


async def closed_loop(server: Server, trip: Sequence[Recorded], *, pages: int, ahead: int) -> Played:
    """Every page plays the whole trip as fast as it is acknowledged, ``ahead`` batches under way."""
    run = _Run(server, trip, pages)

    def answer(page: _Page) -> None:
        if not page.finished:
            page.send(time.perf_counter())

    async def send() -> None:
        for _ in range(ahead):
            for page in run.pages:
                page.send(time.perf_counter())
        run.answer = answer

    return await run.measure(send)


async def connect_pages(server: Server, count: int) -> None:
    """Let so many pages arrive, some at a time, and stay without a word."""
    trip: tuple[Recorded, ...] = ()
    for start in range(0, count, _ARRIVING_COUNT):
        async with asyncio.TaskGroup() as arriving:
            for _ in range(min(_ARRIVING_COUNT, count - start)):
                page = _Page(server.name == ECHO, trip, lambda page, due: None)
                arriving.create_task(page.arrive(server))
