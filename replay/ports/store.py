"""The store: everything durable but objects.

The contract stands in the docstrings; one conformance suite runs it over every implementation, and the
in-memory one is the tests' fake. All times are server milliseconds since 1970 unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from replay.model.identity import Identifier, IdentifierKind, Reading
from replay.ports.assets import AssetIndex
from replay.ports.codes import CodeIndex
from replay.ports.erasure import ErasureIndex
from replay.ports.findings import FindingIndex
from replay.ports.operations import Appended, Commit
from replay.ports.problems import ProblemIndex
from replay.ports.promos import PromoIndex
from replay.ports.records import (
    Agent,
    BatchOutline,
    Gap,
    Load,
    Login,
    Match,
    Session,
    Site,
    StoredBatch,
    View,
)
from replay.ports.sealing import SealingIndex
from replay.ports.server_events import ServerEventIndex
from replay.ports.shown_prices import ShownPriceIndex

__all__ = ["Store", "StoreUnavailable"]


class StoreUnavailable(Exception):
    """Nothing can be kept now (disk full, database locked or damaged). The message says what to do."""


class Store(
    AssetIndex,
    ProblemIndex,
    SealingIndex,
    ServerEventIndex,
    ErasureIndex,
    FindingIndex,
    PromoIndex,
    CodeIndex,
    ShownPriceIndex,
    Protocol,
):
    """Everything durable. Readers see only what is committed. Unknown things are ``None`` or empty."""

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        """Carry out all operations in order in one transaction and sync it; answer one outcome each.

        All or nothing: on any error nothing is kept and nothing is answered. Raises ``StoreUnavailable``
        when the store cannot keep anything, ``ValueError`` for a taken session id or code.
        """
        ...

    async def probe(self) -> None:
        """Write and sync a little that nobody reads. Raises ``StoreUnavailable`` when nothing can be kept."""
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
        """Kept batches of one track, by load ordinal and number, with numbers greater than ``after``.

        Those of a sealed session come from its object; if that is damaged or missing they are not among
        them, and ``gaps`` says so.
        """
        ...

    async def outline(self, session: str, track: int) -> list[BatchOutline]:
        """The batches of ``batches`` without their payloads, at a fraction of the cost."""
        ...

    async def gaps(self, session: str) -> list[Gap]:
        """Gaps by load ordinal, track and first number: what pages declared lost, and what is in a sealed
        object that is damaged or missing."""
        ...

    async def identifiers(self, session: str) -> list[Identifier]:
        """A session's identifiers, oldest first (by ``at_ms``)."""
        ...

    async def carried(
        self, sessions: Sequence[str], kinds: Collection[IdentifierKind]
    ) -> Mapping[str, Sequence[Identifier]]:
        """Of each of the sessions the identifiers of these kinds, oldest first."""
        ...

    async def find(
        self,
        kind: IdentifierKind,
        value: str,
        *,
        prefix: bool = False,
        near: bool = False,
        limit: int = 20,
    ) -> list[Match]:
        """Sessions that carry the normalised value, or with ``prefix`` one that starts with it; newest
        ``seen_ms`` first, one match per session.

        For kinds that are found by words every word of ``value`` has to be (the start of) a word of one and
        the same identifier, in any order; with ``near`` it may also be one slip away from such a word: a
        letter more, less, another one, or two exchanged. Of several identifiers that match, a verified one is
        shown before a claimed one, then the oldest. An empty value matches nothing.

        Where no session carries an order's whole number, those of the customer are found whose order it is as
        one of the site's systems says, and who is verified there.
        """
        ...

    async def find_any(
        self, readings: Sequence[Reading], *, near: bool = False, limit: int = 20
    ) -> list[Match]:
        """What ``find`` answers to the readings of one query, ``limit`` of each kind: of the readings of one
        kind only the first counts that finds anything."""
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
