"""The watch page, the timeline and the picture: what is in them, and that a view is logged before."""

from __future__ import annotations

import dataclasses
import struct

import httpx
import msgpack
import pytest
from starlette.applications import Starlette

from replay.model.cart import Amount, CartState, Line, Text
from replay.model.events import Mark, PageLoaded, PageViewed
from replay.ports import Brought, DeclareGap, OpenLoad, OpenSession, Store, StoreUnavailable, View
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.viewer.conftest import LOGIN, Clock, browse, log_in
from tests.viewer.visits import SITE, START_MS, Visit, edge, facts_payload, found, judged, picture_payload


async def views(store: Store, session: str = "session-1") -> list[tuple[str, str]]:
    return [(view.agent, view.what) for view in await store.views(session)]


async def test_the_watch_page_shows_nothing_recorded_by_itself(
    agent: httpx.AsyncClient, store: Store
) -> None:
    visit = Visit(identifiers=[edge("name", "secret person")])
    await visit.put(store)
    answer = await agent.get("/watch/session-1")
    assert answer.status_code == 200
    assert 'data-session="session-1"' in answer.text
    assert "secret person" not in answer.text
    assert "shop.example" not in answer.text


async def test_the_timeline_is_what_the_contract_says(
    agent: httpx.AsyncClient, store: Store, clock: Clock, bus: LocalBus
) -> None:
    cart = CartState(
        surface="drawer",
        source="displayed",
        lines=(Line(sku="HP-15", name=Text(raw="Laptop", node=7), unit=Amount(raw="$379.00")),),
    )
    identifiers = [edge("email", "ana@example.com", "Ana@example.com", verified=True)]
    visit = Visit(
        facts=[(START_MS + 5.5, PageLoaded(url="https://shop.example/")), (START_MS + 4.0, cart)],
        identifiers=identifiers,
        ended=True,
    )
    await visit.put(store)
    await store.commit(
        [
            DeclareGap(
                session="session-1",
                load="load-1",
                track=1,
                first=4,
                last=6,
                reason="full",
                received_ms=START_MS,
            )
        ]
    )
    await agent.get("/watch/session-1")
    body = (await agent.get("/api/sessions/session-1")).json()
    assert body["session"] == {
        "id": "session-1",
        "code": f"{visit.code[:3]}-{visit.code[3:]}",
        "site": "shop",
        "site_name": "Shop Example",
        "started_ms": START_MS,
        "seen_ms": START_MS + 60_000,
        "ended_ms": START_MS + 60_000,
        "ended_why": "idle",
        "live": False,
        "server_ms": clock.ms,
    }
    [load] = body["loads"]
    chunks = load.pop("chunks")
    assert load == {
        "id": "load-1",
        "tab": "tab-1",
        "ordinal": 1,
        "opened_ms": START_MS,
        "offset_ms": 250.0,
        "offset_error_ms": 5.0,
    }
    assert [chunk["number"] for chunk in chunks] == [1, 2, 3]
    assert chunks[0] == {
        "number": 1,
        "first_ms": START_MS,
        "last_ms": START_MS + 1_000,
        "checkpoint": True,
        "bytes": len(picture_payload(b"[1]")),
    }
    assert [(event["kind"], event["t"], event["number"], event["index"]) for event in body["events"]] == [
        ("page", START_MS + 255.5, 1, 0),
        ("cart", START_MS + 254.0, 1, 1),
    ]
    assert body["events"][1]["load"] == "load-1"
    assert body["events"][1]["fields"] == {
        "surface": "drawer",
        "source": "displayed",
        "lines": [{"sku": "HP-15", "name": {"raw": "Laptop", "node": 7}, "unit": {"raw": "$379.00"}}],
    }
    assert body["gaps"] == [{"load": "load-1", "track": 1, "first": 4, "last": 6, "reason": "full"}]
    assert {"kind": "email", "shown": "Ana@example.com", "verified": True, "at_ms": START_MS} in body[
        "identifiers"
    ]
    assert body["views"] == [{"agent": "Mia Lindqvist", "what": "recording", "at_ms": clock.ms}]


