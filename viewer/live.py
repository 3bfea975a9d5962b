"""The live socket: everything that is committed for one session, as it is committed.

The first message is the state, sent once the subscription stands; a page that then fetches the timeline
misses nothing and drops what it has twice. A watcher that does not keep up is cut off by the bus, and one
whose agent logs out or is shut out within seconds; the collector waits for neither.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from enum import IntEnum

import msgpack
from starlette.websockets import WebSocket, WebSocketDisconnect

from replay.model.personal_code import Codes
from replay.model.track import Track
from replay.ports import Load, Published, Session, StoredBatch, StoreUnavailable
from replay.recording.blotting import Blotter
from viewer.blotted import blotted
from viewer.codes import codes_of
from viewer.desk import Desk, desk_of, session_of, signed_in
from viewer.errors import DeskError
from viewer.logins import SignedIn
from viewer.timeline import Json, facts_json, finding_json, gap_json, load_json
from viewer.told import told_json
from viewer.told_prices import told_prices

__all__ = ["WATCHING_MAX_COUNT", "LiveClose", "live"]

WATCHING_MAX_COUNT = 40
"""Live sockets that one agent may have open, over all logins."""


class LiveClose(IntEnum):
    """Why the desk ends a live socket. The page knows from the code what to do."""

    LOGIN_OVER = 4401
    """Log in again."""
    TOO_SLOW = 4408
    """Connect again and fetch what came in between."""
    ENDED = 4410
    """The session is over and no page of it is open: everything was sent. Or it was erased."""
    CANNOT_READ = 4503
    """The store does not answer: come again later."""


async def live(socket: WebSocket) -> None:
    """WS /api/sessions/<session>/live"""
    desk, session, who = desk_of(socket), await session_of(socket), signed_in(socket)
    with _place(desk, who.agent.login):
        await desk.views.ensure(who, session, "live")
        await _watch(desk, socket, session, who)


@contextlib.contextmanager
def _place(desk: Desk, login: str) -> Iterator[None]:
    """One of the agent's places: what is held back for a watcher is bounded, and so is their number."""
    if desk.watching[login] >= WATCHING_MAX_COUNT:
        raise DeskError(
            429, "You have too many live visits open.", "Close one first.", f"at most {WATCHING_MAX_COUNT}"
        )
    desk.watching[login] += 1
    try:
        yield
    finally:
        desk.watching[login] -= 1
        if desk.watching[login] == 0:
            del desk.watching[login]


async def _watch(desk: Desk, socket: WebSocket, session: Session, who: SignedIn) -> None:
    async with desk.bus.watch(session.id) as published:
        watcher = _Watcher(desk, socket, session, await desk.store.loads(session.id))
        await watcher.learn_codes()
        await socket.accept()
        # Whoever is gone, or takes nothing more, need not be told that it is over.
        with contextlib.suppress(WebSocketDisconnect, OSError, TimeoutError):
            await watcher.tell_state()
            code = await _first(
                watcher.follow(published),
                watcher.keep_telling_state(),
                _until_login_over(desk, who),
                _until_left(socket),
            )
            if code is not None:
                async with asyncio.timeout(desk.send_timeout_ms / 1_000):
                    await socket.close(code)


