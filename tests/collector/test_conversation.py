"""What a page and a collector say to each other over a real socket."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import replace

import httpx
import pytest

from replay.collector.sessions import TOKEN_GRACE_MS
from replay.model.events import Event, Identified, OrderLine, OrderPlaced, SignedOut
from replay.model.session import IDLE_MS, is_code
from replay.model.track import Track
from replay.protocol.messages import (
    Ack,
    CheckpointWanted,
    Clock,
    CloseCode,
    Gap,
    Token,
    Watched,
    Welcome,
)
from tests.collector.conftest import SECRET, Running
from tests.collector.page import ORIGIN, SITE, chunk, facts, greeted, hello, refusal, visiting


def sign(customer: Identified) -> str:
    """What a shop's backend computes, as the documentation tells it to."""
    given = (customer.customer_id, customer.email, customer.phone, customer.name, str(customer.expires))
    message = "\n".join(["v1", *(field or "" for field in given)])
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


async def test_a_new_visit_is_welcomed_with_a_session_of_ours(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
    session = await running.store.session(welcome.session)
    assert session is not None
    assert is_code(welcome.code)
    assert session.code == welcome.code
    assert dict(welcome.settings) == {"flush_ms": 500, "asset_origins": [ORIGIN]}
    assert welcome.token.encode() not in session.token_hash
    assert (welcome.facts_acked, welcome.picture_acked) == (0, 0)


async def test_both_tracks_are_kept_as_sent_and_acknowledged(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        sent = [facts(1), facts(2), chunk(1, checkpoint=True)]
        await page.send(*sent)
        acks = {(ack.track, ack.number) for ack in [await page.expect(Ack) for _ in sent]}
    assert acks == {(Track.FACTS, 1), (Track.FACTS, 2), (Track.PICTURE, 1)}
    kept = await running.store.batches(welcome.session, Track.FACTS)
    assert [batch.payload for batch in kept] == [sent[0].payload, sent[1].payload]
    (picture,) = await running.store.batches(welcome.session, Track.PICTURE)
    assert picture.payload == sent[2].payload
    assert picture.checkpoint


async def test_a_page_that_comes_back_learns_how_far_it_got(running: Running) -> None:
    async with visiting(running.address) as page:
        first = await greeted(page)
        await page.send(facts(1), facts(2))
        assert [await page.expect(Ack), await page.expect(Ack)][-1] == Ack(track=Track.FACTS, number=2)
    async with visiting(running.address) as page:
        again = await greeted(page, first)
        assert again.session == first.session
        assert again.facts_acked == 2
        await page.send(facts(2), facts(3))
        assert await page.expect(Ack) == Ack(track=Track.FACTS, number=2)
        assert await page.expect(Ack) == Ack(track=Track.FACTS, number=3)
    assert len(await running.store.batches(first.session, Track.FACTS)) == 3


async def test_a_missing_number_is_not_acknowledged_over_until_it_is_declared_lost(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await page.send(chunk(1), chunk(4))
        assert [(await page.expect(Ack)).number for _ in range(2)] == [1, 1]
        await page.send(Gap(track=Track.PICTURE, first=2, last=3, reason="buffer full"))
        assert await page.expect(Ack) == Ack(track=Track.PICTURE, number=4)
    (gap,) = await running.store.gaps(welcome.session)
    assert (gap.first, gap.last, gap.reason) == (2, 3, "buffer full")


async def test_a_number_used_for_other_bytes_ends_the_conversation_and_changes_nothing(
    running: Running,
) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await page.send(facts(1))
        await page.expect(Ack)
        await page.send(facts(1, Event(1.0, SignedOut())))
        assert (await refusal(page)).code == CloseCode.CONFLICT
    (kept,) = await running.store.batches(welcome.session, Track.FACTS)
    assert kept.payload == facts(1).payload
    session = await running.store.session(welcome.session)
    assert session is not None
    assert session.ended_ms is None


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "https://shop.example.evil"])
async def test_a_foreign_origin_is_refused(running: Running, origin: str | None) -> None:
    async with visiting(running.address, origin) as page:
        await page.send(hello())
        assert (await refusal(page)).code == CloseCode.FORBIDDEN


async def test_an_unknown_site_key_is_refused_with_what_to_do(running: Running) -> None:
    async with visiting(running.address) as page:
        await page.send(hello(site="nobody"))
        refused = await refusal(page)
    assert refused.code == CloseCode.FORBIDDEN
    assert "site list" in refused.reason


async def test_nobody_writes_into_a_session_without_its_token(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
    forged = Welcome(
        session=welcome.session,
        token="guess",
        code="",
        server_ms=0.0,
        facts_acked=0,
        picture_acked=0,
        settings={},
    )
    async with visiting(running.address) as page:
        await page.send(hello(welcome=forged))
        assert (await refusal(page)).code == CloseCode.WRONG_TOKEN
    assert await running.store.batches(welcome.session, Track.FACTS) == []


async def test_a_visit_that_was_idle_too_long_begins_anew(running: Running) -> None:
    async with visiting(running.address) as page:
        first = await greeted(page)
    running.clock.ms += IDLE_MS + 1
    async with visiting(running.address) as page:
        second = await greeted(page, first, load="load-2")
    assert second.session != first.session


async def test_the_rest_of_a_known_page_load_is_taken_after_the_end(running: Running) -> None:
    async with visiting(running.address) as page:
        first = await greeted(page)
        await page.send(facts(1, Event(1.0, SignedOut())))
        await page.expect(Ack)
    session = await running.store.session(first.session)
    assert session is not None
    assert session.ended_why == "signed out"
    async with visiting(running.address) as page:
        again = await greeted(page, first)
        assert again.session == first.session
        await page.send(facts(2))
        await page.expect(Ack)
    async with visiting(running.address) as page:
        other = await greeted(page, first, load="load-2")
    assert other.session != first.session


async def test_a_signed_customer_is_verified_and_the_token_changes(running: Running) -> None:
    expires = running.clock.ms // 1000 + 60
    unsigned = Identified(customer_id="c-7", email="ana@example.com", expires=expires)
    signed = Identified(customer_id="c-7", email="ana@example.com", expires=expires, signature=sign(unsigned))
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await page.send(facts(1, Event(1.0, signed)))
        token = await page.expect(Token)
        await page.expect(Ack)
    running.clock.ms += TOKEN_GRACE_MS + 1
    found = await running.store.find("email", "ana@example.com")
    assert [match.session.id for match in found] == [welcome.session]
    assert found[0].identifier.verified
    async with visiting(running.address) as page:
        await page.send(hello(welcome=welcome))
        assert (await refusal(page)).code == CloseCode.WRONG_TOKEN
    renewed = Welcome(
        session=welcome.session,
        token=token.token,
        code="",
        server_ms=0.0,
        facts_acked=0,
        picture_acked=0,
        settings={},
    )
    async with visiting(running.address) as page:
        assert (await greeted(page, renewed)).session == welcome.session


async def test_proof_of_who_it_is_gives_way_to_nothing_else_in_its_batch(running: Running) -> None:
    unsigned = Identified(email="ana@example.com", expires=running.clock.ms // 1000 + 60)
    lines = tuple(OrderLine(sku=f"{number}", name=f"thing {number}") for number in range(500))
    others = [Event(1.0, OrderPlaced(id="o-1", lines=lines)), Event(1.0, Identified(email="bo@example.com"))]
    signed = replace(unsigned, signature=sign(unsigned))
    async with visiting(running.address) as page:
        await greeted(page)
        await page.send(facts(1, *others, Event(1.0, signed), Event(1.0, unsigned)))
        await page.expect(Token)
        await page.expect(Ack)
    assert set((await running.store.carriers("email", "ana@example.com")).values()) == {True}
    assert not await running.store.carriers("email", "bo@example.com")


async def test_a_secret_that_was_rotated_verifies_nothing_any_more(running: Running) -> None:
    unsigned = Identified(customer_id="c-7", expires=running.clock.ms // 1000 + 60)
    signed = replace(unsigned, signature=sign(unsigned))
    async with visiting(running.address) as page:
        await greeted(page)
        site = await running.store.site(SITE)
        assert site is not None
        await running.store.put_site(replace(site, identify_secret="another"))
        await page.send(facts(1, Event(1.0, signed)))
        await page.expect(Ack)
    (found,) = await running.store.find("customer_id", "c-7")
    assert not found.identifier.verified


async def test_a_page_that_missed_its_new_token_gets_another(running: Running) -> None:
    expires = running.clock.ms // 1000 + 600
    unsigned = Identified(customer_id="c-7", expires=expires)
    signed = Identified(customer_id="c-7", expires=expires, signature=sign(unsigned))
    async with visiting(running.address) as page:
        before = await greeted(page)
        await page.send(facts(1, Event(1.0, signed)))
        missed = await page.expect(Token)
    async with visiting(running.address) as page:
        after = await greeted(page, before)
    assert after.session == before.session
    assert after.token not in {before.token, missed.token}
    running.clock.ms += TOKEN_GRACE_MS + 1
    async with visiting(running.address) as page:
        assert (await greeted(page, after)).session == before.session


async def test_a_customer_nobody_vouched_for_stays_claimed(running: Running) -> None:
    claimed = Identified(email="vip@example.com", expires=2**40, signature="0" * 64)
    async with visiting(running.address) as page:
        await greeted(page)
        await page.send(facts(1, Event(1.0, claimed)))
        await page.expect(Ack)
    (match,) = await running.store.find("email", "vip@example.com")
    assert not match.identifier.verified


async def test_the_clock_is_measured_per_page_load(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await page.send(Clock(sent_ms=1_000.0, received_ms=1_020.0), facts(1))
        await page.expect(Ack)
    load = await running.store.load(welcome.session, "load-1")
    assert load is not None
    assert load.offset_ms == running.clock.ms - 1_010.0
    assert load.offset_error_ms == 10.0


async def test_a_watcher_makes_the_page_flush_and_take_a_picture(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        async with running.bus.watch(welcome.session) as published:
            assert await page.expect(Watched) == Watched(on=True)
            await page.expect(CheckpointWanted)
            batch = facts(1)
            await page.send(batch)
            await page.expect(Ack)
            seen = await anext(published)
            assert [kept.payload for kept in seen.batches] == [batch.payload]
        assert await page.expect(Watched) == Watched(on=False)


async def test_a_store_that_is_full_acknowledges_nothing(running: Running) -> None:
    async with visiting(running.address) as page:
        await greeted(page)
        running.store.full = True
        await page.send(facts(1))
        assert (await refusal(page)).code == CloseCode.CANNOT_STORE


async def test_health_is_red_while_nothing_can_be_stored(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.address) as client:
        assert (await client.get("/healthz")).status_code == 200
        running.store.full = True
        async with visiting(running.address) as page:
            await page.send(hello())
            await refusal(page)
        answer = await client.get("/healthz")
        assert (answer.status_code, answer.json()["why"]) == (503, "The disk is full.")
        running.store.full = False
        async with visiting(running.address) as page:
            await greeted(page)
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x93\x00\x01", "text", b"\x91\x63"])
async def test_bytes_that_are_no_message_end_the_conversation_with_a_reason(
    running: Running, data: bytes | str
) -> None:
    async with visiting(running.address) as page:
        await page.socket.send(data)
        refused = await refusal(page)
    assert refused.code == CloseCode.MALFORMED
    assert refused.reason


async def test_hostile_bytes_of_one_page_do_not_touch_another(running: Running) -> None:
    async with visiting(running.address) as good:
        await greeted(good)
        for number in range(1, 21):
            async with visiting(running.address) as bad:
                await bad.socket.send(b"\xdd\xff\xff\xff\xff" * number)
                await bad.closed()
            await good.send(facts(number))
            assert await good.expect(Ack) == Ack(track=Track.FACTS, number=number)


async def test_many_pages_at_once_each_keep_their_own(running: Running) -> None:
    async def visit(which: int) -> tuple[str, list[bytes]]:
        async with visiting(running.address) as page:
            welcome = await greeted(page, load=f"load-{which}")
            sent = [facts(number) for number in range(1, 31)]
            await page.send(*sent)
            while (await page.expect(Ack)).number < 30:
                pass
            return welcome.session, [batch.payload for batch in sent]

    for session, sent in await asyncio.gather(*(visit(which) for which in range(20))):
        kept = await running.store.batches(session, Track.FACTS)
        assert [batch.payload for batch in kept] == sent


async def test_the_origin_is_compared_whole_and_without_case(running: Running) -> None:
    async with visiting(running.address, ORIGIN.upper()) as page:
        await greeted(page)
