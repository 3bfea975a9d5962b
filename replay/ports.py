"""The interfaces that the heart needs and ``storage`` makes real: the store and the live bus.

The contract stands in the docstrings; one conformance suite runs it over every implementation, and the
in-memory one is the tests' fake. All times are server milliseconds since 1970 unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from replay.model.identity import Identifier, IdentifierKind

__all__ = [
    "Agent",
    "AppendBatch",
    "Appended",
    "Bus",
    "Commit",
    "DeclareGap",
    "EndSession",
    "Gap",
    "Identifier",
    "IdentifierKind",
    "Load",
    "Login",
    "Match",
    "MeasureClock",
    "OpenLoad",
    "OpenSession",
    "Operation",
    "Published",
    "RotateToken",
    "Session",
    "Site",
    "Store",
    "StoreUnavailable",
    "StoredBatch",
    "View",
]


class StoreUnavailable(Exception):
    """Nothing can be kept now (disk full, database locked or damaged). The message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One storefront. ``settings`` holds only values that differ from the defaults."""

    key: str
    name: str
    origins: tuple[str, ...]
    identify_secret: str
    settings: Mapping[str, object]
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One visit. ``token_hash`` is the SHA-256 of the write token in force; ``seen_ms`` when the last batch
    came (when the session began, before the first)."""

    id: str
    site: str
    code: str
    token_hash: bytes
    started_ms: int
    seen_ms: int
    ended_ms: int | None = None
    ended_why: str | None = None
    consent: str = "granted"
    previous_token_hash: bytes | None = None
    rotated_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One page load of one tab. Corrected time = page clock + ``offset_ms`` (± ``offset_error_ms``); both are
    None until the clock was measured. ``ordinal`` counts the session's page loads from 1, as they came."""

    session: str
    id: str
    tab: str
    ordinal: int
    opened_ms: int
    offset_ms: float | None = None
    offset_error_ms: float | None = None
    facts_acked: int = 0
    picture_acked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Begin a session; its code is its first identifier. Outcome: None. A taken id or code raises
    ``ValueError`` (they are minted by us)."""

    session: Session


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
    verified if any of them was. ``then`` is carried out with a batch that is stored, and only then: a
    duplicate or a conflict changes nothing.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateToken:
    """Put a new write token in force. The one before is kept as ``previous_token_hash``, for a page that lost
    its connection before it was told. Outcome: None."""

    session: str
    token_hash: bytes
    rotated_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """End a session; the first end stands. Batches already on their way may still be appended.
    Outcome: None."""

    session: str
    ended_ms: int
    why: str


Operation = OpenSession | OpenLoad | AppendBatch | DeclareGap | MeasureClock | RotateToken | EndSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """``acked`` is the cumulative acknowledgement of the track after this operation: the largest n such that
    every number from 1 to n is kept or declared lost. ``duplicate``: the same bytes were kept before.
    ``conflict``: other bytes were kept under this number before, and stay. ``gone``: the session or page load
    is not known (any more), nothing was kept."""

    outcome: Literal["stored", "duplicate", "conflict", "gone"]
    acked: int


Commit = Sequence[Operation]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBatch:
    """A batch as it was sent."""

    load: str
    track: int
    number: int
    payload: bytes
    digest: bytes
    received_ms: int
    first_ms: float
    last_ms: float
    checkpoint: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers of a track that the page declared lost, and why."""

    load: str
    track: int
    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A session found, and the identifier that led to it."""

    session: Session
    identifier: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person with a login. ``password_hash`` is argon2id's encoded form; ``role`` is kept for later."""

    login: str
    name: str
    password_hash: str
    role: str
    created_ms: int
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A signed-in desk. ``token_hash`` is the SHA-256 of the cookie's value."""

    token_hash: bytes
    agent: str
    csrf: str
    created_ms: int
    seen_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An agent opened something of a customer's: who, what, when. Never changed, never deleted by agents."""

    agent: str
    session: str
    what: str
    at_ms: int


