"""Refuses what another web site makes an agent's browser ask of the desk.

Browsers say where a request comes from: in ``Sec-Fetch-Site`` over TLS and on the own machine, in ``Origin``
with every form, script request and socket. A request that changes something, or opens a socket, must say
that it comes from the desk; one that says nothing is refused. Data is never given to another site's script
or frame; only a page may be opened from elsewhere, by a link.
"""

from __future__ import annotations

from collections.abc import Mapping

from viewer.errors import DeskError

__all__ = ["check_host", "check_request", "check_socket", "comes_from_outside"]

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DO = "Open the desk itself and do it there."


def check_host(headers: Mapping[str, str], desk_url: str) -> None:
    """Refuse a request that reached the desk under another name than its own (DNS rebinding).

    Without a configured address every name is good.
    """
    if desk_url and headers.get("host", "").lower() != _host_of(desk_url):
        raise DeskError(
            421,
            "The desk does not answer under this name.",
            f"Open {desk_url}. If agents use another address, the operator can set it as REPLAY_DESK_URL.",
        )


def check_request(method: str, headers: Mapping[str, str], desk_url: str) -> None:
    """Refuse a request that another site caused."""
    site = headers.get("sec-fetch-site")
    if method in _SAFE_METHODS:
        opens_page = headers.get("sec-fetch-dest") == "document"
        if site in ("cross-site", "same-site") and not opens_page:
            raise DeskError(403, "Another site asked for this, not the desk.", _DO)
    elif site is not None:
        if site != "same-origin":
            raise DeskError(403, "This was sent from another site.", _DO, "same-origin", site[:40])
    elif not _is_own(headers, desk_url):
        raise DeskError(403, "It cannot be seen that this was sent from the desk.", _DO)


def check_socket(headers: Mapping[str, str], desk_url: str) -> None:
    """Refuse a socket whose origin is not exactly the desk's; browsers do not guard sockets by themselves."""
    if not _is_own(headers, desk_url):
        raise DeskError(403, "A socket can be opened only from the desk's own pages.", _DO)


def comes_from_outside(headers: Mapping[str, str]) -> bool:
    """Whether a link on another site (a ticket, a mail) opened this page: the browser then keeps the cookie
    back, although the agent may well be signed in."""
    navigates = headers.get("sec-fetch-mode") == "navigate"
    return navigates and headers.get("sec-fetch-site") in ("cross-site", "same-site")


def _is_own(headers: Mapping[str, str], desk_url: str) -> bool:
    origin = headers.get("origin", "").lower()
    if desk_url:
        return origin == _origin_of(desk_url)
    # The scheme is not known here when something in front of the desk speaks TLS for it.
    host = headers.get("host", "").lower()
    return bool(host) and origin in (f"http://{host}", f"https://{host}")


def _origin_of(url: str) -> str:
    scheme, _, rest = url.lower().partition("://")
    host = rest.split("/", 1)[0]
    # A browser leaves the scheme's own port out.
    return f"{scheme}://{host.removesuffix(':443' if scheme == 'https' else ':80')}"


def _host_of(url: str) -> str:
    return _origin_of(url).partition("://")[2]
