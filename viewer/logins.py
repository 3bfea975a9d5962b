"""Signed-in desks, kept by the server: the browser holds a random 256-bit value, the store only its hash.

A login ends after twelve hours without use, after seven days in any case, when the agent logs out, and within
seconds when the agent is shut out or has a new password.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from replay.ports import Agent, Login, Store, StoreUnavailable

__all__ = ["ABSOLUTE_MS", "IDLE_MS", "Logins", "SignedIn", "token_hash"]

IDLE_MS = 12 * 60 * 60 * 1_000
ABSOLUTE_MS = 7 * 24 * 60 * 60 * 1_000
_TOUCH_MS = 60 * 1_000
"""How old the last use on record may be: it saves a write at every request."""
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who asks, and by which login."""

    agent: Agent
    login: Login


def token_hash(token: str) -> bytes:
    """What the store knows a cookie's value by."""
    return hashlib.sha256(token.encode()).digest()


def _form_token(token: str, agent: Agent) -> str:
    """The token of this login's forms. It follows from the password in force, so that a login which was begun
    with another one is known by it."""
    return hmac.digest(token.encode(), agent.password_hash.encode(), "sha256").hex()


class Logins:
    """Begins, reads and ends logins."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    async def begin(self, agent: Agent) -> str:
        """Sign the agent in; returns the value for the cookie."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now_ms = self._now_ms()
        login = Login(
            token_hash=token_hash(token),
            agent=agent.login,
            csrf=_form_token(token, agent),
            created_ms=now_ms,
            seen_ms=now_ms,
        )
        await self._store.put_login(login)
        return token

    async def read(self, token: str) -> SignedIn | None:
        """Who holds this cookie now. Using it keeps it alive."""
        login = await self._store.login(token_hash(token))
        if login is None:
            return None
        now_ms = self._now_ms()
        if now_ms - login.seen_ms > IDLE_MS or now_ms - login.created_ms > ABSOLUTE_MS:
            await self._store.drop_login(login.token_hash)
            return None
        agent = await self._store.agent(login.agent)
        if agent is None or agent.disabled:
            return None
        if not hmac.compare_digest(login.csrf, _form_token(token, agent)):
            await self._store.drop_login(login.token_hash)  # the agent has a new password
            return None
        if now_ms - login.seen_ms > _TOUCH_MS:
            login = dataclasses.replace(login, seen_ms=now_ms)
            try:
                await self._store.put_login(login)
            except StoreUnavailable:
                pass  # with a full disk the agent stays signed in and is told by whatever they do next
        return SignedIn(agent=agent, login=login)

    async def holds(self, signed_in: SignedIn) -> bool:
        """Whether a login read earlier is still good; asking does not keep it alive."""
        login = await self._store.login(signed_in.login.token_hash)
        agent = await self._store.agent(signed_in.login.agent)
        now_ms = self._now_ms()
        return (
            login is not None
            and agent is not None
            and not agent.disabled
            and agent.password_hash == signed_in.agent.password_hash
            and now_ms - login.seen_ms <= IDLE_MS
            and now_ms - login.created_ms <= ABSOLUTE_MS
        )

    async def end(self, token: str) -> None:
        """Log out."""
        await self._store.drop_login(token_hash(token))