class Store(Protocol):
    """Everything durable. Readers see only what is committed. Unknown things are ``None`` or empty."""

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        """Carry out all operations in order in one transaction and sync it; answer one outcome each.

        All or nothing: on any error nothing is kept and nothing is answered. Raises ``StoreUnavailable``
        when the store cannot keep anything, ``ValueError`` for a taken session id or code.
        """
        ...

    async def put_site(self, site: Site) -> None:
        """Add a site, or replace the one of the same key."""
        ...

    async def site(self, key: str) -> Site | None: ...

    async def sites(self) -> list[Site]:
        """All sites by name."""
        ...

    async def session(self, id: str) -> Session | None: ...

    async def sessions(self, *, limit: int, before_ms: int | None = None) -> list[Session]:
        """The newest sessions by ``seen_ms``, newest first; given ``before_ms``, only those before it."""
        ...

    async def load(self, session: str, id: str) -> Load | None: ...

    async def loads(self, session: str) -> list[Load]:
        """A session's page loads by ordinal."""
        ...

    async def batches(
        self, session: str, track: int, *, load: str | None = None, after: int = 0
    ) -> list[StoredBatch]:
        """Kept batches of one track, by load ordinal and number, with numbers greater than ``after``."""
        ...

    async def gaps(self, session: str) -> list[Gap]:
        """Declared gaps by load ordinal, track and first number."""
        ...

    async def identifiers(self, session: str) -> list[Identifier]:
        """A session's identifiers, oldest first (by ``at_ms``)."""
        ...

    async def find(
        self, kind: IdentifierKind, value: str, *, prefix: bool = False, limit: int = 20
    ) -> list[Match]:
        """Sessions that carry the normalised value, or with ``prefix`` one that starts with it; newest
        ``seen_ms`` first, one match per session.

        For ``name`` and ``product`` every word of ``value`` has to be (the start of) a word of one and the
        same identifier, in any order. Of several identifiers that match, a verified one is shown before a
        claimed one, then the oldest. An empty value matches nothing.
        """
        ...

    async def put_agent(self, agent: Agent) -> None:
        """Add an agent, or replace the one of the same login."""
        ...

    async def agent(self, login: str) -> Agent | None: ...

    async def agents(self) -> list[Agent]:
        """All agents by login."""
        ...

    async def put_login(self, login: Login) -> None:
        """Add a login, or replace the one of the same token."""
        ...

    async def login(self, token_hash: bytes) -> Login | None: ...

    async def drop_login(self, token_hash: bytes) -> None: ...

    async def log_view(self, view: View) -> None:
        """Commit and sync one view; the caller shows nothing before this returns."""
        ...

    async def views(self, session: str) -> list[View]:
        """Who opened this session, oldest first."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of everything; nothing else is asked of the store after."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became durable in one session: watchers are shown this and nothing else."""

    session: str
    batches: tuple[StoredBatch, ...] = ()
    gaps: tuple[Gap, ...] = ()
    load_opened: bool = False
    ended: bool = False


class Bus(Protocol):
    """Carries commits to live watchers, and the wish to watch back to the collector."""

    def publish(self, published: Published) -> None:
        """Never blocks and never fails. A watcher that does not keep up is cut off: what still waits for it
        is dropped and its iterator ends."""
        ...

    def watch(self, session: str) -> AbstractAsyncContextManager[AsyncIterator[Published]]:
        """Everything published for the session from entering on. While at least one watcher is inside,
        ``watched`` is true."""
        ...

    def watched(self, session: str) -> bool: ...

    def on_watch(self, session: str) -> AbstractAsyncContextManager[AsyncIterator[bool]]:
        """Yields the present state at once and then each change of ``watched``; a new watcher always yields
        ``True`` again, so that it can be given a checkpoint. Who reads late is told the latest state only."""
        ...

    def connected(self, session: str) -> AbstractAsyncContextManager[None]:
        """The collector holds this while a page of the session is connected."""
        ...

    def live(self, session: str) -> bool:
        """Whether a page of the session is connected now."""
        ...
