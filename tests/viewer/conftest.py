"""A desk over a real store for every test: in memory and in SQLite, with a clock that stands still.

HTTP goes through the whole application in this process; only what needs a real socket starts a server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette

from replay.ports import Store
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sqlite import open_store
from tests.viewer.visits import START_MS
from viewer.accounts import Accounts
from viewer.app import create_desk

ORIGIN = "http://desk.example"
LOGIN = "mia"
PASSWORD = "correct horse"
BUILT: tuple[str, ...] = ("base.css", "login.css", "find.css", "watch.css", "problems.css", "promises.css")
BUILT += ("login.js", "find.js", "onward.js", "watch.js", "problems.js", "promises.js")


@dataclass
class Clock:
    """Server time that moves when a test says so."""

    ms: int = START_MS + 100_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "desk.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
def bus() -> LocalBus:
    return LocalBus()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def hasher() -> PasswordHasher:
    """Argon2 at its cheapest."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def accounts(store: Store, hasher: PasswordHasher, clock: Clock) -> Accounts:
    made = Accounts(store, hasher=hasher)
    await made.create(login=LOGIN, name="Mia Lindqvist", password=PASSWORD, now_ms=clock())
    return made


async def renew(accounts: Accounts, password: str) -> None:
    """The agent's new password, given as by the command line."""
    await accounts.create(login=LOGIN, name="Mia Lindqvist", password=password, now_ms=0, replace=True)


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build would make, as far as the server cares."""
    folder = tmp_path_factory.mktemp("static")
    for name in BUILT:
        (folder / name).write_text(f"/* {name} */")
    return folder


MakeDesk = Callable[..., Starlette]


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


@pytest.fixture
def make_desk(
    store: Store, objects: MemoryObjects, bus: LocalBus, clock: Clock, accounts: Accounts, static: Path
) -> MakeDesk:
    """Builds the desk; keyword arguments as ``create_desk`` takes them."""

    def make(**options: object) -> Starlette:
        settings: dict[str, object] = {"accounts": accounts, "static": static, "recheck_ms": 5} | options
        return create_desk(store, bus, objects=objects, now_ms=clock, **settings)  # type: ignore[arg-type]

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Starlette:
    return make_desk()


def browse(app: Starlette, **headers: str) -> httpx.AsyncClient:
    """A browser at the desk, which sends what browsers send."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 5555))
    return httpx.AsyncClient(
        transport=transport, base_url=ORIGIN, headers={"Sec-Fetch-Site": "same-origin"} | headers
    )


async def log_in(
    client: httpx.AsyncClient, *, login: str = LOGIN, password: str = PASSWORD, next: str = "/"
) -> httpx.Response:
    """Send the login form."""
    return await client.post("/login", params={"next": next}, data={"login": login, "password": password})


@pytest.fixture
async def visitor(desk: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    async with browse(desk) as client:
        yield client


@pytest.fixture
async def agent(desk: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Mia, signed in."""
    async with browse(desk) as client:
        answer = await log_in(client)
        assert answer.status_code == 303, answer.text
        yield client
