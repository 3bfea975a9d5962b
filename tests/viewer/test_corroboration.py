"""The watch page asks what else is known of the amounts that it shows."""

from __future__ import annotations

import httpx

from replay.model.events import Fact
from replay.ports import Store
from tests.detect.facts import cart, line, price
from tests.detect.test_corroboration import stated
from tests.viewer.visits import START_MS, Visit

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
            }
        ],
    }
    assert nothing["marks"] == []
    assert [view.what for view in await store.views("session-1")] == ["recording"]


async def test_what_cannot_be_read_is_refused(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit().put(store)
    for of in (["load"], ["load.1"], ["load.1.x"], ["load.1.1"] * 101):
        answer = await agent.get("/api/sessions/session-1/corroboration", params={"of": of})
        assert answer.status_code == 400, of
