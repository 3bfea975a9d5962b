"""Bounds on what one address and one session may take, so that nobody crowds out the others.

A site key is public: whoever reads a page can send. These caps are generous to a household or an office
behind one address and stop one machine from filling the disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Caps", "OverQuota", "Quota"]

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much is enough."""

    address_connections_count: int = 200
    """Open connections of one address."""
    address_sessions_per_minute_count: int = 120
    """New sessions of one address in one minute."""
    session_bytes: int = 512 * 1024 * 1024
    """Everything that one session may send."""


class OverQuota(Exception):
    """A cap was passed; the message names it."""


class Quota:
    """Counts per address and session. One per collector; not shared between processes."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._connections: Counter[str] = Counter()
        self._opened: Counter[str] = Counter()
        self._minute = 0
        self._sent: Counter[str] = Counter()
        self._holders: Counter[str] = Counter()

    @contextmanager
    def connection(self, address: str) -> Iterator[None]:
        """Held while a connection is open. Raises ``OverQuota``."""
        if self._connections[address] >= self._caps.address_connections_count:
            raise OverQuota("Too many open connections from this address.")
        self._connections[address] += 1
        try:
            yield
        finally:
            self._connections[address] -= 1
            if not self._connections[address]:
                del self._connections[address]

    def open_session(self, address: str, now_ms: int) -> None:
        """Count a new session. Raises ``OverQuota``."""
        minute = now_ms // _MINUTE_MS
        if minute != self._minute:
            self._minute = minute
            self._opened.clear()
        if self._opened[address] >= self._caps.address_sessions_per_minute_count:
            raise OverQuota("Too many new sessions from this address in this minute.")
        self._opened[address] += 1

    @contextmanager
    def session(self, session: str) -> Iterator[None]:
        """Held while a page of the session is connected, so that its count is kept as long and no longer."""
        self._holders[session] += 1
        try:
            yield
        finally:
            self._holders[session] -= 1
            if not self._holders[session]:
                del self._holders[session]
                del self._sent[session]

    def send(self, session: str, size: int) -> None:
        """Count what a session sends. Raises ``OverQuota``."""
        if self._sent[session] + size > self._caps.session_bytes:
            raise OverQuota("This session has sent as much as one session may.")
        self._sent[session] += size
