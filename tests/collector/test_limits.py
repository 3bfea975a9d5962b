"""Limits and caps refuse one page by name and leave the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from replay.collector.quota import Caps
from replay.model.session import IDLE_MS
from replay.model.track import Track
from replay.ports import Appended, Commit, Load
from replay.protocol.limits import Limits
from replay.protocol.messages import Ack, Batch, CloseCode, Welcome
from tests.collector.conftest import OTHER_SITE, Running
from tests.collector.page import Page, chunk, greeted, hello, refusal, visiting
from tests.hostile.raw import raw


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


class TestPastACapOfTheSite:
    """What many machines do with one site's key leaves the other sites alone; the operator is told."""

    @pytest.fixture
    def caps(self) -> Caps:
        return Caps(site_connections_count=2, site_sessions_per_minute_count=3, site_bytes_per_day=5_000)

    @pytest.fixture(autouse=True)
    async def other_site_is_unaffected(self, running: Running) -> AsyncIterator[None]:
        yield
        async with visiting(running.address) as page:
            await page.send(hello(site=OTHER_SITE))
            await page.expect(Welcome)
            await page.send(chunk(1, bytes(1_200)))
            await page.expect(Ack)

    async def refused(self, running: Running, page: Page, cap: str, caplog: pytest.LogCaptureFixture) -> None:
        """One metric and one line of the log for one refusal."""
        assert (await refusal(page)).code == CloseCode.TOO_MUCH
        assert passed(running, cap) == 1
        assert [vars(line)["cap"] for line in caplog.records if line.msg == "refused"] == [cap]

    async def test_too_many_connections(self, running: Running, caplog: pytest.LogCaptureFixture) -> None:
        async with visiting(running.address) as one, visiting(running.address) as two:
            first = await greeted(one)
            await greeted(two, first)
            async with visiting(running.address) as three:
                await three.send(hello(welcome=first))
                await self.refused(running, three, "site_connections", caplog)
            await two.socket.close()
            async with visiting(running.address) as four:
                await greeted(four, first)

    async def test_too_many_sessions(self, running: Running, caplog: pytest.LogCaptureFixture) -> None:
        for _ in range(3):
            async with visiting(running.address) as page:
                await greeted(page)
        async with visiting(running.address) as page:
            await page.send(hello())
            await self.refused(running, page, "site_sessions", caplog)

    async def test_too_many_bytes(self, running: Running, caplog: pytest.LogCaptureFixture) -> None:
        async with visiting(running.address) as page:
            await greeted(page)
            for number in range(1, 6):
                await page.send(chunk(number, bytes(1_200)))
            await self.refused(running, page, "site_bytes", caplog)


async def test_below_the_reserve_nobody_new_is_let_in_and_what_is_under_way_goes_on(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async with visiting(running.address) as page, httpx.AsyncClient(base_url=running.address) as operator:
        welcome = await greeted(page)
        running.disk.free_bytes = 99
        for _ in range(2):
            async with visiting(running.address) as late:
                await late.send(hello(load="late"))
                assert (await refusal(late)).code == CloseCode.CANNOT_STORE
        assert passed(running, "disk_reserve") == 2
        told = await operator.get("/healthz")
        assert (told.status_code, told.json()["status"]) == (503, "no new sessions")
        await page.send(chunk(1, bytes(1_200)))
        await page.expect(Ack)
        async with visiting(running.address) as again:
            await greeted(again, welcome, load="load-2")
        running.disk.free_bytes = 100
        assert (await operator.get("/healthz")).status_code == 200
    async with visiting(running.address) as late:
        await greeted(late)
    told_of = [line.msg for line in caplog.records if str(line.msg).startswith("disk")]
    assert told_of == ["disk reserve reached", "disk reserve free again"]


def passed(running: Running, cap: str) -> float | None:
    """How often a cap was passed, as Prometheus is told."""
    return running.collector.metrics.registry.get_sample_value("replay_caps_passed_total", {"cap": cap})


class TestSilentPage:
    """A connection that says nothing is not held for long."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(hello_deadline_ms=50)

    async def test_a_page_that_says_nothing(self, running: Running) -> None:
        async with visiting(running.address) as page:
            assert "hello" in (await refusal(page)).reason

    async def test_a_page_that_the_store_keeps_waiting_is_not_blamed(
        self, running: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit = running.store.commit

        async def slow(operations: Commit) -> list[Appended | Load | None]:
            await asyncio.sleep(0.2)
            return await commit(operations)

        monkeypatch.setattr(running.store, "commit", slow)
        async with visiting(running.address) as page:
            await greeted(page)


class TestSilentPost:
    """A body that never ends is not held for long, and counts as a connection as long as it is."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(body_deadline_ms=200)

    @pytest.fixture
    def caps(self) -> Caps:
        return Caps(address_connections_count=1)

    async def test_half_a_body(self, running: Running) -> None:
        async with raw(running.address) as page:
            await page.send(b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
            answer = (await page.rest()).decode()
        assert answer.startswith("HTTP/1.1 408")
        assert "expected all of it within 0.2 s, got 3 bytes" in answer

    async def test_a_body_under_way_counts_as_a_connection(self, running: Running) -> None:
        async with raw(running.address) as page:
            await page.send(b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
            async with raw(running.address) as other:
                await other.send(b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                assert (await other.rest()).startswith(b"HTTP/1.1 429")
            assert (await page.rest()).startswith(b"HTTP/1.1 408")
