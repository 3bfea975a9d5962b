"""Gets one asset from a shop's own server, and lets no page use us to reach anything else.

Every hop's origin has to be one of the site's; its host is resolved here, every address it stands for is
judged, and the connection goes to an address that was judged, whatever the name stands for a moment later.
Name and certificate are still those of the host. No cookies, no credentials, no proxy; bytes are counted as
they come, never unpacked, and one deadline holds for everything.
"""

from __future__ import annotations

import asyncio
import functools
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import httpx

from replay import __version__
from replay.collector.addresses import Target, is_own_network, is_public, read_address, target_after
from replay.collector.sniffing import Unwanted, sniff
from replay.ports import AssetKind

__all__ = ["USER_AGENT", "Fetched", "Fetcher", "Reason", "Resolve", "Unfetchable", "ask", "judged_addresses"]
__all__ += ["resolve"]

ASSET_BYTES = 5 * 1024 * 1024
"""Largest image, font or style sheet."""
DEADLINE_MS = 20_000
"""Time for everything, from resolving the first name to the last byte."""
CONNECT_MS = 5_000
"""Time to connect to one address."""
REDIRECTS_COUNT = 5
RESOLVERS_COUNT = 8
"""Names that are looked up at once."""
ADDRESSES_TRIED_COUNT = 3
"""Addresses of one host that are tried before it counts as unreachable."""

USER_AGENT = f"replay-desk/{__version__} (keeps what a page showed, for the shop's own customer service)"

_ACCEPT: Mapping[AssetKind, str] = {
    # What browsers say: a shop that chooses the format by it gives us what it gave the customer.
    "image": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "font": "*/*",
    "style": "text/css,*/*;q=0.1",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_VALIDATOR = re.compile(r"[ -~]{1,200}")

Reason = Literal["origin", "address", "redirect", "status", "type", "size", "time", "network", "rate"]
Resolve = Callable[[str, int], Awaitable[list[str]]]


class Unfetchable(Exception):
    """It was not had: ``reason`` for a count, ``detail`` for a person."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason: Reason = reason
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An asset's bytes, and what its server gives to ask later whether it changed."""

    data: bytes
    type: str
    etag: str | None
    last_modified: str | None


_RESOLVERS = ThreadPoolExecutor(RESOLVERS_COUNT, "resolver")


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses that a host stands for. A name server that does not answer holds up other names only,
    not what else is done in threads."""
    ask = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Fetches. To be closed."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        asset_bytes: int = ASSET_BYTES,
        deadline_ms: int = DEADLINE_MS,
    ) -> None:
        self._resolve = resolve
        self._asset_bytes = asset_bytes
        self._deadline_ms = deadline_ms
        self._carrier: httpx.AsyncHTTPTransport | None = None

    async def fetch(
        self,
        url: str,
        kind: AssetKind,
        *,
        origins: Collection[str],
        private: Collection[str],
        etag: str | None = None,
        last_modified: str | None = None,
        received: Callable[[int], None] = lambda size: None,
    ) -> Fetched | None:
        """Get an asset; None if it is still what ``etag`` and ``last_modified`` were said of.

        ``origins``: where it may come from; ``private``: those of them whose hosts may have private
        addresses. ``received`` is told how many bytes came, as they come, also of what is refused. Raises
        ``Unfetchable``.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions = {name: value for name, value in asked.items() if value is not None}
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": _ACCEPT[kind],
            # Packed bytes can be a thousand times smaller than what they unpack to.
            "Accept-Encoding": "identity",
            **conditions,
        }
        try:
            async with asyncio.timeout(self._deadline_ms / 1_000):
                response = await self._follow(url, headers, frozenset(origins), frozenset(private))
                try:
                    return await self._read(response, kind, received, conditional=bool(conditions))
                finally:
                    await response.aclose()
        except TimeoutError:
            seconds = self._deadline_ms / 1_000
            raise Unfetchable("time", f"It did not come whole within {seconds:g} s.") from None
        # A name that cannot even be encoded is a UnicodeError.
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise Unfetchable("network", f"Its server could not be asked ({type(error).__name__}).") from None

    async def close(self) -> None:
        """Let go of connections; nothing is fetched after."""
        if self._carrier is not None:
            await self._carrier.aclose()

    async def _follow(
        self, url: str, headers: Mapping[str, str], origins: frozenset[str], private: frozenset[str]
    ) -> httpx.Response:
        target = read_address(url)
        for _ in range(REDIRECTS_COUNT + 1):
            if target is None:
                raise Unfetchable("origin", "It is not an address of the web.")
            if target.origin not in origins:
                raise Unfetchable("origin", f"{target.origin} is not an origin of this site.")
            addresses = await judged_addresses(self._resolve, target, may_be_private=target.origin in private)
            response = await self._ask(target, addresses, headers)
            if response.status_code not in _REDIRECTS:
                return response
            await response.aclose()
            target = target_after(target, response.headers.get("location", ""))
        raise Unfetchable("redirect", f"It is redirected more than {REDIRECTS_COUNT} times.")

    async def _ask(self, target: Target, addresses: list[str], headers: Mapping[str, str]) -> httpx.Response:
        if self._carrier is None:
            # A connection is never used again: the next asset of the same address may be of another host.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._carrier = httpx.AsyncHTTPTransport(trust_env=False, limits=limits)
        return await ask(self._carrier, target, addresses, headers)

    async def _read(
        self,
        response: httpx.Response,
        kind: AssetKind,
        received: Callable[[int], None],
        *,
        conditional: bool,
    ) -> Fetched | None:
        if response.status_code == 304 and conditional:
            return None
        if response.status_code != 200:
            raise Unfetchable("status", f"It was answered with {response.status_code}.")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Unfetchable("type", "It came packed, although it was asked for as it is.")
        too_large = Unfetchable("size", f"It is larger than {self._asset_bytes} bytes.")
        said = response.headers.get("content-length", "")
        if said.isdecimal() and int(said[:20]) > self._asset_bytes:
            raise too_large
        data = bytearray()
        async for part in response.aiter_raw():
            data += part
            received(len(part))
            if len(data) > self._asset_bytes:
                raise too_large
        try:
            found, kept = sniff(kind, response.headers.get("content-type", ""), bytes(data))
        except Unwanted as error:
            raise Unfetchable("type", str(error)) from None
        return Fetched(
            data=kept,
            type=found,
            etag=_validator(response.headers.get("etag")),
            last_modified=_validator(response.headers.get("last-modified")),
        )


