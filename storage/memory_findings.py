"""Findings as plain values: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from replay.model.finding import Finding, in_order
from replay.model.shown_price import ShownPrice
from replay.model.track import Track
from replay.ports import AppendBatch, FindingIndex, MeasureClock, SessionFacts
from storage.memory_problems import MemoryProblems
from storage.memory_server_events import MemoryServerEvents
from storage.sealer import SEAL_MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replay.ports import Judged
    from storage.memory import _Visit
    from storage.memory_sealing import MemorySealing

__all__ = ["Judging", "MemoryFindings"]


@dataclass(slots=True)
class Judging:
    """What a visit knows of being judged."""

    facts_count: int = 0
    clocks_count: int = 0
    told_count: int = 0
    judge_ms: int | None = None
    findings: tuple[Finding, ...] = ()
    shown: tuple[ShownPrice, ...] = ()

    @property
    def changes_count(self) -> int:
        """How often anything changed."""
        return self.facts_count + self.clocks_count + self.told_count

    def tell(self, judge_ms: int) -> None:
        """Something came that concerns the visit, or went."""
        self.told_count += 1
        self.judge_ms = judge_ms if self.judge_ms is None else min(self.judge_ms, judge_ms)

    def take(self, change: AppendBatch | MeasureClock) -> None:
        """A batch was stored, or a clock turned out to be another."""
        if isinstance(change, MeasureClock):
            self.clocks_count += 1
        elif change.track == Track.FACTS:
            self.facts_count += 1
        else:
            return
        times = [one for one in (self.judge_ms, change.judge_ms) if one is not None]
        self.judge_ms = min(times, default=None)


class MemoryFindings(MemoryProblems, MemoryServerEvents, FindingIndex):
    """What ``MemoryStore`` does about findings."""

    _visits: dict[str, _Visit]
    _sealing: MemorySealing

    async def due_sessions(self, now_ms: int, limit: int) -> list[str]:
        due = [
            (visit.judging.judge_ms, session)
            for session, visit in self._visits.items()
            if visit.judging.judge_ms is not None and visit.judging.judge_ms <= now_ms
        ]
        return [session for _, session in sorted(due)][:limit]

    async def session_facts(self, asked: Mapping[str, Mapping[str, int]]) -> Mapping[str, SessionFacts]:
        return {
            session: await self._facts(session, self._visits[session], after)
            for session, after in asked.items()
            if session in self._visits
        }

    async def _facts(self, session: str, visit: _Visit, after: Mapping[str, int]) -> SessionFacts:
        judging, told = visit.judging, tuple(self.told_in(visit))
        facts_count, clocks_count, told_count = (
            judging.facts_count,
            judging.clocks_count,
            judging.told_count,
        )
        loads = tuple(page_load.as_load() for page_load in visit.page_loads.values())
        known = {load.id for load in loads}
        batches = await self._sealing.batches(session, Track.FACTS, None, 0)
        return SessionFacts(
            site=visit.session.site,
            facts_count=facts_count,
            clocks_count=clocks_count,
            told_count=told_count,
            told=told,
            orders_since_ms=(
                self.orders_since_ms(visit.session.site)
                if visit.brought is None
                else visit.brought.orders_since_ms
            ),
            brought=visit.brought,
            loads=loads,
            batches=tuple(
                one for one in batches if one.load in known and one.number > after.get(one.load, 0)
            ),
        )

    async def facts_bytes(self, sessions: Sequence[str]) -> Mapping[str, int]:
        found = {}
        for session in sessions:
            if session in self._visits:
                batches = await self._sealing.batches(session, Track.FACTS, None, 0)
                own = sum(len(one.payload) for one in batches)
                found[session] = SEAL_MAX_BYTES if self._sealing.sealed(session) else own
        return found

    async def put_findings(self, judged: Sequence[Judged]) -> list[bool]:
        for one in judged:
            visit = self._visits.get(one.session)
            if visit is not None:
                if visit.judging.changes_count == one.changes_count:
                    visit.judging.judge_ms = one.judge_ms
                if one.shown is not None:
                    visit.judging.shown = one.shown
                if one.findings is not None:
                    changed = set(visit.judging.findings) ^ set(one.findings)
                    self.mark_families(visit, changed)
                    visit.judging.findings = one.findings
        return [one.session in self._visits for one in judged]

    async def findings(self, session: str) -> list[Finding]:
        visit = self._visits.get(session)
        return in_order(visit.judging.findings) if visit else []

    async def session_ids(self, after: str, limit: int) -> list[str]:
        return sorted(session for session in self._visits if session > after)[:limit]
