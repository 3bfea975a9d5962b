"""Erasing as an operator does it: told before, asked, with a receipt; and what nobody has to ask for."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from replay.cli.admin import owning
from replay.cli.serve import listen, now_ms, running
from replay.model.events import Event, Identified, Mark
from replay.model.server_event import Party
from replay.protocol.messages import Ack, CloseCode, Welcome
from replay.settings import Settings
from tests.cli.conftest import Cli
from tests.collector.page import facts, hello, refusal, visiting
from tests.contract.given import opened
from tests.contract.test_server_events import CREATED, keep
from tests.viewer.visits import SITE, Visit, edge

EMAIL = "ana@example.com"
CANARY = "Canary-of-Ana"
PATIENCE_S = 20


def put(cli: Cli, *visits: Visit) -> None:
    async def store() -> None:
        async with owning(Settings(data=cli.data)) as tools:
            for visit in visits:
                await visit.put(tools.store)

    asyncio.run(store())


def visit(number: int, *identifiers: Any, site: str = SITE.key) -> Visit:
    return Visit(id=f"session-{number}", number=number, identifiers=identifiers, site=site)


HERS = visit(1, edge("email", EMAIL, verified=True), edge("customer_id", "c-17", verified=True))
ALSO = visit(2, edge("customer_id", "c-17", verified=True))
CLAIM = visit(3, edge("email", EMAIL), edge("order", "w1001"))
OTHER = visit(4, edge("email", "bo@example.com", verified=True))
ELSEWHERE = visit(5, edge("customer_id", "c-17", verified=True), site="elsewhere")


@pytest.fixture
def shop(cli: Cli) -> Cli:
    put(cli, HERS, ALSO, CLAIM, OTHER)
    return cli


def left(cli: Cli) -> set[str]:
    return {one["id"] for one in cli.json("session", "list")}


def test_a_session_goes_when_a_person_says_so(shop: Cli) -> None:
    asked = shop.run("session", "erase", OTHER.code, stdin="n\n")
    assert (asked.code, asked.out) == (1, "")
    assert OTHER.id in asked.err
    assert "Nothing was erased." in asked.err
    assert OTHER.id in left(shop)
    assert shop.json("erasure", "list") == []
    receipt = json.loads(shop.run("session", "erase", OTHER.code, "--json", stdin="y\n").out)
    assert receipt["sessions"] == [OTHER.id]
    assert receipt["command"] == "session erase"
    assert receipt["finished_ms"] >= receipt["asked_ms"]
    assert OTHER.id not in left(shop)
    assert shop.json("erasure", "list") == [receipt]
    assert receipt["id"] in shop.ok("erasure", "list")
    # Again, as a script does that was killed, it answers the same; asked by its code it is not there.
    assert shop.json("session", "erase", OTHER.id, "--yes") == receipt
    assert f"There is no session {OTHER.code!r}" in shop.refused("session", "erase", OTHER.code, "--yes")
    with shop.owned():
        assert len(shop.json("session", "erase", ALSO.id, CLAIM.code, "--yes")["sessions"]) == 2
    assert left(shop) == {HERS.id}


def test_what_is_only_claimed_stays_unless_it_is_asked_for(shop: Cli) -> None:
    with shop.owned():
        told = shop.run("customer", "erase", "--email", "Ana@Example.com", stdin="n\n").err
        assert HERS.id in told
        assert CLAIM.id not in told
        assert "1 more only claim it and stay" in told
        assert "Verified in them: customer_id c-17, which 1 more carry." in told
        receipt = shop.json("customer", "erase", "--email", EMAIL, "--yes")
    assert receipt["sessions"] == [HERS.id]
    assert receipt["command"] == "customer erase --email"
    assert EMAIL not in json.dumps(receipt)
    assert "1 session carries this" in shop.refused("customer", "erase", "--email", EMAIL, "--yes")
    claimed = shop.json(
        "customer", "erase", "--order", "W-1001", "--customer-id", "C-17", "--claimed", "--yes"
    )
    assert claimed["sessions"] == [ALSO.id, CLAIM.id]
    assert claimed["command"] == "customer erase --customer-id --order --claimed"
    assert "No session and no server event carries this" in shop.refused(
        "customer", "erase", "--email", EMAIL, "--yes"
    )
    assert "Nothing says which customer" in shop.refused("customer", "erase", "--yes")
    assert left(shop) == {OTHER.id}


def test_a_number_of_two_shops_is_asked_for_one_of_them(shop: Cli) -> None:
    put(shop, ELSEWHERE)
    told = shop.refused("customer", "erase", "--customer-id", "c-17", "--yes")
    assert "2 sites carry this" in told
    receipt = shop.json("customer", "erase", "--customer-id", "c-17", "--site", "elsewhere", "--yes")
    assert receipt["sessions"] == [ELSEWHERE.id]
    assert receipt["command"] == "customer erase --customer-id --site"


def test_what_was_erased_or_is_too_old_is_not_taken_in(shop: Cli) -> None:
    shop.ok("session", "export", HERS.code, "--output", "hers.replay")
    receipt = shop.json("session", "erase", HERS.code, "--yes")
    told = shop.refused("session", "import", "hers.replay")
    assert f"was erased here on request: receipt {receipt['id']}" in told
    # Where nobody erased it, it is only a matter of its age and the site's settings.
    shop.json("site", "add", "Shop", "--origin", "https://shop.example", "--key", SITE.key, "--data", "there")
    assert "would be erased at once" in shop.refused("session", "import", "hers.replay", "--data", "there")
    shop.json("site", "set", SITE.key, '{"keep_days": null}', "--data", "there")
    assert shop.json("session", "import", "hers.replay", "--data", "there")["imported"]


@pytest.mark.parametrize("wrong", ["0", "3651", '"30"', "1.5"])
def test_days_that_no_site_can_keep_are_refused(shop: Cli, wrong: str) -> None:
    assert "keep_days" in shop.refused("site", "set", SITE.key, f'{{"keep_days": {wrong}}}')


def files_with(folder: Path, text: str) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


async def test_beside_a_server_nothing_is_left_and_a_page_goes_on_in_a_session_of_its_own(cli: Cli) -> None:
    with cli.serving() as server:
        key = cli.json("site", "add", "Shop", "--origin", "https://shop.example")["key"]
        async with visiting(server.pages_url) as page:
            await page.send(hello(site=key))
            welcome = await page.expect(Welcome)
            await page.send(
                facts(1, Event(1.0, Identified(email=EMAIL, name=CANARY)), Event(2.0, Mark(name=CANARY)))
            )
            await page.expect(Ack)
            assert files_with(cli.data, CANARY)
            erase = ("customer", "erase", "--email", EMAIL, "--claimed", "--yes")
            receipt = await asyncio.to_thread(cli.json, *erase)
            assert receipt["sessions"] == [welcome.session]
            assert (receipt["batches"], receipt["objects"]) == (1, 0)
            assert files_with(cli.data, CANARY) == files_with(cli.data, EMAIL) == []
            await page.send(facts(2, Event(3.0, Mark(name=CANARY))))
            assert (await refusal(page)).code == CloseCode.SESSION_ENDED
        async with visiting(server.pages_url) as page:
            await page.send(hello(site=key, welcome=welcome))
            assert (await refusal(page)).code == CloseCode.WRONG_TOKEN
        assert files_with(cli.data, CANARY) == []
        assert await asyncio.to_thread(cli.json, "erasure", "list") == [receipt]
        server.stop()
    assert files_with(cli.folder, CANARY) == files_with(cli.folder, EMAIL) == []
    assert {"event": "erasure finished", "receipt": receipt["id"]}.items() <= next(
        line for line in cli.logged() if line["event"] == "erasure finished"
    ).items()


async def test_what_was_kept_long_enough_goes_by_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "storage")
    settings = Settings(data=tmp_path / "data")
    async with owning(settings) as tools:
        await HERS.put(tools.store)
        await ELSEWHERE.put(tools.store)
        await tools.store.put_site(replace(SITE, key="elsewhere", settings={"keep_days": None}))
        # Else the server was off, or its clock is wrong.
        await tools.store.commit(opened(session="lately", started_ms=now_ms() - 2 * 24 * 60 * 60 * 1_000))
    with listen("127.0.0.1", 0) as public, listen("127.0.0.1", 0) as desk:
        async with asyncio.timeout(PATIENCE_S), running(settings, public, desk) as (parts, _):
            while await parts.store.session(HERS.id):  # noqa: ASYNC110 (a store tells nobody)
                await asyncio.sleep(0.01)
            while not caplog.records:  # noqa: ASYNC110 (neither does a log)
                await asyncio.sleep(0.01)
            assert await parts.store.session(ELSEWHERE.id)
    (line,) = [record for record in caplog.records if record.getMessage() == "sessions expired"]
    told = vars(line)
    assert (told["sessions"], told["count"]) == ([HERS.id], 1)
    assert told["bytes"] > 0
    assert EMAIL not in caplog.text


def test_what_a_back_office_said_of_a_customer_goes_with_them_and_is_counted(shop: Cli) -> None:
    site = shop.json("site", "add", "Shop", "--origin", "https://shop.example", "--key", "told")["key"]

    async def tell() -> None:
        async with owning(Settings(data=shop.data)) as tools:
            for number, email in enumerate((EMAIL, "bo@example.com")):
                party, status = Party(email=email), f"{CANARY}-{number}"
                event = replace(CREATED, id=str(number), order=str(number), customer=party, status_raw=status)
                await tools.store.commit([keep(event, site=site)])

    asyncio.run(tell())
    assert "Server events of it and of its orders: 1" in shop.run("customer", "erase", "--order", "0").err
    receipt = shop.json("customer", "erase", "--email", EMAIL, "--yes")
    assert (receipt["sessions"], receipt["server_events"]) == ([HERS.id], 1)
    assert "No session" in shop.refused("customer", "erase", "--order", "0", "--yes")
    assert f"{CANARY}-0".encode() not in b"".join(file.read_bytes() for file in shop.data.glob("replay.*"))
    assert shop.json("customer", "erase", "--order", "1", "--yes")["server_events"] == 1
