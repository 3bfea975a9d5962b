"""What can be asked of the store in one commit, and what it answers.

All times are server milliseconds since 1970 unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from replay.model.identity import Identifier
from replay.model.server_event import About, ServerEvent
from replay.ports.assets import Sighting
from replay.ports.brought import Brought
from replay.ports.records import Session

__all__ = [
    "AppendBatch",
    "Appended",
    "Commit",
    "DeclareGap",
    "EndSession",
    "KeepServerEvent",
    "MeasureClock",
    "OpenLoad",
    "OpenSession",
    "Operation",
    "RotateToken",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Begin a session; its code is its first identifier. Outcome: None. A taken id or code raises
    ``ValueError`` (they are minted by us); the id of a session that was condemned is taken for ever.

    With ``brought``, which an imported one has, it is none of its site's: nothing that is told here concerns
    it, and it counts in no problem."""

    session: Session
    brought: Brought | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoad:
    """Make a page load known; a known one is left as it is. Outcome: the ``Load`` as stored, or None if the
    session is not known."""

    session: str
    id: str
    tab: str
    opened_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendBatch:
    """Keep one batch byte for byte, with its identifiers. Outcome: ``Appended``. Numbers count from 1.

    ``first_ms``/``last_ms`` are page-clock times inside it, ``checkpoint`` says that it starts with a full
    snapshot. A batch that is stored also moves the session's ``seen_ms`` on to ``received_ms`` (never back).
    Of identifiers of one kind and value a session keeps one: the earliest ``at_ms`` with what was shown then,
    verified if any of them was; of messages and of errors only the first ``TEXTS_MAX_COUNT``. ``then`` is
    carried out with a batch that is stored, and only then: a duplicate or a conflict changes nothing.
    """

    session: str
    load: str
    track: int
    number: int
    payload: bytes
    digest: bytes
    received_ms: int
    first_ms: float
    last_ms: float
    checkpoint: bool = False
    identifiers: tuple[Identifier, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    """Of each reference a session keeps one."""
    judge_ms: int | None = None
    """When the session is to be judged for this, if it is not to be sooner: see ``FindingIndex``."""
    then: tuple[RotateToken | EndSession, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareGap:
    """The page gave up these numbers. Those that are kept already stay kept, and one that still comes is
    stored. The same range again is a duplicate. Outcome: ``Appended``."""

    session: str
    load: str
    track: int
    first: int
    last: int
    reason: str
    received_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureClock:
    """A connection measured the page clock; the measurement with the smallest error stands, the first of
    equals. Outcome: None."""

    session: str
    load: str
    offset_ms: float
    error_ms: float
    judge_ms: int | None = None
    """When the session is to be judged for this, if it changes the offset and it is not to be sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateToken:
    """Put a new write token in force. The one before is kept as ``previous_token_hash``, for a page that lost
    its connection before it was told; ``unheard``, the one in force was never told, and the one before it
    stays what it is, since ``rotated_ms`` of then. Outcome: None."""

    session: str
    token_hash: bytes
    rotated_ms: int
    unheard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """End a session; the first end stands. Batches already on their way may still be appended.
    Outcome: None."""

    session: str
    ended_ms: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepServerEvent:
    """Keep what one of the site's systems says, with its edges (``replay.model.server_event.about``).
    Outcome: ``Appended`` with ``acked`` 0. The same event of the same system again is a duplicate, another
    one under its id a conflict; what was erased with a customer is a duplicate, too, and not kept again. All
    sessions that carry one of the edges, or one of an event of the same order, are to be judged at
    ``judge_ms`` if not sooner; for the price of an article none is. What a ``session`` brought concerns that
    one alone, makes nothing due, and goes with it."""

    site: str
    event: ServerEvent
    about: tuple[About, ...]
    received_ms: int
    judge_ms: int
    session: str | None = None


Operation = (
    OpenSession
    | OpenLoad
    | AppendBatch
    | DeclareGap
    | MeasureClock
    | RotateToken
    | EndSession
    | KeepServerEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """``acked`` is the cumulative acknowledgement of the track after this operation: the largest n such that
    every number from 1 to n is kept or declared lost. ``duplicate``: the same bytes were kept before.
    ``conflict``: other bytes were kept under this number before, and stay. ``gone``: the session or page load
    is not known (any more), nothing was kept."""

    outcome: Literal["stored", "duplicate", "conflict", "gone"]
    acked: int


Commit = Sequence[Operation]
