"""A frame without an origin goes on with a session whose write token it shows, and can do nothing else."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from replay.model.session import IDLE_MS
from replay.protocol.codec import decode_server, encode_message
from replay.protocol.framing import join_frames, split_frames
from replay.protocol.limits import Limits
from replay.protocol.messages import Ack, CloseCode, Hello, Refused, ServerMessage, Welcome
from tests.collector.conftest import OTHER_SITE, Running
from tests.collector.page import facts, greeted, hello, refusal, visiting


async def post(running: Running, greeting: Hello) -> tuple[list[ServerMessage], str | None]:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{running.address}/ingest",
            content=join_frames([encode_message(greeting), encode_message(facts(1))]),
            headers={"Origin": "null"},
        )
    messages = [decode_server(frame) for frame in split_frames(answer.content, Limits())]
    return messages, answer.headers.get("access-control-allow-origin")


async def test_it_joins_the_session_whose_token_it_shows_and_hears_the_answer(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
    answers, readable_by = await post(running, hello(load="checkout", welcome=welcome))
    assert ([type(one) for one in answers], readable_by) == ([Welcome, Ack], "null")
    [session] = await running.store.sessions(limit=9)
    assert [load.id for load in await running.store.loads(session.id)] == ["load-1", "checkout"]


@pytest.mark.parametrize("wrong", ["token", "site", "over", "none"])
async def test_it_begins_no_session_and_nobody_reads_why(running: Running, wrong: str) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
    given = {
        "token": hello(load="checkout", welcome=replace(welcome, token="guessed")),
        "site": hello(load="checkout", site=OTHER_SITE, welcome=welcome),
        "over": hello(load="checkout", welcome=welcome),
        "none": hello(load="checkout"),
    }[wrong]
    if wrong == "over":
        running.clock.ms += IDLE_MS + 1
    [refused], readable_by = await post(running, given)
    assert isinstance(refused, Refused)
    expected = {"over": CloseCode.SESSION_ENDED, "none": CloseCode.FORBIDDEN}
    assert (refused.code, readable_by) == (expected.get(wrong, CloseCode.WRONG_TOKEN), None)
    async with visiting(running.address, origin="null") as page:
        await page.send(given)
        assert (await refusal(page)).code == refused.code
    assert len(await running.store.sessions(limit=9)) == 1
