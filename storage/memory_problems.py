"""Problems as plain values: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING

from replay.model.finding import in_order
from replay.model.problem import ORDER_RULES, Exposure, Family, Hit, Problem, carts_left, consequences_of
from replay.model.problem_order import place_of
from replay.model.server_event import CUSTOMER_KINDS
from replay.ports import ProblemCounts, ProblemIndex, SameFinding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from replay.model.finding import Finding
    from replay.model.problem import CartsLeft
    from replay.model.problem_order import Place
    from replay.ports import Counted, Notice, Session
    from storage.memory_visit import Visit

__all__ = ["MemoryProblems"]


class MemoryProblems(ProblemIndex):
    """What ``MemoryStore`` does about problems."""

    _visits: dict[str, Visit]

    def __init__(self) -> None:
        self._changed: Counter[Family] = Counter()
        self._problems: dict[str, Problem] = {}
        self._notices: dict[str, Notice] = {}

    async def changed_families(self, limit: int) -> Mapping[Family, int]:
        return dict(sorted(self._changed.items())[:limit])

    async def hits(self, family: Family) -> list[Hit]:
        return [
            Hit(
                session=session.id,
                subject=finding.subject,
                severity=finding.severity,
                at_ms=_at_ms(session, finding),
                identities=self._identities(session.id),
                minor=finding.minor,
                currency=finding.currency,
            )
            for session, finding in self._failed(family)
        ]

    def _identities(self, session: str) -> tuple[str, ...]:
        carried = self._visits[session].identifiers.values()
        known = (one for one in carried if one.kind in CUSTOMER_KINDS and one.verified)
        return tuple(f"{one.kind} {one.value}" for one in known)

    async def exposure(self, family: Family, subject: str | None, since_ms: int) -> Exposure | None:
        every = {finding.subject for _, finding in self._failed(family)}
        subjects = every if subject is None else {subject}
        times = {
            (session.id, at_ms)
            for session, finding in self._found(family.site)
            if finding.rule == family.rule and finding.subject in subjects
            if (at_ms := _at_ms(session, finding)) >= since_ms
        }
        if not times:
            return None
        count = len({session for session, _ in times})
        return Exposure(sessions_count=count, last_ms=max(at_ms for _, at_ms in times))

    async def put_counted(self, counted: Counted) -> None:
        others = {key: one for key, one in self._problems.items() if one.family != counted.family}
        self._problems = others | {one.id: one for one in counted.problems}
        self._notices.update((one.id, one) for one in counted.notices)
        if self._changed[counted.family] == counted.changes_count:
            del self._changed[counted.family]

    async def problems(
        self, *, over: bool, now_ms: int, limit: int, after: Place | None = None
    ) -> list[Problem]:
        as_of_ms = now_ms if after is None else after.now_ms
        found = sorted(
            ((place_of(one, as_of_ms), one) for one in self._systemic(over=over)), key=itemgetter(0)
        )
        return [one for place, one in found if after is None or place > after][:limit]

    def _systemic(self, *, over: bool) -> list[Problem]:
        systemic = (one for one in self._problems.values() if one.opened_ms is not None)
        return [one for one in systemic if (one.closed_ms is not None) == over]

    async def problem_counts(self) -> ProblemCounts:
        return ProblemCounts(ongoing=len(self._systemic(over=False)), over=len(self._systemic(over=True)))

    async def ongoing_families(self, limit: int, after: Family | None = None) -> list[Family]:
        families = sorted({one.family for one in self._systemic(over=False)})
        return [one for one in families if after is None or one > after][:limit]

    async def carts_left(self, problem: Problem) -> CartsLeft:
        return carts_left(problem, await self.hits(consequences_of(problem)))

    async def problem(self, id: str) -> Problem | None:
        return self._problems.get(id)

    async def family_problems(self, family: Family) -> list[Problem]:
        return [one for one in self._problems.values() if one.family == family]

    async def cases(self, problem: Problem, limit: int) -> list[tuple[Session, Finding]]:
        own: dict[str, list[Finding]] = {}
        for session, finding in self._failed(problem.family):
            if problem.subject in (None, finding.subject):
                own.setdefault(session.id, []).append(finding)
        newest = list(reversed(own.items()))[:limit]
        return [(self._visits[session].session, in_order(found)[0]) for session, found in newest]

    async def newest_cases(self, problems: Collection[Problem]) -> Mapping[str, Session]:
        found = [(problem.id, await self.cases(problem, 1)) for problem in problems]
        return {problem: cases[0][0] for problem, cases in found if cases}

    async def same_findings(self, session: str) -> Sequence[SameFinding]:
        visit = self._visits.get(session)
        return sorted(
            (
                SameFinding(
                    rule=finding.rule,
                    subject=finding.subject,
                    signature=finding.signature,
                    problem=problem.id,
                    others_count=problem.sessions_count - 1,
                )
                for finding in (visit.judging.findings if visit else ())
                for problem in self._problems.values()
                if finding.outcome == "fail"
                and visit
                and visit.brought is None
                and problem.family == (visit.session.site, finding.rule, finding.signature)
                and problem.subject in (None, finding.subject)
                and problem.sessions_count > 1
            ),
            key=lambda one: (one.rule, one.subject, one.signature),
        )

    async def due_notices(self, now_ms: int) -> list[Notice]:
        oldest: dict[str, Notice] = {}
        for notice in self._notices.values():
            oldest.setdefault(notice.site, notice)
        return [notice for notice in oldest.values() if notice.due_ms <= now_ms]

    async def notices(self, site: str, limit: int) -> list[Notice]:
        return [notice for notice in self._notices.values() if notice.site == site][:limit]

    async def notices_count(self, site: str) -> int:
        return sum(notice.site == site for notice in self._notices.values())

    async def put_notice(self, notice: Notice) -> None:
        if notice.id in self._notices:
            self._notices[notice.id] = notice

    async def drop_notice(self, id: str) -> None:
        self._notices.pop(id, None)

    async def worst_findings(self, sessions: Sequence[str]) -> Mapping[str, Finding]:
        failed = {
            session: [one for one in self._visits[session].judging.findings if one.outcome == "fail"]
            for session in sessions
            if session in self._visits
        }
        return {session: in_order(found)[0] for session, found in failed.items() if found}

    def mark_families(self, visit: Visit, findings: Iterable[Finding]) -> None:
        """Of these findings some failed that came, went or changed."""
        if visit.brought is not None:
            return
        families = {
            Family(visit.session.site, one.rule, one.signature) for one in findings if one.outcome == "fail"
        }
        self._changed.update(families)

    def forget_hits(self, session: str) -> None:
        """What the session was a case of is to be counted again without it; what only it was is gone at
        once."""
        visit = self._visits[session]
        failed = [one for one in visit.judging.findings if one.outcome == "fail"]
        self.mark_families(visit, failed)
        cases = {
            (Family(visit.session.site, one.rule, one.signature), subject)
            for one in failed
            for subject in (one.subject, None)
        }
        self._problems = {
            key: one
            for key, one in self._problems.items()
            if (one.family, one.subject) not in cases
            or one.opened_ms is not None
            or (one.sessions_count > 1 and self._has_others(one, session))
        }

    def _has_others(self, problem: Problem, session: str) -> bool:
        """Some of those that were counted may have gone since."""
        return any(
            other.id != session and problem.subject in (None, finding.subject)
            for other, finding in self._failed(problem.family)
        )

    def _failed(self, family: Family) -> Iterator[tuple[Session, Finding]]:
        for session, finding in self._found(family.site):
            is_hit = (finding.rule, finding.signature, finding.outcome) == (*family[1:], "fail")
            if is_hit:
                yield session, finding

    def _found(self, site: str) -> Iterator[tuple[Session, Finding]]:
        for visit in self._visits.values():
            if visit.session.site == site and visit.brought is None:
                for finding in visit.judging.findings:
                    yield visit.session, finding


def _at_ms(session: Session, finding: Finding) -> int:
    """When a finding counts: see ``replay.model.problem``."""
    latest = finding.decided_ms if finding.rule in ORDER_RULES else min(finding.decided_ms, session.seen_ms)
    return int(max(latest, session.started_ms))
