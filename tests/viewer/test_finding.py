"""What is found by what, in which order, and what is said when nothing is."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from replay.model.identity import normalise
from replay.model.promo import Promise, Promo
from replay.model.session import show_code
from replay.ports import Identifier, IdentifierKind, Store
from storage.bus import LocalBus
from tests.viewer.visits import SITE, START_MS, Visit, code_number, edge, unheard
from viewer.finding import Found, find, opened_by_code, recent

REGION = "US"


def said(kind: IdentifierKind, shown: str, *, verified: bool = False, at_ms: int = START_MS) -> Identifier:
    return edge(kind, normalise(kind, shown, REGION), shown, verified=verified, at_ms=at_ms)


ANA = (
    said("name", "Ana Souza", verified=True),
    said("email", "Ana@Example.com", verified=True),
    said("phone", "(212) 555-0123", verified=True),
    said("customer_id", "C-1001", verified=True),
)


def shape(found: Found) -> dict[str, list[str]]:
    return {group.key: [row.session.id for row in group.rows] for group in found.groups}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ana@example.com", "email"),
        ("  ANA@EXAMPLE.COM ", "email"),
        ("+1 212 555 0123", "phone"),
        ("2125550123", "phone"),
        ("c-1001", "customer_id"),
        ("souza", "name"),
        ("sou", "name"),
        ("10-2291", "order"),
        ("102291", "order"),
        ("hp-15", "sku"),
        ("summer20", "promo"),
        ("pavilion", "product"),
        ("ana@exam", "email"),
        ("ana@example.c", "email"),
        ("c-10", "customer_id"),
        ("10-22", "order"),
        ("hp-1", "sku"),
        ("summer", "promo"),
        ("not valid", "message"),
        ("is null", "error"),
        (show_code(code_number(1)), "code"),
        (code_number(1).lower(), "code"),
    ],
)
async def test_every_kind_is_found_as_it_is_said(store: Store, bus: LocalBus, typed: str, key: str) -> None:
    facts = [said("order", "10-2291"), said("sku", "HP-15"), said("promo", "SUMMER20")]
    facts += [said("message", "The code is not valid"), said("error", "TypeError: x is null")]
    await Visit(identifiers=[*ANA, *facts, said("product", "HP Pavilion 15 laptop")]).put(store)
    # A code that is nobody's own is also found by its beginning.
    summer = Promise(title="Summer", codes=("SUMMER20", "SUMMER-****"), free_shipping=True)
    await store.put_promo(SITE.key, Promo(id="summer", promises=(summer,)), replaces=None)
    await Visit(id="other", number=2).put(store)
    assert shape(await find(store, bus, typed, REGION)) == {key: ["session-1"]}


async def test_a_whole_number_shuts_out_those_that_begin_like_it(store: Store, bus: LocalBus) -> None:
    await Visit(id="old", number=1, identifiers=[said("order", "1001")]).put(store)
    for number in range(2, 24):
        longer = said("order", f"100{number + 10}")
        await Visit(id=f"s{number}", number=number, seen_ms=START_MS + 90_000, identifiers=[longer]).put(
            store
        )
    assert shape(await find(store, bus, "1001", REGION)) == {"order": ["old"]}
    assert len(shape(await find(store, bus, "100", REGION))["order"]) == 20


async def test_one_letter_off_is_near_and_said_to_be(store: Store, bus: LocalBus) -> None:
    await Visit(id="ana", number=1, identifiers=ANA).put(store)
    await Visit(id="eve", number=2, identifiers=[said("name", "Eve Sousa")]).put(store)
    found = await find(store, bus, "ana suoza", REGION)
    assert shape(found) == {"near": ["ana"]}
    assert "one letter off" in found.groups[0].note
    (row,) = found.groups[0].rows
    assert (row.near, row.reason) == (True, "Name Ana Souza")
    (row,) = (await find(store, bus, "soussa", REGION)).groups[0].rows
    assert row.reason == "Name Eve Sousa, only claimed"
    exact = await find(store, bus, "souza", REGION)
    assert shape(exact) == {"name": ["ana"]}
    assert not exact.groups[0].rows[0].near


async def test_claims_about_persons_stand_apart_and_last(store: Store, bus: LocalBus) -> None:
    await Visit(id="signed", number=1, identifiers=ANA).put(store)
    await Visit(
        id="claims", number=2, seen_ms=START_MS + 90_000, identifiers=[said("email", "ana@example.com")]
    ).put(store)
    found = await find(store, bus, "ana@example.com", REGION)
    assert shape(found) == {"email": ["signed"], "claimed": ["claims"]}
    assert found.groups[-1].note
    signed, claims = found.groups[0].rows[0], found.groups[1].rows[0]
    assert signed.customer.verified
    assert signed.customer.names == ("Ana Souza", "Ana@Example.com", "(212) 555-0123", "C-1001")
    assert not claims.customer.verified
    assert claims.customer.names == ("ana@example.com",)
    assert signed.reason is None
    assert claims.reason is None


async def test_a_claim_never_hides_who_the_customer_is(store: Store, bus: LocalBus) -> None:
    """Somebody signed in as Eve says in the page that they are Ana."""
    eve = [said("name", "Eve", verified=True), said("email", "ana@example.com", at_ms=START_MS + 1)]
    await Visit(identifiers=eve).put(store)
    found = await find(store, bus, "ana@example.com", REGION)
    assert shape(found) == {"claimed": ["session-1"]}
    row = found.groups[0].rows[0]
    assert row.customer.names == ("Eve",)
    assert row.customer.verified
    assert row.reason == "E-mail address ana@example.com"


async def test_a_customer_is_found_by_what_they_were_known_by_before(store: Store, bus: LocalBus) -> None:
    later = said("email", "ana.souza@example.org", verified=True, at_ms=START_MS + 9_000)
    await Visit(identifiers=[*ANA, later]).put(store)
    (row,) = (await find(store, bus, "ana@example.com", REGION)).groups[0].rows
    assert row.customer.names[1] == "ana.souza@example.org"
    assert row.reason == "Ana@Example.com"


async def test_a_session_is_shown_once_where_it_says_most(store: Store, bus: LocalBus) -> None:
    await Visit(identifiers=[said("order", "ABC123"), said("sku", "ABC-123"), said("promo", "abc123")]).put(
        store
    )
    assert shape(await find(store, bus, "ABC123", REGION)) == {"order": ["session-1"]}


async def test_live_sessions_come_first_then_the_newest(store: Store, bus: LocalBus) -> None:
    for number in range(1, 6):
        await Visit(id=f"s{number}", number=number, seen_ms=START_MS + number * 1_000, identifiers=ANA).put(
            store
        )
    with bus.connected("s2", unheard):
        found = await find(store, bus, "ana@example.com", REGION)
        assert shape(found) == {"email": ["s2", "s5", "s4", "s3", "s1"]}
        assert [row.live for row in found.groups[0].rows] == [True, False, False, False, False]
        assert shape(await recent(store, bus)) == {"live": ["s2"], "past": ["s5", "s4", "s3", "s1"]}


async def test_an_ended_session_is_not_live_even_if_a_page_is_still_open(store: Store, bus: LocalBus) -> None:
    await Visit(ended=True).put(store)
    with bus.connected("session-1", unheard):
        assert shape(await recent(store, bus)) == {"past": ["session-1"]}
        assert await opened_by_code(store, bus, code_number(1)) is None


async def test_lists_are_bounded(store: Store, bus: LocalBus) -> None:
    async with AsyncExitStack() as pages:
        for number in range(1, 31):
            await Visit(id=f"s{number}", number=number, identifiers=ANA).put(store)
            pages.enter_context(bus.connected(f"s{number}", unheard))
        assert len((await find(store, bus, "ana@example.com", REGION)).groups[0].rows) == 20
        assert sum(len(group.rows) for group in (await recent(store, bus)).groups) == 20


async def test_the_code_of_a_live_session_opens_it(store: Store, bus: LocalBus) -> None:
    await Visit().put(store)
    code = code_number(1)
    assert await opened_by_code(store, bus, code) is None
    with bus.connected("session-1", unheard):
        for typed in (code, code.lower(), show_code(code), f" {code[:3]} {code[3:]} "):
            assert await opened_by_code(store, bus, typed) == "session-1"
        assert await opened_by_code(store, bus, code[:-1]) is None
        assert await opened_by_code(store, bus, code_number(2)) is None


async def test_what_is_found_inside_a_visit_opens_there_unless_it_is_live(
    store: Store, bus: LocalBus
) -> None:
    await Visit(identifiers=[*ANA, said("order", "10-2291", at_ms=START_MS + 5_000)]).put(store)
    by_order = (await find(store, bus, "10-2291", REGION)).groups[0].rows[0]
    assert by_order.href == f"/watch/session-1#t={START_MS + 5_000}"
    assert by_order.reason == "10-2291"
    assert (await find(store, bus, "souza", REGION)).groups[0].rows[0].href == "/watch/session-1"
    with bus.connected("session-1", unheard):
        assert (await find(store, bus, "10-2291", REGION)).groups[0].rows[0].href == "/watch/session-1"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("nobody@example.com", "No session carries “nobody@example.com” as e-mail address or customer id."),
        (show_code(code_number(9)), "as support code"),
        ("xy", "too short"),
        (
            "zzzz",
            "as customer id, order number, article number, promo code, name, product, message "
            "of the shop or error on the page.",
        ),
    ],
)
async def test_nothing_found_says_what_was_looked_for(
    store: Store, bus: LocalBus, typed: str, reason: str
) -> None:
    await Visit(identifiers=ANA).put(store)
    found = await find(store, bus, typed, REGION)
    assert found.groups == ()
    assert found.reason is not None
    assert reason in found.reason
    assert found.advice


async def test_a_misheard_code_is_told_apart_from_an_unknown_one(store: Store, bus: LocalBus) -> None:
    code = code_number(1)
    wrong = code[:-1] + ("3" if code[-1] == "2" else "2")
    found = await find(store, bus, wrong, REGION)
    assert (
        found.reason
        == f"“{show_code(wrong)}” is not a support code: its last character does not fit the others."
    )
    assert any("read the code out again" in sentence for sentence in found.advice)


async def test_an_endless_query_is_cut(store: Store, bus: LocalBus) -> None:
    found = await find(store, bus, "x" * 100_000, REGION)
    assert len(found.query) == 200


async def test_a_site_that_is_gone_is_shown_by_its_key(store: Store, bus: LocalBus) -> None:
    await Visit(site="former").put(store)
    assert (await recent(store, bus)).groups[0].rows[0].site_name == "former"
