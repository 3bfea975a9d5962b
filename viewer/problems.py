"""The problems page: the same fault in many visits, the worst first, and each with its visits.

What is shown was counted by the collector; here it is put into words and order. A visit opens at the moment
of its finding, and is logged there like every other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.model.finding import Finding
from replay.model.personal_code import Codes
from replay.model.problem import Problem, ProblemState
from replay.model.problem_order import place_of, read_place
from replay.model.problem_words import left_words, many, met, money_words, title
from replay.model.session import show_code
from replay.ports import Session
from viewer.codes import codes_of, codes_of_all, codes_of_problems
from viewer.desk import Desk, desk_of, page_response, session_of, signed_in
from viewer.errors import not_found
from viewer.pages import ProblemPage, ProblemsPage

__all__ = ["Case", "ProblemRow", "problem_page", "problems_page", "same_findings"]

ROWS_COUNT = 100
"""Problems on a page: the next ones stand on the next."""
CASES_MAX_COUNT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One problem in words."""

    problem: Problem
    site_name: str
    state: ProblemState
    codes: Codes = field(default_factory=Codes)
    """Those of one of its visits, by which its own is told where it is readable."""

    @property
    def href(self) -> str:
        return f"/problems/{self.problem.id}"

    @property
    def title(self) -> str:
        return self.codes.tell(title(self.problem))

    @property
    def met(self) -> str:
        return met(self.problem)

    @property
    def people(self) -> tuple[str, ...]:
        """Whom it met: those who are known, and sessions of those who are not."""
        known, unknown = self.problem.customers_count, self.problem.anonymous_count
        parts = [many(known, "customer")] if known else []
        return (*parts, f"{unknown:,} not identified") if unknown else tuple(parts)

    @property
    def money(self) -> tuple[str, ...]:
        return money_words(self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One visit with the problem. ``at_ms`` is when it happened to the customer."""

    session: Session
    finding: Finding
    live: bool

    @property
    def code(self) -> str:
        return show_code(self.session.code)

    @property
    def at_ms(self) -> int:
        shown = self.finding.shown
        return math.ceil(shown[0].t if shown else self.finding.decided_ms)

    @property
    def href(self) -> str:
        return f"/watch/{self.session.id}#t={self.at_ms}"


async def problems_page(request: Request) -> Response:
    """GET /problems?show=open|closed&after=<place>"""
    desk = desk_of(request)
    show: Literal["open", "closed"] = "closed" if request.query_params.get("show") == "closed" else "open"
    written = request.query_params.get("after")
    after = None if written is None else read_place(written)
    if written is not None and after is None:
        raise not_found("This is no place in the list of problems.")
    names, now_ms = await _site_names(desk), desk.now_ms()
    found = await desk.store.problems(over=show == "closed", now_ms=now_ms, limit=ROWS_COUNT + 1, after=after)
    chosen, more = found[:ROWS_COUNT], found[ROWS_COUNT:]
    counts = await desk.store.problem_counts()
    return page_response(
        request,
        ProblemsPage(
            rows=await _rows(desk, chosen, names, now_ms),
            show=show,
            open_count=counts.ongoing,
            closed_count=counts.over,
            is_first=after is None,
            next=place_of(chosen[-1], after.now_ms if after else now_ms).written if more else None,
            has_sites=len(names) > 1,
        ),
    )


async def problem_page(request: Request) -> Response:
    """GET /problems/<id>"""
    desk = desk_of(request)
    problem = await desk.store.problem(request.path_params["problem"])
    if problem is None:
        raise not_found(
            "There is no such problem (any more): its visits were erased, or it is part of another."
        )
    found = await desk.store.cases(problem, CASES_MAX_COUNT)
    codes = await codes_of_all(desk.store, [session for session, _ in found])
    cases = [
        Case(
            session=session,
            finding=codes[session.id].told(finding),
            live=session.ended_ms is None and desk.bus.live(session.id),
        )
        for session, finding in found
    ]
    # Also where they came by an import.
    cases.sort(key=lambda case: -case.at_ms)
    (row,) = await _rows(desk, [problem], await _site_names(desk), desk.now_ms())
    left_off = max(0, problem.sessions_count - len(cases)) if len(cases) == CASES_MAX_COUNT else 0
    left = left_words(await desk.store.carts_left(problem))
    page = ProblemPage(row=row, cases=tuple(cases), left_off_count=left_off, left=left)
    return page_response(request, page)


async def same_findings(request: Request) -> Response:
    """GET /api/sessions/<session>/problems: which of its findings others have, too."""
    desk, session = desk_of(request), await session_of(request)
    await desk.views.ensure(signed_in(request), session, "recording")
    codes = await codes_of(desk.store, session)
    return JSONResponse(
        [
            {
                "rule": one.rule,
                "subject": codes.tell(one.subject),
                "signature": codes.tell(one.signature),
                "others": one.others_count,
                "href": f"/problems/{one.problem}",
            }
            for one in await desk.store.same_findings(session.id)
        ]
    )


async def _rows(
    desk: Desk, problems: Sequence[Problem], site_names: Mapping[str, str], now_ms: int
) -> tuple[ProblemRow, ...]:
    codes = await codes_of_problems(desk.store, problems)
    return tuple(
        ProblemRow(
            problem=problem,
            site_name=site_names.get(problem.family.site, problem.family.site),
            state=problem.state(now_ms),
            codes=codes[problem.id],
        )
        for problem in problems
    )


async def _site_names(desk: Desk) -> dict[str, str]:
    return {site.key: site.name for site in await desk.store.sites()}
