"""Findings as plain values: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.model.finding import Finding, in_order
from replay.model.track import Track
from replay.ports import FindingIndex, SessionFacts
from storage.memory_problems import MemoryProblems
from storage.memory_server_events import MemoryServerEvents
from storage.sealer import SEAL_MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replay.ports import Judged
    from storage.memory_sealing import MemorySealing
    from storage.memory_visit import Visit

__all__ = ["MemoryFindings"]


class MemoryFindings(MemoryProblems, MemoryServerEvents, FindingIndex):
    """What ``MemoryStore`` does about findings."""

    _visits: dict[str, Visit]
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

    async def _facts(self, session: str, visit: Visit, after: Mapping[str, int]) -> SessionFacts:
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
