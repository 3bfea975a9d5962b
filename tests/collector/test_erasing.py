"""What erasing meets in a running collector: a page that is connected, a picture that is being fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator

import pytest

from replay.model.events import AssetSeen
from replay.ports import Receipt
from replay.protocol.messages import Ack, CloseCode, Styles
from storage.eraser import Eraser
from tests.collector.asset_server import AssetServer, asset_server, respond
from tests.collector.conftest import Running
from tests.collector.page import facts, greeted, hello, refusal, visiting
from tests.collector.test_assets import HOUR_MS, Keeping, keeping
from tests.collector.test_styles import CSS, hash_of, say, style, told, uses

NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"


async def erase(parts: Running | Keeping, session: str) -> Receipt:
    if isinstance(parts, Running):
        objects, assets = parts.collector.objects, parts.collector.assets
    else:
        objects, assets = parts.objects, parts.assets
    eraser = Eraser(parts.store, objects, now_ms=parts.clock.now_ms, swept=assets.forget)
    return await eraser.erase([session], command="session erase", asked_by="mia")


def at_once(work: Coroutine[object, object, object]) -> None:
    """Do what waits for nothing, as everything in memory that nobody else uses."""
    with pytest.raises(StopIteration):
        work.send(None)


async def test_a_page_that_is_connected_goes_on_in_a_session_of_its_own(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await page.send(facts(1))
        await page.expect(Ack)
        await erase(running, welcome.session)
        await page.send(facts(2))
        told = await refusal(page)
    assert told.code == CloseCode.SESSION_ENDED
    assert told.reason == "This session is no longer kept: start a new one."
    async with visiting(running.address) as page:
        # Another tab of hers, which was asleep meanwhile.
        await page.send(hello(welcome=welcome))
        assert (await refusal(page)).code == CloseCode.WRONG_TOKEN
    async with visiting(running.address) as page:
        again = await greeted(page, load="load-2")
    assert again.session != welcome.session
    assert [one.id for one in await running.store.sessions(limit=9)] == [again.session]


async def test_a_style_that_went_is_asked_for_again(running: Running) -> None:
    """Who was told that the site holds it forgets it, and refers to it: so it stays as long as they do."""
    async with visiting(running.address) as first, visiting(running.address) as second:
        one, two = await greeted(first), await greeted(second, load="load-2")
        await say(first, uses(1, CSS))
        await say(first, style(CSS))
        assert (await say(second, uses(1, CSS)))[0] == told(kept=(CSS,))
        await erase(running, one.session)
        assert await running.store.asset_type(hash_of(CSS)) == "text/css"
        await erase(running, two.session)
        assert await running.store.asset_type(hash_of(CSS)) is None
        await second.send(facts(2))
        assert (await refusal(second)).code == CloseCode.SESSION_ENDED
    async with visiting(running.address) as page:
        await greeted(page, load="load-3")
        answer, _ = await say(page, uses(1, CSS))
        assert answer == told(wanted=(CSS,))


async def test_a_style_of_one_who_was_erased_is_not_kept(running: Running) -> None:
    async with visiting(running.address) as page:
        welcome = await greeted(page)
        await say(page, uses(1, CSS))
        await erase(running, welcome.session)
        await page.send(style(CSS))
        assert await page.expect(Styles) == told(refused=(CSS,))
    assert [name async for name in running.collector.objects.names()] == []


@pytest.fixture
async def shop() -> AsyncIterator[AssetServer]:
    async with asset_server() as server:
        yield server


@pytest.fixture
async def kept(shop: AssetServer) -> AsyncIterator[Keeping]:
    async with keeping(shop) as made:
        yield made


async def kept_objects(kept: Keeping) -> list[str]:
    return [name async for name in kept.objects.names()]


async def test_what_is_fetched_for_one_who_is_erased_meanwhile_is_not_kept(kept: Keeping) -> None:
    def answer() -> Iterator[bytes]:
        at_once(erase(kept, "visit"))
        yield respond()

    kept.shop.answers["/a.png"] = answer
    await kept.see("/a.png")
    assert kept.shop.asked("/a.png") == 1
    assert await kept_objects(kept) == []
    assert await kept.store.latest_assets("shop", [f"{kept.shop.origin()}/a.png"]) == {}


async def test_what_another_shows_just_then_is_fetched_for_them(kept: Keeping) -> None:
    """Also where the shop says that it is what we had: we have it no more."""
    seen = AssetSeen(url=f"{kept.shop.origin()}/a.png", kind="image")
    kept.shop.answers["/a.png"] = respond(ETag='"1"')
    await kept.see("/a.png")
    kept.clock.ms += HOUR_MS

    def unchanged() -> Iterator[bytes]:
        at_once(erase(kept, "visit"))
        at_once(kept.name(seen, session="next"))
        kept.assets.see(kept.site, [seen])
        kept.shop.answers["/a.png"] = respond()
        yield NOT_MODIFIED

    kept.shop.answers["/a.png"] = unchanged
    await kept.see("/a.png")
    assert 'If-None-Match: "1"' in kept.shop.requests[1]
    assert kept.shop.asked("/a.png") == 3
    now = await kept.latest()
    assert now.fetched_ms == kept.clock.ms
    assert len(await kept_objects(kept)) == 1


@pytest.mark.parametrize("forgotten", ["before", "after"])
async def test_what_another_shows_within_seconds_is_fetched_for_them(kept: Keeping, forgotten: str) -> None:
    seen = AssetSeen(url=f"{kept.shop.origin()}/a.png", kind="image")
    kept.shop.answers["/a.png"] = respond()
    await kept.see("/a.png")
    if forgotten == "before":
        await erase(kept, "visit")
    else:
        await kept.store.erase("visit")
    await kept.name(seen, session="next")
    kept.assets.see(kept.site, [seen])
    if forgotten == "after":
        kept.assets.forget()
    await kept.assets.settled()
    assert kept.shop.asked("/a.png") == 2
    assert (await kept.latest()).type == "image/png"
