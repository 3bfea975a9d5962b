"""Keeps what one page sends, once it was let in: batches, gaps and its clock go to the store,
acknowledgements and refusals come back.

A batch is acknowledged when its commit is synced and not before. Batches are committed side by side, within a
bound on the bytes in flight.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Protocol

from replay.collector.assets import Assets, Named, named_in
from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.collector.quota import OverQuota, Quota
from replay.collector.reserve import Reserve
from replay.collector.sessions import Admitted, hash_token, mint_token
from replay.collector.styles import Styles
from replay.collector.writer import Writer
from replay.model.clock import ClockOffset, agree
from replay.model.events import Event, Fact, Identified, SignedOut
from replay.model.identity import identifiers, verify
from replay.ports import (
    AppendBatch,
    Bus,
    DeclareGap,
    EndSession,
    Gap,
    Identifier,
    Load,
    MeasureClock,
    Objects,
    Published,
    RotateToken,
    Site,
    Store,
    StoredBatch,
    StoreUnavailable,
)
from replay.protocol.connection import (
    BatchReceived,
    ClockMeasured,
    GapDeclared,
    ServerConnection,
    StyleReceived,
)
from replay.protocol.limits import Limits
from replay.protocol.messages import CloseCode

__all__ = ["Collector", "Keeper"]

IN_FLIGHT_BYTES = 4 * 1024 * 1024
"""Payload bytes of one page that may wait for their commit."""
IN_FLIGHT_COUNT = 32
"""Messages of one page that may wait for their commit."""

IDENTIFIERS_MAX_COUNT = 1_000
"""Where a batch has brought so many, further facts of it are kept but not searchable by what they mention."""

CLOCKS_COMPARED_COUNT = 64
"""Latest page loads of a session whose clocks are compared: what one page measures must not cost a write for
every page that was ever opened."""

logger = logging.getLogger("replay.collector")

_NO_LONGER_KEPT = "This session is no longer kept: start a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """What every conversation works with."""

    store: Store
    objects: Objects
    bus: Bus
    writer: Writer
    assets: Assets
    judge: Judge
    limits: Limits
    quota: Quota
    metrics: Metrics
    reserve: Reserve
    phone_region: str
    now_ms: Callable[[], int]
    _sites: dict[str, Site] = field(default_factory=dict)

    async def site(self, key: str) -> Site | None:
        """A site as it is now: one object for all of its pages while it does not change."""
        site = await self.store.site(key)
        if site is None:
            return None
        if self._sites.get(key) != site:
            self._sites[key] = site
        return self._sites[key]

    def count_session(self, address: str, site: str, now_ms: int) -> None:
        """Count a session that is to be opened. Raises ``OverQuota``."""
        self.reserve.require()
        self.quota.open_session(address, site, now_ms)


class Refuse(Protocol):
    """Ends the conversation."""

    def __call__(self, code: CloseCode, reason: str, *, cap: str | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What facts ask for beyond being kept."""

    identifiers: tuple[Identifier, ...]
    consequences: tuple[RotateToken | EndSession, ...]
    token: str | None
    ended: bool


