"""A personal promo code leaves the server by no way; it is readable once three customers have it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import replace

import httpx
import msgpack
import pytest

from replay.cli.problems import list_problems, show_problem
from replay.cli.sessions import list_sessions, show_session
from replay.collector.counting import ProblemCounter
from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.model.cart import CartState, PromoShown, Text
from replay.model.events import (
    AssetSeen,
    AssetsSeen,
    Fact,
    Identified,
    Mark,
    PageLoaded,
    PriceShown,
    PromoSeen,
)
from replay.model.identity import identifiers
from replay.model.promo import Promise, Promo
from replay.ports import AppendBatch, Sighting, Store
from replay.recording.chunks import Chunk, open_chunk, wrap_chunk
from replay.settings import read_settings
from storage.bus import LocalBus
from tests.contract.given import all_problems
from tests.viewer.conftest import Clock
from tests.viewer.test_live import Desk, Page, page, served, told
from tests.viewer.visits import SITE, START_MS, Visit, facts_payload

__all__ = ["page", "served"]

CODE = "ANNA-4711"
SPELLINGS = (CODE, "anna-4711", "ANNA4711", "anna4711", "ANNA%2D4711")
REFUSED = "The coupon code anna-4711 is not valid"
IMAGE = f"https://shop.example/qr.png?code={CODE}"
FACTS: tuple[Fact, ...] = (
    PageLoaded(url=f"https://shop.example/cart?coupon={CODE}&page=2", title=f"Cart · {CODE}"),
    PromoSeen(source="displayed", state="offered", code=CODE),
    PromoSeen(source="displayed", state="entered", code=CODE),
    CartState(
        surface="page",
        source="displayed",
        promos=(PromoShown(code=CODE, text=Text(raw=f"{CODE} −$20")),),
        messages=(Text(raw=REFUSED),),
    ),
    PromoSeen(source="displayed", state="rejected", code=CODE, text=Text(raw=REFUSED)),
    Mark(name="coupon", data={"code": "anna4711", "id": CODE, CODE: True}),
    PriceShown(
        source="displayed", context="listing", role="current", sku=CODE, name=Text(raw=f"Voucher {CODE}")
    ),
    AssetsSeen(items=(AssetSeen(url=IMAGE, kind="image"),)),
)
SHOWN = [
    {"type": 4, "data": {"href": f"https://shop.example/cart?coupon={CODE}", "width": 1, "height": 1}},
    {
        "type": 2,
        "data": {
            "node": {
                "type": 2,
                "tagName": "tr",
                "attributes": {"class": "row coupon-anna-4711", "data-coupon": "anna-4711"},
                "childNodes": [
                    {"type": 3, "textContent": f"“{CODE}” −$20\n{CODE}", "id": 2},
                    {"type": 2, "tagName": "input", "attributes": {"value": CODE}, "id": 3},
                    {"type": 2, "tagName": "img", "attributes": {"src": IMAGE}, "id": 4},
                ],
            }
        },
    },
    {"type": 3, "data": {"source": 5, "id": 3, "text": "ANNA-47"}},
    {"type": 3, "data": {"source": 5, "id": 9, "text": "4"}},
    {"type": 3, "data": {"source": 0, "texts": [{"id": 2, "value": REFUSED}]}},
]
HEADER = ("rrweb-2/json", "gzip", 0, float(START_MS), START_MS + 9.0, 5, True)


def frame() -> bytes:
    events = json.dumps(SHOWN, ensure_ascii=False).encode()
    return wrap_chunk(Chunk((*HEADER[:2], len(events), *HEADER[3:]), events))


def bringing(visit: Visit, number: int, *facts: Fact) -> AppendBatch:
    """A batch of facts with what the collector would index of it. Who has a signature is who they say."""
    edges = {
        (edge.kind, edge.value): edge
        for fact in facts
        for edge in identifiers(
            fact,
            at_ms=START_MS,
            region="US",
            verified=isinstance(fact, Identified) and fact.signature is not None,
        )
    }
    payload = facts_payload(*((START_MS + 100.0 * place, fact) for place, fact in enumerate(facts)))
    batch = visit.batch(0, number, payload, identifiers=list(edges.values()))
    return replace(batch, sightings=(Sighting(ref=IMAGE, kind="image"),))


async def put(store: Store, number: int, *facts: Fact) -> Visit:
    """A visit that shows the code in its facts and its picture."""
    visit = Visit(id=f"session-{number}", number=number, pictures=())
    await visit.put(store)
    picture = visit.batch(1, 1, frame())
    await store.commit([bringing(visit, 2, *(facts or FACTS)), picture])
    return visit


async def judge(store: Store, clock: Clock) -> str:
    """Judge and count; what a web team was told of it."""
    await Judge(store, LocalBus(), Metrics(), now_ms=clock).judge(await store.session_ids("", 100), anew=True)
    await ProblemCounter(store, Metrics(), now_ms=clock).count_changed()
    return " ".join(notice.body for notice in await store.due_notices(clock() + 1))


def pictures(content: bytes) -> list[bytes]:
    """The events of the frames that the desk served."""
    events = []
    while content:
        (size,) = struct.unpack(">I", content[:4])
        chunk = open_chunk(content[4 : 4 + size])
        assert chunk is not None
        events.append(chunk.events)
        content = content[4 + size :]
    return events


async def everything(store: Store, agent: httpx.AsyncClient, clock: Clock, typed: Iterable[str]) -> str:
    """All that leaves the server of the first visit, in one text."""
    parts = []
    for path in ("", "/problems", "/promises", "/assets", "/corroboration?of=load-1.2.7"):
        answer = await agent.get(f"/api/sessions/session-1{path}")
        assert answer.status_code == 200
        parts.append(json.dumps(answer.json(), ensure_ascii=False))
    for path in ("/watch/session-1", "/problems", "/"):
        parts.append((await agent.get(path)).text)
    for query in typed:
        answer = await agent.get("/api/find", params={"q": query})
        parts.append(json.dumps(answer.json()["matches"], ensure_ascii=False))
    for problem in await all_problems(store):
        parts.append((await agent.get(f"/problems/{problem.id}")).text)
        parts.append(json.dumps(await show_problem(store, {"problem": problem.id}, clock())))
    parts.append(
        json.dumps(await list_problems(store, {"closed": False, "limit": 9}, clock()), ensure_ascii=False)
    )
    parts.append(json.dumps(await show_session(store, {"session": "session-1"}, clock()), ensure_ascii=False))
    for query in ("is not valid", CODE):
        listed = await list_sessions(store, read_settings({}), {"find": query}, clock())
        parts.append(json.dumps(listed, ensure_ascii=False))
    (shown,) = pictures((await agent.get("/api/sessions/session-1/picture/load-1")).content)
    parts.append(json.dumps(json.loads(shown), ensure_ascii=False))
    return "\n".join(parts)


def leaks(text: str) -> list[str]:
    return [one for one in (*SPELLINGS, "ANNA", "4711") if one.casefold() in text.casefold()]


async def test_a_personal_code_leaves_by_no_way_and_is_found_by_who_knows_it(
    store: Store, agent: httpx.AsyncClient, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2, 3):
        await put(store, number)
    await store.put_site(replace(SITE, settings={"problems_webhook": "https://hooks.example"}))
    notices = await judge(store, clock)
    assert "A code refused" in notices
    rules = {finding.rule for finding in await store.findings("session-1")}
    assert "promo_rejected" in rules
    told = await everything(store, agent, clock, ("is not valid", "anna-4711"))
    assert leaks(told + notices + caplog.text) == []
    assert "••••-••••#" in told
    assert "page=2" in told
    assert '"text": "4"' in told
    for finding in await store.findings("session-1"):
        assert leaks(json.dumps([finding.subject, finding.said, finding.signature], ensure_ascii=False)) == []
    for problem in await all_problems(store):
        assert leaks(f"{problem.subject} {problem.family.signature}") == []
    for typed in ("anna-4711", "ANNA 4711", "anna4711"):
        found = (await agent.get("/api/find", params={"q": typed})).json()
        assert [match["group"] for match in found["matches"]] == ["promo"] * 3
    for typed in ("anna", "anna-471", "4711"):
        assert (await agent.get("/api/find", params={"q": typed})).json()["matches"] == []


async def test_it_is_readable_once_a_third_verified_customer_has_it_and_nothing_was_rewritten(
    store: Store, agent: httpx.AsyncClient, clock: Clock
) -> None:
    # The second customer came twice.
    for number, email in enumerate(("ana@x.example", "bo@x.example", "bo@x.example"), start=1):
        await put(store, number, *FACTS, Identified(email=email, signature="s"))
    # One person can claim to be anybody, and come back any number of times with the code in the cart.
    for number in range(10, 16):
        await put(store, number, *FACTS, Identified(email=f"{number}@x.example"))
        await put(store, number + 10)
    await judge(store, clock)
    before = await store.findings("session-1"), await store.identifiers("session-1")
    assert leaks(await everything(store, agent, clock, [CODE])) == []
    await put(store, 5, *FACTS, Identified(email="cy@x.example", signature="s"))
    told = await everything(store, agent, clock, [CODE])
    assert "•" not in told
    assert f"Gave the code {CODE}" in told or f"Typed the code {CODE}" in told
    assert json.dumps(SHOWN, ensure_ascii=False) in told
    assert (await store.findings("session-1"), await store.identifiers("session-1")) == before


async def test_a_registered_code_is_readable_and_of_a_pattern_what_is_fixed(
    store: Store, agent: httpx.AsyncClient, clock: Clock
) -> None:
    await put(store, 1)
    pattern = Promo(id="p", promises=(Promise(title="Welcome", codes=("ANNA-****",), free_shipping=True),))
    assert await store.put_promo(SITE.key, pattern, replaces=None)
    told = await everything(store, agent, clock, [CODE])
    assert "ANNA-••••#" in told
    assert "4711" not in told
    exact = Promo(id="e", promises=(Promise(title="Anna", codes=("anna-4711",), free_shipping=True),))
    assert await store.put_promo(SITE.key, exact, replaces=None)
    assert "•" not in await everything(store, agent, clock, [CODE])


async def test_an_image_is_found_under_the_address_that_the_picture_has(
    store: Store, agent: httpx.AsyncClient
) -> None:
    await put(store, 1)
    (image,) = (await agent.get("/api/sessions/session-1/assets")).json()["urls"]
    assert image == "https://shop.example/qr.png?code=••••-••••"
    (shown,) = pictures((await agent.get("/api/sessions/session-1/picture/load-1")).content)
    assert json.dumps(image).encode() in shown
    events = (await agent.get("/api/sessions/session-1")).json()["events"]
    assert [one["fields"]["items"][0]["url"] for one in events if one["kind"] == "assets"] == [image]


async def test_what_is_typed_live_into_the_box_for_codes_is_hidden_before_any_event_names_it(
    served: Desk, page: Page
) -> None:
    def typing(*events: object) -> bytes:
        content = json.dumps(events).encode()
        return wrap_chunk(Chunk((*HEADER[:2], len(content), *HEADER[3:]), content))

    typed = {"type": 3, "data": {"source": 5, "id": 3, "text": CODE, "rr_promo": ""}}
    shown = {"type": 3, "data": {"source": 0, "texts": [{"id": 2, "value": REFUSED}]}}
    async with served.watch() as socket:
        await told(socket)
        for number, event in ((4, typed), (5, shown)):
            await page.send(page.visit.batch(1, number, typing(event)))
            binary = await socket.recv()
            assert isinstance(binary, bytes)
            chunk = open_chunk(msgpack.unpackb(binary)[2])
            assert chunk is not None
            assert leaks(chunk.events.decode()) == []
            assert "\\u2022" in chunk.events.decode()


async def test_live_shows_no_more(served: Desk, page: Page, store: Store) -> None:
    async with served.watch() as socket:
        await told(socket)
        await page.send(bringing(page.visit, 2, *FACTS), page.visit.batch(1, 4, frame()))
        events = await told(socket)
        assert events["type"] == "events"
        assert leaks(json.dumps(events, ensure_ascii=False)) == []
        binary = await socket.recv()
        assert isinstance(binary, bytes)
        chunk = open_chunk(msgpack.unpackb(binary)[2])
        assert chunk is not None
        assert leaks(chunk.events.decode()) == []
