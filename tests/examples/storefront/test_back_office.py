"""What the shop's systems tell of the stories is what the documentation allows, and rules are made for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.storefront import create_app
from replay.model.server_event import ServerEvent
from replay.model.server_reading import read_batch, read_event
from tests.examples.storefront.conftest import NOW
from tests.serving import serving


async def test_stories_two_and_five_are_told_by_the_systems_behind_the_shop(tmp_path: Path) -> None:
    told: list[ServerEvent] = []

    async def take(request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer s3cret"
        now_ms = round((NOW + timedelta(seconds=1)).timestamp() * 1_000)
        told.extend(read_event(one, now_ms) for one in read_batch(await request.body()))
        return JSONResponse({})

    async def switch(**faults: str) -> list[tuple[str, str, str | None, int | None]]:
        told.clear()
        assert (await shop.post("/demo/faults", data=faults)).status_code == 303
        return [(one.system, one.kind, one.status_raw or one.store, one.minor) for one in told]

    async with serving(Starlette(routes=[Route("/api/v1/events", take, methods=["POST"])])) as address:
        app = create_app(
            tmp_path / "shop.sqlite3",
            events_url=f"{address}/api/v1/events",
            events_secret="s3cret",
            clock=lambda: NOW,
        )
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test") as shop,
        ):
            said = await switch(order_conflict="on", price_mismatch="on")
            assert [(system, kind, status) for system, kind, status, _ in said] == [
                ("shop", "order.created", None),
                ("payments", "payment.captured", None),
                ("warehouse", "order.delivered", None),
                ("shop", "order.cancelled", "refunded"),
            ]
            assert {one.order for one in told} == {"NL-10388"}
            assert told[0].minor == told[1].minor
            assert [line.quantity for line in told[0].lines or ()] == ["1", "1"]
            assert NOW.timestamp() * 1_000 - told[-1].occurred_ms > 24 * 60 * 60 * 1_000
            assert await switch(order_conflict="off") == []
            lower = await switch(store_price_lower="on")
            assert ("tills", "price.list", "Portland", 5_900) in lower
            assert len(lower) == 6
            assert await switch(store_price_lower="on") == []
            assert ("tills", "price.list", "Portland", 5_900) not in await switch(store_price_lower="off")
            assert len(told) == 6


async def test_a_shop_goes_on_when_nobody_listens(tmp_path: Path) -> None:
    app = create_app(tmp_path / "shop.sqlite3", events_url="http://127.0.0.1:9/", events_secret="s3cret")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test") as shop,
    ):
        assert (await shop.post("/demo/faults", data={"order_conflict": "on"})).status_code == 303
