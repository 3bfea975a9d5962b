"""Problems read from the database: the worst first and page by page, those of a family, and what came of one.

The order of ``replay.model.problem_order`` stands in the indexes ``problem_ongoing`` and ``problem_over``,
word for word as here; those of whom nobody was met for days are read after the others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from replay.model.problem import CLOSE_MS, CartsLeft, Family, Problem, consequences_of
from replay.ports import ProblemCounts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from replay.model.problem_order import Place

__all__ = ["PROBLEM", "carts_left", "counts", "in_order", "ongoing_families", "problems"]

PROBLEM = (
    "site, rule, signature, subject, subjects_count, severity, sessions_count, customers_count,"
    " anonymous_count, first_ms, last_ms, is_burst, money, exposed_count, exposed_ms, opened_ms, closed_ms"
)
_SEVERITY = "(CASE severity WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END)"
_ORDER = f"{_SEVERITY}, (-customers_count - anonymous_count), (-last_ms), id"
_ONGOING = "opened_ms IS NOT NULL AND closed_ms IS NULL"
_OVER = "opened_ms IS NOT NULL AND closed_ms IS NOT NULL"


def problems(db: sqlite3.Connection, which: str, *values: object) -> list[Problem]:
    """Those for which this holds."""
    rows = db.execute(f"SELECT {PROBLEM} FROM problem WHERE {which}", values)  # noqa: S608
    return [_problem(row) for row in rows.fetchall()]


def in_order(
    db: sqlite3.Connection, *, over: bool, now_ms: int, limit: int, after: Place | None
) -> list[Problem]:
    """See ``ProblemIndex.problems``."""
    where = after[2:] if after else (-1, 0, 0, "")
    if over:
        return _behind(db, _OVER, where, limit)
    quiet_ms = (after.now_ms if after else now_ms) - CLOSE_MS
    found: list[Problem] = []
    if after is None or not after.is_quiet:
        found = _behind(db, f"{_ONGOING} AND (-last_ms) < ?", where, limit, -quiet_ms)
        where = (-1, 0, 0, "")
    if len(found) < limit:
        found += _behind(db, f"{_ONGOING} AND (-last_ms) >= ?", where, limit - len(found), -quiet_ms)
    return found


def _behind(
    db: sqlite3.Connection, which: str, where: tuple[int, int, int, str], limit: int, *values: int
) -> list[Problem]:
    place = f"{_SEVERITY} >= ? AND ({_ORDER}) > (?, ?, ?, ?) ORDER BY {_ORDER} LIMIT ?"
    return problems(db, f"{which} AND {place}", *values, where[0], *where, limit)


def counts(db: sqlite3.Connection) -> ProblemCounts:
    """How many there are of each kind."""
    ongoing, over = (
        db.execute(f"SELECT count(*) FROM problem WHERE {which}").fetchone()[0]  # noqa: S608
        for which in (_ONGOING, _OVER)
    )
    return ProblemCounts(ongoing=ongoing, over=over)


def ongoing_families(db: sqlite3.Connection, limit: int, after: Family | None) -> list[Family]:
    """The next of them."""
    rows = db.execute(
        f"SELECT DISTINCT site, rule, signature FROM problem WHERE {_ONGOING}"  # noqa: S608
        " AND (site, rule, signature) > (?, ?, ?) ORDER BY site, rule, signature LIMIT ?",
        (*(after or ("", "", "")), limit),
    )
    return [Family(*row) for row in rows.fetchall()]


def carts_left(db: sqlite3.Connection, problem: Problem) -> CartsLeft:
    """Added up where they are: of a problem that goes on for long they are many."""
    family = consequences_of(problem)
    found = (
        " FROM finding INDEXED BY finding_by_problem CROSS JOIN session ON session.key = finding.session"
        " WHERE rule = ? AND signature = ? AND site = ? AND office IS NULL AND outcome = 'fail'"
        " AND (? IS NULL OR subject = ?)"
    )
    asked = (family.rule, family.signature, family.site, problem.subject, problem.subject)
    count = db.execute(f"SELECT count(DISTINCT finding.session){found}", asked).fetchone()[0]
    money = db.execute(
        f"SELECT currency, sum(minor){found}"
        " AND currency IS NOT NULL AND minor IS NOT NULL GROUP BY currency ORDER BY currency",
        asked,
    ).fetchall()
    return CartsLeft(sessions_count=count, money=tuple((currency, minor) for currency, minor in money))


def _problem(row: Sequence[Any]) -> Problem:
    own: dict[str, Any] = dict(zip(PROBLEM.split(", "), row, strict=True))
    family = Family(own.pop("site"), own.pop("rule"), own.pop("signature"))
    money = tuple((currency, minor) for currency, minor in json.loads(own.pop("money")))
    return Problem(family=family, money=money, is_burst=bool(own.pop("is_burst")), **own)
