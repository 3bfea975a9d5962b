"""A served desk with customers in it, the built scripts and a browser that is signed in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from playwright.async_api import Page, expect

from replay.model.identity import normalise
from replay.ports import Identifier, IdentifierKind
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from tests.conftest import Serve
from tests.viewer.visits import Visit, edge, unheard
from viewer.accounts import Accounts
from viewer.app import create_desk

LOGIN = "mia"
PASSWORD = "correct horse"
MINUTE_MS = 60_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def said(kind: IdentifierKind, shown: str, *, verified: bool = True) -> Identifier:
    return edge(kind, normalise(kind, shown, "US"), shown, verified=verified)


@dataclass
class Desk:
    """Where the desk is, and what it shows."""

    address: str
    store: MemoryStore
    bus: LocalBus
    open_pages: AsyncExitStack

    async def visit(
        self, number: int, *identifiers: Identifier, minutes_ago: int = 0, live: bool = False
    ) -> Visit:
        """Put a visit into the desk, its page still open if it is live."""
        seen_ms = now_ms() - minutes_ago * MINUTE_MS
        visit = Visit(
            id=f"session-{number}",
            number=number,
            started_ms=seen_ms - 5 * MINUTE_MS,
            seen_ms=seen_ms,
            ended=not live,
            identifiers=identifiers,
        )
        await visit.put(self.store)
        if live:
            self.open_pages.enter_context(self.bus.connected(visit.id, unheard))
        return visit


@pytest.fixture
async def desk(serve: Serve) -> AsyncIterator[Desk]:
    store, bus = MemoryStore(), LocalBus()
    accounts = Accounts(store, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    await accounts.create(login=LOGIN, name="Mia Lindqvist", password=PASSWORD, now_ms=now_ms())
    address = await serve(create_desk(store, bus, objects=MemoryObjects(), now_ms=now_ms, accounts=accounts))
    async with AsyncExitStack() as open_pages:
        yield Desk(address, store, bus, open_pages)


async def log_in(page: Page, address: str, path: str = "/") -> None:
    """Go to a page of the desk through the login form, by keyboard."""
    await page.goto(address + path)
    await expect(page.locator("#login")).to_be_focused()
    await page.keyboard.type(LOGIN)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/login" not in url)
