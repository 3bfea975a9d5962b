"""Bounds on what one address, one session and one site may take, so that nobody crowds out the others.

A site key is public: whoever reads a page can send. The caps of an address are generous to a household or an
office behind it and stop one machine; those of a site stop many machines, and leave other sites their room.
Everything is counted in memory, by this process: a restart begins at nothing. Minutes and days are those of
the clock (UTC), so that up to twice as much can come within sixty seconds around a change of minute.
"""

from __future__ import annotations

import functools
import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from replay.protocol.messages import CloseCode

__all__ = ["Caps", "Held", "OverQuota", "Quota"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much is enough. An address is a household's: of IPv6, a network of 64 bits."""

    address_connections_count: int = 200
    """Sockets and posts of one address that are open at a time."""
    address_sessions_per_minute_count: int = 120
    """New sessions of one address in one minute."""
    address_hellos_per_minute_count: int = 3_000
    """Hellos of one address in one minute that name a site and its origin; each may open a page load."""
    address_bytes_per_minute: int = 256 * 1024 * 1024
    """Payload of the batches that one address sends in one minute, duplicates included."""
    session_bytes: int = 512 * 1024 * 1024
    """Payload of the batches that one session sends while it has a page connected; when it has none for a
    moment, the count begins anew."""
    site_connections_count: int = 20_000
    """Sockets and posts of one site that were let in and are open at a time."""
    site_sessions_per_minute_count: int = 6_000
    """New sessions of one site in one minute."""
    site_bytes_per_day: int = 50 * 1024 * 1024 * 1024
    """Payload of the batches that the pages of one site send in one day; after that no session is opened."""

    address_sightings_per_minute_count: int = 60_000
    """References to images, fonts and styles that one address names in one minute; further ones are kept as
    facts, but not looked after."""
    address_style_bytes_per_minute: int = 32 * 1024 * 1024
    """Texts of styles that one address sends in one minute; further ones are not kept."""
    site_style_bytes_per_day: int = 1024 * 1024 * 1024
    """Texts of styles that the pages of one site send in one day; further ones are not kept."""
    site_fetched_bytes_per_day: int = 10 * 1024 * 1024 * 1024
    """Images, fonts and style sheets that are fetched for one site in one day."""

    site_server_events_per_minute_count: int = 6_000
    """What the back office of one site says in one minute."""
    address_wrong_secrets_per_minute_count: int = 30
    """Requests of one address in one minute with a secret that is no site's."""


class OverQuota(Exception):
    """A cap was passed: the code and the sentence for the page, the name of the cap for the operator."""

    def __init__(self, cap: str, what: str, *, code: CloseCode = CloseCode.TOO_MUCH) -> None:
        self.cap = cap
        self.code = code
        super().__init__(what)


class Held:
    """A place that counts until it is given back."""

    __slots__ = ("_give_back", "_key")

    def __init__(self, key: tuple[str, str], give_back: Callable[[tuple[str, str]], None]) -> None:
        self._key = key
        self._give_back = give_back

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        self._give_back(self._key)


class Quota:
    """Counts per address, session and site. One per collector; not shared between processes."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._held: Counter[tuple[str, str]] = Counter()
        self._sent: Counter[str] = Counter()
        self._minute = _Period("minute", 60_000)
        self._day = _Period("day", 24 * 60 * 60_000)

    def connection(self, address: str) -> Held:
        """The place of an open connection. Raises ``OverQuota``."""
        return self._hold("address", _household(address), self._caps.address_connections_count)

    def site_connection(self, site: str) -> Held:
        """The place of a connected page that named the site. Raises ``OverQuota``."""
        return self._hold("site", site, self._caps.site_connections_count)

    def session(self, session: str) -> Held:
        """What a session sent is remembered while one of its pages holds this."""
        key = "session", session
        self._held[key] += 1
        return Held(key, self._give_back)

    def greet(self, address: str, now_ms: int) -> None:
        """Count a conversation that begins. Raises ``OverQuota``."""
        most = self._caps.address_hellos_per_minute_count
        self._minute.count("address", _household(address), "hellos", 1, most, now_ms)

    def open_session(self, address: str, site: str, now_ms: int) -> None:
        """Count a new session. Raises ``OverQuota``."""
        caps = self._caps
        # Not a byte of it would be taken.
        self._day.require("site", site, "bytes", 1, caps.site_bytes_per_day, now_ms)
        most = caps.address_sessions_per_minute_count
        self._minute.count("address", _household(address), "sessions", 1, most, now_ms)
        self._minute.count("site", site, "sessions", 1, caps.site_sessions_per_minute_count, now_ms)

    def receive(self, address: str, site: str, session: str, size: int, now_ms: int) -> None:
        """Count what a page sends. Raises ``OverQuota``."""
        caps = self._caps
        if self._sent[session] + size > caps.session_bytes:
            raise OverQuota("session_bytes", f"This session has sent all of its {caps.session_bytes} bytes.")
        most = caps.address_bytes_per_minute
        self._minute.count("address", _household(address), "bytes", size, most, now_ms)
        self._day.count("site", site, "bytes", size, caps.site_bytes_per_day, now_ms)
        self._sent[session] += size

    def sight(self, address: str, count: int, now_ms: int) -> None:
        """Count references that a page names. Raises ``OverQuota``."""
        most = self._caps.address_sightings_per_minute_count
        self._minute.count("address", _household(address), "sightings", count, most, now_ms)

    def keep_style(self, address: str, site: str, size: int, now_ms: int) -> None:
        """Count the text of a style that a page sends. Raises ``OverQuota``."""
        caps = self._caps
        most = caps.address_style_bytes_per_minute
        self._minute.count("address", _household(address), "style_bytes", size, most, now_ms)
        self._day.count("site", site, "style_bytes", size, caps.site_style_bytes_per_day, now_ms)

    def may_fetch(self, site: str, now_ms: int) -> None:
        """Raise ``OverQuota`` when enough was fetched for the site."""
        most = self._caps.site_fetched_bytes_per_day
        self._day.require("site", site, "fetched_bytes", 1, most, now_ms)

    def fetched(self, site: str, size: int) -> None:
        """Count what was fetched, to which ``may_fetch`` had agreed."""
        self._day.add("site", site, "fetched_bytes", size)

    def tell(self, site: str, count: int, now_ms: int) -> None:
        """Count what a back office says. Raises ``OverQuota``."""
        most = self._caps.site_server_events_per_minute_count
        self._minute.count("site", site, "server_events", count, most, now_ms)

    def may_prove(self, address: str, now_ms: int) -> None:
        """Raise ``OverQuota`` when an address gave enough wrong secrets."""
        most = self._caps.address_wrong_secrets_per_minute_count
        self._minute.require("address", _household(address), "wrong_secrets", 1, most, now_ms)

    def failed_to_prove(self, address: str) -> None:
        """Count a wrong secret, to the giving of which ``may_prove`` had agreed."""
        self._minute.add("address", _household(address), "wrong_secrets", 1)

    def _hold(self, whose: str, name: str, most: int) -> Held:
        key = whose, name
        if self._held[key] >= most:
            raise OverQuota(
                f"{whose}_connections",
                f"More than {most} open connections from this {whose}: come again later.",
            )
        self._held[key] += 1
        return Held(key, self._give_back)

    def _give_back(self, key: tuple[str, str]) -> None:
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]
            whose, name = key
            if whose == "session":
                del self._sent[name]


class _Period:
    """Counts that begin anew with every minute, or with every day."""

    def __init__(self, name: str, length_ms: int) -> None:
        self._name = name
        self._length_ms = length_ms
        self._now = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def count(self, whose: str, name: str, what: str, more: int, most: int, now_ms: int) -> None:
        """Add ``more``, or raise ``OverQuota`` and add nothing."""
        self.require(whose, name, what, more, most, now_ms)
        self.add(whose, name, what, more)

    def add(self, whose: str, name: str, what: str, more: int) -> None:
        """Add ``more`` to the present period, whatever it comes to."""
        self._counts[whose, name, what] += more

    def require(self, whose: str, name: str, what: str, more: int, most: int, now_ms: int) -> None:
        """Raise ``OverQuota`` unless there is room for ``more``."""
        now = now_ms // self._length_ms
        if now != self._now:
            self._now = now
            self._counts.clear()
        if self._counts[whose, name, what] + more > most:
            new = "new " if what == "sessions" else ""
            raise OverQuota(
                f"{whose}_{what}",
                f"More than {most} {new}{what} from this {whose} in a {self._name}: come again later.",
            )


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
