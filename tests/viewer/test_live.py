"""The live socket over a real connection: what is committed, in order, to whom it may go and for how long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx
import msgpack
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from replay.model.events import Mark
from replay.ports import (
    AppendBatch,
    DeclareGap,
    EndSession,
    Gap,
    Load,
    MeasureClock,
    OpenLoad,
    Published,
    Store,
    StoredBatch,
    StoreUnavailable,
)
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.conftest import Serve
from tests.viewer.conftest import LOGIN, Clock, MakeDesk, log_in, renew
from tests.viewer.visits import START_MS, Visit, facts_payload, picture_payload, unheard
from viewer.accounts import Accounts
from viewer.live import WATCHING_MAX_COUNT
from viewer.logins import IDLE_MS, token_hash

PATIENCE_S = 5.0


class Page:
    """A customer's page as the collector sees it: what it sends is committed, then published."""

    def __init__(self, store: Store, bus: LocalBus, visit: Visit) -> None:
        self.store, self.bus, self.visit = store, bus, visit

    async def send(self, *batches: AppendBatch) -> None:
        await self.store.commit(batches)
        self.bus.publish(Published(session=self.visit.id, batches=tuple(_stored(batch) for batch in batches)))

    async def facts(self, number: int, *names: str, load: str = "load-1") -> None:
        payload = facts_payload(*((START_MS + at, Mark(name=name)) for at, name in enumerate(names)))
        await self.send(self.visit.batch(0, number, payload, load=load))

    async def picture(self, number: int, data: bytes) -> None:
        await self.send(self.visit.batch(1, number, picture_payload(data)))


def _stored(batch: AppendBatch) -> StoredBatch:
    return StoredBatch(
        load=batch.load,
        track=batch.track,
        number=batch.number,
        payload=batch.payload,
        digest=batch.digest,
        received_ms=batch.received_ms,
        first_ms=batch.first_ms,
        last_ms=batch.last_ms,
        checkpoint=batch.checkpoint,
    )


class Desk:
    """A served desk and a way to watch at it."""

    def __init__(self, address: str, cookie: str) -> None:
        self.address, self.cookie = address, cookie

    @asynccontextmanager
    async def watch(
        self, session: str = "session-1", *, origin: str | None = "own", cookie: str | None = None
    ) -> AsyncIterator[ClientConnection]:
        url = f"{self.address.replace('http', 'ws')}/api/sessions/{session}/live"
        headers = {"Cookie": f"desk={self.cookie if cookie is None else cookie}"}
        if origin is not None:
            headers["Origin"] = self.address if origin == "own" else origin
        async with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
            yield socket


@pytest.fixture
async def page(store: Store, bus: LocalBus) -> Page:
    visit = Visit()
    await visit.put(store)
    return Page(store, bus, visit)


