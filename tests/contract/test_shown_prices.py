"""Which prices sessions were shown, and how many others were shown the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.shown_price import ShownPrice
from replay.ports import Brought, Judged, OpenSession, Others, Store
from replay.ports.shown_prices import OTHERS_MAX_COUNT, OTHERS_WINDOW_MS, OtherPrice
from storage import memory_shown_prices
from storage.memory import MemoryStore
from storage.sqlite import open_store, shown_prices
from tests.contract.given import NOW_MS, open_session, opened

CART = ShownPrice(
    sku="HP-15", place="cart", raw="$499.00", minor=49_900, currency="USD", why=None, shown_ms=NOW_MS
)
UNREAD = ShownPrice(
    sku="HP-15",
    place="product",
    raw="$1,299",
    minor=None,
    currency=None,
    why="“$1,299” can be read in two ways",
    shown_ms=NOW_MS,
)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    found: Store = MemoryStore()
    if request.param == "sqlite":
        found = await open_store(tmp_path / "replay.db")
    yield found
    await found.close()


async def visit(store: Store, session: str, *shown: ShownPrice) -> None:
    """A session of one page load that was shown these prices."""
    await store.commit(opened(f"load of {session}", session=session))
    await show(store, session, *shown)


async def show(store: Store, session: str, *shown: ShownPrice) -> None:
    (here,) = await store.put_findings(
        [Judged(session=session, changes_count=0, judge_ms=None, findings=None, shown=shown)]
    )
    assert here


async def others(store: Store, session: str = "visit") -> Others | None:
    ((_, found),) = await store.shown_prices(session)
    return found


async def test_prices_of_a_session_are_those_that_were_put_last(store: Store) -> None:
    await visit(store, "visit", CART, UNREAD)
    assert [price for price, _ in await store.shown_prices("visit")] == [CART, UNREAD]
    await show(store, "visit", replace(CART, raw="$1.00", minor=100))
    assert [price.raw for price, _ in await store.shown_prices("visit")] == ["$1.00"]
    assert await store.shown_prices("another") == []


async def test_who_else_was_shown_the_same_and_what_the_rest_were_shown(store: Store) -> None:
    await visit(store, "visit", CART)
    for at in range(2):
        await visit(store, f"same {at}", CART)
    for at in range(3):
        await visit(store, f"other {at}", replace(CART, raw="$379.00", minor=37_900))
    await visit(store, "both", CART, replace(CART, raw="379.00 USD", minor=37_900))
    cheaper = OtherPrice(minor=37_900, currency="USD", count=4)
    assert await others(store) == Others(same=3, others=6, is_all=True, most=(cheaper,))


@pytest.mark.parametrize(
    "unlike",
    [
        replace(CART, sku="HP-16"),
        replace(CART, place="product"),
        replace(CART, shown_ms=NOW_MS + OTHERS_WINDOW_MS + 1),
        replace(CART, shown_ms=NOW_MS - OTHERS_WINDOW_MS - 1),
        replace(UNREAD, place="cart"),
    ],
)
async def test_what_is_no_other_showing_of_the_same(store: Store, unlike: ShownPrice) -> None:
    await visit(store, "visit", CART)
    await visit(store, "unlike", unlike)
    assert await others(store) == Others(same=0, others=0, is_all=True, most=())


@pytest.mark.parametrize("at", [-OTHERS_WINDOW_MS, OTHERS_WINDOW_MS])
async def test_the_edges_of_the_window_belong_to_it(store: Store, at: int) -> None:
    await visit(store, "visit", CART)
    await visit(store, "other", replace(CART, shown_ms=NOW_MS + at))
    assert await others(store) == Others(same=1, others=1, is_all=True, most=())


async def test_once_all_were_judged_again_what_others_were_shown_is_known(store: Store) -> None:
    await visit(store, "visit", CART)
    await store.shown_prices_are_whole()
    found = await others(store)
    assert found is not None
    assert found.is_whole


async def test_neither_another_site_nor_an_imported_session_counts(store: Store) -> None:
    await visit(store, "visit", CART)
    elsewhere = open_session("elsewhere").session
    await store.commit([OpenSession(session=replace(elsewhere, site="another"))])
    imported = open_session("imported").session
    own = Brought(until_ms=NOW_MS, region="US")
    await store.commit([OpenSession(session=imported, brought=own)])
    assert await store.brought(["imported", "visit", "nobody"]) == {"imported": own}
    await show(store, "elsewhere", CART)
    await show(store, "imported", CART)
    assert await others(store) == Others(same=0, others=0, is_all=True, most=())
    assert await others(store, "imported") == Others(same=1, others=1, is_all=True, most=())


async def test_an_amount_in_another_currency_is_another_amount(store: Store) -> None:
    await visit(store, "visit", CART)
    await visit(store, "other", replace(CART, raw="499,00 €", currency="EUR"))
    euros = OtherPrice(minor=49_900, currency="EUR", count=1)
    assert await others(store) == Others(same=0, others=1, is_all=True, most=(euros,))


async def test_of_too_many_the_newest_are_looked_at(store: Store) -> None:
    await visit(store, "visit", CART)
    await visit(store, "eldest", replace(CART, raw="$379.00", minor=37_900, shown_ms=NOW_MS - 1))
    many = [f"same {at}" for at in range(OTHERS_MAX_COUNT + 1)]
    await store.commit([one for session in many for one in opened(f"load of {session}", session=session)])
    await store.put_findings(
        [Judged(session=one, changes_count=0, judge_ms=None, findings=None, shown=(CART,)) for one in many]
    )
    looked_at = OTHERS_MAX_COUNT + 1
    assert await others(store) == Others(same=looked_at, others=looked_at, is_all=False, most=())


def total(minor: int, *, currency: str = "USD", shown_ms: int = NOW_MS) -> ShownPrice:
    raw = f"{minor} {currency}"
    return replace(CART, sku="", place="total", raw=raw, minor=minor, currency=currency, shown_ms=shown_ms)


async def test_what_other_carts_came_to(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await visit(store, "visit", CART, total(1))
    await visit(store, "early", total(2, shown_ms=NOW_MS - 2))
    await visit(store, "euro", total(3, currency="EUR", shown_ms=NOW_MS - 1))
    await visit(store, "late", total(4, shown_ms=NOW_MS + 1))
    await visit(store, "now", total(5))
    unread = replace(total(0), minor=None, currency=None, why="it can be read in two ways")
    await visit(store, "unread", unread)
    elsewhere = open_session("elsewhere")
    await store.commit([replace(elsewhere, session=replace(elsewhere.session, site="other"))])
    await show(store, "elsewhere", total(6))
    assert await store.cart_totals("visit", "USD", before_ms=NOW_MS) == [5, 2]
    assert await store.cart_totals("nobody", "USD", before_ms=NOW_MS) == []
    # Those of articles stand alone.
    assert [price for price, _ in await store.shown_prices("visit")] == [CART]
    # One that cannot be read takes no other's place.
    for most, totals in ((3, [5, 2]), (2, [5])):
        for module in (memory_shown_prices, shown_prices):
            monkeypatch.setattr(module, "CARTS_MAX_COUNT", most)
        assert await store.cart_totals("visit", "USD", before_ms=NOW_MS) == totals
