"""What the store knows of erasing: sessions on request with a receipt, and those that were kept long enough.

On request, the sessions are first condemned in one transaction, together with the receipt; from then on
nothing brings them back, and whoever comes later goes on where another was killed. A receipt counts what is
gone in the transaction in which it goes, so it never says more than was done, and is finished when nothing is
left in any file. All times are server milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from replay.model.identity import IdentifierKind
from replay.model.server_event import About

__all__ = ["ClockLook", "Erased", "ErasureIndex", "Receipt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One erasure on request: who asked with which command (without the values that were given), and what is
    gone. Nothing of a customer's is in it; the ids of sessions are random."""

    id: str
    command: str
    asked_by: str
    asked_ms: int
    finished_ms: int | None = None
    """None as long as anything of it may be left."""
    sessions: tuple[str, ...] = ()
    """Those that are gone, in order of their ids."""
    condemned: tuple[str, ...] = ()
    """Those that are still to go."""
    batches: int = 0
    objects: int = 0
    """Recordings of sealed sessions, images, fonts and styles, as far as they are deleted."""
    bytes: int = 0
    """Of the batches in the database and of the objects."""
    server_events: int = 0
    """What the shop's systems had said of the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What went from the database with a session."""

    batches: int
    bytes: int
    references: int
    """To assets: those that no other session has."""
    abandoned_bytes: int
    """Of objects that are to be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLook:
    """How the server's clock was seen by whoever erases by it. Without doubt ``doubt_s`` is 0."""

    looked_ms: int
    doubt_s: float = 0.0
    """For how long a process has to run until the clock is believed."""
    from_ms: int = 0
    to_ms: int = 0
    """Between what it leapt, where it is doubted."""


class ErasureIndex(Protocol):
    """The part of the store that erasing works with."""

    async def carriers(self, kind: IdentifierKind, value: str) -> Mapping[str, bool]:
        """All sessions that carry the normalised value, and whether it is verified there."""
        ...

    async def expired(self, before_ms: Mapping[str, int], limit: int) -> Mapping[str, int]:
        """Sessions, the longest unseen first, that were last seen before what is given for their site; and
        what that is."""
        ...

    async def condemn(
        self,
        receipt: Receipt,
        sessions: Sequence[str],
        about: Sequence[About] = (),
        *,
        site: str | None = None,
    ) -> None:
        """Keep a new receipt, of which only who asked for what counts, and condemn those of the sessions that
        are here and not condemned already. What ``server_events_about`` finds now, of one ``site`` if given,
        goes at once and is counted; the sessions that it concerned are judged again, and the same events are
        not kept again."""
        ...

    async def erase(self, session: str, *, unseen_since_ms: int | None = None) -> Erased | None:
        """Remove a session with everything that only it refers to: page loads, batches, gaps, identifiers and
        what is found by them, references to assets and what they stood for. Views of it stay. Its objects are
        abandoned: see ``SealingIndex.abandon_objects``.

        None, and nothing is changed, if it is not here, or was seen since.
        """
        ...

    async def strange_assets(self, names: Sequence[str]) -> list[str]:
        """Of these names of objects those for whose bytes no reference stands: whoever put them was killed
        before it could say so."""
        ...

    async def scrub(self) -> None:
        """Leave nothing of what was removed in any file, also not in areas that are free. Takes seconds for
        each gigabyte, in which nothing can be written. Raises ``StoreUnavailable`` if something may be left.
        """
        ...

    async def finish_erasure(self, receipt: str, finished_ms: int) -> None: ...

    async def put_clock_look(self, look: ClockLook) -> None:
        """Keep how the clock was seen, in place of what was kept before."""
        ...

    async def clock_look(self) -> ClockLook | None: ...

    async def receipts(self) -> list[Receipt]:
        """All of them, oldest first."""
        ...
