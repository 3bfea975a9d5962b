"""``session list`` and ``session show``: what the desk shows, as plain values for a terminal or a script."""

from __future__ import annotations

from collections.abc import Mapping

from replay.errors import CommandError
from replay.model.events import kind_of
from replay.model.identity import readings
from replay.model.schema import encode
from replay.model.session import is_code, is_idle, read_code, show_code
from replay.model.timeline import entries, timeline
from replay.model.track import Track
from replay.ports import Match, Session, Store
from replay.settings import Settings
from viewer.codes import codes_of, codes_of_all
from viewer.timeline import finding_json
from viewer.told import told_json

__all__ = ["find_session", "list_sessions", "show_session"]


async def list_sessions(
    store: Store, settings: Settings, parameters: Mapping[str, object], now_ms: int
) -> object:
    """Newest first. ``limit``: how many; ``find``: a code, e-mail, phone, order number … to look for."""
    limit = int(str(parameters.get("limit") or 20))
    query = str(parameters.get("find") or "")
    if not query:
        return [_summary(session, now_ms) for session in await store.sessions(limit=limit)]
    found: dict[str, Match] = {}
    for kind, value, prefix in readings(query, settings.phone_region):
        for match in await store.find(kind, value, prefix=prefix, limit=limit):
            found.setdefault(match.session.id, match)
    matches = list(found.values())[:limit]
    codes = await codes_of_all(store, [match.session for match in matches])
    return [
        {
            **_summary(match.session, now_ms),
            "found_by": match.identifier.kind,
            "shown": codes[match.session.id].told_by(match.identifier),
            "verified": match.identifier.verified,
        }
        for match in matches
    ]


async def find_session(store: Store, wanted: str) -> Session:
    """A session by id or support code. Raises ``CommandError``."""
    session = await store.session(wanted)
    code = read_code(wanted)
    if session is None and is_code(code):
        matches = await store.find("code", code, limit=1)
        session = matches[0].session if matches else None
    if session is None:
        raise CommandError(
            f"There is no session {wanted!r}.", "`replay session list` shows ids and support codes."
        )
    return session


async def show_session(store: Store, parameters: Mapping[str, object], now_ms: int) -> object:
    """One session whole: page loads, gaps, identifiers, what the shop's systems say, every fact with tab,
    surface, source and texts."""
    session = await find_session(store, str(parameters["session"]))
    loads = await store.loads(session.id)
    sealed = await store.sealed(session.id)
    facts = await store.batches(session.id, Track.FACTS)
    pictures = await store.outline(session.id, Track.PICTURE)
    tabs = {load.id: load.tab for load in loads}
    codes = await codes_of(store, session)
    ordered = timeline(
        entries(
            load.id,
            load.tab,
            load.offset_ms,
            [(one.number, one.payload) for one in facts if one.load == load.id],
        )
        for load in loads
    )
    return {
        **_summary(session, now_ms),
        "sealed_ms": None if sealed is None else sealed.sealed_ms,
        "loads": [
            {
                "id": load.id,
                "tab": load.tab,
                "ordinal": load.ordinal,
                "opened_ms": load.opened_ms,
                "offset_ms": load.offset_ms,
                "offset_error_ms": load.offset_error_ms,
                "picture_chunks": sum(one.load == load.id for one in pictures),
                "picture_bytes": sum(one.sent_bytes for one in pictures if one.load == load.id),
            }
            for load in loads
        ],
        "gaps": [
            {
                "tab": tabs.get(gap.load),
                "load": gap.load,
                "track": Track(gap.track).name.lower(),
                "first": gap.first,
                "last": gap.last,
                "reason": gap.reason,
            }
            for gap in await store.gaps(session.id)
        ],
        "findings": [finding_json(codes.told(one)) for one in await store.findings(session.id)],
        "told": codes.tell_all(told_json(await store.told(session.id))),
        "identifiers": [
            {
                "kind": one.kind,
                "shown": codes.told_by(one),
                "verified": one.verified,
                "at_ms": one.at_ms,
            }
            for one in await store.identifiers(session.id)
        ],
        "events": [
            {
                "t": entry.t,
                "tab": entry.tab,
                "load": entry.load,
                "number": entry.number,
                "kind": kind_of(entry.event.fact),
                "fields": codes.tell_all(_without_signature(encode(entry.event.fact))),
            }
            for entry in ordered
        ],
    }


def _without_signature(fields: dict[str, object]) -> dict[str, object]:
    """A signature lets whoever holds it be this customer until it expires. Whether it was right is told with
    the identifiers."""
    return {name: value for name, value in fields.items() if name != "signature"}


def _summary(session: Session, now_ms: int) -> dict[str, object]:
    over = session.ended_ms is not None or is_idle(session.seen_ms, now_ms)
    return {
        "id": session.id,
        "code": show_code(session.code),
        "site": session.site,
        "started_ms": session.started_ms,
        "seen_ms": session.seen_ms,
        "over": over,
        "ended_why": session.ended_why or ("30 minutes without activity" if over else None),
    }
