"""What the store knows of server events: what concerns a session or a customer, and how long it stays.

They come with ``KeepServerEvent`` in a commit like everything else, and what makes a session due is committed
with them. Which of them concern a session is not stored: identifiers of a session may come after the event.
Times are server milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from replay.model.server_event import About, Concerning
from replay.ports.brought import Brought

__all__ = ["TOLD_MAX_COUNT", "ServerEventIndex"]

TOLD_MAX_COUNT = 2_000
"""Events that are considered for one session, and as many prices: the newest by ``occurred_ms``."""


class ServerEventIndex(Protocol):
    """The part of the store that works with server events."""

    async def told(self, session: str) -> list[Concerning]:
        """What concerns a session, as ``replay.model.server_event.concerning`` says."""
        ...

    async def brought(self, sessions: Collection[str]) -> Mapping[str, Brought]:
        """Of each of these sessions that was imported with it how its shop stood there; for any other its
        site is what counts."""
        ...

    async def server_events_about(self, edges: Sequence[About]) -> Mapping[int, str]:
        """Keys of the events that carry one of the edges, and of all that are about the same orders as these;
        with the site of each."""
        ...

    async def expire_server_events(self, before_ms: Mapping[str, int]) -> int:
        """Delete events that came before what is given for their site, how many. A price stays while it is in
        force: until so long after its end, or after the next price of the article in that store came."""
        ...
