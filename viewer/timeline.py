"""A session's stored facts and page loads as the JSON that the watch page works with.

Facts come in the order of ``replay.model.timeline``, with corrected times. What is stored but cannot be read
is not passed over in silence: it stands among the gaps with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from replay.model.events import AssetsSeen, encode_event
from replay.model.finding import Finding
from replay.model.personal_code import Codes
from replay.model.server_event import Concerning
from replay.model.session import show_code
from replay.model.timeline import Entry, entries, timeline
from replay.model.track import Track
from replay.ports import BatchOutline, Gap, Identifier, Load, Session, StoredBatch, View
from viewer.told import told_json
from viewer.told_prices import told_prices

__all__ = ["Json", "facts_json", "finding_json", "gap_json", "load_json", "session_json", "timeline_json"]

Json = dict[str, object]


def session_json(session: Session, *, site_name: str, live: bool, now_ms: int) -> Json:
    """The session itself. ``code`` is written as it is read out."""
    return {
        "id": session.id,
        "code": show_code(session.code),
        "site": session.site,
        "site_name": site_name,
        "started_ms": session.started_ms,
        "seen_ms": session.seen_ms,
        "ended_ms": session.ended_ms,
        "ended_why": session.ended_why,
        "live": live,
        "server_ms": now_ms,
    }


def load_json(load: Load, chunks: Iterable[BatchOutline] = ()) -> Json:
    """A page load and its picture chunks. Times of chunks are page clock: add ``offset_ms``."""
    return {
        "id": load.id,
        "tab": load.tab,
        "ordinal": load.ordinal,
        "opened_ms": load.opened_ms,
        "offset_ms": load.offset_ms,
        "offset_error_ms": load.offset_error_ms,
        "chunks": [
            {
                "number": chunk.number,
                "first_ms": chunk.first_ms,
                "last_ms": chunk.last_ms,
                "checkpoint": chunk.checkpoint,
                "bytes": chunk.sent_bytes,
            }
            for chunk in chunks
        ],
    }


def gap_json(gap: Gap) -> Json:
    """Numbers of a track that the page declared lost."""
    return {
        "load": gap.load,
        "track": gap.track,
        "first": gap.first,
        "last": gap.last,
        "reason": gap.reason,
    }


def finding_json(finding: Finding) -> Json:
    """What a rule says, and where it can be seen; times are corrected."""
    return {
        "rule": finding.rule,
        "version": finding.version,
        "subject": finding.subject,
        "signature": finding.signature,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "said": finding.said,
        "decided_ms": finding.decided_ms,
        "minor": finding.minor,
        "currency": finding.currency,
        "shown": [
            {"role": one.role, "load": one.load, "t": one.t, "node": one.node, "raw": one.raw}
            for one in finding.shown
        ],
    }


def _event_json(entry: Entry) -> Json:
    """One fact; ``t`` is its corrected time."""
    kind, _, fields = encode_event(entry.event)
    return {
        "load": entry.load,
        "number": entry.number,
        "index": entry.index,
        "t": entry.t,
        "kind": kind,
        "fields": fields,
    }


def facts_json(
    loads: Sequence[Load], batches: Iterable[StoredBatch], codes: Codes
) -> tuple[list[Json], list[Json]]:
    """The facts of ``loads`` in order, with codes as they may be told, and a gap for each batch that cannot
    be read."""
    by_load: dict[str, list[StoredBatch]] = {load.id: [] for load in loads}
    for batch in batches:
        by_load.setdefault(batch.load, []).append(batch)
    unreadable: list[Json] = []
    facts = timeline([list(_read(load, by_load[load.id], unreadable)) for load in loads])
    return [_told_event(entry, codes) for entry in facts], unreadable


def _told_event(entry: Entry, codes: Codes) -> Json:
    # Addresses of assets are looked for as the picture has them.
    is_of_picture = isinstance(entry.event.fact, AssetsSeen)
    return (codes.blot_all if is_of_picture else codes.tell_all)(_event_json(entry))


def _read(load: Load, batches: Iterable[StoredBatch], unreadable: list[Json]) -> Iterable[Entry]:
    for batch in batches:
        try:
            yield from list(entries(load.id, load.tab, load.offset_ms, [(batch.number, batch.payload)]))
        except ValueError as error:
            gap = Gap(
                load=load.id,
                track=Track.FACTS,
                first=batch.number,
                last=batch.number,
                reason=f"kept, but cannot be read: {error}",
            )
            unreadable.append(gap_json(gap))


def timeline_json(
    *,
    session: Json,
    loads: Sequence[Load],
    facts: Iterable[StoredBatch],
    chunks: Iterable[BatchOutline],
    gaps: Iterable[Gap],
    findings: Iterable[Finding],
    told: Sequence[Concerning],
    told_until_ms: int | None,
    visit_ms: int,
    identifiers: Iterable[Identifier],
    views: Iterable[View],
    agent_names: Mapping[str, str],
    payment_paths: Sequence[str],
    codes: Codes,
) -> Json:
    """Everything that the watch page asks for at first. ``told_until_ms``: of an imported session, when its
    shop's systems were asked."""
    by_load: dict[str, list[BatchOutline]] = {}
    for chunk in chunks:
        by_load.setdefault(chunk.load, []).append(chunk)
    events, unreadable = facts_json(loads, facts, codes)
    return {
        "session": session,
        "loads": [load_json(load, by_load.get(load.id, ())) for load in loads],
        "events": events,
        "gaps": [*(gap_json(gap) for gap in gaps), *unreadable],
        "findings": [finding_json(codes.told(finding)) for finding in findings],
        "told": codes.tell_all(told_json(told)),
        "told_until_ms": told_until_ms,
        "prices": codes.tell_all(told_prices(told, visit_ms)),
        "identifiers": [
            {
                "kind": edge.kind,
                "shown": codes.told_by(edge),
                "verified": edge.verified,
                "at_ms": edge.at_ms,
            }
            for edge in identifiers
        ],
        "views": [
            {"agent": agent_names.get(view.agent, view.agent), "what": view.what, "at_ms": view.at_ms}
            for view in views
        ],
        "payment_paths": list(payment_paths),
    }
