"""Promo codes: found whole and by nothing less, out of every text that is searched, and who carries them."""

from __future__ import annotations

from replay.model.personal_code import CARRIERS_MAX_COUNT, masked
from replay.ports import IdentifierKind, Store
from tests.contract.given import NOW_MS, batch, identifier, opened

ANNA = identifier("promo", "anna4711", shown="ANNA-4711")


async def test_a_code_is_found_whole_and_its_value_says_nothing_of_it(store: Store) -> None:
    await store.commit([*opened(session="a"), batch(1, ANNA, session="a")])
    await store.commit([*opened(session="b"), batch(1, ANNA, session="b")])
    matches = await store.find("promo", "anna4711")
    assert [match.session.id for match in matches] == ["b", "a"]
    (value,) = {match.identifier.value for match in matches}
    assert "anna" not in value
    assert "4711" not in value
    assert matches[0].identifier.shown == "ANNA-4711"
    for less in ("anna471", "anna", value, value[:6]):
        assert await store.find("promo", less) == []
        assert await store.find("promo", less, prefix=True) == []
    assert await store.find("promo", "anna4711", prefix=True) == []
    (carried,) = (await store.carried(["a"], {"promo"}))["a"]
    assert carried.value == value


async def test_texts_that_quote_a_code_are_found_without_it(store: Store) -> None:
    late = identifier("message", "the code anna 4711 ended", shown="The code anna-4711 ended")
    error = identifier("error", "no coupon anna 4711", shown="no coupon ANNA4711")
    plain = identifier("message", "sold out", shown="Sold out")
    await store.commit([*opened(session="a"), batch(1, ANNA, plain, error, session="a")])
    await store.commit([batch(2, late, session="a")])
    # Also what came before the code.
    voucher = identifier("product", "voucher anna 4711", shown="Voucher ANNA-4711")
    article = identifier("sku", "anna4711")
    await store.commit([*opened(session="b"), batch(1, error, voucher, article, plain, session="b")])
    assert [match.session.id for match in await store.find("product", "anna", prefix=True)] == ["b"]
    await store.commit([batch(2, ANNA, session="b")])
    edges = {edge.kind + edge.shown: edge for edge in await store.identifiers("a")}
    hidden = masked("ANNA-4711", (await store.find("promo", "anna4711"))[0].identifier.value)
    assert {f"messageThe code {hidden} ended", "messageSold out", f"errorno coupon {hidden}"} <= edges.keys()
    assert {edge.shown for edge in await store.identifiers("b")} > {
        f"Voucher {hidden}",
        f"no coupon {hidden}",
        "Sold out",
    }
    kinds: tuple[IdentifierKind, ...] = ("message", "error", "product", "sku")
    for kind in kinds:
        for word in ("anna", "4711", "anna 4711", "anna4711"):
            assert await store.find(kind, word, prefix=True) == []
    assert len(await store.find("message", "code ended")) == 1
    assert len(await store.find("product", "voucher")) == 1
    assert len(await store.find("message", "sold out")) == 2


async def test_carriers_are_the_newest_sessions_of_the_site_with_whom_they_were_verified_to_be(
    store: Store,
) -> None:
    email, phone = (
        identifier("email", "ana@example.com", verified=True),
        identifier("phone", "+15550100", verified=True),
    )
    claimed = identifier("customer_id", "bo"), identifier("name", "bo", verified=True)
    for session, known in {"a": (email, phone), "b": (email, *claimed), "c": claimed, "d": ()}.items():
        await store.commit([*opened(session=session), batch(1, ANNA, *known, session=session)])
    value = (await store.find("promo", "anna4711"))[0].identifier.value
    carriers = await store.code_carriers("shop", {value, "other"})
    one, both = sorted(carriers[value], key=len)
    assert (len(one), len(both)) == (1, 2)
    assert one < both
    assert carriers["other"] == []
    assert (await store.code_carriers("elsewhere", {value}))[value] == []
    for number in range(CARRIERS_MAX_COUNT):
        session = f"s{number}"
        later = batch(1, ANNA, session=session, received_ms=NOW_MS + 20 * 60_000)
        await store.commit([*opened(session=session), later])
    assert (await store.code_carriers("shop", {value}))[value] == []


async def test_an_erased_session_carries_nothing_any_more(store: Store) -> None:
    await store.commit([*opened(session="a"), batch(1, ANNA, session="a")])
    value = (await store.find("promo", "anna4711"))[0].identifier.value
    await store.erase("a")
    assert (await store.code_carriers("shop", {value}))[value] == []
    assert await store.find("promo", "anna4711") == []
