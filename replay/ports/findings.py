"""What the store knows of findings: which sessions are to be judged when, on what, and what was found.

That a session is to be judged is committed with the facts that make it so (``AppendBatch.judge_ms``), and
what was found together with when to judge again: whatever ends in between, a judgement is late and never left
out.
Every facts batch that is stored counts as a change of the session, and every offset of a clock that is
another now. Whoever judges says how many changes there were when he read, and if there are more by then the
session is due still. Times are server milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from replay.model.finding import Finding
from replay.model.server_event import Concerning
from replay.model.shown_price import ShownPrice
from replay.ports.brought import Brought
from replay.ports.records import Load, StoredBatch

__all__ = ["FindingIndex", "Judged", "SessionFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What a session is judged on: its page loads by ordinal, batches of facts by load ordinal and number,
    and all that its shop's systems say of its customer. ``facts_count``, ``clocks_count`` and ``told_count``
    say how often these changed, and count nothing that is not told here."""

    site: str
    facts_count: int
    clocks_count: int
    loads: tuple[Load, ...]
    batches: tuple[StoredBatch, ...]
    told_count: int = 0
    told: tuple[Concerning, ...] = ()
    orders_since_ms: int | None = None
    """When the first ``order.created`` that is kept came from the site: since then it tells of orders."""
    brought: Brought | None = None
    """See ``ServerEventIndex.brought``."""

    @property
    def changes_count(self) -> int:
        """How often anything changed."""
        return self.facts_count + self.clocks_count + self.told_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was found in a session on the facts of ``changes_count``, and when to judge again. ``findings``
    are all of them, no two with the same rule, subject and signature, or None: those that it has; likewise
    ``shown``, the prices that it was shown."""

    session: str
    changes_count: int
    judge_ms: int | None
    findings: tuple[Finding, ...] | None
    shown: tuple[ShownPrice, ...] | None = None


class FindingIndex(Protocol):
    """The part of the store that judging works with."""

    async def due_sessions(self, now_ms: int, limit: int) -> list[str]:
        """Ids of sessions that are to be judged by now, the longest due first."""
        ...

    async def session_facts(self, asked: Mapping[str, Mapping[str, int]]) -> Mapping[str, SessionFacts]:
        """Facts of the sessions that are here; of the page loads that are named with a number, only batches
        with greater ones."""
        ...

    async def facts_bytes(self, sessions: Sequence[str]) -> Mapping[str, int]:
        """Of those that are here how many bytes the batches of their facts hold; of one that is sealed, which
        only its object knows, the most that it can be."""
        ...

    async def put_findings(self, judged: Sequence[Judged]) -> list[bool]:
        """Keep what was found, in one transaction. A session that has changed since stays due as it is. Of
        each whether the session is here (still)."""
        ...

    async def findings(self, session: str) -> list[Finding]:
        """What was found in a session, in the order of ``replay.model.finding.in_order``."""
        ...

    async def session_ids(self, after: str, limit: int) -> list[str]:
        """Ids of all sessions in their order as texts, from the first that follows ``after``."""
        ...