async def test_findings_stand_in_the_order_in_which_they_are_to_be_read(
    agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    fail = found()
    passed = found(rule="cart_sum", outcome="pass", severity="info", minor=None, currency=None, shown=())
    unsure = found(outcome="cannot_tell", signature="other")
    milder = found(severity="low", decided_ms=1.0, subject="X")
    await judged(store, passed, unsure, milder, fail)
    body = (await agent.get("/api/sessions/session-1")).json()
    assert body["findings"][0] == {
        "rule": "cart_price",
        "version": 1,
        "subject": "HP-15",
        "signature": "dearer in the cart",
        "outcome": "fail",
        "severity": "high",
        "said": fail.said,
        "decided_ms": START_MS + 2_252.5,
        "minor": 12_000,
        "currency": "USD",
        "shown": [
            {"role": "cart", "load": "load-1", "t": START_MS + 252.25, "node": 17, "raw": "$499.00"},
            {"role": "product", "load": "load-1", "t": START_MS + 1.0, "node": None, "raw": None},
        ],
    }
    assert [(one["outcome"], one["severity"]) for one in body["findings"]] == [
        ("fail", "high"),
        ("fail", "low"),
        ("cannot_tell", "high"),
        ("pass", "info"),
    ]


async def test_facts_of_two_tabs_are_put_in_order_by_corrected_time(
    agent: httpx.AsyncClient, store: Store
) -> None:
    visit = Visit(offset_ms=10_000.0, facts=[(START_MS + 0.0, Mark(name="first tab"))])
    await visit.put(store)
    second = facts_payload((START_MS + 9_000.0, Mark(name="second tab")))
    await store.commit(
        [
            OpenLoad(session="session-1", id="load-2", tab="tab-2", opened_ms=START_MS),
            visit.batch(0, 1, second, load="load-2"),
        ]
    )
    events = (await agent.get("/api/sessions/session-1")).json()["events"]
    assert [event["fields"]["name"] for event in events] == ["second tab", "first tab"]
    assert [event["t"] for event in events] == [START_MS + 9_000, START_MS + 10_000]


async def test_facts_that_cannot_be_read_are_a_gap_and_hide_nothing_else(
    agent: httpx.AsyncClient, store: Store
) -> None:
    visit = Visit()
    await visit.put(store)
    damaged = [
        b"",
        b"\xc1",
        b"\x81\xa1a\x01",
        msgpack.packb([["cart", 1.0, {}]]),
        facts_payload()[:-1] + b"\xff\xff",
    ]
    good = facts_payload((START_MS + 9.0, PageViewed(url="https://shop.example/next")))
    payloads = [*damaged, good]
    await store.commit([visit.batch(0, number, payload) for number, payload in enumerate(payloads, start=2)])
    body = (await agent.get("/api/sessions/session-1")).json()
    assert [event["kind"] for event in body["events"]] == ["page", "cart", "view"]
    assert [(gap["track"], gap["first"], gap["last"]) for gap in body["gaps"]] == [
        (0, number, number) for number in range(2, 2 + len(damaged))
    ]
    assert all("cannot be read" in gap["reason"] for gap in body["gaps"])


async def test_the_picture_is_the_stored_bytes_in_order(agent: httpx.AsyncClient, store: Store) -> None:
    data = [bytes([number]) * (number * 70_000) for number in range(1, 4)]
    await Visit(pictures=data).put(store)

    async def frames(query: str) -> list[bytes]:
        answer = await agent.get(f"/api/sessions/session-1/picture/load-1{query}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        found, body = [], answer.content
        while body:
            (length,) = struct.unpack(">I", body[:4])
            found.append(body[4 : 4 + length])
            body = body[4 + length :]
        return found

    assert await frames("") == [picture_payload(each) for each in data]
    assert await frames("?after=0") == [picture_payload(each) for each in data]
    assert await frames("?after=2") == [picture_payload(data[2])]
    assert await frames("?after=3") == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "٣", "1" * 40])
