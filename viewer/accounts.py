"""Agents and their passwords: made by the command line, checked by the login page.

Passwords are kept as argon2id. A login name that does not exist costs as much time as one that does. Hashing
takes about 64 MiB and some tens of milliseconds, so it runs beside the event loop, few at a time.
"""

from __future__ import annotations

import asyncio
import dataclasses
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from replay.errors import ProductError
from replay.ports import Agent, Store

__all__ = ["PASSWORD_MIN_CHARS", "ROLES", "AccountError", "Accounts", "create_agent", "normal_login"]

ROLES = ("agent", "admin")
PASSWORD_MIN_CHARS = 8
_PASSWORD_MAX_CHARS = 512
_LOGIN_MAX_CHARS = 120
_NAME_MAX_CHARS = 120
_HASHING_AT_ONCE_COUNT = 2

T = TypeVar("T")


class AccountError(ProductError):
    """An agent's account cannot be made or changed as asked."""


def normal_login(typed: str) -> str:
    """A login name as it is stored: ``Ana`` and ``ana `` are the same person."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


class Accounts:
    """Makes, changes and checks agents in a store."""

    def __init__(self, store: Store, *, hasher: PasswordHasher | None = None) -> None:
        self._store = store
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("the password of nobody")
        self._room = asyncio.Semaphore(_HASHING_AT_ONCE_COUNT)

    async def create(
        self,
        *,
        login: str,
        name: str,
        password: str,
        now_ms: int,
        role: str = "agent",
        replace: bool = False,
    ) -> Agent:
        """Add an agent, or ``replace`` the one of this login. Raises ``AccountError`` when the login is taken
        or something does not do."""
        agent = Agent(
            login=_checked_login(login),
            name=_checked_name(name),
            password_hash=await self._hash(_checked_password(password, login)),
            role=_checked_role(role),
            created_ms=now_ms,
        )
        if not replace and await self._store.agent(agent.login) is not None:
            raise AccountError(
                f"There is an agent with the login {agent.login!r} already.",
                "Choose another login, or set a new password for this one.",
            )
        await self._store.put_agent(agent)
        return agent

    async def set_disabled(self, login: str, *, disabled: bool) -> Agent:
        """Shut an agent out (within seconds, also from what they are watching), or let them in again."""
        return await self._put(dataclasses.replace(await self._known(login), disabled=disabled))

    async def verify(self, login: str, password: str) -> Agent | None:
        """The agent, if the password is theirs and they are not shut out."""
        agent = await self._store.agent(normal_login(login)) if len(login) <= _LOGIN_MAX_CHARS else None
        known = self._nobody if agent is None else agent.password_hash
        right = await self._beside(lambda: self._is_right(known, password[:_PASSWORD_MAX_CHARS]))
        if agent is None or not right or agent.disabled:
            return None
        if self._hasher.check_needs_rehash(agent.password_hash):
            digest = await self._hash(password)
            agent = await self._put(dataclasses.replace(agent, password_hash=digest))
        return agent

    def _is_right(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, _normal_password(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _hash(self, password: str) -> str:
        return await self._beside(lambda: self._hasher.hash(_normal_password(password)))

    async def _beside(self, work: Callable[[], T]) -> T:
        async with self._room:
            return await asyncio.to_thread(work)

    async def _known(self, login: str) -> Agent:
        agent = await self._store.agent(normal_login(login))
        if agent is None:
            raise AccountError(
                f"There is no agent with the login {login!r}.", "`replay agent list` shows them."
            )
        return agent

    async def _put(self, agent: Agent) -> Agent:
        await self._store.put_agent(agent)
        return agent


async def create_agent(
    store: Store,
    *,
    login: str,
    name: str,
    password: str,
    now_ms: int,
    role: str = "agent",
    replace: bool = False,
) -> Agent:
    """Add an agent to a store, or ``replace`` the one of this login."""
    accounts = Accounts(store)
    return await accounts.create(
        login=login, name=name, password=password, now_ms=now_ms, role=role, replace=replace
    )


def _normal_password(password: str) -> str:
    # The same key presses give composed or decomposed characters, depending on the keyboard.
    return unicodedata.normalize("NFKC", password)


def _checked_login(login: str) -> str:
    normal = normal_login(login)
    fits = 0 < len(normal) <= _LOGIN_MAX_CHARS and normal.isprintable() and " " not in normal
    if not fits:
        raise AccountError(
            f"The login {login!r} does not do.", f"Use 1 to {_LOGIN_MAX_CHARS} characters without spaces."
        )
    return normal


def _checked_name(name: str) -> str:
    if not 0 < len(name.strip()) <= _NAME_MAX_CHARS:
        raise AccountError("The agent's name does not do.", f"Use 1 to {_NAME_MAX_CHARS} characters.")
    return name.strip()


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise AccountError(f"There is no role {role!r}.", "The roles are: " + ", ".join(ROLES) + ".")
    return role


def _checked_password(password: str, login: str) -> str:
    if not PASSWORD_MIN_CHARS <= len(password) <= _PASSWORD_MAX_CHARS:
        raise AccountError(
            "The password does not do.",
            f"Use {PASSWORD_MIN_CHARS} to {_PASSWORD_MAX_CHARS} characters; a few words in a row do well.",
        )
    if normal_login(login) in password.casefold():
        raise AccountError("The password contains the login.", "Use one that cannot be guessed from it.")
    return password
