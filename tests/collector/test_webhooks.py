"""A platform's webhook is taken by its signature alone, once, and lets no body stand in another's way."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from replay.collector.quota import Caps
from replay.collector.webhooks import BODY_MAX_BYTES
from replay.ports import Identifier, OpenSession
from tests.collector.conftest import OTHER_SITE, Running
from tests.collector.page import SITE
from tests.contract.given import batch, open_load, session
from tests.model.platforms.bodies import shopify_order, shopify_refund, woo_order

SECRETS = {"shopify": "hush", "woocommerce": "w" * 64}
SIGNATURES = {"shopify": "X-Shopify-Hmac-SHA256", "woocommerce": "X-WC-Webhook-Signature"}
TOPICS = {"shopify": "X-Shopify-Topic", "woocommerce": "X-WC-Webhook-Topic"}
DAY_MS = 24 * 60 * 60 * 1_000


@pytest.fixture
async def platform(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    site = await running.store.site(SITE)
    assert site
    await running.store.put_site(
        replace(site, shopify_secret=SECRETS["shopify"], woocommerce_secret=SECRETS["woocommerce"])
    )
    # When the bodies' orders were placed.
    running.clock.ms = 1_793_900_000_000
    async with httpx.AsyncClient(base_url=running.address) as client:
        yield client


def signed(name: str, content: bytes) -> str:
    return base64.b64encode(hmac.new(SECRETS[name].encode(), content, hashlib.sha256).digest()).decode()


async def send(
    client: httpx.AsyncClient,
    name: str,
    topic: str,
    body: object,
    *,
    site: str = SITE,
    **headers: str,
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", SIGNATURES[name]: signed(name, content), TOPICS[name]: topic}
    return await client.post(f"/api/v1/webhooks/{name}/{site}", content=content, headers={**given, **headers})


async def ana_visits(running: Running) -> None:
    edge = Identifier(kind="email", value="ana@shop.example", shown="", at_ms=0, verified=True)
    begun = OpenSession(session=replace(session(), site=SITE))
    await running.store.commit([begun, open_load(), batch(1, edge, payload=b"\x90")])


async def test_a_delivery_is_kept_once_however_often_it_comes(
    running: Running, platform: httpx.AsyncClient
) -> None:
    await ana_visits(running)
    order = shopify_order(refunds=[shopify_refund()], updated_at="2026-11-03T09:00:03-05:00")
    # The refund comes before its order, and again within it.
    assert (await send(platform, "shopify", "refunds/create", shopify_refund())).json()["stored"] == 1
    first = await send(platform, "shopify", "orders/updated", order)
    again = await send(platform, "shopify", "orders/updated", order)
    assert (first.status_code, first.json()) == (200, {"stored": 3, "known": 1, "refused": []})
    assert (again.status_code, again.json()) == (200, {"stored": 0, "known": 4, "refused": []})
    told = await running.store.told("visit")
    assert [one.event.kind for one in told] == [
        "order.created",
        "payment.refunded",
        "order.updated",
        "payment.captured",
    ]
    assert {one.by for one in told} == {"customer"}
    [counted] = running.collector.metrics.platforms.of(SITE)
    assert (counted["stored"], counted["known"], counted["reasons"]) == (4, 5, [])


async def test_nothing_but_the_signature_over_these_very_bytes_lets_in(
    running: Running, platform: httpx.AsyncClient
) -> None:
    content = json.dumps(woo_order()).encode()
    written_anew = json.dumps(json.loads(content), separators=(",", ":")).encode()
    signature = signed("woocommerce", content)
    for headers, body in (
        ({SIGNATURES["woocommerce"]: ""}, content),
        ({SIGNATURES["woocommerce"]: signed("shopify", content)}, content),
        ({SIGNATURES["woocommerce"]: signature}, written_anew),
        ({SIGNATURES["woocommerce"]: signature.lower()}, content),
    ):
        assert (await send(platform, "woocommerce", "order.created", body, **headers)).status_code == 401
    twice = [(SIGNATURES["woocommerce"], signature), (SIGNATURES["woocommerce"], signature)]
    address = f"/api/v1/webhooks/woocommerce/{SITE}"
    assert (await platform.post(address, content=content, headers=twice)).status_code == 401
    topics = [(SIGNATURES["woocommerce"], signature), *[(TOPICS["woocommerce"], "order.created")] * 2]
    assert (await platform.post(address, content=content, headers=topics)).status_code == 400
    assert [one["unsigned"] for one in running.collector.metrics.platforms.of(SITE)] == [5]
    # A site without a secret, and one that is none; an empty secret signs nothing.
    empty = base64.b64encode(hmac.new(b"", content, hashlib.sha256).digest()).decode()
    for site in (OTHER_SITE, "nobody"):
        for given in (signature, empty):
            headers = {SIGNATURES["woocommerce"]: given}
            refused = await send(platform, "woocommerce", "order.created", content, site=site, **headers)
            assert refused.status_code == 401
    assert (await platform.post(f"/api/v1/webhooks/magento/{SITE}")).status_code == 404
    assert await running.store.server_events_about([("order", "1001")]) == {}


async def test_what_cannot_be_taken_is_counted_and_does_not_come_again(
    running: Running, platform: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = woo_order(total=29.35, refunds=[{"id": 9, "total": "-1.00"}])
    answer = await send(platform, "woocommerce", "order.updated", wrong)
    assert (answer.status_code, answer.json()["stored"]) == (200, 3)
    assert [one["field"] for one in answer.json()["refused"]] == ["amount", "amount"]
    assert "29.35" not in answer.text
    for body in (b"{", b"\xff", b"[" * 100_000, b"5", b'{"id": 1, "id": 2}'):
        answer = await send(platform, "woocommerce", "order.updated", body)
        assert (answer.status_code, answer.json()["stored"]) == (200, 0)
    secret = await send(platform, "woocommerce", "customer.created", {"email": "ana@shop.example"})
    assert (secret.status_code, secret.json()) == (200, {"kept": "nothing of this: the topic is not read"})
    [counted] = running.collector.metrics.platforms.of(SITE)
    assert (counted["stored"], counted["topic"], counted["refused"]) == (3, 1, 7)
    assert "29.35" not in caplog.text
    assert "ana@" not in caplog.text


async def test_a_ping_stores_nothing_and_is_answered_well(platform: httpx.AsyncClient) -> None:
    address = f"/api/v1/webhooks/woocommerce/{SITE}"
    assert (await platform.post(address, content=b"webhook_id=5")).status_code == 200
    for content in (b"webhook_id=5&x=1", b"", b"webhook_id=x"):
        assert (await platform.post(address, content=content)).status_code == 401
    elsewhere = await platform.post(f"/api/v1/webhooks/woocommerce/{OTHER_SITE}", content=b"webhook_id=5")
    assert elsewhere.status_code == 401


async def test_what_may_succeed_later_is_not_answered_as_taken(
    running: Running, platform: httpx.AsyncClient
) -> None:
    running.store.full = True
    assert (await send(platform, "shopify", "orders/create", shopify_order())).status_code == 503
    running.store.full = False
    assert (await send(platform, "shopify", "orders/create", shopify_order())).json()["stored"] == 3
    large = b" " * (BODY_MAX_BYTES + 1)
    assert (await send(platform, "shopify", "orders/create", large)).status_code == 413
    packed = gzip.compress(json.dumps(shopify_order()).encode())
    zipped = await send(platform, "shopify", "orders/create", packed, **{"Content-Encoding": "gzip"})
    assert zipped.status_code == 415


class TestCaps:
    @pytest.fixture
    def caps(self) -> Caps:
        return Caps(site_server_events_per_minute_count=3)

    async def test_a_platform_has_the_back_offices_cap(self, platform: httpx.AsyncClient) -> None:
        assert (await send(platform, "shopify", "orders/create", shopify_order())).status_code == 200
        assert (await send(platform, "shopify", "orders/create", shopify_order())).status_code == 429


async def judged(running: Running, rule: str, outcome: str) -> str:
    """What the rule says as soon as it says so."""
    async with running.bus.watch("visit") as published, asyncio.timeout(10):
        while True:
            for one in await running.store.findings("visit"):
                if (one.rule, one.outcome) == (rule, outcome):
                    return one.said
            await anext(published)


async def test_orders_of_a_platform_are_judged_like_all_others(
    running: Running, platform: httpx.AsyncClient
) -> None:
    await ana_visits(running)
    second = shopify_order(
        id=820_982_911_946_154_509,
        name="#1002",
        created_at="2026-11-01T10:04:00-05:00",
        updated_at="2026-11-01T10:04:01-05:00",
    )
    # Out of order, as platforms deliver.
    for order in (second, shopify_order()):
        assert (await send(platform, "shopify", "orders/create", order)).json()["stored"] == 3
    running.clock.ms += DAY_MS
    assert await judged(running, "duplicate_order", "fail") == (
        "Orders 1001 and 1002 hold the same basket, 4 minutes apart; 2 payments were taken."
    )
    at = "2026-11-02T10:00:00-05:00"
    cancelled = shopify_order(cancelled_at=at, updated_at=at)
    assert (await send(platform, "shopify", "orders/cancelled", cancelled)).json()["stored"] == 2
    running.clock.ms += 2 * DAY_MS
    said = await judged(running, "order_state_conflict", "fail")
    assert said.startswith("Order 1001: shopify says cancelled since 2 November 2026, 15:00 UTC;")
    assert said.endswith("360.00 EUR has not been returned.")
    await send(platform, "shopify", "refunds/create", shopify_refund())
    running.clock.ms += DAY_MS
    assert "agrees" in await judged(running, "order_state_conflict", "pass")