class Keeper:
    """The storing half of one conversation."""

    def __init__(
        self,
        collector: Collector,
        site: Site,
        admitted: Admitted,
        address: str,
        machine: ServerConnection,
        *,
        notify: Callable[[], None],
        refuse: Refuse,
    ) -> None:
        self._collector = collector
        self._site = site
        self.session = admitted.session.id
        self._load = admitted.load.id
        self._address = address
        self._machine = machine
        self._notify = notify
        self._refuse = refuse
        self._styles: Styles | None = None
        self._commits: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._watched = False

    def keep(self, batch: BatchReceived) -> None:
        """Begin to keep a batch."""
        try:
            self._collector.quota.receive(
                self._address, self._site.key, self.session, len(batch.payload), self._collector.now_ms()
            )
        except OverQuota as error:
            self._refuse(error.code, str(error), cap=error.cap)
            return
        self._in_flight += len(batch.payload)
        self._start(self._commit_batch(batch))

    def declare(self, gap: GapDeclared) -> None:
        """Begin to keep a gap."""
        self._start(self._commit_gap(gap))

    def measured(self, clock: ClockMeasured) -> None:
        """Begin to keep a measurement of the page's clock."""
        self._start(self._commit_clock(clock))

    def keep_style(self, style: StyleReceived) -> None:
        """Begin to keep the text of a style."""
        self._in_flight += len(style.data)
        self._start(self._commit_style(style))

    async def resume(self) -> None:
        """Tell a page that was here before what it may have missed. Raises ``StoreUnavailable``."""
        await self._style_keeper().resume()

    async def room(self) -> None:
        """Return when more may be read."""
        while self._commits and (self._in_flight > IN_FLIGHT_BYTES or len(self._commits) >= IN_FLIGHT_COUNT):
            await asyncio.wait(self._commits, return_when=asyncio.FIRST_COMPLETED)

    async def settle(self) -> None:
        """Wait until everything is committed or refused."""
        while self._commits:
            await asyncio.wait(self._commits)

    def watched(self, on: bool) -> None:
        """Tell the page when it is watched, and ask for a whole picture then."""
        if on != self._watched:
            self._watched = on
            self._machine.watched(on)
        if on:
            self._machine.checkpoint_wanted()
            self._collector.judge.hasten(self.session)
        self._notify()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._tell_if_unavailable(work))
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)

    async def _tell_if_unavailable(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except (StoreUnavailable, ValueError):
            self._refuse(
                CloseCode.CANNOT_STORE, "Nothing can be kept now. Hold on to what is unsent and come again."
            )

    async def _commit_batch(self, batch: BatchReceived) -> None:
        collector, now_ms = self._collector, self._collector.now_ms()
        meaning = self._meaning(batch.facts, await self._secret(batch.facts), now_ms)
        named = self._named(batch.facts, now_ms)
        append = AppendBatch(
            session=self.session,
            load=self._load,
            track=batch.track,
            number=batch.number,
            payload=batch.payload,
            digest=batch.digest,
            received_ms=now_ms,
            first_ms=batch.first_ms,
            last_ms=batch.last_ms,
            checkpoint=batch.checkpoint,
            identifiers=meaning.identifiers,
            sightings=named.sightings(),
            then=meaning.consequences,
            judge_ms=collector.judge.due_ms(self.session, batch.facts, now_ms),
        )
        try:
            with collector.metrics.commit_seconds.time():
                appended = await collector.writer.append(append)
        finally:
            self._in_flight -= len(batch.payload)
        track = batch.track.name.lower()
        collector.metrics.batches.labels(track, appended.outcome).inc()
        match appended.outcome:
            case "conflict":
                self._refuse(CloseCode.CONFLICT, f"Batch {batch.number} was sent before with other bytes.")
                return
            case "gone":
                self._refuse(CloseCode.SESSION_ENDED, _NO_LONGER_KEPT)
                return
            case "stored":
                collector.metrics.bytes.labels(track).inc(len(batch.payload))
                self._publish(append, ended=meaning.ended)
                if batch.facts:
                    collector.judge.hear(append, batch.facts)
                collector.assets.see(self._site, named.seen)
                if meaning.ended:
                    logger.info(
                        "session ended",
                        extra={"site": self._site.key, "session": self.session, "why": "signed out"},
                    )
                if meaning.token is not None:
                    self._machine.token(meaning.token)
        if named.styles:
            await self._style_keeper().named(named.styles)
        self._machine.ack(batch.track, appended.acked)
        self._notify()

    def _style_keeper(self) -> Styles:
        """Made when it is needed: a page that names no styles takes no memory for them."""
        if self._styles is None:
            self._styles = Styles(
                store=self._collector.store,
                objects=self._collector.objects,
                quota=self._collector.quota,
                metrics=self._collector.metrics,
                reserve=self._collector.reserve,
                now_ms=self._collector.now_ms,
                machine=self._machine,
                notify=self._notify,
                site=self._site.key,
                session=self.session,
                address=self._address,
            )
        return self._styles

    async def _commit_style(self, style: StyleReceived) -> None:
        try:
            await self._style_keeper().keep(style)
        finally:
            self._in_flight -= len(style.data)

    def _named(self, facts: tuple[Event, ...], now_ms: int) -> Named:
        """What the facts refer to; nothing, once this address has named enough of late."""
        named = named_in(facts)
        try:
            self._collector.quota.sight(self._address, len(named.seen) + len(named.styles), now_ms)
        except OverQuota as error:
            self._collector.metrics.caps.labels(error.cap).inc()
            if named.styles:
                self._style_keeper().refuse(named.styles)
            return Named()
        return named

    def _publish(self, append: AppendBatch, *, ended: bool) -> None:
        if not self._collector.bus.watched(self.session):
            return
        kept = StoredBatch(
            load=append.load,
            track=append.track,
            number=append.number,
            payload=append.payload,
            digest=append.digest,
            received_ms=append.received_ms,
            first_ms=append.first_ms,
            last_ms=append.last_ms,
            checkpoint=append.checkpoint,
        )
        self._collector.bus.publish(Published(session=self.session, batches=(kept,), ended=ended))

    async def _secret(self, facts: tuple[Event, ...]) -> str:
        """What signatures are checked with, asked for anew: it may have been rotated since the hello."""
        if not any(isinstance(event.fact, Identified) for event in facts):
            return ""
        site = await self._collector.site(self._site.key)
        return "" if site is None else site.identify_secret

    def _meaning(self, facts: tuple[Event, ...], secret: str, now_ms: int) -> _Meaning:
        found: dict[tuple[str, str], Identifier] = {}
        token: str | None = None
        ended = False
        # Proof comes first: neither a claim of the same nor a flood of anything is to stand in its place.
        told = [(_is_proven(event.fact, secret, now_ms), event.fact) for event in facts]
        for verified, fact in sorted(told, key=lambda one: not one[0]):
            if len(found) < IDENTIFIERS_MAX_COUNT:
                region = self._collector.phone_region
                for edge in identifiers(fact, at_ms=now_ms, region=region, verified=verified):
                    found.setdefault((edge.kind, edge.value), edge)
            if verified:
                token = mint_token()
            ended = ended or isinstance(fact, SignedOut)
        consequences: list[RotateToken | EndSession] = []
        if token is not None:
            consequences.append(
                RotateToken(session=self.session, token_hash=hash_token(token), rotated_ms=now_ms)
            )
        if ended:
            consequences.append(EndSession(session=self.session, ended_ms=now_ms, why="signed out"))
        return _Meaning(tuple(found.values()), tuple(consequences), token, ended)

    async def _commit_gap(self, gap: GapDeclared) -> None:
        declared = DeclareGap(
            session=self.session,
            load=self._load,
            track=gap.track,
            first=gap.first,
            last=gap.last,
            reason=gap.reason,
            received_ms=self._collector.now_ms(),
        )
        appended = await self._collector.writer.append(declared)
        if appended.outcome == "gone":
            self._refuse(CloseCode.SESSION_ENDED, _NO_LONGER_KEPT)
            return
        self._collector.metrics.gaps.labels(gap.track.name.lower()).inc()
        kept = Gap(load=self._load, track=gap.track, first=gap.first, last=gap.last, reason=gap.reason)
        self._collector.bus.publish(Published(session=self.session, gaps=(kept,)))
        self._machine.ack(gap.track, appended.acked)
        self._notify()

    async def _commit_clock(self, clock: ClockMeasured) -> None:
        loads = await self._collector.store.loads(self.session)
        judge_ms = self._collector.now_ms() + self._collector.judge.rest_ms(self.session)
        known = {load.id: _offset(load) for load in loads[-CLOCKS_COMPARED_COUNT:]}
        measured = dict(known)
        own = measured.get(self._load)
        if own is None or clock.error_ms < own.error_ms:
            measured[self._load] = ClockOffset(clock.offset_ms, clock.error_ms)
        await self._collector.writer.submit(
            *(
                MeasureClock(
                    session=self.session,
                    load=load,
                    offset_ms=offset.offset_ms,
                    error_ms=offset.error_ms,
                    judge_ms=judge_ms,
                )
                for load, offset in agree(measured).items()
                if offset != known.get(load)
            )
        )


def _is_proven(fact: Fact, secret: str, now_ms: int) -> bool:
    return isinstance(fact, Identified) and verify(fact, secret, now_ms // 1000)


def _offset(load: Load) -> ClockOffset | None:
    if load.offset_ms is None or load.offset_error_ms is None:
        return None
    return ClockOffset(load.offset_ms, load.offset_error_ms)
