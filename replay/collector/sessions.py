"""Which session a page belongs to: the one it proves to hold, or a new one minted here.

Ids, tokens and codes are never chosen by the page. A page whose session is over gets a new one, except where
it only brings the rest of a page load that the old session knows already.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from replay.collector.writer import SessionGone, Writer
from replay.model.session import is_idle, mint_code
from replay.ports import Load, OpenLoad, OpenSession, RotateToken, Session, Site, Store
from replay.protocol.messages import CloseCode, Hello

__all__ = ["SANDBOXED", "Admitted", "Denied", "admit", "hash_token", "may_resume", "may_send", "mint_token"]

_CODE_TRIES_COUNT = 8
"""Draws of a support code before giving up; with 28 million codes one is nearly always enough."""

TOKEN_GRACE_MS = 60_000
"""How long the write token before the last is still taken: a page may lose its connection, or another tab
sleep, just when the token is rotated."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The session, the page load and the write token that the page holds from now on."""

    session: Session
    load: Load
    token: str
    new: bool
    """Whether the session was opened by this very hello."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Why the page was not let in, and the code that tells it what to do."""

    code: CloseCode
    reason: str


_NOT_YOURS = Denied(CloseCode.WRONG_TOKEN, "This session is not yours: forget it and say hello without one.")


def mint_token() -> str:
    """A new write token: 128 random bits."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> bytes:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


SANDBOXED = "null"
"""What browsers say for the origin of a frame or worker that has none."""
_OVER = Denied(CloseCode.SESSION_ENDED, "This session is over, and a sandbox begins none.")


def may_send(site: Site, origin: str | None) -> bool:
    """Whether a page of this origin may use the site's key. A site without origins takes none."""
    return origin is not None and origin.lower() in site.origins


def may_resume(hello: Hello, origin: str | None) -> bool:
    """Whether it is one without an origin that can go on with a session at most: only a page of the site can
    have given it the write token."""
    return origin == SANDBOXED and hello.session is not None and hello.token is not None


async def admit(
    store: Store,
    writer: Writer,
    site: Site,
    hello: Hello,
    now_ms: int,
    *,
    count_new: Callable[[], None],
    may_open: bool = True,
) -> Admitted | Denied:
    """Resume the session that ``hello`` proves to hold, or, if it ``may_open`` one, open a new one; then open
    the page load.

    ``count_new`` is called before a session is opened, whatever the page said of an earlier one; what it
    raises goes up. Raises ``StoreUnavailable``.
    """
    if hello.session is not None and hello.token is not None:
        session = await store.session(hello.session)
        if session is None or session.site != site.key or not _holds(session, hello.token, now_ms):
            return _NOT_YOURS
        over = session.ended_ms is not None or is_idle(session.seen_ms, now_ms)
        if not over or await store.load(session.id, hello.load) is not None:
            try:
                return await _resume(writer, session, hello, hello.token, now_ms)
            except SessionGone:
                return _NOT_YOURS
    if not may_open:
        return _OVER
    count_new()
    return await _open_session(writer, site, hello, now_ms)


def _holds(session: Session, token: str, now_ms: int) -> bool:
    """Whether this is the session's token, or was until so short a time ago that the page may not know."""
    given = hash_token(token)
    if hmac.compare_digest(session.token_hash, given):
        return True
    previous, rotated_ms = session.previous_token_hash, session.rotated_ms
    return (
        previous is not None
        and rotated_ms is not None
        and now_ms - rotated_ms <= TOKEN_GRACE_MS
        and hmac.compare_digest(previous, given)
    )


async def _resume(writer: Writer, session: Session, hello: Hello, token: str, now_ms: int) -> Admitted:
    if not hmac.compare_digest(session.token_hash, hash_token(token)):
        # The token in force was lost on its way to the page, and we kept only its hash. This page may be left
        # before it is told the new one, too: the next one comes with the same token again.
        token = mint_token()
        await writer.submit(
            RotateToken(session=session.id, token_hash=hash_token(token), rotated_ms=now_ms, unheard=True)
        )
    opening = OpenLoad(session=session.id, id=hello.load, tab=hello.tab, opened_ms=now_ms)
    return Admitted(session, await writer.open_load(opening), token, new=False)


async def _open_session(writer: Writer, site: Site, hello: Hello, now_ms: int) -> Admitted | Denied:
    token = mint_token()
    for _ in range(_CODE_TRIES_COUNT):
        session = Session(
            id=secrets.token_hex(16),
            site=site.key,
            code=mint_code(secrets.randbelow),
            token_hash=hash_token(token),
            started_ms=now_ms,
            seen_ms=now_ms,
            consent=hello.consent,
        )
        opening = OpenLoad(session=session.id, id=hello.load, tab=hello.tab, opened_ms=now_ms)
        try:
            load = await writer.open_load(opening, first=OpenSession(session=session))
        except ValueError:
            continue
        return Admitted(session, load, token, new=True)
    return Denied(CloseCode.CANNOT_STORE, "No free support code was found: come again later.")