async def judged_addresses(resolve: Resolve, target: Target, *, may_be_private: bool) -> list[str]:
    """What the host stands for now. One address that is not public is one too many: ``Unfetchable``."""
    addresses = await resolve(target.host, target.port)
    if not addresses:
        raise Unfetchable("network", f"{target.host} has no address.")
    if not all(is_public(address) or (may_be_private and is_own_network(address)) for address in addresses):
        raise Unfetchable("address", f"{target.host} is inside a private network.")
    return addresses[:ADDRESSES_TRIED_COUNT]


async def ask(
    carrier: httpx.AsyncHTTPTransport,
    target: Target,
    addresses: list[str],
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> httpx.Response:
    """What the first of these addresses that can be connected to answers: to a GET, or to a POST of
    ``content``."""
    *others, last = addresses
    for address in others:
        try:
            return await carrier.handle_async_request(_request(target, address, headers, content))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await carrier.handle_async_request(_request(target, last, headers, content))


def _request(
    target: Target, address: str, headers: Mapping[str, str], content: bytes | None
) -> httpx.Request:
    host = f"[{address}]" if ":" in address else address
    times = {
        "connect": CONNECT_MS / 1_000,
        "read": DEADLINE_MS / 1_000,
        "write": DEADLINE_MS / 1_000,
        "pool": DEADLINE_MS / 1_000,
    }
    return httpx.Request(
        "GET" if content is None else "POST",
        f"{target.scheme}://{host}:{target.port}{target.path}",
        headers={"Host": target.authority, **headers},
        content=content,
        extensions={"sni_hostname": target.host, "timeout": times},
    )


def _validator(value: str | None) -> str | None:
    return value if value is not None and _VALIDATOR.fullmatch(value) else None
