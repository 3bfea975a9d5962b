"""The Find page and its JSON: one box for whatever the caller can say.

The page works without JavaScript as a plain form; with it the same rows appear while typing.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from viewer.desk import Desk, desk_of, page_response
from viewer.finding import Found, Row, find, opened_by_code, recent
from viewer.pages import FindPage
from viewer.timeline import Json, session_json

__all__ = ["find_json", "find_page"]


async def find_page(request: Request) -> Response:
    """GET /?q=…"""
    desk, typed = desk_of(request), request.query_params.get("q", "")
    opened = await opened_by_code(desk.store, desk.bus, typed)
    if opened is not None:
        return RedirectResponse(f"/watch/{opened}", 303)
    return page_response(
        request,
        FindPage(
            found=await _found(desk, typed),
            collector_url=desk.collector_url,
        ),
    )


async def find_json(request: Request) -> Response:
    """GET /api/find?q=…"""
    desk = desk_of(request)
    found = await _found(desk, request.query_params.get("q", ""))
    return JSONResponse(_found_json(found, desk.now_ms()))


async def _found(desk: Desk, typed: str) -> Found:
    if not typed.strip():
        return await recent(desk.store, desk.bus)
    return await find(desk.store, desk.bus, typed, desk.phone_region)


def _found_json(found: Found, now_ms: int) -> Json:
    return {
        "query": found.query,
        "reading": list(found.reading),
        "groups": [{"key": group.key, "title": group.title, "note": group.note} for group in found.groups],
        "matches": [
            {"group": group.key, **_row_json(row, now_ms)} for group in found.groups for row in group.rows
        ],
        "reason": found.reason,
        "advice": list(found.advice),
    }


def _row_json(row: Row, now_ms: int) -> Json:
    why = row.why
    return {
        "session": session_json(row.session, site_name=row.site_name, live=row.live, now_ms=now_ms),
        "identifier": why
        and {
            "kind": why.kind,
            "shown": why.shown,
            "verified": why.verified,
            "at_ms": why.at_ms,
        },
        "reason": row.reason,
        "customer": {"names": list(row.customer.names), "verified": row.customer.verified},
        "worst": row.worst and {"severity": row.worst.severity, "said": row.worst.said},
        "live": row.live,
        "near": row.near,
        "href": row.href,
    }
