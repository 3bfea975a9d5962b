"""Judges sessions when they are due: reads their facts, leads the rules over them, keeps what these say.

When a session is due stands in the store and was committed with its facts, so that nothing of it is lost with
this process; what is kept here, how far rules were led over which session, only saves reading it again. It
runs beside the commits and never holds one up: small work in between on the event loop, large work in a
thread. A session that nobody watches or that takes long is judged less often; who begins to watch one need
not wait.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from replay.collector.following import Followed, weight
from replay.collector.masking import masked_findings
from replay.collector.metrics import Metrics
from replay.collector.portions import portions
from replay.collector.shops import Shops
from replay.collector.verdict import Verdict, nothing_new
from replay.collector.weighing import weighed_findings
from replay.detect.fold import JUDGED, REST_MS, RULES, Rule
from replay.model.events import Event, kind_of
from replay.model.finding import Judgement
from replay.ports import AppendBatch, Bus, Published, SessionFacts, Store, StoreUnavailable

__all__ = ["Judge"]

EVERY_S = 0.25
"""How often the store is asked who is due."""
DUE_MAX_COUNT = 64
"""Sessions that are judged together."""
FOLLOWED_MAX_COUNT = 2_000
FOLLOWED_MAX_BYTES = 64 * 1024 * 1024
"""How many sessions are kept in memory, and how much was read of them altogether."""
NEW_AT_ONCE_COUNT = 16
NEW_AT_ONCE_BYTES = 16 * 1024 * 1024
"""Sessions of which nothing is remembered, or that sent much, that are read together, and what their facts
hold altogether: after a restart all are such."""
UNREAD_LARGE_BYTES = 64 * 1024
"""Payloads of new facts of a session that are yet to be read, in a thread if they are more."""
FACTS_LARGE_COUNT = 2_000
"""New facts and lines of carts that rules are led over in a thread."""
LONG_MS = 20.0
"""A session whose judgement took longer is judged in a thread."""
UNWATCHED_REST_MS = 8_000
"""What ``REST_MS`` is while nobody watches: what several batches brought is judged at once."""
HEARD_MAX_BYTES = 4 * 1024 * 1024
"""Payloads whose facts, read when they came, wait to be judged; they take some ten times as much memory."""
HEARD_MAX_MS = 60_000
"""How long they wait: whoever is judged later reads them, and of who was erased just then nothing stays."""
SHARE_COUNT = 20
"""A session takes no more than one part in so many of a processor."""
AGAIN_S = 2.0
"""How long to wait when the store cannot be used."""
UNREAD_REST_MS = 2_000
UNREAD_REST_MAX_MS = 10 * 60_000
"""How long a session rests whose facts cannot be read: each time twice as long, up to so long."""
UNREAD_MAX_COUNT = 10_000
"""How many such sessions are remembered."""

logger = logging.getLogger("replay.collector")


T = TypeVar("T")


class Judge:
    """Leads ``rules`` over the sessions of ``store``."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        metrics: Metrics,
        *,
        now_ms: Callable[[], int],
        rules: Sequence[Rule] = RULES,
        followed_max_bytes: int = FOLLOWED_MAX_BYTES,
    ) -> None:
        self._store = store
        self._bus = bus
        self._metrics = metrics
        self._now_ms = now_ms
        self._rules = rules
        self._followed_max_bytes = followed_max_bytes
        self._followed: OrderedDict[str, Followed] = OrderedDict()
        """The longest not judged first."""
        self._sizes: dict[str, int] = {}
        self._bytes = 0
        self._heard: OrderedDict[tuple[str, str, int], tuple[Sequence[Event], int, int]] = OrderedDict()
        """By session, page load and number, facts that were stored of late, the size of their payload, and
        when that was; the oldest first."""
        self._heard_bytes = 0
        self._shops = Shops(store)
        self._hastened: set[str] = set()
        """Sessions that somebody began to watch."""
        self._unread: dict[str, tuple[int, int]] = {}
        """Sessions whose facts cannot be read: until when they rest, and how long that is; oldest first."""

    def rest_ms(self, session: str) -> int:
        """How long a session is left alone after something came, or after it was judged."""
        least_ms = REST_MS if self._bus.watched(session) else UNWATCHED_REST_MS
        return max(least_ms, self._share_ms(session))

    def _share_ms(self, session: str) -> int:
        followed = self._followed.get(session)
        return 0 if followed is None else math.ceil(followed.took_ms * SHARE_COUNT)

    def hasten(self, session: str) -> None:
        """Judge it now and not when it is due: somebody wants to see."""
        self._hastened.add(session)

    def due_ms(self, session: str, facts: Iterable[Event], now_ms: int) -> int | None:
        """When the session is to be judged for these facts; None if no rule reads them."""
        if not any(kind_of(event.fact) in JUDGED for event in facts):
            return None
        return now_ms + self.rest_ms(session)

    def hear(self, append: AppendBatch, facts: Sequence[Event]) -> None:
        """These facts were stored. To judge without hearing of them only takes longer."""
        size = len(append.payload)
        self._heard[append.session, append.load, append.number] = facts, size, self._now_ms()
        self._heard_bytes += size
        while self._heard_bytes > HEARD_MAX_BYTES:
            self._drop_heard(next(iter(self._heard)))

    def forget(self, session: str) -> None:
        """It was erased: hold nothing of it either."""
        self._forget(session)
        self._unread.pop(session, None)
        for place in [place for place in self._heard if place[0] == session]:
            self._drop_heard(place)

    async def run(self) -> None:
        """Judge until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                while await self.judge_due() == DUE_MAX_COUNT:
                    pass
            except StoreUnavailable:
                # Whoever keeps what pages send says so in the log.
                await asyncio.sleep(AGAIN_S)
            except Exception:
                logger.exception("judging failed")
                await asyncio.sleep(AGAIN_S)

    async def judge_due(self) -> int:
        """Judge those who are due; how many they were. Raises ``StoreUnavailable``."""
        now_ms = self._now_ms()
        while self._heard and next(iter(self._heard.values()))[2] < now_ms - HEARD_MAX_MS:
            self._drop_heard(next(iter(self._heard)))
        resting = {session for session, (until_ms, _) in self._unread.items() if until_ms > now_ms}
        # Those who rest are due still, and before others.
        found = await self._store.due_sessions(now_ms, DUE_MAX_COUNT + len(resting))
        due = [session for session in found if session not in resting][:DUE_MAX_COUNT]
        hastened, self._hastened = self._hastened, set()
        sessions = list(dict.fromkeys([*hastened, *due]))
        if sessions:
            _, unread = await self._judge_together(sessions)
            if unread:
                why = str(next(iter(unread.values())))
                logger.warning("facts cannot be read, judged later", extra={"count": len(unread), "why": why})
        return len(due)

    async def judge(self, sessions: Sequence[str], *, anew: bool = False) -> list[Verdict]:
        """Judge these sessions now, ``anew`` from their beginning; what was said of those that are here.
        Raises ``StoreUnavailable``, after those were judged that can be read."""
        for session in sessions if anew else ():
            self._forget(session)
        kept, unread = await self._judge_together(sessions)
        for session in sessions if anew else ():
            # Those whose pages are open are more worth being remembered.
            self._forget(session)
        if unread:
            raise next(iter(unread.values()))
        return kept

    async def _judge_together(
        self, sessions: Sequence[str]
    ) -> tuple[list[Verdict], Mapping[str, StoreUnavailable]]:
        """What is said of those that are here, and why others cannot be read."""
        self._shops.read_anew()
        kept: list[Verdict] = []
        unread: dict[str, StoreUnavailable] = {}
        few = [one for one in sessions if one in self._followed and not self._followed[one].is_long]
        many = [one for one in sessions if one not in few]
        # Of most of them everything is read, which pages may have made megabytes: never of many at once.
        sizes = await self._store.facts_bytes(many) if len(many) > 1 else {}
        parts = portions(many, sizes, most_bytes=NEW_AT_ONCE_BYTES, most_count=NEW_AT_ONCE_COUNT)
        for part in (few, *parts):
            if part:
                more, others = await self._judge_part(part)
                kept += more
                unread.update(others)
        return kept, unread

    async def _judge_part(
        self, sessions: Sequence[str]
    ) -> tuple[list[Verdict], Mapping[str, StoreUnavailable]]:
        asked = {session: self._after(session) for session in sessions}
        facts, unread = await self._facts(asked)
        for session in asked:
            if session not in facts:
                self._forget(session)
            if session not in unread:
                self._unread.pop(session, None)
        for session in unread:
            self._let_rest(session)
        kept: list[Verdict] = []
        verdicts: list[Verdict] = []
        for session, read in sorted(facts.items(), key=lambda one: _size(one[1])):
            if verdicts and _size(read) > UNREAD_LARGE_BYTES:
                # What was found of those who sent little does not wait for those who sent much.
                kept += await self._keep(verdicts)
                verdicts = []
            verdict = await self._judge(session, read)
            if verdict is not None:
                verdicts.append(verdict)
            # The pages' turn.
            await asyncio.sleep(0)
        kept += await self._keep(verdicts)
        return kept, unread

    async def _facts(
        self, asked: Mapping[str, Mapping[str, int]]
    ) -> tuple[Mapping[str, SessionFacts], Mapping[str, StoreUnavailable]]:
        """The facts of those that can be read, and why others cannot."""
        try:
            return await self._store.session_facts(asked), {}
        except StoreUnavailable as error:
            if len(asked) == 1:
                return {}, dict.fromkeys(asked, error)
        # It may be the object of one alone, and then others are not to wait for it.
        facts: dict[str, SessionFacts] = {}
        unread: dict[str, StoreUnavailable] = {}

        async def read(session: str, after: Mapping[str, int]) -> None:
            try:
                facts.update(await self._store.session_facts({session: after}))
            except StoreUnavailable as error:
                unread[session] = error

        await asyncio.gather(*(read(session, after) for session, after in asked.items()))
        return facts, unread

    def _let_rest(self, session: str) -> None:
        _, rested_ms = self._unread.pop(session, (0, 0))
        rest_ms = min(max(UNREAD_REST_MS, 2 * rested_ms), UNREAD_REST_MAX_MS)
        self._unread[session] = self._now_ms() + rest_ms, rest_ms
        if len(self._unread) > UNREAD_MAX_COUNT:
            del self._unread[next(iter(self._unread))]

    def _after(self, session: str) -> dict[str, int]:
        followed = self._followed.get(session)
        return {} if followed is None else followed.after

    async def _judge(self, session: str, facts: SessionFacts) -> Verdict | None:
        """What is to be said of a session; None if it is gone meanwhile."""
        try:
            followed = await self._follow(session, facts)
            if followed is None:
                return None
            now_ms = self._now_ms()
            judgement = await _timed(followed, partial(followed.judge, now_ms))
            followed.is_long = followed.took_ms > LONG_MS
            self._remember(session, followed)
            self._metrics.sessions_judged.inc()
            self._metrics.judge_seconds.observe(followed.took_ms / 1_000)
            for failure in followed.take_failures():
                self._metrics.rules_failed.labels(failure.rule).inc()
                about = {"rule": failure.rule, "session": session}
                logger.error("a rule failed", exc_info=failure.error, extra=about)
            stored, followed.shown = followed.shown, followed.shown_prices()
            return Verdict(
                session=session,
                changes_count=followed.changes_count,
                judge_ms=self._wake_ms(session, judgement, now_ms),
                before=followed.findings,
                after=judgement.findings,
                has_news=followed.has_news,
                shown=None if followed.shown == stored else followed.shown,
            )
        except StoreUnavailable:
            raise
        except Exception:
            logger.exception("a session cannot be judged", extra={"session": session})
            self._forget(session)
            return nothing_new(session, facts.changes_count)

    async def _follow(self, session: str, facts: SessionFacts) -> Followed | None:
        """The session with these facts; None if it is gone meanwhile."""
        shop = await self._shops.shop_of(facts)
        followed = self._followed.get(session)
        if followed is not None:
            followed.took_ms = 0.0
            if followed.shop == shop and await self._lead(session, followed, facts):
                return followed
            self._forget(session)
            anew = (await self._store.session_facts({session: {}})).get(session)
            if anew is None:
                return None
            facts = anew
        followed = Followed(shop, self._rules, await self._store.findings(session))
        await self._lead(session, followed, facts)
        return followed

    async def _lead(self, session: str, followed: Followed, facts: SessionFacts) -> bool:
        read: dict[tuple[str, int], Sequence[Event]] = {}
        unread_bytes = 0
        for batch in facts.batches:
            place = session, batch.load, batch.number
            if place in self._heard:
                read[batch.load, batch.number] = self._drop_heard(place)
            else:
                unread_bytes += len(batch.payload)
        if unread_bytes > UNREAD_LARGE_BYTES or sum(map(weight, read.values())) > FACTS_LARGE_COUNT:
            followed.is_long = True
        return await _timed(followed, partial(followed.follow, facts, read))

    def _drop_heard(self, place: tuple[str, str, int]) -> Sequence[Event]:
        events, size, _ = self._heard.pop(place)
        self._heard_bytes -= size
        return events

    async def _keep(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Store, count and tell what was said; it, of the sessions that are still here."""
        try:
            verdicts = await weighed_findings(self._store, verdicts)
            verdicts = await masked_findings(self._store, verdicts)
            here = await self._store.put_findings([one.judged() for one in verdicts])
        except StoreUnavailable:
            for verdict in verdicts:
                self._forget(verdict.session)
            raise
        except Exception:
            if len(verdicts) > 1:
                return [kept for one in verdicts for kept in await self._keep([one])]
            logger.exception("findings cannot be kept", extra={"session": verdicts[0].session})
            self._forget(verdicts[0].session)
            verdicts = [nothing_new(verdicts[0].session, verdicts[0].changes_count)]
            here = await self._store.put_findings([one.judged() for one in verdicts])
        kept = []
        for verdict, is_here in zip(verdicts, here, strict=True):
            if is_here:
                if verdict.session in self._followed:
                    self._followed[verdict.session].findings = verdict.after
                self._tell(verdict)
                kept.append(verdict)
            else:
                self._forget(verdict.session)
        return kept

    def _tell(self, verdict: Verdict) -> None:
        if verdict.changed:
            for finding in set(verdict.after) - set(verdict.before):
                self._metrics.findings.labels(finding.rule, finding.outcome).inc()
        if verdict.changed or verdict.has_news:
            news = Published(session=verdict.session, findings=verdict.changed, told=verdict.has_news)
            self._bus.publish(news)

    def _wake_ms(self, session: str, judgement: Judgement, now_ms: int) -> int | None:
        if judgement.wake_ms is None:
            return None
        # Who watches is told as soon as it can be said.
        rest_ms = 1 + self._share_ms(session) if self._bus.watched(session) else self.rest_ms(session)
        return max(math.ceil(judgement.wake_ms), now_ms + rest_ms)

    def _remember(self, session: str, followed: Followed) -> None:
        self._forget(session)
        self._followed[session] = followed
        # What it was then: it grows before it is forgotten.
        self._sizes[session] = followed.held_bytes
        self._bytes += self._sizes[session]
        while len(self._followed) > FOLLOWED_MAX_COUNT or self._bytes > self._followed_max_bytes:
            self._forget(next(iter(self._followed)))

    def _forget(self, session: str) -> None:
        if self._followed.pop(session, None) is not None:
            self._bytes -= self._sizes.pop(session)


async def _timed(followed: Followed, work: Callable[[], T]) -> T:
    began_s = time.perf_counter()
    try:
        return await asyncio.to_thread(work) if followed.is_long else work()
    finally:
        followed.took_ms += (time.perf_counter() - began_s) * 1_000


def _size(facts: SessionFacts) -> int:
    return sum(len(batch.payload) for batch in facts.batches)
