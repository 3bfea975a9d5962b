"""What else is known of the amounts that the watch page shows, asked for the carts and prices that it shows.

It is no part of the timeline: opening a visit does not wait for it, and a cart is asked about when it comes
on the panel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.detect.corroboration import Place, corroborated
from replay.detect.shown_prices import shown_in
from replay.model.money import Money, say
from replay.model.shown_price import PricePlace, ShownPrice
from replay.model.timeline import Entry, entries, timeline
from replay.ports import Load, Others, Session, SessionFacts, StoredBatch
from viewer.codes import codes_of
from viewer.desk import ASKED_MAX_COUNT, Desk, desk_of, session_of, signed_in
from viewer.errors import DeskError, not_found
from viewer.timeline import Json

__all__ = ["corroboration"]

NOT_WHOLE = "visits from before the upgrade are not counted until `replay findings rebuild` was run"

Shown = Mapping[tuple[str, PricePlace, str], tuple[ShownPrice, Others | None]]
"""By article, place and text, what was shown, and what others were."""


async def corroboration(request: Request) -> Response:
    """GET /api/sessions/<session>/corroboration?of=<load>.<number>.<index>&of=…"""
    desk, session = desk_of(request), await session_of(request)
    wanted = _places(request.query_params.getlist("of"))
    await desk.views.ensure(signed_in(request), session, "recording")
    found = await desk.corroborating.ask(session.id, wanted, partial(_answer, desk, session))
    codes = await codes_of(desk.store, session)
    return JSONResponse(codes.tell_all([found[place] for place in sorted(wanted & found.keys())]))


async def _answer(desk: Desk, session: Session, wanted: frozenset[Place]) -> dict[Place, Json]:
    facts = (await desk.store.session_facts({session.id: {}})).get(session.id)
    site = await desk.store.site(session.site)
    shown = {price.key: (price, others) for price, others in await desk.store.shown_prices(session.id)}
    if facts is None:
        raise not_found("There is no such session.")
    currency = site.currency if site else None
    if facts.brought is not None:
        currency = facts.brought.currency
    return await asyncio.to_thread(_marks, facts, shown, currency, wanted)


def _marks(
    facts: SessionFacts, shown: Shown, currency: str | None, wanted: Collection[Place]
) -> dict[Place, Json]:
    by_load: dict[str, list[StoredBatch]] = {load.id: [] for load in facts.loads}
    for batch in facts.batches:
        by_load[batch.load].append(batch)
    in_order = timeline([_read(load, by_load[load.id]) for load in facts.loads])
    found = corroborated(in_order, facts.told, currency, wanted)
    by_place = {(one.load, one.number, one.index): one for one in in_order}
    return {
        place: {
            "load": place[0],
            "number": place[1],
            "index": place[2],
            "marks": [*(asdict(mark) for mark in marks), *_of_others(by_place[place], shown)],
        }
        for place, marks in found.items()
    }


def _of_others(entry: Entry, shown: Shown) -> Iterator[Json]:
    """What other sessions were shown for the articles of a displayed cart or price."""
    for at, sku, place, amount, _ in shown_in(entry.event.fact):
        yield from _others(at, shown.get((sku, place, amount.raw or "")))


def _others(at: str, known: tuple[ShownPrice, Others | None] | None) -> Iterator[Json]:
    if known is None:
        return
    price, others = known
    why = price.why
    if others is not None and not others.is_whole:
        why = NOT_WHOLE
        # That some were shown the same is so however many there were; that none was is not known.
        others = others if others.same else None
    outcome = "unclear"
    if others is not None:
        outcome = "same" if others.same else "other" if others.others else "none"
    yield {
        "at": at,
        "kind": "others",
        "outcome": outcome,
        "who": "",
        "since_ms": price.shown_ms,
        "amount": price.raw,
        "why": why,
        "others": None if others is None else _counted(others, price),
    }


def _counted(others: Others, price: ShownPrice) -> Json:
    return {
        "same": others.same,
        "all": others.others,
        "is_all": others.is_all,
        # As the customer reads this one, where it is of the same currency.
        "most": [
            {
                "amount": say(
                    Money(one.minor, one.currency), [price.raw] if one.currency == price.currency else ()
                ),
                "count": one.count,
            }
            for one in others.most
        ],
    }


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
