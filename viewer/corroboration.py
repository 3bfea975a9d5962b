"""What else is known of the amounts that the watch page shows, asked for the carts and prices that it shows.

It is no part of the timeline: opening a visit does not wait for it, and a cart is asked about when it comes
on the panel.
"""

# LEAD TO HELPER (delete this line): the index of prices shown to other sessions is committed (43384fa, Store.shown_prices,
# replay/ports/shown_prices.py). Do not build another. Commit what you have; then add Mark kind 'others' from it (same>0: seen by N others; others>0: only here).
from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.detect.corroboration import Place, corroborated
from replay.model.timeline import Entry, entries, timeline
from replay.ports import Load, SessionFacts, StoredBatch
from viewer.desk import desk_of, session_of, signed_in
from viewer.errors import DeskError, not_found
from viewer.timeline import Json

__all__ = ["ASKED_MAX_COUNT", "corroboration"]

ASKED_MAX_COUNT = 100
"""Carts and prices that are asked about at once."""


async def corroboration(request: Request) -> Response:
    """GET /api/sessions/<session>/corroboration?of=<load>.<number>.<index>&of=…"""
    desk, session = desk_of(request), await session_of(request)
    wanted = _places(request.query_params.getlist("of"))
    await desk.views.ensure(signed_in(request), session, "recording")
    facts = (await desk.store.session_facts({session.id: {}})).get(session.id)
    site = await desk.store.site(session.site)
    if facts is None:
        raise not_found("There is no such session.")
    currency = site.currency if site else None
    if facts.brought is not None:
        currency = facts.brought.currency
    return JSONResponse(await asyncio.to_thread(_marks, facts, currency, wanted))


def _marks(facts: SessionFacts, currency: str | None, wanted: Collection[Place]) -> list[Json]:
    by_load: dict[str, list[StoredBatch]] = {load.id: [] for load in facts.loads}
    for batch in facts.batches:
        by_load[batch.load].append(batch)
    in_order = timeline([_read(load, by_load[load.id]) for load in facts.loads])
    return [
        {"load": load, "number": number, "index": index, "marks": [asdict(mark) for mark in marks]}
        for (load, number, index), marks in corroborated(in_order, facts.told, currency, wanted).items()
    ]


def _read(load: Load, batches: Sequence[StoredBatch]) -> list[Entry]:
    """What is damaged is left out: the timeline says so."""
    found: list[Entry] = []
    for batch in batches:
        try:
            found += entries(load.id, load.tab, load.offset_ms, [(batch.number, batch.payload)])
        except ValueError:
            continue
    return found


def _places(asked: Sequence[str]) -> frozenset[Place]:
    parts = [one.rsplit(".", 2) for one in asked]
    if len(parts) > ASKED_MAX_COUNT or not all(
        len(one) == 3 and all(part.isascii() and part.isdigit() and len(part) <= 9 for part in one[1:])
        for one in parts
    ):
        raise DeskError(
            400,
            "What is asked about cannot be read.",
            "Ask again.",
            f"at most {ASKED_MAX_COUNT} of load.number.index",
            ", ".join(asked)[:40],
        )
    return frozenset((load, int(number), int(index)) for load, number, index in parts)
