"""Problems on the command line: listed the worst first, and shown with their visits."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace

from replay.model.finding import Finding
from replay.model.problem import CLOSE_MS, Family, Problem
from replay.ports import Counted, Notice
from storage.sqlite import open_store
from tests.cli.conftest import Cli
from tests.viewer.visits import START_MS, Visit, found, judged

FOUND: Finding = found(rule="price_mismatch", signature="product>drawer ×1.316", said="\x1b[31mMore.")
PROBLEM = Problem(
    family=Family("shop", FOUND.rule, FOUND.signature),
    subject="HP-15",
    subjects_count=1,
    severity="high",
    sessions_count=37,
    customers_count=12,
    anonymous_count=25,
    first_ms=START_MS,
    last_ms=START_MS,
    is_burst=True,
    money=(("EUR", 0), ("USD", 444_000)),
    exposed_count=412,
    exposed_ms=START_MS + CLOSE_MS,
    opened_ms=START_MS,
    closed_ms=START_MS + CLOSE_MS,
)


def test_problems_are_listed_and_shown(cli: Cli) -> None:
    async def put() -> None:
        cli.data.mkdir(exist_ok=True)
        store = await open_store(cli.data / "replay.sqlite3")
        await Visit().put(store)
        await judged(store, FOUND)
        more = tuple(replace(PROBLEM, subject=sku, closed_ms=None) for sku in ("a", "b", "c"))
        await store.put_counted(Counted(family=PROBLEM.family, changes_count=1, problems=(PROBLEM, *more)))
        await store.close()

    asyncio.run(put())
    first = cli.json("problem", "list", "--limit", "2")
    assert "come after these: --after " in cli.ok("problem", "list", "--limit", "2")
    last = cli.json("problem", "list", "--limit", "2", "--after", first["next"])
    listed = {one["id"] for one in first["problems"] + last["problems"]}
    assert (len(first["problems"]), len(listed), last["next"]) == (2, 3, None)
    assert "None." in cli.ok("problem", "list", "--after", f"{10**14}.1.9.0.0.{'f' * 16}")
    assert "no place" in cli.refused("problem", "list", "--after", "page two")
    listing = cli.json("problem", "list", "--closed")
    (listed,) = listing["problems"]
    assert listing["next"] is None
    assert (listed["id"], listed["state"], listed["exposed"]) == (PROBLEM.id, "closed", 412)
    assert listed["money"] == [{"currency": "USD", "minor": 444_000, "shown": "4,440.00 USD"}]
    assert "37 of" in cli.ok("problem", "list", "--closed")
    shown = cli.ok("problem", "show", PROBLEM.id)
    for words in ("37 of 412 sessions", "12 known, 25 sessions not identified", "closed", "[31mMore."):
        assert words in shown
    assert "\x1b[31m" not in shown
    told = cli.json("problem", "show", PROBLEM.id)
    assert [case["session"] for case in told["cases"]] == ["session-1"]
    assert "no problem" in cli.refused("problem", "show", "unknown")


def test_a_webhook_has_a_secret_of_its_own_and_says_what_did_not_arrive(cli: Cli) -> None:
    cli.ok("site", "add", "Shop", "--origin", "https://shop.example", "--key", "mine")
    other = cli.json("site", "secret", "mine")["identify_secret"]
    first = cli.json("site", "secret", "mine", "--webhook")["webhook_secret"]
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32
    second = cli.ok("site", "secret", "mine", "--webhook", "--rotate").strip()
    assert second.startswith("whsec_")
    assert second != first
    assert cli.json("site", "secret", "mine")["identify_secret"] == other
    assert "at a time" in cli.refused("site", "secret", "mine", "--webhook", "--events")
    assert "problems_webhook" in cli.refused("site", "set", "mine", '{"problems_webhook": "ftp://x"}')
    shown = cli.json("site", "set", "mine", '{"problems_webhook": "https://hooks.shop.example/x"}')
    assert (shown["undelivered"], second in json.dumps(shown)) == ([], False)

    async def fail() -> None:
        store = await open_store(cli.data / "replay.sqlite3")
        failed = Notice(
            id="msg_1",
            site="mine",
            body="{}",
            created_ms=START_MS,
            due_ms=START_MS,
            attempts_count=3,
            failure="It answered with 500.",
        )
        await store.put_counted(
            Counted(family=PROBLEM.family, changes_count=0, problems=(), notices=(failed,))
        )
        await store.close()

    asyncio.run(fail())
    assert "Tried 3 times. It answered with 500." in cli.ok("site", "show", "mine")
