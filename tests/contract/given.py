"""Short ways to say what was committed: everything has a default but what the test is about."""

from __future__ import annotations

import hashlib

from replay.model.problem import Problem
from replay.ports import (
    AppendBatch,
    Appended,
    DeclareGap,
    Identifier,
    IdentifierKind,
    MeasureClock,
    OpenLoad,
    OpenSession,
    Operation,
    Session,
    Store,
)

__all__ = [
    "all_problems",
    "appended",
    "batch",
    "clock",
    "code_of",
    "gap",
    "identifier",
    "open_load",
    "open_session",
    "opened",
    "session",
]

NOW_MS = 1_700_000_000_000


def code_of(id: str) -> str:
    """A code of the right length for a session named by a test."""
    return hashlib.sha256(id.encode()).hexdigest()[:6].upper()


def session(id: str = "visit", *, started_ms: int = NOW_MS, code: str | None = None) -> Session:
    return Session(
        id=id,
        site="shop",
        code=code or code_of(id),
        token_hash=hashlib.sha256(id.encode()).digest(),
        started_ms=started_ms,
        seen_ms=started_ms,
    )


def open_session(id: str = "visit", *, started_ms: int = NOW_MS, code: str | None = None) -> OpenSession:
    return OpenSession(session=session(id, started_ms=started_ms, code=code))


def open_load(
    id: str = "load",
    *,
    session: str = "visit",
    tab: str = "tab",
    opened_ms: int = NOW_MS,
) -> OpenLoad:
    return OpenLoad(session=session, id=id, tab=tab, opened_ms=opened_ms)


def opened(*loads: str, session: str = "visit", started_ms: int = NOW_MS) -> list[Operation]:
    """A session and its page loads."""
    return [
        open_session(session, started_ms=started_ms),
        *(open_load(load, session=session) for load in loads or ("load",)),
    ]


def batch(
    number: int,
    *identifiers: Identifier,
    session: str = "visit",
    load: str = "load",
    track: int = 0,
    payload: bytes | None = None,
    received_ms: int = NOW_MS,
    checkpoint: bool = False,
    judge_ms: int | None = None,
) -> AppendBatch:
    content = f"{session} {load} {track} {number}".encode() if payload is None else payload
    return AppendBatch(
        session=session,
        load=load,
        track=track,
        number=number,
        payload=content,
        digest=hashlib.sha256(content).digest(),
        received_ms=received_ms,
        first_ms=number * 1_000.25,
        last_ms=number * 1_000.25 + 999.5,
        checkpoint=checkpoint,
        identifiers=identifiers,
        judge_ms=judge_ms,
    )


def gap(
    first: int,
    last: int,
    *,
    session: str = "visit",
    load: str = "load",
    track: int = 0,
    reason: str = "buffer full",
) -> DeclareGap:
    return DeclareGap(
        session=session, load=load, track=track, first=first, last=last, reason=reason, received_ms=NOW_MS
    )


def clock(
    offset_ms: float,
    error_ms: float,
    *,
    session: str = "visit",
    load: str = "load",
    judge_ms: int | None = None,
) -> MeasureClock:
    return MeasureClock(session=session, load=load, offset_ms=offset_ms, error_ms=error_ms, judge_ms=judge_ms)


def identifier(
    kind: IdentifierKind,
    value: str,
    *,
    shown: str | None = None,
    at_ms: int = NOW_MS,
    verified: bool = False,
) -> Identifier:
    return Identifier(
        kind=kind,
        value=value,
        shown=value.upper() if shown is None else shown,
        at_ms=at_ms,
        verified=verified,
    )


async def appended(store: Store, *operations: Operation) -> list[tuple[str, int]]:
    """Commit; answer outcome and acknowledgement of each append and gap."""
    outcomes = await store.commit(operations)
    return [(one.outcome, one.acked) for one in outcomes if isinstance(one, Appended)]


async def all_problems(store: Store) -> list[Problem]:
    """Those that go on and those that are over, as long as they are few."""
    every = [await store.problems(over=over, now_ms=NOW_MS, limit=1_000) for over in (False, True)]
    return [*every[0], *every[1]]
