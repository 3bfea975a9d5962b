"""Takes what a shop's own systems say: ``POST /api/v1/events``, one event or a batch.

Each event is answered by itself, and what can be taken is taken: a back office sends what happened in many
orders, and one that it writes wrongly must not hold up the others. Nothing is answered as stored before it is
committed and synced, and the same event can be sent again at any time.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from replay.collector.answering import answer, off_loop, refusal
from replay.collector.keeping import Collector
from replay.collector.shells import read_body
from replay.model.server_event import ServerEvent, about
from replay.model.server_reading import Refused, read_batch, read_event, shown_id
from replay.ports import Appended, KeepServerEvent, Site

__all__ = ["BODY_MAX_BYTES", "keep_events", "take_server_events"]

BODY_MAX_BYTES = 1024 * 1024
_OUTCOMES = ("stored", "duplicate", "refused")
_CONFLICT = {
    "field": "id",
    "expected": "the same event as before, or an id that this system has not used",
    "got": "another event under an id that is kept",
    "do": "Give each event an id of its own. What was kept first stays.",
}


async def take_server_events(collector: Collector, request: Request) -> Response:
    """Answer one request of a back office."""
    take = partial(_take, collector, request)
    return await answer(collector, request, take, shorten="Send fewer events at once.")


async def _take(collector: Collector, request: Request, address: str) -> Response:
    now_ms = collector.now_ms()
    site = await _site(collector, request, address, now_ms)
    if site is None:
        what = "The secret in `Authorization: Bearer …` is missing or is no site's."
        do = "Give the one that `replay site secret KEY --events` prints."
        return refusal(401, what, do, {"WWW-Authenticate": "Bearer"})
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return refusal(
            415, "The body has to be `Content-Type: application/json`.", "Say so, and send JSON in UTF-8."
        )
    body = await read_body(request, most_bytes=BODY_MAX_BYTES, deadline_ms=collector.limits.body_deadline_ms)
    values = await off_loop(body, partial(read_batch, body))
    collector.quota.tell(site.key, len(values), now_ms)
    read = await off_loop(body, partial(_read, values, now_ms))
    kept = await keep_events(collector, site, [one for one in read if isinstance(one, ServerEvent)], now_ms)
    if kept is None:
        return refusal(401, "The site is no longer here.", "Ask who runs this.")
    outcomes = iter(kept)
    results = [
        _result(index, value, one, next(outcomes) if isinstance(one, ServerEvent) else None)
        for index, (value, one) in enumerate(zip(values, read, strict=True))
    ]
    counts = Counter(str(one["outcome"]) for one in results)
    for outcome in _OUTCOMES:
        collector.metrics.server_events.labels(outcome).inc(counts[outcome])
    return JSONResponse(
        {**{outcome: counts[outcome] for outcome in _OUTCOMES}, "results": results},
        422 if counts["refused"] else 200,
        {"Cache-Control": "no-store"},
    )


async def _site(collector: Collector, request: Request, address: str, now_ms: int) -> Site | None:
    """The site whose secret was given. As long as somebody guesses, their address waits."""
    collector.quota.may_prove(address, now_ms)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    found = None
    for site in await collector.store.sites():
        # All of them, so that how long it takes says nothing.
        same = hmac.compare_digest(site.events_secret.encode(), given.strip().encode())
        if same and site.events_secret and scheme.lower() == "bearer":
            found = site
    if found is None:
        collector.quota.failed_to_prove(address)
    return found


def _read(values: Sequence[object], now_ms: int) -> list[ServerEvent | Refused]:
    read: list[ServerEvent | Refused] = []
    for value in values:
        try:
            read.append(read_event(value, now_ms))
        except Refused as error:
            read.append(error)
    return read


async def keep_events(
    collector: Collector, site: Site, events: Sequence[ServerEvent], now_ms: int
) -> list[Appended] | None:
    """One outcome each, committed; None if there is no such site any more."""
    outcomes = await collector.writer.submit(
        *(
            KeepServerEvent(
                site=site.key,
                event=event,
                about=about(event, collector.phone_region),
                received_ms=now_ms,
                judge_ms=now_ms,
            )
            for event in events
        )
    )
    kept = [one for one in outcomes if isinstance(one, Appended)]
    return None if any(one.outcome == "gone" for one in kept) else kept


def _result(
    index: int, value: object, read: ServerEvent | Refused, kept: Appended | None
) -> dict[str, object]:
    result: dict[str, object] = {"index": index, "id": shown_id(value)}
    if isinstance(read, Refused):
        error = {"field": read.field, "expected": read.expected, "got": read.got, "do": read.do}
        return {**result, "outcome": "refused", "error": error}
    if kept is None or kept.outcome == "conflict":
        return {**result, "outcome": "refused", "error": _CONFLICT}
    return {**result, "outcome": kept.outcome}
