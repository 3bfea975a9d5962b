"""The watch page asks what else is known of the amounts that it shows."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from replay.model.events import Fact
from replay.model.shown_price import ShownPrice
from replay.ports import Judged, Others, Store
from storage.memory import MemoryStore
from tests.detect.facts import cart, line, price
from tests.detect.test_corroboration import stated
from tests.viewer.visits import START_MS, Visit
from viewer.corroboration import NOT_WHOLE

SHOWN = cart(line("$499.00"))


async def test_it_is_told_of_the_carts_that_are_asked_about(agent: httpx.AsyncClient, store: Store) -> None:
    facts: list[tuple[float, Fact]] = [
        (START_MS, SHOWN),
        (START_MS + 400, stated(cart(line("$379.00")))),
        (START_MS + 9_000, price("$1.00")),
    ]
    await Visit(facts=facts).put(store)
    events = (await agent.get("/api/sessions/session-1")).json()["events"]
    shown, said, _ = (one for one in events if one["kind"] in ("cart", "price"))
    of = [f"{one['load']}.{one['number']}.{one['index']}" for one in (shown, said)]
    (told, nothing) = (await agent.get("/api/sessions/session-1/corroboration", params={"of": of})).json()
    assert told == {
        "load": shown["load"],
        "number": shown["number"],
        "index": shown["index"],
        "marks": [
            {
                "at": "line 0 unit",
                "kind": "stated",
                "outcome": "other",
                "who": "network",
                "since_ms": said["t"],
                "amount": "$379.00",
                "why": None,
                "via": None,
            }
        ],
    }
    assert nothing["marks"] == []
    assert [view.what for view in await store.views("session-1")] == ["recording"]


async def test_it_is_told_how_many_others_were_shown_the_same(agent: httpx.AsyncClient, store: Store) -> None:
    told = {}
    for number, raw in enumerate(("$499.00", "$499.00", "$379.00"), start=1):
        shown = ShownPrice(
            sku="HP-15",
            place="cart",
            raw=raw,
            minor=int(raw[1:4]) * 100,
            currency="USD",
            why=None,
            shown_ms=START_MS,
        )
        visit = f"session-{number}"
        await Visit(id=visit, number=number, facts=[(START_MS, cart(line(raw)))]).put(store)
        judged = Judged(session=visit, changes_count=0, judge_ms=None, findings=None, shown=(shown,))
        assert await store.put_findings([judged]) == [True]
    for visit in ("session-1", "session-3"):
        events = (await agent.get(f"/api/sessions/{visit}")).json()["events"]
        (of,) = (f"{one['load']}.{one['number']}.{one['index']}" for one in events if one["kind"] == "cart")
        (answer,) = (await agent.get(f"/api/sessions/{visit}/corroboration", params={"of": of})).json()
        (told[visit],) = answer["marks"]
    seen = told["session-1"]
    assert (seen["at"], seen["kind"], seen["outcome"]) == ("line 0 unit", "others", "same")
    assert seen["others"] == {
        "same": 1,
        "all": 2,
        "is_all": True,
        "most": [{"amount": "$379.00", "count": 1}],
    }
    assert (told["session-3"]["outcome"], told["session-3"]["others"]["same"]) == ("other", 0)


class Lacking(MemoryStore):
    """Knows of visits from before what they were shown as little as an upgraded store."""

    async def shown_prices(self, session: str) -> list[tuple[ShownPrice, Others | None]]:
        shown = await super().shown_prices(session)
        return [(price, others and replace(others, is_whole=False)) for price, others in shown]


@pytest.mark.parametrize("store", [Lacking()])
async def test_that_nobody_else_was_shown_it_is_not_said_where_that_is_not_known(
    agent: httpx.AsyncClient, store: Store
) -> None:
    for number, raw in enumerate(("$499.00", "$379.00", "$379.00"), start=1):
        shown = ShownPrice(
            sku="HP-15",
            place="cart",
            raw=raw,
            minor=int(raw[1:4]) * 100,
            currency="USD",
            why=None,
            shown_ms=START_MS,
        )
        visit = f"session-{number}"
        await Visit(id=visit, number=number, facts=[(START_MS, cart(line(raw)))]).put(store)
        judged = Judged(session=visit, changes_count=0, judge_ms=None, findings=None, shown=(shown,))
        await store.put_findings([judged])
    told = []
    for visit in ("session-1", "session-2"):
        params = {"of": "load-1.1.0"}
        (answer,) = (await agent.get(f"/api/sessions/{visit}/corroboration", params=params)).json()
        (mark,) = answer["marks"]
        told.append((mark["outcome"], mark["others"] and mark["others"]["same"], mark["why"]))
    assert told == [("unclear", None, NOT_WHOLE), ("same", 1, NOT_WHOLE)]


async def test_what_cannot_be_read_is_refused(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit().put(store)
    for of in (["load"], ["load.1"], ["load.1.x"], ["load.1.1"] * 101):
        answer = await agent.get("/api/sessions/session-1/corroboration", params={"of": of})
        assert answer.status_code == 400, of
