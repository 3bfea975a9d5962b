"""``problem list`` and ``problem show``: the same faults in many visits, as the desk's page tells them."""

from __future__ import annotations

from collections.abc import Mapping

from replay.errors import CommandError
from replay.model.personal_code import Codes
from replay.model.problem import CartsLeft, Problem
from replay.model.problem_order import place_of, read_place
from replay.model.problem_words import figures, left_words, money_words, title
from replay.model.session import show_code
from replay.ports import Store
from viewer.codes import codes_of_all, codes_of_problems

__all__ = ["list_problems", "show_problem"]

CASES_MAX_COUNT = 100
"""Visits that are shown of one problem."""


async def list_problems(store: Store, parameters: Mapping[str, object], now_ms: int) -> object:
    """Problems that go on, the worst first; with ``closed`` those that are over. At most ``limit`` of them,
    ``after`` a place that an earlier answer told as ``next``."""
    written, limit = parameters.get("after"), int(str(parameters["limit"]))
    after = None if written is None else read_place(str(written))
    if written is not None and after is None:
        raise CommandError(
            f"{str(written)!r} is no place in the list.",
            "Give what the list before said, or list without --after.",
        )
    found = await store.problems(over=bool(parameters["closed"]), now_ms=now_ms, limit=limit + 1, after=after)
    chosen = found[:limit]
    as_of_ms = after.now_ms if after else now_ms
    codes = await codes_of_problems(store, chosen)
    return {
        "problems": [_told(one, now_ms, codes[one.id]) for one in chosen],
        "next": place_of(chosen[-1], as_of_ms).written if len(found) > limit else None,
    }


async def show_problem(store: Store, parameters: Mapping[str, object], now_ms: int) -> object:
    """One problem, by its id, with its visits, newest first."""
    problem = await store.problem(str(parameters["problem"]))
    if problem is None:
        raise CommandError(
            f"There is no problem {str(parameters['problem'])!r} (any more).",
            "`replay problem list` shows their ids.",
        )
    found = await store.cases(problem, CASES_MAX_COUNT)
    codes = await codes_of_all(store, [session for session, _ in found])
    left = await store.carts_left(problem)
    carts = {"sessions": left.sessions_count, "money": _money(left), "said": left_words(left)}
    cases = [
        {
            "session": session.id,
            "code": show_code(session.code),
            "seen_ms": session.seen_ms,
            "decided_ms": finding.decided_ms,
            "said": codes[session.id].told(finding).said,
        }
        for session, finding in found
    ]
    return {
        **_told(problem, now_ms, (await codes_of_problems(store, [problem]))[problem.id]),
        "carts_left": carts,
        "cases": cases,
    }


def _told(problem: Problem, now_ms: int, codes: Codes) -> dict[str, object]:
    return {
        **figures(problem),
        "title": codes.tell(title(problem)),
        "state": problem.state(now_ms),
        "signature": codes.tell(problem.family.signature),
        "subject": None if problem.subject is None else codes.tell(problem.subject),
        "subjects": problem.subjects_count,
        "opened_ms": problem.opened_ms,
        "closed_ms": problem.closed_ms,
        "money": _money(problem),
    }


def _money(of: Problem | CartsLeft) -> list[dict[str, object]]:
    return [
        {"currency": currency, "minor": minor, "shown": shown}
        for (currency, minor), shown in zip([one for one in of.money if one[1]], money_words(of), strict=True)
    ]