@pytest.fixture
async def served(make_desk: MakeDesk, serve: Serve) -> Desk:
    address = await serve(make_desk())
    async with httpx.AsyncClient(base_url=address, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        assert (await log_in(client)).status_code == 303
        return Desk(address, client.cookies["desk"])


async def told(socket: ClientConnection) -> dict[str, object]:
    """The next text message."""
    text = await asyncio.wait_for(socket.recv(), PATIENCE_S)
    assert isinstance(text, str)
    message: dict[str, object] = json.loads(text)
    return message


async def closed(socket: ClientConnection) -> int:
    """The code with which the desk ends the socket; whatever comes before is passed over."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), PATIENCE_S)
    except ConnectionClosed:
        assert socket.close_code is not None
        return socket.close_code


async def unwatched(bus: LocalBus) -> None:
    """Return once nobody watches any more."""
    left = asyncio.Event()
    with bus.connected("session-1", lambda on: None if on else left.set()):
        if bus.watched("session-1"):
            async with asyncio.timeout(PATIENCE_S):
                await left.wait()


async def test_the_state_comes_first_and_again_when_it_changes(
    served: Desk, page: Page, bus: LocalBus
) -> None:
    async with served.watch() as socket:
        assert await told(socket) == {"type": "state", "live": False}
        with bus.connected("session-1", unheard):
            assert await told(socket) == {"type": "state", "live": True}
        assert await told(socket) == {"type": "state", "live": False}


async def test_what_is_committed_arrives_in_order(served: Desk, page: Page) -> None:
    async with served.watch() as socket:
        await told(socket)
        await page.facts(2, "one", "two")
        assert await told(socket) == {
            "type": "events",
            "events": [
                {
                    "load": "load-1",
                    "number": 2,
                    "index": index,
                    "t": START_MS + 250 + index,
                    "kind": "mark",
                    "fields": {"name": name},
                }
                for index, name in enumerate(("one", "two"))
            ],
        }
        await page.picture(4, b"frame")
        binary = await asyncio.wait_for(socket.recv(), PATIENCE_S)
        assert msgpack.unpackb(binary) == ["load-1", 4, picture_payload(b"frame")]
        await page.facts(3, "three")
        assert (await told(socket))["type"] == "events"


async def test_a_gap_is_told(served: Desk, page: Page, store: Store, bus: LocalBus) -> None:
    async with served.watch() as socket:
        await told(socket)
        await store.commit(
            [
                DeclareGap(
                    session="session-1", load="load-1", track=1, first=4, last=5, reason="full", received_ms=0
                )
            ]
        )
        gap = Gap(load="load-1", track=1, first=4, last=5, reason="full")
        bus.publish(Published(session="session-1", gaps=(gap,)))
        assert await told(socket) == {
            "type": "gap",
            "gap": {"load": "load-1", "track": 1, "first": 4, "last": 5, "reason": "full"},
        }


async def test_a_new_page_load_and_a_better_clock_are_told(
    served: Desk, page: Page, store: Store, bus: LocalBus
) -> None:
    async with served.watch() as socket:
        await told(socket)
        await store.commit([OpenLoad(session="session-1", id="load-2", tab="tab-2", opened_ms=START_MS)])
        bus.publish(Published(session="session-1", load_opened=True))
        assert await told(socket) == {
            "type": "load",
            "load": {
                "id": "load-2",
                "tab": "tab-2",
                "ordinal": 2,
                "opened_ms": START_MS,
                "offset_ms": None,
                "offset_error_ms": None,
                "chunks": [],
            },
        }
        await store.commit([MeasureClock(session="session-1", load="load-2", offset_ms=-40.0, error_ms=3.0)])
        await page.facts(1, "fact", load="load-2")
        better, events = await told(socket), await told(socket)
        assert better["load"]["offset_ms"] == -40.0  # type: ignore[index]
        assert events["events"][0]["t"] == START_MS - 40  # type: ignore[index]


async def test_a_clock_that_another_page_load_mends_is_told(served: Desk, page: Page, store: Store) -> None:
    await store.commit([OpenLoad(session="session-1", id="load-2", tab="tab-2", opened_ms=START_MS)])
    async with served.watch() as socket:
        await told(socket)
        await store.commit([MeasureClock(session="session-1", load="load-2", offset_ms=7.0, error_ms=1.0)])
        await page.facts(2, "fact")
        mended = await told(socket)
        assert (mended["load"]["id"], mended["load"]["offset_ms"]) == ("load-2", 7.0)  # type: ignore[index]
        assert (await told(socket))["type"] == "events"


async def test_the_end_is_told_and_the_socket_closed_when_nothing_can_come_any_more(
    served: Desk, page: Page, store: Store, bus: LocalBus
) -> None:
    async with served.watch() as socket:
        with bus.connected("session-1", unheard):
            while not (await told(socket)).get("live"):
                pass
            await store.commit([EndSession(session="session-1", ended_ms=START_MS + 9, why="signed out")])
            bus.publish(Published(session="session-1", ended=True))
            assert await told(socket) == {
                "type": "ended",
                "ended_ms": START_MS + 9,
                "ended_why": "signed out",
            }
            # What was on its way when the session ended still arrives.
            await page.picture(9, b"last")
            assert isinstance(await asyncio.wait_for(socket.recv(), PATIENCE_S), bytes)
        assert await closed(socket) == 4410


async def test_a_session_that_is_over_is_said_to_be(served: Desk, store: Store) -> None:
    await Visit(ended=True).put(store)
    async with served.watch() as socket:
        assert await told(socket) == {"type": "state", "live": False}
        assert await closed(socket) == 4410


async def test_the_view_is_logged_before_the_first_message(served: Desk, page: Page, store: Store) -> None:
    for _ in range(2):
        async with served.watch() as socket:
            await told(socket)
            assert [(view.agent, view.what) for view in await store.views("session-1")] == [(LOGIN, "live")]


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1.evil.example", "file://"],
)
async def test_another_site_cannot_open_it(
    served: Desk, page: Page, store: Store, bus: LocalBus, origin: str | None
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with served.watch(origin=origin):
            pass
    assert refused.value.response.status_code == 403
    assert "Content-Security-Policy" in refused.value.response.headers
    assert await store.views("session-1") == []
    assert not bus.watched("session-1")


@pytest.mark.parametrize("cookie", ["", "invented"])
async def test_nobody_opens_it_without_a_login(served: Desk, page: Page, store: Store, cookie: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with served.watch(cookie=cookie):
            pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"")["error"]["what"] == "You are not signed in."
    assert await store.views("session-1") == []


async def test_an_unknown_session_is_refused_with_its_reason(served: Desk) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with served.watch("nothing"):
            pass
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body or b"")["error"]["what"] == "There is no such session."


async def test_it_ends_with_the_login(served: Desk, page: Page, store: Store) -> None:
    async with served.watch() as socket:
        await told(socket)
        await store.drop_login(token_hash(served.cookie))
        assert await closed(socket) == 4401


async def test_it_ends_when_the_agent_is_shut_out(served: Desk, page: Page, accounts: Accounts) -> None:
    async with served.watch() as socket:
        await told(socket)
        await accounts.set_disabled(LOGIN, disabled=True)
        assert await closed(socket) == 4401


async def test_it_ends_with_a_new_password(served: Desk, page: Page, accounts: Accounts) -> None:
    async with served.watch() as socket:
        await told(socket)
        await renew(accounts, "battery staple")
        assert await closed(socket) == 4401


async def test_watching_does_not_keep_a_login_alive_for_ever(served: Desk, page: Page, clock: Clock) -> None:
    async with served.watch() as socket:
        await told(socket)
        clock.ms += IDLE_MS + 1
        assert await closed(socket) == 4401


async def test_a_watcher_that_does_not_keep_up_is_cut_off_and_others_are_not(
    served: Desk, page: Page, bus: LocalBus
) -> None:
    async with served.watch() as slow, served.watch() as quick:
        await told(slow)
        await told(quick)
        slow.transport.pause_reading()
        frame = b"x" * 1_000_000
        for number in range(4, 64):
            await page.picture(number, frame)
            received = await asyncio.wait_for(quick.recv(), PATIENCE_S)
            assert msgpack.unpackb(received)[1] == number
        slow.transport.resume_reading()
        assert await closed(slow) == 4408


async def test_one_that_takes_nothing_more_is_let_go(
    make_desk: MakeDesk, serve: Serve, page: Page, bus: LocalBus
) -> None:
    address = await serve(make_desk(send_timeout_ms=50))
    async with httpx.AsyncClient(base_url=address, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        await log_in(client)
        desk = Desk(address, client.cookies["desk"])
    async with desk.watch() as socket:
        await told(socket)
        socket.transport.pause_reading()
        for number in range(4, 10):
            await page.picture(number, b"x" * 4_000_000)
        await unwatched(bus)
        socket.transport.abort()


async def test_when_the_watcher_leaves_nothing_stays_behind(served: Desk, page: Page, bus: LocalBus) -> None:
    async with AsyncExitStack() as watchers:
        for _ in range(5):
            await told(await watchers.enter_async_context(served.watch()))
        assert bus.watched("session-1")
    await unwatched(bus)


class TestWithAStoreThatFails:
    """The page is told to come again."""

    class Failing(MemoryStore):
        fails = False

        async def loads(self, session: str) -> list[Load]:
            if self.fails:
                raise StoreUnavailable("The disk is gone.")
            return await super().loads(session)

    @pytest.fixture
    def store(self) -> MemoryStore:
        return self.Failing()

    async def test_it_says_so(self, served: Desk, page: Page, store: Failing) -> None:
        async with served.watch() as socket:
            await told(socket)
            store.fails = True
            await page.facts(2, "fact")
            assert await closed(socket) == 4503


async def test_an_agent_may_watch_so_many_at_once_and_no_more(served: Desk, page: Page) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(WATCHING_MAX_COUNT - 1):
            await stack.enter_async_context(served.watch())
        async with served.watch() as last:
            await told(last)
            with pytest.raises(InvalidStatus) as refused:
                await stack.enter_async_context(served.watch())
            assert refused.value.response.status_code == 429
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(InvalidStatus):
                    await stack.enter_async_context(served.watch())
                    break
