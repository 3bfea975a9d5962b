"""How a style comes to be kept: named in facts, asked for, sent, verified; and what a hostile page gets."""

from __future__ import annotations

import hashlib

import httpx
import pytest

from replay.collector.quota import Caps
from replay.collector.styles import WANTED_COUNT
from replay.model.events import Event, StylesUsed
from replay.model.track import Track
from replay.ports import asset_object
from replay.protocol.codec import decode_server, encode_message
from replay.protocol.framing import join_frames, split_frames
from replay.protocol.limits import Limits
from replay.protocol.messages import Ack, Batch, ClientMessage, ServerMessage, Style, Styles, Welcome
from tests.collector.conftest import Running
from tests.collector.page import ORIGIN, Page, facts, greeted, hello, visiting

CSS, MORE = b"a { color: red }", b"b { color: blue }"


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def style(data: bytes) -> Style:
    return Style(hash=hash_of(data), data=data)


def uses(number: int, *texts: bytes | str) -> Batch:
    hashes = tuple(text if isinstance(text, str) else hash_of(text) for text in texts)
    return facts(number, Event(1_000.0, StylesUsed(hashes=hashes)))


def told(
    *, kept: tuple[bytes, ...] = (), wanted: tuple[bytes, ...] = (), refused: tuple[bytes, ...] = ()
) -> Styles:
    return Styles(
        kept=tuple(map(hash_of, kept)),
        wanted=tuple(map(hash_of, wanted)),
        refused=tuple(map(hash_of, refused)),
    )


async def say(page: Page, *messages: ClientMessage) -> list[ServerMessage]:
    """Send, and read one answer for each style and two for each batch that names some."""
    await page.send(*messages)
    return [await page.answer() for one in messages for _ in range(2 if isinstance(one, Batch) else 1)]


async def test_a_style_is_asked_for_once_and_kept_for_the_whole_site(running: Running) -> None:
    async with visiting(running.address) as page:
        first = await greeted(page)
        ack = Ack(track=Track.FACTS, number=1)
        assert await say(page, uses(1, CSS, MORE)) == [told(wanted=(CSS, MORE)), ack]
        assert await say(page, style(CSS)) == [told(kept=(CSS,))]
        # Durable before it was acknowledged.
        assert await running.collector.objects.get(asset_object(hash_of(CSS))) == CSS
        (kept,) = [
            one.asset for one in await running.store.session_assets(first.session, 0) if one.asset is not None
        ]
        assert (kept.hash, kept.type, kept.bytes) == (hash_of(CSS), "text/css", len(CSS))
        assert kept.fetched_ms == running.clock.ms
    async with visiting(running.address) as page:
        second = await greeted(page, load="load-2")
        assert second.session != first.session
        assert await say(page, uses(1, MORE, CSS)) == [told(kept=(CSS,), wanted=(MORE,)), ack]
    # What nobody sent is known to be missing.
    refs = {one.ref: one.asset for one in await running.store.session_assets(second.session, 0)}
    assert refs == {hash_of(CSS): kept, hash_of(MORE): None}


