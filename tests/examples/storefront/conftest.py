"""The demo shop in-process, with a clock that stands still and a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from examples.storefront import create_app
from examples.storefront.app import Mode
from tests.examples.storefront.visitor import ApiVisitor, PagesVisitor

NOW = datetime(2026, 4, 14, 10, 4, 12, tzinfo=UTC)
SECRET = "a secret that only shop and collector know"
SNIPPET = '<script id="snippet">/* the shop was given this */</script>'

OpenShop = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def open_shop(tmp_path: Path) -> AsyncIterator[OpenShop]:
    """`await open_shop(mode="spa", faults=[…])`: a browser that has never been in the shop before."""
    async with AsyncExitStack() as stack:

        async def start(*, mode: Mode = "pages", faults: list[str] | None = None) -> httpx.AsyncClient:
            app = create_app(
                tmp_path / "shop.sqlite3",
                snippet=SNIPPET,
                identify_secret=SECRET,
                mode=mode,
                faults=faults,
                clock=lambda: NOW,
            )
            await stack.enter_async_context(app.router.lifespan_context(app))
            return await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test")
            )

        yield start


@pytest.fixture
async def pages(open_shop: OpenShop) -> PagesVisitor:
    return PagesVisitor(await open_shop(mode="pages"))


@pytest.fixture
async def api(open_shop: OpenShop) -> ApiVisitor:
    return ApiVisitor(await open_shop(mode="spa"))