async def test_a_number_that_is_none_is_refused(agent: httpx.AsyncClient, store: Store, after: str) -> None:
    await Visit().put(store)
    answer = await agent.get("/api/sessions/session-1/picture/load-1", params={"after": after})
    assert answer.status_code == 400
    assert answer.json()["error"]["expected"] == "a whole number"


async def test_a_page_load_is_reached_only_through_its_own_session(
    agent: httpx.AsyncClient, store: Store
) -> None:
    mine, other = Visit(), Visit(id="session-2", number=2)
    await mine.put(store)
    await other.put(store)
    await store.commit([OpenLoad(session="session-2", id="only-there", tab="t", opened_ms=START_MS)])
    for path in (
        "/api/sessions/session-1/picture/only-there",
        "/api/sessions/session-1/picture/nothing",
        "/api/sessions/nothing/picture/load-1",
        "/api/sessions/SESSION-1",
        "/api/sessions/session-",
        "/watch/nothing",
    ):
        assert (await agent.get(path)).status_code == 404, path
    assert await views(store) == []
    assert await views(store, "session-2") == []


async def test_the_timeline_says_where_the_site_records_no_picture(
    agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    assert "*/payment*" in (await agent.get("/api/sessions/session-1")).json()["payment_paths"]
    await store.put_site(dataclasses.replace(SITE, settings={"payment_paths": ["/kasse/*"]}))
    assert (await agent.get("/api/sessions/session-1")).json()["payment_paths"] == ["/kasse/*"]


async def test_of_an_imported_session_it_says_until_when_its_shop_was_asked(
    agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    imported = Visit(id="imported", number=2)
    opening, *rest = imported.operations()
    assert isinstance(opening, OpenSession)
    brought = Brought(until_ms=START_MS + 90_000, region="US")
    await store.commit([dataclasses.replace(opening, brought=brought), *rest])
    told = [
        (await agent.get(f"/api/sessions/{session}")).json()["told_until_ms"]
        for session in ("session-1", "imported")
    ]
    assert told == [None, START_MS + 90_000]


async def test_opening_the_watch_page_is_a_view_each_time(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit().put(store)
    for _ in range(3):
        await agent.get("/watch/session-1")
        await agent.get("/api/sessions/session-1")
        await agent.get("/api/sessions/session-1/picture/load-1")
    assert await views(store) == [(LOGIN, "recording")] * 3


async def test_whoever_fetches_without_opening_is_logged_once_for_a_login(
    desk: Starlette, agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    await agent.get("/api/sessions/session-1/picture/load-1")
    await agent.get("/api/sessions/session-1")
    assert await views(store) == [(LOGIN, "recording")]
    async with browse(desk) as another_login:
        await log_in(another_login)
        await another_login.get("/api/sessions/session-1")
    assert await views(store) == [(LOGIN, "recording")] * 2


class _Unloggable(MemoryStore):
    """Everything can be read, nothing can be put on record."""

    async def log_view(self, view: View) -> None:
        raise StoreUnavailable("The disk is full.")


class TestWithoutALog:
    """If the view cannot be logged, nothing is shown."""

    @pytest.fixture
    def store(self) -> MemoryStore:
        return _Unloggable()

    async def test_nothing_is_shown(self, agent: httpx.AsyncClient, store: MemoryStore) -> None:
        await Visit(identifiers=[edge("name", "secret")], pictures=[b"secret"]).put(store)
        for path in (
            "/watch/session-1",
            "/api/sessions/session-1",
            "/api/sessions/session-1/picture/load-1",
        ):
            answer = await agent.get(path)
            assert answer.status_code == 503, path
            assert "secret" not in answer.text
            assert "session-1" not in answer.text
            assert "The disk is full." in answer.text
