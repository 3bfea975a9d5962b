"""What the desk keeps beside visits, as plain dictionaries: agents, logins, and who viewed what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replay.ports import Agent, Login, View

__all__ = ["MemoryDesk"]


class MemoryDesk:
    """What ``MemoryStore`` does about people who work with it."""

    def __init__(self) -> None:
        self._agents: dict[str, Agent] = {}
        self._logins: dict[bytes, Login] = {}
        self._views: list[View] = []

    async def put_agent(self, agent: Agent) -> None:
        self._agents[agent.login] = agent

    async def agent(self, login: str) -> Agent | None:
        return self._agents.get(login)

    async def agents(self) -> list[Agent]:
        return sorted(self._agents.values(), key=lambda agent: agent.login)

    async def put_login(self, login: Login) -> None:
        self._logins[login.token_hash] = login

    async def login(self, token_hash: bytes) -> Login | None:
        return self._logins.get(token_hash)

    async def drop_login(self, token_hash: bytes) -> None:
        self._logins.pop(token_hash, None)

    async def log_view(self, view: View) -> None:
        self._views.append(view)

    async def views(self, session: str) -> list[View]:
        return sorted((view for view in self._views if view.session == session), key=lambda view: view.at_ms)
