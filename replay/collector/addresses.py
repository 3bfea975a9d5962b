"""Which addresses we may be made to ask: a page's word is a stranger's word, and we stand inside the network.

Decided twice, by two independent things: the origin that an address names has to be one of the site's, and
every IP address that its host stands for has to be a public one. Both are pure; ``fetching`` asks them again
at every redirect, and connects to the very IP address that was judged here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urljoin, urlsplit

from replay.model.site import PageSettings
from replay.ports import Site

__all__ = ["Target", "is_own_network", "is_public", "page_settings", "read_address", "target_after"]

_PORTS = {"http": 80, "https": 443}
_TOLD = frozenset(field.name for field in fields(PageSettings))
_PLAIN = re.compile(r"[!-~]{1,2000}")
_HOST = re.compile(r"[0-9a-z._-]{1,253}|[0-9a-f:.]{2,45}")

_PRIVATE_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public address, but on Azure the machine's own services
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OWN_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_OWN_6 = tuple(ipaddress.IPv6Network(network) for network in ("::1/128", "fc00::/7"))
_CLOUD_6 = ipaddress.IPv6Network("fd00:ec2::/32")
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
"""Inside of it, but no ordinary host: protocols' own (Teredo among them), examples, 6to4, AS112."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""A network without IPv4 writes public IPv4 addresses so: the last 32 bits are the one that is reached."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. ``url`` is the whole of it without a fragment."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """As browsers write it: without the scheme's own port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """What stands in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_address(url: str) -> Target | None:
    """Take an absolute http or https address apart; None for everything else, and for what two readers could
    take for two different hosts."""
    url = url.partition("#")[0]
    if _PLAIN.fullmatch(url) is None or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _PORTS or "@" in parts.netloc or _HOST.fullmatch(host) is None or port == 0:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, scheme, host, _PORTS[scheme] if port is None else port, path)


def target_after(target: Target, location: str) -> Target | None:
    """Where a redirect from ``target`` leads; None if that is no address that could be fetched."""
    try:
        return read_address(urljoin(target.url, location.strip(" \t")))
    except ValueError:
        return None


def page_settings(site: Site) -> Mapping[str, object]:
    """The site's settings as its pages are told them: with all origins whose assets are kept, without what is
    none of theirs."""
    told = {name: value for name, value in site.settings.items() if name in _TOLD}
    return {**told, "asset_origins": sorted(site.asset_origins)}


def is_own_network(address: str) -> bool:
    """Whether an IP address (as text) is that of this machine or of a host in a network like an office's:
    what an operator may mean by a private address. Those of a cloud's own services are none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return ip not in _CLOUD_6 and any(ip in network for network in _OWN_6)
        ip = ip.ipv4_mapped
    return any(ip in network for network in _OWN_4)


def is_public(address: str) -> bool:
    """Whether an IP address (as text) is that of an ordinary host of the public Internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None)
        if inner is None:
            return ip in _GLOBAL_6 and not any(ip in network for network in _SPECIAL_6)
        ip = inner
    return not any(ip in network for network in _PRIVATE_4)
