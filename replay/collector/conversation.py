"""One page load's conversation with the collector, whatever carries it.

The protocol machine says what came; this module asks the store, hands batches to the writer, and lets the
machine say what goes back. A batch is acknowledged when its commit is synced and not before. Batches are
committed side by side, within a bound on the bytes in flight; past it the page is not read any further.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from replay.collector.metrics import Metrics
from replay.collector.quota import OverQuota, Quota
from replay.collector.sessions import Denied, admit, hash_token, may_send, mint_token
from replay.collector.writer import Writer
from replay.model.events import Event, Identified, SignedOut
from replay.model.identity import identifiers, verify
from replay.model.schema import encode
from replay.model.site import PageSettings
from replay.ports import (
    AppendBatch,
    Appended,
    Bus,
    DeclareGap,
    EndSession,
    Gap,
    Identifier,
    Load,
    MeasureClock,
    Operation,
    Published,
    RotateToken,
    Session,
    Site,
    Store,
    StoredBatch,
    StoreUnavailable,
)
from replay.protocol.connection import (
    BatchReceived,
    ClockMeasured,
    GapDeclared,
    Greeted,
    ServerConnection,
)
from replay.protocol.limits import Limits
from replay.protocol.messages import CloseCode, Hello, Track

__all__ = ["Collector", "Conversation"]

IN_FLIGHT_BYTES = 4 * 1024 * 1024
"""Payload bytes of one page that may wait for their commit."""

logger = logging.getLogger("replay.collector")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """What every conversation works with."""

    store: Store
    bus: Bus
    writer: Writer
    limits: Limits
    quota: Quota
    metrics: Metrics
    phone_region: str
    now_ms: Callable[[], int]


class Conversation:
    """Feed it messages with ``receive``; send what ``outgoing`` gives whenever ``notify`` is called.

    Used as an async context manager: on leaving, what is in flight is still committed.
    """

    def __init__(
        self, collector: Collector, *, origin: str | None, address: str, notify: Callable[[], None]
    ) -> None:
        self._collector = collector
        self._origin = origin
        self._address = address
        self._notify = notify
        self._machine = ServerConnection(collector.limits)
        self._site: Site | None = None
        self._session: Session | None = None
        self._load: Load | None = None
        self._commits: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Conversation:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.settle()
        await self._stack.aclose()

    @property
    def close_code(self) -> int | None:
        """The code to close with once ``outgoing`` is sent; None while the conversation goes on."""
        return self._machine.close_code

    @property
    def greeted(self) -> bool:
        """Whether the page was let in."""
        return self._session is not None

    def outgoing(self) -> list[bytes]:
        """Messages to send now, each once."""
        return self._machine.data_to_send()

    def refuse(self, code: CloseCode, reason: str) -> None:
        """End the conversation."""
        self._collector.metrics.refused.labels(code.name.lower()).inc()
        self._machine.refuse(code, reason)
        self._notify()

    async def receive(self, data: bytes) -> None:
        """Take one message. Returns when it may be followed by the next one."""
        for event in self._machine.receive(data, self._collector.now_ms()):
            match event:
                case Greeted(hello=hello):
                    await self._greet(hello)
                case BatchReceived():
                    self._keep(event)
                case GapDeclared():
                    self._start(self._commit_gap(event))
                case ClockMeasured():
                    self._start(self._commit_clock(event))
        if self._machine.close_code is not None:
            self._notify()
        while self._in_flight > IN_FLIGHT_BYTES and self._commits:
            await asyncio.wait(self._commits, return_when=asyncio.FIRST_COMPLETED)

    async def settle(self) -> None:
        """Wait until everything received is committed or refused."""
        while self._commits:
            await asyncio.wait(self._commits)

    async def _greet(self, hello: Hello) -> None:
        collector = self._collector
        site = await collector.store.site(hello.site)
        if site is None:
            return self.refuse(CloseCode.FORBIDDEN, "Unknown site key. `replay site list` shows the keys.")
        if not may_send(site, self._origin):
            return self.refuse(
                CloseCode.FORBIDDEN, f"Origin {str(self._origin)[:60]} is not one of this site's origins."
            )
        now_ms = collector.now_ms()
        try:
            if hello.session is None:
                collector.quota.open_session(self._address, now_ms)
            admitted = await admit(collector.store, collector.writer, site, hello, now_ms)
        except OverQuota as error:
            return self.refuse(CloseCode.TOO_MUCH, str(error))
        except StoreUnavailable as error:
            return self._cannot_store(error)
        if isinstance(admitted, Denied):
            return self.refuse(admitted.code, admitted.reason)
        self._site, self._session, self._load = site, admitted.session, admitted.load
        self._stack.enter_context(collector.quota.session(admitted.session.id))
        self._machine.welcome(
            session=admitted.session.id,
            token=admitted.token,
            code=admitted.session.code,
            server_ms=collector.now_ms(),
            facts_acked=admitted.load.facts_acked,
            picture_acked=admitted.load.picture_acked,
            settings=site.settings,
        )
        collector.bus.publish(Published(session=admitted.session.id, load_opened=True))
        self._notify()

    async def follow_watchers(self) -> None:
        """Tell the page when it is watched, until cancelled. Call after it was greeted."""
        assert self._session is not None
        bus = self._collector.bus
        async with bus.connected(self._session.id), bus.on_watch(self._session.id) as changes:
            first = True
            async for watched in changes:
                if watched or not first:
                    self._machine.watched(watched)
                if watched:
                    self._machine.checkpoint_wanted()
                first = False
                self._notify()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)

    def _keep(self, batch: BatchReceived) -> None:
        assert self._session is not None
        size = len(batch.payload)
        try:
            self._collector.quota.send(self._session.id, size)
        except OverQuota as error:
            return self.refuse(CloseCode.TOO_MUCH, str(error))
        self._in_flight += size
        self._start(self._commit_batch(batch))

    async def _commit_batch(self, batch: BatchReceived) -> None:
        assert self._session is not None and self._load is not None
        collector, now_ms = self._collector, self._collector.now_ms()
        track = Track(batch.track)
        found, extra, token = self._read_facts(batch.facts, now_ms)
        append = AppendBatch(
            session=self._session.id,
            load=self._load.id,
            track=batch.track,
            number=batch.number,
            payload=batch.payload,
            digest=batch.digest,
            received_ms=now_ms,
            first_ms=batch.first_ms,
            last_ms=batch.last_ms,
            checkpoint=batch.checkpoint,
            identifiers=found,
        )
        try:
            with collector.metrics.commit_seconds.time():
                outcome = (await collector.writer.submit(append, *extra))[0]
        except StoreUnavailable as error:
            return self._cannot_store(error)
        finally:
            self._in_flight -= len(batch.payload)
        assert isinstance(outcome, Appended)
        collector.metrics.batches.labels(track.name.lower(), outcome.outcome).inc()
        if outcome.outcome == "conflict":
            return self.refuse(CloseCode.CONFLICT, f"Batch {batch.number} was sent before with other bytes.")
        if outcome.outcome == "gone":
            return self.refuse(CloseCode.SESSION_ENDED, "This session is no longer kept: start a new one.")
        if outcome.outcome == "stored":
            collector.metrics.bytes.labels(track.name.lower()).inc(len(batch.payload))
            kept = StoredBatch(
                load=append.load,
                track=append.track,
                number=append.number,
                payload=append.payload,
                digest=append.digest,
                received_ms=now_ms,
                first_ms=append.first_ms,
                last_ms=append.last_ms,
                checkpoint=append.checkpoint,
            )
            ended = any(isinstance(one, EndSession) for one in extra)
            collector.bus.publish(Published(session=append.session, batches=(kept,), ended=ended))
            if token is not None:
                self._machine.token(token)
        self._machine.ack(batch.track, outcome.acked)
        self._notify()

    def _read_facts(
        self, facts: tuple[Event, ...], now_ms: int
    ) -> tuple[tuple[Identifier, ...], list[Operation], str | None]:
        """What the facts mean beyond being kept: identifiers to find them by, a rotated token, an end."""
        assert self._session is not None and self._site is not None
        found: list[Identifier] = []
        extra: list[Operation] = []
        token = None
        for event in facts:
            verified = isinstance(event.fact, Identified) and verify(
                event.fact, self._site.identify_secret, now_ms // 1000
            )
            found += identifiers(event.fact, at_ms=now_ms, region=self._collector.phone_region, verified=verified)
            if verified:
                token = mint_token()
                extra = [one for one in extra if not isinstance(one, RotateToken)]
                extra.append(RotateToken(session=self._session.id, token_hash=hash_token(token)))
            elif isinstance(event.fact, SignedOut):
                extra.append(EndSession(session=self._session.id, ended_ms=now_ms, why="signed out"))
        return tuple(found), extra, token

    async def _commit_gap(self, gap: GapDeclared) -> None:
        assert self._session is not None and self._load is not None
        declared = DeclareGap(
            session=self._session.id,
            load=self._load.id,
            track=gap.track,
            first=gap.first,
            last=gap.last,
            reason=gap.reason,
            received_ms=self._collector.now_ms(),
        )
        try:
            (outcome,) = await self._collector.writer.submit(declared)
        except StoreUnavailable as error:
            return self._cannot_store(error)
        assert isinstance(outcome, Appended)
        if outcome.outcome == "gone":
            return self.refuse(CloseCode.SESSION_ENDED, "This session is no longer kept: start a new one.")
        self._collector.metrics.gaps.labels(Track(gap.track).name.lower()).inc()
        kept = Gap(load=declared.load, track=gap.track, first=gap.first, last=gap.last, reason=gap.reason)
        self._collector.bus.publish(Published(session=declared.session, gaps=(kept,)))
        self._machine.ack(gap.track, outcome.acked)
        self._notify()

    async def _commit_clock(self, clock: ClockMeasured) -> None:
        assert self._session is not None and self._load is not None
        try:
            await self._collector.writer.submit(
                MeasureClock(
                    session=self._session.id,
                    load=self._load.id,
                    offset_ms=clock.offset_ms,
                    error_ms=clock.error_ms,
                )
            )
        except StoreUnavailable as error:
            self._cannot_store(error)

    def _cannot_store(self, error: StoreUnavailable) -> None:
        logger.error("cannot store: %s", error)
        self.refuse(CloseCode.CANNOT_STORE, "Nothing can be kept now. Hold on to what is unsent and come again.")
