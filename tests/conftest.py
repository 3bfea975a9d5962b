"""What tests of every part share: markers set by what a test uses, and real servers on ports of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest
from starlette.types import ASGIApp

from tests.serving import serving

HERE = Path(__file__).parent
BROWSER_FIXTURES = frozenset({"browser", "page"})


class Serve(Protocol):
    """Starts a server for an application and answers its address; it stops with the test."""

    def __call__(self, app: ASGIApp, host: str = "127.0.0.1") -> Awaitable[str]: ...


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they are, before ``-m`` chooses: a forgotten marker must not slow `make check`."""
    for item in items:
        if BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if item.path.is_relative_to(HERE / "faults"):
            item.add_marker("faults")


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start real servers: ``address = await serve(app)``, or ``await serve(app, "localhost")``."""
    async with AsyncExitStack() as servers:

        async def start(app: ASGIApp, host: str = "127.0.0.1") -> str:
            return await servers.enter_async_context(serving(app, host))

        yield start
