"""Limits and caps refuse one page by name and leave the others alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed

from replay.collector.quota import Caps
from replay.model.session import IDLE_MS
from replay.model.track import Track
from replay.protocol.limits import Limits
from replay.protocol.messages import Batch, CloseCode, Welcome
from tests.collector.conftest import Running
from tests.collector.page import chunk, greeted, hello, refusal, visiting


class TestPastALimit:
    """Limits and caps refuse one page by name and leave the others alone."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(facts_bytes=2_000)

    @pytest.fixture
    def caps(self) -> Caps:
        return Caps(address_connections_count=2, address_sessions_per_minute_count=3, session_bytes=5_000)

    async def test_a_facts_batch_that_is_too_large(self, running: Running) -> None:
        async with visiting(running.address) as page:
            await greeted(page)
            await page.send(Batch(track=Track.FACTS, number=1, payload=bytes(2_001)))
            assert (await refusal(page)).code == CloseCode.TOO_LARGE

    async def test_too_many_connections_of_one_address(self, running: Running) -> None:
        async with visiting(running.address) as one, visiting(running.address) as two:
            first = await greeted(one)
            await greeted(two, first)
            async with visiting(running.address) as three:
                with pytest.raises(ConnectionClosed):
                    await three.answer()
                assert three.socket.close_code == CloseCode.TOO_MUCH

    async def test_too_many_sessions_of_one_address(self, running: Running) -> None:
        for _ in range(3):
            async with visiting(running.address) as page:
                await greeted(page)
        async with visiting(running.address) as page:
            await page.send(hello())
            assert (await refusal(page)).code == CloseCode.TOO_MUCH
        running.clock.ms += 60_000
        async with visiting(running.address) as page:
            await greeted(page)

    async def test_new_sessions_count_whatever_the_page_says_of_an_earlier_one(
        self, running: Running
    ) -> None:
        async with visiting(running.address) as page:
            over = await greeted(page)
        running.clock.ms += IDLE_MS + 60_000
        claims = [replace(hello(), session=over.session), hello(load="load-2", welcome=over)]
        for claim in [*claims, hello(load="load-3", welcome=over)]:
            async with visiting(running.address) as page:
                await page.send(claim)
                assert (await page.expect(Welcome)).session != over.session
        for claim in claims:
            async with visiting(running.address) as page:
                await page.send(claim)
                assert (await refusal(page)).code == CloseCode.TOO_MUCH

    async def test_a_session_that_sends_without_end(self, running: Running) -> None:
        async with visiting(running.address) as page:
            await greeted(page)
            for number in range(1, 6):
                await page.send(chunk(number, bytes(1_200)))
            assert (await refusal(page)).code == CloseCode.TOO_MUCH


class TestSilentPage:
    """A connection that says nothing is not held for long."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(hello_deadline_ms=50)

    async def test_a_page_that_says_nothing(self, running: Running) -> None:
        async with visiting(running.address) as page:
            assert "hello" in (await refusal(page)).reason
