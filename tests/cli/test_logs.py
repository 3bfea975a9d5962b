"""The log: what an operator needs to know, as JSON, and nothing of any customer."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from replay.cli.logs import REPEATS_COUNT, log_unforeseen, start_log
from replay.model.cart import CartState, Line, Text
from replay.model.events import Event, Identified, Mark, PageLoaded, SignedOut
from replay.protocol.codec import encode_message
from replay.protocol.framing import join_frames
from replay.protocol.messages import Ack, Batch, CloseCode
from tests.cli.conftest import Cli, Server, log_in, own_log
from tests.collector.page import ORIGIN, SITE, facts, greeted, hello, refusal, visiting

EMAIL = "ana.canary@example.com"
PHONE = "+14155550199"
NAME = "Ana Canary"
THINGS = "Canary laptop"
PASSWORD = "four canary words here"
QUERY = "canary=in-the-query"
SECRETS = (EMAIL, PHONE, NAME, THINGS, PASSWORD, QUERY, "canary")


async def visit(server: Server) -> list[str]:
    """One customer's visit with everything that can be told or go wrong; the tokens that it was given."""
    identified = Identified(email=EMAIL, phone=PHONE, name=NAME, signature="0" * 64, expires=2**40)
    cart = CartState(surface="drawer", source="displayed", lines=(Line(name=Text(raw=THINGS)),))
    told = [
        Event(1.0, PageLoaded(url=f"{ORIGIN}/cart?{QUERY}")),
        Event(2.0, identified),
        Event(3.0, cart),
        Event(4.0, SignedOut()),
    ]
    async with visiting(server.pages_url) as page:
        welcome = await greeted(page)
        await page.send(facts(1, *told))
        await page.expect(Ack)
        await page.send(facts(1, Event(1.0, Mark(name=EMAIL))))
        assert (await refusal(page)).code == CloseCode.CONFLICT
    for wrong in (
        replace(hello(welcome=welcome), token="canary-token"),
        replace(hello(), site=f"canary-{NAME}"),
        Batch(track=0, number=1, payload=EMAIL.encode()),
    ):
        async with visiting(server.pages_url) as page:
            await page.send(wrong)
            await refusal(page)
    async with visiting(server.pages_url, f"https://{EMAIL}") as page:
        await page.send(hello())
        assert (await refusal(page)).code == CloseCode.FORBIDDEN
    async with httpx.AsyncClient() as browser:
        ingest = f"{server.pages_url}/ingest?{QUERY}"
        headers = {"Origin": ORIGIN}
        await browser.post(ingest, content=EMAIL.encode(), headers=headers)
        body = join_frames([encode_message(hello(load="posted")), encode_message(facts(1, *told))])
        assert (await browser.post(ingest, content=body, headers=headers)).status_code == 200
        assert (await browser.get(f"{server.pages_url}/nowhere/{EMAIL}?{QUERY}")).status_code == 404
    return [welcome.token, welcome.code]


def work_at_the_desk(cli: Cli, server: Server) -> None:
    """Log in, wrongly and rightly, and look the customer up."""
    cli.ok("agent", "add", "mia", "--password-stdin", stdin=f"{PASSWORD}\n")
    with httpx.Client(base_url=server.desk_url) as desk:
        assert not log_in(desk, EMAIL, PASSWORD)
        assert not log_in(desk, "mia", f"not {PASSWORD}")
        assert log_in(desk, "mia", PASSWORD)
        assert desk.get("/api/find", params={"q": EMAIL}).status_code == 200
        assert desk.get("/watch/canary", params={"token": QUERY}).status_code == 404


async def test_nothing_of_a_customer_and_no_secret_gets_into_the_log(cli: Cli) -> None:
    with cli.serving(REPLAY_LOG_LEVEL="debug") as server:
        secret = cli.json("site", "add", NAME, "--origin", ORIGIN, "--key", SITE)["identify_secret"]
        given = await visit(server)
        work_at_the_desk(cli, server)
        assert cli.json("session", "list", "--find", EMAIL)
        cli.refused("session", "show", PHONE)
        assert server.stop() == 0
    lines = cli.logged()
    text = json.dumps(lines, ensure_ascii=False)
    assert [found for found in (*SECRETS, secret, *given) if found in text] == []
    events = {line["event"] for line in lines}
    assert events >= {"started", "session opened", "session ended", "refused", "agent login", "command"}
    assert "stopped" in events
    refused = [line["code"] for line in lines if line["event"] == "refused"]
    assert set(refused) >= {"conflict", "wrong_token", "forbidden", "malformed"}
    assert [line["outcome"] for line in lines if line["event"] == "agent login"] == [
        "refused",
        "refused",
        "accepted",
    ]
    opened = next(line for line in lines if line["event"] == "session opened")
    assert opened.keys() == {"time", "level", "event", "site", "session"}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log in memory, as JSON."""
    written = io.StringIO()
    with own_log():
        start_log(level="info", form="auto", stream=written)
        yield written


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_library_is_quoted_without_the_values_that_it_mentions(stream: io.StringIO) -> None:
    library = logging.getLogger("library.part")
    library.info("sent to %s", EMAIL)
    library.warning("cannot send to %s", EMAIL, extra={"address": EMAIL})
    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == ("cannot send to %s", "library.part")
    assert EMAIL not in stream.getvalue()


async def test_an_error_is_told_by_kind_and_place_and_never_by_what_it_says(stream: io.StringIO) -> None:
    loop = asyncio.get_running_loop()

    def fail() -> None:
        try:
            int(EMAIL)
        except ValueError as error:
            raise ExceptionGroup(EMAIL, [KeyError(EMAIL)]) from error

    try:
        fail()
    except ExceptionGroup as error:
        log_unforeseen(loop, {"exception": error, "message": f"Exception in callback {EMAIL}"})
    log_unforeseen(loop, {"message": "Task was destroyed but it is pending!"})
    first, second = lines(stream)
    told = str(first["traceback"])
    assert all(kind in told for kind in ("ExceptionGroup", "KeyError", "ValueError", "test_logs.py"))
    assert second["what"] == "Task was destroyed but it is pending!"
    assert EMAIL not in stream.getvalue()


def test_the_same_warning_is_written_a_few_times_a_minute_and_then_counted(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 60.0
    monkeypatch.setattr("replay.cli.logs.time.monotonic", lambda: now_s)
    logger = logging.getLogger("replay.collector")
    for number in range(REPEATS_COUNT + 5):
        logger.warning("refused", extra={"code": "forbidden", "session": number})
        logger.info("session opened", extra={"session": number})
    logger.warning("refused", extra={"code": "conflict"})
    written = [line["event"] for line in lines(stream)]
    assert (written.count("refused"), written.count("session opened")) == (REPEATS_COUNT + 1, 15)
    now_s = 120.0
    logger.warning("refused", extra={"code": "forbidden"})
    assert lines(stream)[-1]["left_out_count"] == 5


def test_people_get_lines_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    with own_log():
        start_log(level="info", form="auto", stream=terminal)
        logging.getLogger("replay").info("started", extra={"desk": "http://127.0.0.1:1"})
    assert terminal.getvalue().endswith(" info     started  desk=http://127.0.0.1:1\n")
