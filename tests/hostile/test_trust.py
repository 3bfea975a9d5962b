"""Who may write where, and what a page may claim: against the running product, with the desk looking on."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from replay.model.events import MAX_TIME_MS, Event, Identified, Mark
from replay.model.track import Track
from replay.protocol.codec import decode_server, encode_message
from replay.protocol.framing import join_frames, split_frames
from replay.protocol.limits import Limits
from replay.protocol.messages import Ack, Clock, CloseCode, Hello, Refused, ServerMessage, Welcome
from tests.cli.conftest import log_in
from tests.collector.page import ORIGIN, SITE, Page, chunk, facts, greeted, hello, refusal, visiting
from tests.hostile.conftest import Product
from tests.hostile.raw import raw

OTHER_ORIGIN = "https://other.example"
OTHER_SITE = "site_other"


@pytest.fixture(scope="module")
def cookies(product: Product) -> httpx.Cookies:
    """A login at the desk."""
    password = product.cli.json("agent", "add", "mia")["password"]
    with httpx.Client(base_url=product.server.desk_url) as client:
        assert log_in(client, "mia", password)
        return client.cookies


@pytest.fixture
async def desk(product: Product, cookies: httpx.Cookies) -> AsyncIterator[httpx.AsyncClient]:
    """An agent's browser."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=product.server.desk_url, headers=headers, cookies=cookies
    ) as client:
        yield client


@pytest.fixture(scope="module")
def other_site(product: Product) -> str:
    product.cli.ok("site", "add", "Other", "--origin", OTHER_ORIGIN, "--key", OTHER_SITE)
    return OTHER_SITE


@pytest.fixture
async def page(product: Product) -> AsyncIterator[Page]:
    async with visiting(product.address) as connected:
        yield connected


async def post(product: Product, *messages: bytes, origin: str | None = ORIGIN) -> httpx.Response:
    headers = {} if origin is None else {"Origin": origin}
    async with httpx.AsyncClient() as client:
        return await client.post(f"{product.address}/ingest", content=join_frames(messages), headers=headers)


def answers(response: httpx.Response) -> list[ServerMessage]:
    assert response.status_code == 200, response.text
    return [decode_server(message) for message in split_frames(response.content, Limits())]


async def test_a_key_of_another_site_is_of_no_use_here(product: Product, other_site: str) -> None:
    async with visiting(product.address) as page:
        await page.send(hello(site=other_site))
        refused = await refusal(page)
    assert refused.code == CloseCode.FORBIDDEN
    assert ORIGIN in refused.reason


async def test_a_session_of_another_site_is_not_yours_though_its_token_is(
    product: Product, other_site: str
) -> None:
    async with visiting(product.address, OTHER_ORIGIN) as theirs:
        await theirs.send(hello(site=other_site))
        foreign = await theirs.expect(Welcome)
    async with visiting(product.address) as page:
        await page.send(hello(welcome=foreign))
        assert (await refusal(page)).code == CloseCode.WRONG_TOKEN


async def test_a_token_of_ones_own_opens_no_other_session(product: Product, desk: httpx.AsyncClient) -> None:
    async with visiting(product.address) as theirs, visiting(product.address) as page:
        victim, own = await greeted(theirs), await greeted(page)
        await theirs.send(facts(1))
        await theirs.expect(Ack)
        before = (await desk.get(f"/api/sessions/{victim.session}")).json()["events"]
        async with visiting(product.address) as thief:
            await thief.send(replace(hello(welcome=own), session=victim.session))
            refused = await refusal(thief)
        assert refused.code == CloseCode.WRONG_TOKEN
        assert "forget it and say hello without one" in refused.reason
        (answer, *_) = answers(
            await post(
                product,
                encode_message(replace(hello(welcome=own), session=victim.session)),
                encode_message(facts(2)),
            )
        )
        assert isinstance(answer, Refused)
        assert (await desk.get(f"/api/sessions/{victim.session}")).json()["events"] == before


