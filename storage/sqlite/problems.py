"""Problems in the database: which findings changed, what they are counted from, and what was counted.

A family is found by the index ``finding_by_problem``, and who could have been met by ``finding_by_subject``;
no question reads anything else of a session than its row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from replay.model.finding import in_order
from replay.model.problem import ORDER_RULES, Exposure, Family, Hit
from replay.model.server_event import CUSTOMER_KINDS
from replay.ports import Notice, ProblemIndex, SameFinding, Session
from storage.sqlite import problem_lists
from storage.sqlite.connection import Asking
from storage.sqlite.findings import FINDING, finding_of
from storage.sqlite.index import KIND_NUMBERS
from storage.sqlite.reads import SESSION, as_value
from storage.sqlite.rows import execute_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

    from replay.model.finding import Finding
    from replay.model.problem import CartsLeft, Problem
    from replay.model.problem_order import Place
    from replay.ports import Counted, ProblemCounts
    from storage.sqlite.rows import Row

__all__ = ["SqliteProblems", "forget_hits"]

HITS_AT_ONCE_COUNT = 5_000
"""Hits of a family that are read together: one text holds them, and other questions wait for it."""
_NOTICE = "id, site, body, created_ms, due_ms, attempts_count, failure"
_AT = (
    "CAST(max(CASE WHEN rule IN ({}) THEN decided_ms ELSE min(decided_ms, seen_ms) END, started_ms)"
    " AS INTEGER)"
).format(", ".join(f"'{rule}'" for rule in sorted(ORDER_RULES)))
"""When a finding counts: see ``replay.model.problem``."""
_CUSTOMER = ", ".join(str(KIND_NUMBERS[kind]) for kind in CUSTOMER_KINDS)


class SqliteProblems(Asking, ProblemIndex):
    """What ``SqliteStore`` does about problems."""

    async def changed_families(self, limit: int) -> Mapping[Family, int]:
        return await self._read(_changed_families, limit)

    async def hits(self, family: Family) -> list[Hit]:
        found: list[Hit] = []
        after, subject = 0, ""
        while part := await self._read(_hits, family, after, subject):
            found += (hit for _, hit in part)
            after, subject = part[-1][0], part[-1][1].subject
        return found

    async def exposure(self, family: Family, subject: str | None, since_ms: int) -> Exposure | None:
        return await self._read(_exposure, family, subject, since_ms)

    async def put_counted(self, counted: Counted) -> None:
        await self._write(_put_counted, counted)

    async def problems(
        self, *, over: bool, now_ms: int, limit: int, after: Place | None = None
    ) -> list[Problem]:
        return await self._read(problem_lists.in_order, over=over, now_ms=now_ms, limit=limit, after=after)

    async def problem_counts(self) -> ProblemCounts:
        return await self._read(problem_lists.counts)

    async def ongoing_families(self, limit: int, after: Family | None = None) -> list[Family]:
        return await self._read(problem_lists.ongoing_families, limit, after)

    async def carts_left(self, problem: Problem) -> CartsLeft:
        return await self._read(problem_lists.carts_left, problem)

    async def problem(self, id: str) -> Problem | None:
        return next(iter(await self._read(problem_lists.problems, "id = ?", id)), None)

    async def family_problems(self, family: Family) -> list[Problem]:
        return await self._read(problem_lists.problems, "(site, rule, signature) = (?, ?, ?)", *family)

    async def cases(self, problem: Problem, limit: int) -> list[tuple[Session, Finding]]:
        return await self._read(_cases, problem, limit)

    async def newest_cases(self, problems: Collection[Problem]) -> Mapping[str, Session]:
        return await self._read(_newest_cases, problems) if problems else {}

    async def same_findings(self, session: str) -> Sequence[SameFinding]:
        return await self._read(_same_findings, session)

    async def due_notices(self, now_ms: int) -> list[Notice]:
        return await self._read(
            _notices, "key IN (SELECT min(key) FROM notice GROUP BY site) AND due_ms <= ?", now_ms, -1
        )

    async def notices(self, site: str, limit: int) -> list[Notice]:
        return await self._read(_notices, "site = ?", site, limit)

    async def notices_count(self, site: str) -> int:
        return await self._read(_notices_count, site)

    async def put_notice(self, notice: Notice) -> None:
        await self._write(_put_notice, notice)

    async def drop_notice(self, id: str) -> None:
        await self._write(_drop_notice, id)

    async def worst_findings(self, sessions: Sequence[str]) -> Mapping[str, Finding]:
        return await self._read(_worst_findings, sessions)


def forget_hits(db: sqlite3.Connection, session: int) -> None:
    """What the session was a case of is to be counted again without it; what only it was is gone at once."""
    db.execute(
        "INSERT INTO changed_family (site, rule, signature, changes_count)"
        " SELECT DISTINCT site, rule, signature, 1 FROM finding JOIN session ON session.key = finding.session"
        " WHERE finding.session = ? AND office IS NULL AND outcome = 'fail'"
        " ON CONFLICT DO UPDATE SET changes_count = changes_count + 1",
        (session,),
    )
    # Some of those that were counted may have gone since.
    db.execute(
        "DELETE FROM problem WHERE id IN (SELECT problem.id FROM finding AS own"
        " JOIN session ON session.key = own.session JOIN problem"
        " ON (problem.site, problem.rule, problem.signature) = (session.site, own.rule, own.signature)"
        " AND coalesce(problem.subject, own.subject) = own.subject"
        " WHERE own.session = ? AND office IS NULL AND outcome = 'fail' AND opened_ms IS NULL"
        " AND (sessions_count = 1 OR NOT EXISTS (SELECT 1"
        " FROM finding AS other INDEXED BY finding_by_problem"
        " CROSS JOIN session AS theirs ON theirs.key = other.session"
        " WHERE other.rule = own.rule AND other.signature = own.signature AND other.outcome = 'fail'"
        " AND coalesce(problem.subject, other.subject) = other.subject AND other.session <> own.session"
        " AND theirs.site = problem.site AND theirs.office IS NULL)))",
        (session,),
    )


def _changed_families(db: sqlite3.Connection, limit: int) -> dict[Family, int]:
    rows = db.execute("SELECT site, rule, signature, changes_count FROM changed_family LIMIT ?", (limit,))
    return {Family(site, rule, signature): count for site, rule, signature, count in rows.fetchall()}


def _hits(db: sqlite3.Connection, family: Family, after: int, subject: str) -> list[tuple[int, Hit]]:
    """The next of them after this session's finding, each with its session's key."""
    # All in one row: each row that is read gives up Python's lock.
    (text,) = db.execute(
        "SELECT json_group_array(json_array(session, id, subject, severity, at_ms,"  # noqa: S608
        " (SELECT json_group_array(CAST(value AS TEXT)) FROM carried WHERE carried.session = hit.session"
        f" AND kind IN ({_CUSTOMER}) AND verified), minor, currency))"
        f" FROM (SELECT finding.session, id, subject, severity, {_AT} AS at_ms, minor, currency"
        " FROM finding INDEXED BY finding_by_problem CROSS JOIN session ON session.key = finding.session"
        " WHERE rule = ? AND signature = ? AND (finding.session, subject) > (?, ?) AND site = ?"
        " AND office IS NULL AND outcome = 'fail' ORDER BY finding.session, subject LIMIT ?) AS hit",
        (family.rule, family.signature, after, subject, family.site, HITS_AT_ONCE_COUNT),
    ).fetchone()
    return [
        (
            key,
            Hit(
                session=session,
                subject=subject,
                severity=severity,
                at_ms=at_ms,
                identities=tuple(identities),
                minor=minor,
                currency=currency,
            ),
        )
        for key, session, subject, severity, at_ms, identities, minor, currency in json.loads(text)
    ]


def _exposure(db: sqlite3.Connection, family: Family, subject: str | None, since_ms: int) -> Exposure | None:
    subjects = [subject] if subject is not None else _subjects(db, family)
    count, last_ms = db.execute(
        f"SELECT count(DISTINCT finding.session), max({_AT})"  # noqa: S608
        " FROM finding INDEXED BY finding_by_subject CROSS JOIN session ON session.key = finding.session"
        f" WHERE rule = ? AND subject IN (SELECT value FROM json_each(?)) AND site = ? AND office IS NULL"
        f" AND {_AT} >= ?",
        (family.rule, json.dumps(subjects), family.site, since_ms),
    ).fetchone()
    return Exposure(sessions_count=count, last_ms=last_ms) if count else None


def _subjects(db: sqlite3.Connection, family: Family) -> list[str]:
    rows = db.execute(
        "SELECT DISTINCT subject FROM finding INDEXED BY finding_by_problem"
        " CROSS JOIN session ON session.key = finding.session"
        " WHERE rule = ? AND signature = ? AND site = ? AND office IS NULL AND outcome = 'fail'",
        (family.rule, family.signature, family.site),
    )
    return [subject for (subject,) in rows.fetchall()]


def _put_counted(db: sqlite3.Connection, counted: Counted) -> None:
    db.execute("DELETE FROM problem WHERE (site, rule, signature) = (?, ?, ?)", counted.family)
    execute_rows(
        db,
        f"INSERT INTO problem (id, {problem_lists.PROBLEM}) VALUES {{values}}",  # noqa: S608
        [(problem.id, *_row(problem)) for problem in counted.problems],
    )
    execute_rows(
        db,
        f"INSERT INTO notice ({_NOTICE}) VALUES {{values}}",  # noqa: S608
        [
            (one.id, one.site, one.body, one.created_ms, one.due_ms, one.attempts_count, one.failure)
            for one in counted.notices
        ],
    )
    db.execute(
        "DELETE FROM changed_family WHERE (site, rule, signature) = (?, ?, ?) AND changes_count = ?",
        (*counted.family, counted.changes_count),
    )


def _notices(db: sqlite3.Connection, which: str, value: str | int, limit: int) -> list[Notice]:
    rows = db.execute(
        f"SELECT {_NOTICE} FROM notice WHERE {which} ORDER BY key LIMIT ?",  # noqa: S608
        (value, limit),
    )
    return [as_value(Notice, row) for row in rows.fetchall()]


def _notices_count(db: sqlite3.Connection, site: str) -> int:
    count: int = db.execute("SELECT count(*) FROM notice WHERE site = ?", (site,)).fetchone()[0]
    return count


def _put_notice(db: sqlite3.Connection, notice: Notice) -> None:
    db.execute(
        "UPDATE notice SET due_ms = ?, attempts_count = ?, failure = ? WHERE id = ?",
        (notice.due_ms, notice.attempts_count, notice.failure, notice.id),
    )


def _drop_notice(db: sqlite3.Connection, id: str) -> None:
    db.execute("DELETE FROM notice WHERE id = ?", (id,))


def _row(problem: Problem) -> Row:
    return (
        *problem.family,
        problem.subject,
        problem.subjects_count,
        problem.severity,
        problem.sessions_count,
        problem.customers_count,
        problem.anonymous_count,
        problem.first_ms,
        problem.last_ms,
        problem.is_burst,
        json.dumps(problem.money),
        problem.exposed_count,
        problem.exposed_ms,
        problem.opened_ms,
        problem.closed_ms,
    )


def _cases(db: sqlite3.Connection, problem: Problem, limit: int) -> list[tuple[Session, Finding]]:
    family = problem.family
    of_family = "rule = ? AND signature = ? AND outcome = 'fail' AND (? IS NULL OR subject = ?)"
    asked = (family.rule, family.signature, problem.subject, problem.subject)
    sessions = db.execute(
        f"SELECT DISTINCT finding.session, {SESSION} FROM finding INDEXED BY finding_by_problem"  # noqa: S608
        f" CROSS JOIN session ON session.key = finding.session WHERE {of_family} AND site = ?"
        " AND office IS NULL"
        " ORDER BY finding.session DESC LIMIT ?",
        (*asked, family.site, limit),
    ).fetchall()
    rows = db.execute(
        f"SELECT session, {FINDING} FROM finding"  # noqa: S608
        f" WHERE session IN (SELECT value FROM json_each(?)) AND {of_family}",
        (json.dumps([key for key, *_ in sessions]), *asked),
    ).fetchall()
    worst = _worst((key, finding_of(row)) for key, *row in rows)
    return [(as_value(Session, own), worst[key]) for key, *own in sessions]


def _newest_cases(db: sqlite3.Connection, problems: Collection[Problem]) -> dict[str, Session]:
    found = ((problem.id, _cases(db, problem, 1)) for problem in problems)
    return {problem: cases[0][0] for problem, cases in found if cases}


def _worst(findings: Any) -> dict[Any, Finding]:
    own: dict[Any, list[Finding]] = {}
    for key, finding in findings:
        own.setdefault(key, []).append(finding)
    return {key: in_order(found)[0] for key, found in own.items()}


def _same_findings(db: sqlite3.Connection, session: str) -> list[SameFinding]:
    rows = db.execute(
        "SELECT finding.rule, finding.subject, finding.signature, problem.id, sessions_count - 1"
        " FROM session JOIN finding ON finding.session = session.key JOIN problem"
        " ON (problem.site, problem.rule, problem.signature)"
        " = (session.site, finding.rule, finding.signature)"
        " AND coalesce(problem.subject, finding.subject) = finding.subject"
        " WHERE session.id = ? AND office IS NULL AND outcome = 'fail' AND sessions_count > 1"
        " ORDER BY finding.rule, finding.subject, finding.signature",
        (session,),
    )
    return [as_value(SameFinding, row) for row in rows.fetchall()]


def _worst_findings(db: sqlite3.Connection, sessions: Sequence[str]) -> dict[str, Finding]:
    rows = db.execute(
        f"SELECT session.id, {FINDING} FROM json_each(?) JOIN session ON session.id = value"  # noqa: S608
        " CROSS JOIN finding ON finding.session = session.key WHERE outcome = 'fail'",
        (json.dumps(list(sessions)),),
    ).fetchall()
    return _worst((own, finding_of(row)) for own, *row in rows)
