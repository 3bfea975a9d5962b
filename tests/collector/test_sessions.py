"""Which session a page gets: its own, a new one, or none, decided without any socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from replay.collector.sessions import TOKEN_GRACE_MS, Admitted, Denied, admit, hash_token, may_send
from replay.collector.writer import Writer
from replay.model.session import IDLE_MS
from replay.ports import EndSession, RotateToken, Site
from replay.protocol.messages import CloseCode, Hello
from storage.memory import MemoryStore
from tests.collector.page import hello

NOW_MS = 1_700_000_000_000
SITE = Site(
    key="site_test",
    name="Shop",
    origins=("https://shop.example",),
    identify_secret="",
    settings={},
    created_ms=0,
)


class Door:
    """A store, its writer, and who was counted as new."""

    def __init__(self, writer: Writer, store: MemoryStore) -> None:
        self.writer = writer
        self.store = store
        self.new_count = 0

    async def knock(self, said: Hello, at_ms: int = NOW_MS, site: Site = SITE) -> Admitted | Denied:
        def count_new() -> None:
            self.new_count += 1

        return await admit(self.store, self.writer, site, said, at_ms, count_new=count_new)

    async def let_in(self, said: Hello, at_ms: int = NOW_MS) -> Admitted:
        admitted = await self.knock(said, at_ms)
        assert isinstance(admitted, Admitted)
        return admitted


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    store = MemoryStore()
    writer = Writer(store)
    writing = asyncio.create_task(writer.run())
    yield Door(writer, store)
    writer.close()
    await writing


def back(admitted: Admitted, load: str = "load-1") -> Hello:
    """The same page, or another of the same visit, with what it was given."""
    return replace(hello(load=load), session=admitted.session.id, token=admitted.token)


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://shop.example", True),
        ("HTTPS://SHOP.example", True),
        ("http://shop.example", False),
        ("https://shop.example:8443", False),
        ("https://shop.example.evil", False),
        ("null", False),
        (None, False),
    ],
)
def test_only_a_sites_own_origins_may_send(origin: str | None, may: bool) -> None:
    assert may_send(SITE, origin) is may
    assert not may_send(replace(SITE, origins=()), origin)


async def test_a_new_page_of_a_visit_joins_it_and_is_not_counted(door: Door) -> None:
    first = await door.let_in(hello())
    second = await door.let_in(back(first, "load-2"), NOW_MS + IDLE_MS)
    assert (first.new, second.new, door.new_count) == (True, False, 1)
    assert (second.session.id, second.load.ordinal, second.token) == (first.session.id, 2, first.token)
    assert first.session.token_hash == hash_token(first.token)


async def test_a_visit_that_is_over_takes_only_what_it_knows_already(door: Door) -> None:
    first = await door.let_in(hello())
    await door.writer.submit(EndSession(session=first.session.id, ended_ms=NOW_MS, why="signed out"))
    assert (await door.let_in(back(first))).session.id == first.session.id
    assert (await door.let_in(back(first, "load-2"))).session.id != first.session.id
    assert door.new_count == 2


async def test_a_token_opens_its_own_session_on_its_own_site_only(door: Door) -> None:
    first, other = await door.let_in(hello()), await door.let_in(hello(load="load-2"))
    stolen = replace(back(first), token=other.token)
    for denied in (
        await door.knock(stolen),
        await door.knock(replace(back(first), session="unknown")),
        await door.knock(back(first), site=replace(SITE, key="site_other")),
    ):
        assert isinstance(denied, Denied)
        assert denied.code == CloseCode.WRONG_TOKEN
    assert door.new_count == 2


async def test_the_token_before_the_last_gets_a_new_one_for_a_while(door: Door) -> None:
    first = await door.let_in(hello())
    await door.writer.submit(
        RotateToken(session=first.session.id, token_hash=hash_token("lost on its way"), rotated_ms=NOW_MS)
    )
    again = await door.let_in(back(first), NOW_MS + TOKEN_GRACE_MS)
    assert again.token not in (first.token, "lost on its way")
    assert (await door.let_in(back(again), NOW_MS + TOKEN_GRACE_MS)).token == again.token
    too_late = await door.knock(back(first), NOW_MS + 3 * TOKEN_GRACE_MS)
    assert isinstance(too_late, Denied)


async def test_pages_left_before_they_are_told_the_new_token_stay_in_their_session(door: Door) -> None:
    first = await door.let_in(hello())
    lost = RotateToken(session=first.session.id, token_hash=hash_token("lost on its way"), rotated_ms=NOW_MS)
    await door.writer.submit(lost)
    for place in range(3):
        again = await door.let_in(replace(back(first), load=f"hasty-{place}"), NOW_MS + place)
        assert again.session.id == first.session.id
    assert door.new_count == 1


async def test_a_taken_code_is_drawn_again_and_not_without_end(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([0] * 5 + [0] * 5 + [1] * 5)
    monkeypatch.setattr("replay.collector.sessions.secrets.randbelow", lambda below: next(draws, 0))
    codes = [(await door.let_in(hello(load=f"load-{number}"))).session.code for number in (1, 2)]
    assert len(set(codes)) == 2
    denied = await door.knock(hello(load="load-3"))
    assert isinstance(denied, Denied)
    assert denied.code == CloseCode.CANNOT_STORE
