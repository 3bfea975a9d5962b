"""A back office is let in by its secret, answered event by event, and told nothing that is not committed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from replay.collector.back_office import BODY_MAX_BYTES
from replay.collector.quota import Caps
from replay.ports import Identifier, OpenSession
from tests.collector.conftest import OTHER_SITE, Running
from tests.collector.page import SITE
from tests.contract.given import batch, open_load, session

SECRET = "b" * 64


def event(**fields: object) -> dict[str, object]:
    return {
        "id": "evt-1",
        "kind": "order.cancelled",
        "system": "shop",
        "occurred_at": 1_699_999_999_000,
        "order": "1001",
        **fields,
    }


@pytest.fixture
async def office(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    for key, secret in ((SITE, SECRET), (OTHER_SITE, "")):
        site = await running.store.site(key)
        assert site
        await running.store.put_site(replace(site, events_secret=secret))
    async with httpx.AsyncClient(
        base_url=running.address, headers={"Authorization": f"Bearer {SECRET}"}
    ) as client:
        yield client


async def post(office: httpx.AsyncClient, *events: object) -> httpx.Response:
    return await office.post("/api/v1/events", json={"events": list(events)})


async def test_each_event_is_answered_and_those_that_fit_are_kept(
    running: Running, office: httpx.AsyncClient
) -> None:
    order = Identifier(kind="order", value="1001", shown="1001", at_ms=0)
    begun = OpenSession(session=replace(session(), site=SITE))
    await running.store.commit([begun, open_load(), batch(1, order)])
    answer = await post(office, event(), event(), event(status_raw="other"), event(id="evt-2", order=17), 5)
    assert answer.status_code == 422
    told = answer.json()
    assert {name: told[name] for name in ("stored", "duplicate", "refused")} == {
        "stored": 1,
        "duplicate": 1,
        "refused": 3,
    }
    assert [(one["index"], one["id"], one["outcome"]) for one in told["results"]] == [
        (0, "evt-1", "stored"),
        (1, "evt-1", "duplicate"),
        (2, "evt-1", "refused"),
        (3, "evt-2", "refused"),
        (4, None, "refused"),
    ]
    assert told["results"][2]["error"]["field"] == "id"
    assert told["results"][3]["error"] == {
        "field": "order",
        "expected": "a text",
        "got": "the number 17",
        "do": 'Write it in quotes: "17".',
    }
    (kept,) = await running.store.told("visit")
    assert (kept.event.status_raw, kept.received_ms) == (None, running.clock.ms)
    # That it is due is gone as soon as it is judged.
    assert (await running.store.session_facts({"visit": {}}))["visit"].told_count == 1
    again = await office.post("/api/v1/events", json=event())
    assert (again.status_code, again.json()["duplicate"]) == (200, 1)


@pytest.mark.parametrize("given", ["", "Bearer", f"Basic {SECRET}", f"Bearer {SECRET[:-1]}x"])
async def test_no_other_secret_lets_anybody_in(office: httpx.AsyncClient, given: str) -> None:
    answer = await office.post("/api/v1/events", json=event(), headers={"Authorization": given})
    assert answer.status_code == 401
    assert "replay site secret" in answer.json()["do"]
    assert (await office.get("/api/v1/events")).status_code == 405


async def test_what_is_no_json_or_too_much_is_refused_as_a_whole(office: httpx.AsyncClient) -> None:
    typed = {"Content-Type": "application/json"}
    for content, headers, status, what in (
        (json.dumps(event()), {"Content-Type": "text/plain"}, 415, "application/json"),
        ("{", typed, 400, "line 1"),
        ("[" * 100_000, typed, 400, "deep"),
        ("x" * (BODY_MAX_BYTES + 1), typed, 413, "bytes"),
    ):
        answer = await office.post("/api/v1/events", content=content, headers=headers)
        assert answer.status_code == status
        assert what in answer.json()["error"]


async def test_nothing_is_stored_that_cannot_be_synced(running: Running, office: httpx.AsyncClient) -> None:
    running.store.full = True
    answer = await post(office, event())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    running.store.full = False
    assert (await post(office, event())).json()["stored"] == 1


class TestCaps:
    @pytest.fixture
    def caps(self) -> Caps:
        return Caps(site_server_events_per_minute_count=2, address_wrong_secrets_per_minute_count=2)

    async def test_who_says_or_guesses_too_much_has_to_wait(
        self, running: Running, office: httpx.AsyncClient
    ) -> None:
        assert (await post(office, event(), event(id="2"))).status_code == 200
        assert (await post(office, event(id="3"))).status_code == 429
        for status in (401, 401, 429):
            wrong = await office.post("/api/v1/events", headers={"Authorization": "Bearer no"})
            assert wrong.status_code == status
        running.clock.ms += 60_000
        assert (await post(office, event(id="3"))).status_code == 200


async def test_systems_that_go_on_to_disagree_are_found_when_their_time_is_over(
    running: Running, office: httpx.AsyncClient
) -> None:
    ana = Identifier(kind="email", value="ana@shop.example", shown="", at_ms=0, verified=True)
    begun = OpenSession(session=replace(session(), site=SITE))
    await running.store.commit([begun, open_load(), batch(1, ana, payload=b"\x90")])
    async with running.bus.watch("visit") as published:
        cancelled = event(customer={"email": "Ana@Shop.example"})
        captured = event(id="evt-2", kind="payment.captured", system="bank", amount="499.00", currency="USD")
        await post(office, captured, cancelled)
        async with asyncio.timeout(10):
            assert (await anext(published)).told
        assert await running.store.findings("visit") == []
        running.clock.ms += 25 * 60 * 60 * 1_000
        async with asyncio.timeout(10):
            news = await anext(published)
        assert (news.findings, news.told) == (True, False)
    [found] = await running.store.findings("visit")
    assert found.said.endswith("499.00 USD has not been returned.")
    # And nothing is due any more: neither system has to be asked again.
    assert await running.store.due_sessions(2**50, 9) == []