async def _first(*endings: Coroutine[None, None, int | None]) -> int | None:
    """Run all until one ends, and answer what that one answers; the others are cancelled."""
    tasks = [asyncio.ensure_future(ending) for ending in endings]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(iter(done)).result()
    except StoreUnavailable:
        return LiveClose.CANNOT_READ
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Watcher:
    """Turns what was committed into messages, one after the other."""

    def __init__(self, desk: Desk, socket: WebSocket, session: Session, loads: list[Load]) -> None:
        self._desk = desk
        self._socket = socket
        self._session = session
        self._live = False
        # What the page fetches from now on has them, so they are told only when they change.
        self._loads = {load.id: load for load in loads}
        self._codes = Codes()
        self._blotter = Blotter()
        self._sending = asyncio.Lock()

    async def learn_codes(self) -> None:
        """Look up which codes are to be hidden: the facts that bring them are told after that."""
        self._codes = await codes_of(self._desk.store, self._session)

    async def follow(self, published: AsyncIterator[Published]) -> int:
        """Pass on commits until the bus cuts the watcher off, or there is no such session any more."""
        async for news in published:
            if news.ended and await self._desk.store.session(self._session.id) is None:
                return LiveClose.ENDED
            try:
                async with asyncio.timeout(self._desk.send_timeout_ms / 1_000):
                    await self._tell(news)
            except TimeoutError:
                break
        return LiveClose.TOO_SLOW

    async def keep_telling_state(self) -> int:
        """Say whenever the customer's page opens or closes, until the session is over and no page is open."""
        while self._live or self._session.ended_ms is None:
            await asyncio.sleep(self._desk.recheck_ms / 1_000)
            if self._live != self._desk.bus.live(self._session.id):
                await self.tell_state()
        return LiveClose.ENDED

    async def tell_state(self) -> None:
        """Say whether the customer's page is open now."""
        self._live = self._desk.bus.live(self._session.id)
        await self._send({"type": "state", "live": self._live})

    async def _tell(self, news: Published) -> None:
        facts = [batch for batch in news.batches if batch.track == Track.FACTS]
        if facts or news.findings or news.told:
            await self.learn_codes()
        if facts or news.load_opened:
            loads = await self._desk.store.loads(self._session.id)
            await self._tell_loads(loads)
            await self._tell_facts(facts, loads)
        for batch in news.batches:
            if batch.track == Track.PICTURE:
                [payload] = await blotted(self._blotter, [batch.payload], self._codes)
                message = msgpack.packb([batch.load, batch.number, payload])
                async with self._sending:
                    await self._socket.send_bytes(message)
        for gap in news.gaps:
            await self._send({"type": "gap", "gap": gap_json(gap)})
        if news.findings:
            findings = await self._desk.store.findings(self._session.id)
            told_findings = [finding_json(self._codes.told(one)) for one in findings]
            await self._send({"type": "findings", "findings": told_findings})
        if news.told:
            told = await self._desk.store.told(self._session.id)
            prices = told_prices(told, self._session.started_ms)
            await self._send(
                {
                    "type": "told",
                    "told": self._codes.tell_all(told_json(told)),
                    "prices": self._codes.tell_all(prices),
                }
            )
        if news.ended:
            session = await self._desk.store.session(self._session.id) or self._session
            await self._send({"type": "ended", "ended_ms": session.ended_ms, "ended_why": session.ended_why})
            self._session = session

    async def _tell_facts(self, batches: list[StoredBatch], loads: list[Load]) -> None:
        events, unreadable = facts_json(loads, batches, self._codes)
        if events:
            await self._send({"type": "events", "events": events})
        for gap in unreadable:
            await self._send({"type": "gap", "gap": gap})

    async def _tell_loads(self, loads: list[Load]) -> None:
        """Say which page loads are new, and of which the clock is known better: that of one page load can
        also mend that of another."""
        for load in loads:
            known = self._loads.get(load.id)
            if known is None or known.offset_ms != load.offset_ms:
                await self._send({"type": "load", "load": load_json(load)})
            self._loads[load.id] = load

    async def _send(self, message: Json) -> None:
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        async with self._sending:
            await self._socket.send_text(text)


async def _until_login_over(desk: Desk, who: SignedIn) -> int:
    while True:
        await asyncio.sleep(desk.recheck_ms / 1_000)
        if not await desk.logins.holds(who):
            return LiveClose.LOGIN_OVER


async def _until_left(socket: WebSocket) -> None:
    """Read on, so that the watcher's going is noticed; what it says is of no interest."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