async def test_an_id_of_ones_own_choice_is_ignored(product: Product) -> None:
    chosen = replace(hello(), session="chosen", token="chosen")
    async with visiting(product.address) as page:
        await page.send(chosen)
        assert (await refusal(page)).code == CloseCode.WRONG_TOKEN
    async with visiting(product.address) as page:
        await page.send(replace(chosen, token=None))
        assert (await page.expect(Welcome)).session != "chosen"


async def test_only_the_asking_origin_may_read_and_only_the_sites_own_gets_a_token(product: Product) -> None:
    own = await post(product, encode_message(hello()), encode_message(facts(1)))
    assert own.headers["access-control-allow-origin"] == ORIGIN
    assert own.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in own.headers
    assert [type(answer) for answer in answers(own)] == [Welcome, Ack]
    for origin in (OTHER_ORIGIN, "null", None, ORIGIN + ".evil.example"):
        foreign = await post(product, encode_message(hello()), encode_message(facts(1)), origin=origin)
        (refused,) = answers(foreign)
        assert isinstance(refused, Refused)
        assert refused.code == CloseCode.FORBIDDEN
        allowed = foreign.headers.get("access-control-allow-origin")
        assert allowed == (None if origin in ("null", None) else origin)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_ingest_takes_a_post_and_nothing_else(product: Product, method: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.request(method, f"{product.address}/ingest", headers={"Origin": ORIGIN})
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


async def test_a_body_in_chunks_without_end_is_refused_and_read_no_further(product: Product) -> None:
    before = product.resident_bytes()
    async with raw(product.address) as attacker:
        await attacker.send(
            f"POST /ingest HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        piece = b"10000\r\n" + bytes(0x10000) + b"\r\n"
        assert await attacker.pour(itertools.repeat(piece), 20.0), "it was let go on"
    assert product.resident_bytes() - before < 16 * 1024 * 1024


async def test_a_post_that_is_cut_off_leaves_the_server_as_it_was(product: Product) -> None:
    body = join_frames([encode_message(hello()), encode_message(chunk(1, bytes(100_000)))])
    head = (
        f"POST /ingest HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    for part in (len(body) // 2, len(body)):
        for _ in range(5):
            async with raw(product.address) as attacker:
                await attacker.send(head + body[:part])
    assert [type(one) for one in answers(await post(product, encode_message(hello())))] == [Welcome]


async def test_the_address_that_counts_is_the_one_that_the_proxy_saw(product: Product) -> None:
    """A proxy appends the address that it saw; what a page put in front of it changes nothing."""
    most = 120
    async with httpx.AsyncClient(headers={"Origin": ORIGIN}) as client:

        async def visit(forwarded: str) -> ServerMessage:
            body = join_frames([encode_message(hello())])
            headers = {"X-Forwarded-For": forwarded}
            answer = await client.post(f"{product.address}/ingest", content=body, headers=headers)
            return answers(answer)[0]

        seen = [await visit(f"10.0.0.{number % 250}, 192.0.2.77") for number in range(2 * most + 1)]
        over = [answer for answer in seen if isinstance(answer, Refused)]
        assert over, "every made-up address was taken for another customer"
        assert "More than 120 new sessions from this address" in over[0].reason
        assert isinstance(await visit("192.0.2.78"), Welcome)


@pytest.mark.parametrize(
    "t", [0.0, 1e-300, 1_000.0, 4_102_444_800_000.0, float(MAX_TIME_MS)], ids="{:g}".format
)
@pytest.mark.parametrize("known", [True, False], ids=["measured", "never measured"])
async def test_a_clock_far_off_is_sorted_and_shown(
    product: Product, desk: httpx.AsyncClient, t: float, known: bool
) -> None:
    first = replace(hello(), sent_ms=t)
    async with visiting(product.address) as page:
        await page.send(first)
        welcome = await page.expect(Welcome)
        if known:
            await page.send(Clock(sent_ms=t, received_ms=min(t + 5, float(MAX_TIME_MS))))
        later = Event(min(t + 2, MAX_TIME_MS), Mark(name="second"))
        await page.send(facts(1, Event(t, Mark(name="first")), later), chunk(1, checkpoint=True))
        assert {(await page.expect(Ack)).track for _ in range(2)} == set(Track)
    shown = await desk.get(f"/api/sessions/{welcome.session}")
    assert shown.status_code == 200, shown.text
    story = shown.json()
    assert [event["fields"]["name"] for event in story["events"]] == ["first", "second"]
    if known and 0 < t < MAX_TIME_MS:
        session = story["session"]
        assert all(abs(event["t"] - session["started_ms"]) < 120_000 for event in story["events"])
    assert (await desk.get(f"/watch/{welcome.session}")).status_code == 200


@pytest.mark.parametrize("sent_ms", [float("nan"), float("inf"), -float("inf"), 1e300, "now"])
async def test_a_clock_that_is_none_is_refused_with_a_reason(page: Page, sent_ms: object) -> None:
    await page.send(replace(hello(), sent_ms=sent_ms))  # type: ignore[arg-type]
    refused = await refusal(page)
    assert refused.code == CloseCode.MALFORMED
    assert refused.reason.startswith("Hello.sent_ms: expected ")
    assert refused.reason.endswith("Update the page's SDK.")


async def test_batches_in_any_order_and_twice_are_kept_once_and_shown_in_order(
    product: Product, desk: httpx.AsyncClient, page: Page
) -> None:
    welcome = await greeted(page)
    order = [5, 3, 3, 1, 4, 5, 2, 1]
    await page.send(*(facts(number) for number in order))
    acks = [(await page.expect(Ack)).number for _ in order]
    assert acks[-1] == 5
    assert acks == sorted(acks)
    events = (await desk.get(f"/api/sessions/{welcome.session}")).json()["events"]
    assert [event["fields"]["name"] for event in events] == [f"mark {number}" for number in range(1, 6)]


async def test_two_tabs_that_greet_at_once_share_one_session(product: Product) -> None:
    async with visiting(product.address) as page:
        first = await greeted(page)

    async def tab(number: int) -> Welcome:
        async with visiting(product.address) as page:
            await page.send(hello(load=f"of-{number}", tab=f"tab-{number}", welcome=first))
            welcome = await page.expect(Welcome)
            await page.send(facts(1))
            await page.expect(Ack)
            return welcome

    welcomes = await asyncio.gather(*(tab(number) for number in range(10)))
    assert {(welcome.session, welcome.token) for welcome in welcomes} == {(first.session, first.token)}


async def test_one_page_load_on_two_connections_keeps_one_copy(
    product: Product, desk: httpx.AsyncClient
) -> None:
    async with visiting(product.address) as one, visiting(product.address) as two:
        welcome = await greeted(one)
        await greeted(two, welcome)
        await asyncio.gather(*(page.send(*(facts(n) for n in range(1, 31))) for page in (one, two)))
        for page in (one, two):
            while (await page.expect(Ack)).number < 30:
                pass
    assert len((await desk.get(f"/api/sessions/{welcome.session}")).json()["events"]) == 30


async def test_an_unsigned_customer_is_shown_as_a_claim(
    product: Product, desk: httpx.AsyncClient, page: Page
) -> None:
    welcome = await greeted(page)
    await page.send(
        facts(1, Event(1.0, Identified(email="vip@example.com", signature="0" * 64, expires=2**40)))
    )
    await page.expect(Ack)
    shown = (await desk.get(f"/api/sessions/{welcome.session}")).json()["identifiers"]
    assert [one["verified"] for one in shown if one["kind"] == "email"] == [False]


async def test_a_hello_of_another_site_key_says_what_to_do(page: Page) -> None:
    await page.send(Hello(version=1, site="nobody", tab="t", load="l", consent="granted", sent_ms=1.0))
    refused = await refusal(page)
    assert (refused.code, SITE in refused.reason) == (CloseCode.FORBIDDEN, False)
    assert "replay site list" in refused.reason
