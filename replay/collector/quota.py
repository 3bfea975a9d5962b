"""Bounds on what one address and one session may take, so that nobody crowds out the others.

A site key is public: whoever reads a page can send. These caps are generous to a household or an office
behind one address and stop one machine from filling the disk.
"""

from __future__ import annotations

import functools
import ipaddress
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
    address_hellos_per_minute_count: int = 3_000
    """Conversations that one address begins in one minute; each may open a page load."""
    address_bytes_per_minute: int = 256 * 1024 * 1024
    """Payload bytes that one address sends in one minute."""
    session_bytes: int = 512 * 1024 * 1024
    """Everything that one session may send."""


class OverQuota(Exception):
    """A cap was passed; the message names it."""


class Quota:
    """Counts per address and session. One per collector; not shared between processes."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._connections: Counter[str] = Counter()
        self._minute = 0
        self._opened: Counter[str] = Counter()
        self._greeted: Counter[str] = Counter()
        self._received: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()
        self._holders: Counter[str] = Counter()

    @contextmanager
    def connection(self, address: str) -> Iterator[None]:
        """Held while a connection is open. Raises ``OverQuota``."""
        address = _household(address)
        most = self._caps.address_connections_count
        if self._connections[address] >= most:
            raise OverQuota(f"More than {most} open connections from this address: come again later.")
        self._connections[address] += 1
        try:
            yield
        finally:
            self._connections[address] -= 1
            if not self._connections[address]:
                del self._connections[address]

    def open_session(self, address: str, now_ms: int) -> None:
        """Count a new session. Raises ``OverQuota``."""
        most = self._caps.address_sessions_per_minute_count
        self._count(self._opened, address, 1, most, now_ms, "new sessions")

    def greet(self, address: str, now_ms: int) -> None:
        """Count a conversation that begins. Raises ``OverQuota``."""
        most = self._caps.address_hellos_per_minute_count
        self._count(self._greeted, address, 1, most, now_ms, "page loads")

    def receive(self, address: str, size: int, now_ms: int) -> None:
        """Count what an address sends. Raises ``OverQuota``."""
        most = self._caps.address_bytes_per_minute
        self._count(self._received, address, size, most, now_ms, "bytes")

    def _count(
        self, counter: Counter[str], address: str, more: int, most: int, now_ms: int, what: str
    ) -> None:
        minute = now_ms // _MINUTE_MS
        if minute != self._minute:
            self._minute = minute
            for each in (self._opened, self._greeted, self._received):
                each.clear()
        household = _household(address)
        if counter[household] + more > most:
            raise OverQuota(f"More than {most} {what} from this address in a minute: come again in the next.")
        counter[household] += more

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
            raise OverQuota(f"This session has sent all of its {self._caps.session_bytes} bytes.")
        self._sent[session] += size


@functools.lru_cache(maxsize=10_000)
def _household(address: str) -> str:
    """Who is behind an address: of IPv6, one customer is given at least a network of 64 bits."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return address
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