async def test_a_page_that_comes_back_hears_what_it_may_have_missed(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await say(page, uses(1, CSS, MORE))
        await say(page, style(CSS))
    async with visiting(running.address) as page:
        await greeted(page, welcome)
        assert await page.expect(Styles) == told(kept=(CSS,), wanted=(MORE,))
        assert await say(page, style(MORE)) == [told(kept=(MORE,))]
    # A page load that the collector does not know yet has missed nothing.
    async with visiting(running.address) as page:
        await greeted(page, welcome, load="load-2")
        assert await say(page, uses(1, CSS)) == [told(kept=(CSS,)), Ack(track=Track.FACTS, number=1)]


async def test_a_duplicate_is_answered_again(running: Running) -> None:
    async with visiting(running.address) as page:
        await greeted(page)
        assert await say(page, uses(1, CSS)) == await say(page, uses(1, CSS))


async def test_posts_do_without_a_socket(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.address, headers={"Origin": ORIGIN}) as client:

        async def post(*messages: ClientMessage) -> list[ServerMessage]:
            answer = await client.post("/ingest", content=join_frames(map(encode_message, messages)))
            assert answer.status_code == 200
            return [decode_server(frame) for frame in split_frames(answer.content, Limits())]

        welcome, *answers = await post(hello(), uses(1, CSS, MORE))
        assert isinstance(welcome, Welcome)
        assert answers == [told(wanted=(CSS, MORE)), Ack(track=Track.FACTS, number=1)]
        _, again, *answers = await post(hello(welcome=welcome), style(CSS), style(MORE))
        assert isinstance(again, Styles)
        assert set(again.wanted) == {hash_of(CSS), hash_of(MORE)}
        assert sorted(answers, key=str) == sorted([told(kept=(CSS,)), told(kept=(MORE,))], key=str)
        _, again = await post(hello(welcome=welcome))
        assert isinstance(again, Styles)
        assert set(again.kept) == {hash_of(CSS), hash_of(MORE)}


async def test_what_was_not_asked_for_is_not_kept(running: Running) -> None:
    async with visiting(running.address) as page:
        await greeted(page)
        assert await say(page, style(CSS)) == [told(refused=(CSS,))]
        # Nor what another page was asked for.
        async with visiting(running.address) as other:
            await greeted(other, load="load-2")
            await say(other, uses(1, CSS))
            assert await say(page, style(CSS)) == [told(refused=(CSS,))]
    assert [name async for name in running.collector.objects.names()] == []


async def test_a_style_under_a_wrong_hash_is_refused_and_may_come_again(running: Running) -> None:
    async with visiting(running.address) as page:
        await greeted(page)
        await say(page, uses(1, CSS))
        assert await say(page, Style(hash=hash_of(CSS), data=MORE)) == [told(refused=(CSS,))]
        assert await say(page, style(CSS)) == [told(kept=(CSS,))]
        assert await say(page, style(CSS)) == [told(refused=(CSS,))], "it is no longer wanted"


async def test_one_conversation_is_asked_for_so_many_and_no_more(running: Running) -> None:
    hashes = [f"{number:064x}" for number in range(WANTED_COUNT + 1)]
    async with visiting(running.address) as page:
        await greeted(page)
        wanted: list[str] = []
        refused: list[str] = []
        for number, start in enumerate(range(0, len(hashes), 200), start=1):
            answer, _ = await say(page, uses(number, *hashes[start : start + 200]))
            assert isinstance(answer, Styles)
            wanted += answer.wanted
            refused += answer.refused
    assert wanted == hashes[:WANTED_COUNT]
    assert refused == hashes[WANTED_COUNT:]


async def test_a_disk_that_is_nearly_full_keeps_no_styles(running: Running) -> None:
    async with visiting(running.address) as page:
        await greeted(page)
        await say(page, uses(1, CSS))
        running.disk.free_bytes = 99
        assert await say(page, style(CSS)) == [told(refused=(CSS,))]
        running.disk.free_bytes = 100
        assert await say(page, style(CSS)) == [told(kept=(CSS,))]


async def test_where_objects_cannot_be_kept_the_page_is_recorded_all_the_same(running: Running) -> None:
    objects, name = running.collector.objects, asset_object(hash_of(CSS))
    await objects.put(name, b"what a failing disk made of it")
    async with visiting(running.address) as page:
        await greeted(page)
        await say(page, uses(1, CSS))
        assert await say(page, style(CSS)) == [told(refused=(CSS,))]
        assert await say(page, uses(2, MORE)) == [told(wanted=(MORE,)), Ack(track=Track.FACTS, number=2)]
        await objects.delete(name)
        assert await say(page, style(CSS)) == [told(kept=(CSS,))]


class TestCaps:
    """Whoever sends too much costs nobody else more than their styles."""

    @pytest.fixture
    def caps(self) -> Caps:
        return Caps(
            address_style_bytes_per_minute=len(CSS) + len(MORE) - 1, address_sightings_per_minute_count=3
        )

    async def test_an_address_sends_so_many_bytes_of_styles(self, running: Running) -> None:
        async with visiting(running.address) as page:
            await greeted(page)
            await say(page, uses(1, CSS, MORE))
            assert await say(page, style(CSS), style(MORE)) == [told(kept=(CSS,)), told(refused=(MORE,))]
            running.clock.ms += 60_000
            assert await say(page, style(MORE)) == [told(kept=(MORE,))]

    async def test_an_address_names_so_many(self, running: Running) -> None:
        async with visiting(running.address) as page:
            welcome = await greeted(page)
            await say(page, uses(1, CSS, MORE))
            assert await say(page, uses(2, b"1", b"2")) == [
                told(refused=(b"1", b"2")),
                Ack(track=Track.FACTS, number=2),
            ]
        assert len(await running.store.session_assets(welcome.session, 0)) == 2
        assert len(await running.store.batches(welcome.session, Track.FACTS)) == 2
