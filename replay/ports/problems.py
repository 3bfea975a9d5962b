"""What the store knows of problems: the findings that they are counted from, and how they stood then.

Findings are the truth; a problem is counted from them whenever they have changed. That a family of findings
is to be counted again is committed with the findings themselves, and what was counted with the notices that
it gives rise to, so that whatever ends in between nothing is left out and nothing is told twice.
Times are server milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from replay.model.finding import Finding
from replay.model.problem import CartsLeft, Exposure, Family, Hit, Problem
from replay.model.problem_order import Place
from replay.ports.records import Session

__all__ = ["Counted", "Notice", "ProblemCounts", "ProblemIndex", "SameFinding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a site's web team is to be told: ``body`` is JSON, sent as it is. ``failure`` is why the last
    attempt to deliver it did not succeed."""

    id: str
    site: str
    body: str
    created_ms: int
    due_ms: int
    attempts_count: int = 0
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A family that was counted, on hits that had changed ``changes_count`` times since it was last."""

    family: Family
    changes_count: int
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFinding:
    """A finding of one session, the problem that it is a case of, and in how many other sessions that is."""

    rule: str
    subject: str
    signature: str
    problem: str
    others_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCounts:
    """How many problems go on, and how many are over."""

    ongoing: int
    over: int


class ProblemIndex(Protocol):
    """The part of the store that problems are counted and read with."""

    async def changed_families(self, limit: int) -> Mapping[Family, int]:
        """Families of which a hit came, went or changed since they were counted, and how often one did."""
        ...

    async def hits(self, family: Family) -> list[Hit]:
        """Every finding of the family that failed, by session and subject."""
        ...

    async def exposure(self, family: Family, subject: str | None, since_ms: int) -> Exposure | None:
        """Sessions since then in which the family's rule said anything of the subject; without one, of any
        subject that has a hit of the family. None if there are none."""
        ...

    async def put_counted(self, counted: Counted) -> None:
        """Keep these problems as all that the family has, and the notices. The family stays changed if it has
        changed since."""
        ...

    async def problems(
        self, *, over: bool, now_ms: int, limit: int, after: Place | None = None
    ) -> list[Problem]:
        """Those that are systemic, or ``over``, in the order of ``place_of``: the first as of ``now_ms``, or
        those that come ``after`` a place, as of its time."""
        ...

    async def problem_counts(self) -> ProblemCounts: ...

    async def ongoing_families(self, limit: int, after: Family | None = None) -> list[Family]:
        """Families of which a problem goes on, the next after that one, in their own order."""
        ...

    async def carts_left(self, problem: Problem) -> CartsLeft:
        """What came of the problem, added up."""
        ...

    async def problem(self, id: str) -> Problem | None: ...

    async def family_problems(self, family: Family) -> list[Problem]:
        """Those of one family, also single cases, in no order."""
        ...

    async def cases(self, problem: Problem, limit: int) -> list[tuple[Session, Finding]]:
        """Sessions with the problem's findings, of each session the worst one, newest first."""
        ...

    async def newest_cases(self, problems: Collection[Problem]) -> Mapping[str, Session]:
        """Of each of these problems, by its id, the newest session with it, if there is any."""
        ...

    async def same_findings(self, session: str) -> Sequence[SameFinding]:
        """The session's findings that others have, too."""
        ...

    async def due_notices(self, now_ms: int) -> list[Notice]:
        """Of each site the oldest notice, if it is due: the others wait for it, so that none overtakes."""
        ...

    async def notices(self, site: str, limit: int) -> list[Notice]:
        """What a site has not been told yet, oldest first."""
        ...

    async def notices_count(self, site: str) -> int:
        """How much that is."""
        ...

    async def put_notice(self, notice: Notice) -> None:
        """Keep when a notice is due again, and why; one that is gone stays gone."""
        ...

    async def drop_notice(self, id: str) -> None:
        """It was delivered, or is given up."""
        ...

    async def worst_findings(self, sessions: Sequence[str]) -> Mapping[str, Finding]:
        """Of each of these sessions that has any, the worst finding that failed."""
        ...
