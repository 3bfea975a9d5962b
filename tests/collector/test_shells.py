"""The socket's carrier against a peer that does exactly what a test says, message by message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from replay.collector.keeping import IN_FLIGHT_COUNT
from replay.collector.shells import converse_by_socket
from replay.model.track import Track
from replay.ports import Appended, Commit, Load
from replay.protocol.codec import decode_server, encode_message
from replay.protocol.messages import Ack, CheckpointWanted, ClientMessage, ServerMessage, Watched, Welcome
from tests.collector.conftest import Running
from tests.collector.page import ORIGIN, facts, hello

PATIENCE_S = 20
SENT_COUNT = 3 * IN_FLIGHT_COUNT


class Peer:
    """A page as the server's protocol hands it over. While ``reads`` is clear, nothing gets through to it."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.reads.set()
        self.told: asyncio.Queue[Message] = asyncio.Queue()
        self._says: asyncio.Queue[Message] = asyncio.Queue()
        self._says.put_nowait({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": "/ingest", "client": ("192.0.2.1", 1)}
        headers = [(b"origin", ORIGIN.encode())]
        self.socket = WebSocket({**scope, "headers": headers}, self._says.get, self._hear)

    async def _hear(self, message: Message) -> None:
        await self.reads.wait()
        self.told.put_nowait(message)

    def say(self, *messages: ClientMessage) -> None:
        for message in messages:
            self._says.put_nowait({"type": "websocket.receive", "bytes": encode_message(message)})

    def unheard_count(self) -> int:
        """How much of what was said nobody has read."""
        return self._says.qsize()

    def leave(self) -> None:
        self._says.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def hear(self) -> ServerMessage:
        while True:
            message = await asyncio.wait_for(self.told.get(), PATIENCE_S)
            if message["type"] == "websocket.send":
                return decode_server(message["bytes"])


@asynccontextmanager
async def conversing(running: Running) -> AsyncIterator[tuple[Peer, asyncio.Task[None]]]:
    """A peer that was welcomed; the conversation ends without an error when it leaves."""
    peer = Peer()
    task = asyncio.create_task(converse_by_socket(running.collector, peer.socket))
    peer.say(hello())
    try:
        yield peer, task
    finally:
        peer.leave()
        await asyncio.wait_for(task, PATIENCE_S)


@contextmanager
def no_more_tasks() -> Iterator[None]:
    """What ends leaves no task behind."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() == before


async def test_an_idle_page_has_one_task(running: Running) -> None:
    with no_more_tasks():
        before = asyncio.all_tasks()
        async with conversing(running) as (peer, task):
            assert isinstance(await peer.hear(), Welcome)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() - before == {task}
        assert not running.collector.quota._held


async def test_what_a_page_that_takes_nothing_sends_is_kept_and_it_may_leave(running: Running) -> None:
    with no_more_tasks():
        async with conversing(running) as (peer, _):
            welcome = await peer.hear()
            assert isinstance(welcome, Welcome)
            peer.reads.clear()
            async with running.bus.watch(welcome.session) as published:
                peer.say(*(facts(number) for number in range(1, 6)))
                kept = [await asyncio.wait_for(anext(published), PATIENCE_S) for _ in range(5)]
            assert [batch.number for one in kept for batch in one.batches] == [1, 2, 3, 4, 5]
        assert peer.told.empty()


async def test_a_page_is_read_no_further_than_what_may_wait_for_its_commit(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()
    commit = running.store.commit

    async def held(operations: Commit) -> list[Appended | Load | None]:
        await gate.wait()
        return await commit(operations)

    async with conversing(running) as (peer, _):
        assert isinstance(await peer.hear(), Welcome)
        monkeypatch.setattr(running.store, "commit", held)
        peer.say(*(facts(number) for number in range(1, SENT_COUNT + 1)))
        for _ in range(20 * SENT_COUNT):
            await asyncio.sleep(0)
        assert peer.unheard_count() == SENT_COUNT - IN_FLIGHT_COUNT
        gate.set()
        while await peer.hear() != Ack(track=Track.FACTS, number=SENT_COUNT):
            pass


async def test_a_page_is_told_at_once_that_it_is_watched_and_no_longer(running: Running) -> None:
    async with conversing(running) as (peer, _):
        welcome = await peer.hear()
        assert isinstance(welcome, Welcome)
        assert running.bus.live(welcome.session)
        async with running.bus.watch(welcome.session):
            assert [await peer.hear(), await peer.hear()] == [Watched(on=True), CheckpointWanted()]
            async with running.bus.watch(welcome.session):
                assert await peer.hear() == CheckpointWanted()
        assert await peer.hear() == Watched(on=False)
    assert not running.bus.live(welcome.session)


@pytest.mark.parametrize("when", ["before the hello", "after it"])
async def test_what_a_refused_page_goes_on_saying_is_not_heard(running: Running, when: str) -> None:
    peer = Peer()
    if when == "after it":
        peer.say(hello())
    peer.say(facts(0), *(facts(number) for number in range(1, 4)))
    peer.leave()
    await asyncio.wait_for(converse_by_socket(running.collector, peer.socket), PATIENCE_S)
    sessions = await running.store.sessions(limit=10)
    assert len(sessions) == (when == "after it")
    for session in sessions:
        assert await running.store.batches(session.id, Track.FACTS) == []
