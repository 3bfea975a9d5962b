"""What a fact makes findable, as what a query is read, and who may say that a customer is verified."""

from __future__ import annotations

import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.cart import Amount, CartState, Line, PromoShown, Text
from replay.model.events import (
    Event,
    Fact,
    Identified,
    Mark,
    OrderLine,
    OrderPlaced,
    PageLoaded,
    PriceShown,
    PromoSeen,
    ScriptError,
)
from replay.model.identity import (
    WORDS_MAX_COUNT,
    Identifier,
    IdentifierKind,
    identifiers,
    normalise,
    readings,
    verify,
)
from replay.model.session import mint_code, show_code
from tests.model.strategies import STEADY, events

KINDS: list[IdentifierKind] = [
    "code",
    "customer_id",
    "email",
    "phone",
    "name",
    "order",
    "sku",
    "product",
    "promo",
    "message",
    "error",
]
SECRET = "shop secret"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("code", " 7k3-qf9 ", "7K3QF9"),
        ("customer_id", " C-1042 ", "c-1042"),
        ("email", " Ana+Shop@Example.COM ", "ana+shop@example.com"),
        ("email", "mailto:ana@example.com", "ana@example.com"),
        ("email", "<ana@example.com>", "ana@example.com"),
        ("email", "ana@ｅxample.com", "ana@example.com"),
        ("phone", "415-555-0134", "+14155550134"),
        ("name", "Zoë  O’Brien-Løvås", "zoe o brien lovas"),
        ("name", "STRASSE Straße", "strasse"),
        ("name", "Ελένη Ёлкин", "ελενη елкин"),
        ("product", "HP 15″ laptop, 16 GB (HP)", "hp 15 laptop 16 gb"),
        ("message", "The code “SAVE20” isn’t valid.", "the code save20 isn t valid"),
        ("error", "TypeError: x.y is undefined", "typeerror x y is undefined"),
        ("product", "手机壳 Case", "手 机 壳 case"),
        ("product", "हिन्दी किताब", "हिन्दी किताब"),
        ("order", "#1001", "1001"),
        ("order", "ORD 2024-001", "ord2024001"),
        ("sku", "HP-15/B", "hp15b"),
        ("sku", "--", "--"),
        ("promo", " Été-20 ", "ete20"),
        ("promo", " ", ""),
    ],
)
def test_normalise(kind: IdentifierKind, text: str, value: str) -> None:
    assert normalise(kind, text, "US") == value


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_what_is_normalised_stays_so(kind: IdentifierKind, text: str) -> None:
    value = normalise(kind, text, "US")
    assert normalise(kind, value, "US") == value


@given(st.sampled_from(KINDS), st.text(st.characters(codec="utf-8"), max_size=60))
def test_case_and_form_make_no_difference(kind: IdentifierKind, text: str) -> None:
    assert (
        normalise(kind, f" {text}", "US") == normalise(kind, text, "US") == normalise(kind, f"{text} ", "US")
    )


def test_a_name_is_kept_to_a_number_of_words() -> None:
    words = [f"w{n}" for n in range(WORDS_MAX_COUNT + 1)]
    assert normalise("product", " ".join(words), "US").split() == words[:WORDS_MAX_COUNT]


CART = CartState(
    surface="drawer",
    source="displayed",
    lines=(
        Line(sku="HP-15", name=Text(raw="HP 15 laptop"), unit=Amount(raw="$499.00")),
        Line(sku="hp 15", name=None),
        Line(name=Text(raw="Mouse")),
    ),
    promos=(PromoShown(code="SAVE20"), PromoShown(text=Text(raw="Free shipping"))),
)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (
            Identified(customer_id="c-1", email="Ana@Example.com", phone="(415) 555-0134", name="Ana Núñez"),
            [
                ("customer_id", "c-1", "c-1"),
                ("email", "ana@example.com", "Ana@Example.com"),
                ("phone", "+14155550134", "(415) 555-0134"),
                ("name", "ana nunez", "Ana Núñez"),
            ],
        ),
        (
            CART,
            [
                ("sku", "hp15", "HP-15"),
                ("product", "hp 15 laptop", "HP 15 laptop"),
                ("product", "mouse", "Mouse"),
                ("promo", "save20", "SAVE20"),
            ],
        ),
        (
            OrderPlaced(id="#1001", lines=(OrderLine(sku="A", name="Apple"), OrderLine())),
            [("order", "1001", "#1001"), ("sku", "a", "A"), ("product", "apple", "Apple")],
        ),
        (
            PriceShown(
                source="displayed", context="listing", role="current", sku="HP-15", name=Text(raw="HP laptop")
            ),
            [("sku", "hp15", "HP-15"), ("product", "hp laptop", "HP laptop")],
        ),
        (PromoSeen(source="displayed", state="entered", code="save20"), [("promo", "save20", "save20")]),
        (PromoSeen(source="displayed", state="offered"), []),
        (PromoSeen(source="displayed", state="applied", text=Text(raw="You save $5")), []),
        (
            PromoSeen(
                source="displayed", state="rejected", code="X5", reason="old", text=Text(raw="Too old")
            ),
            [("promo", "x5", "X5"), ("message", "too old", "Too old")],
        ),
        (
            PromoSeen(source="declared", state="rejected", reason="expired"),
            [("message", "expired", "expired")],
        ),
        (
            CartState(surface="page", source="displayed", messages=(Text(raw="Only 2 left!"),)),
            [("message", "only 2 left", "Only 2 left!")],
        ),
        (ScriptError(message="x is null"), [("error", "x is null", "x is null")]),
        (CartState(surface="mini", source="displayed"), []),
        (Identified(name="  ", email=""), []),
        (Mark(name="email", data={"email": "ana@example.com"}), []),
        (PageLoaded(url="/?email=ana@example.com"), []),
    ],
)
def test_facts_become_identifiers(fact: Fact, expected: list[tuple[str, str, str]]) -> None:
    found = identifiers(fact, at_ms=7, region="US")
    assert [(one.kind, one.value, one.shown) for one in found] == expected
    assert all(one.at_ms == 7 and not one.verified for one in found)


def test_only_who_is_told_so_is_verified() -> None:
    (edge,) = identifiers(Identified(email="a@b.c"), at_ms=1, region="US", verified=True)
    assert edge == Identifier(kind="email", value="a@b.c", shown="a@b.c", at_ms=1, verified=True)


@STEADY
@given(events())
def test_every_identifier_is_found_by_what_was_shown(event: Event) -> None:
    for one in identifiers(event.fact, at_ms=0, region="US"):
        assert one.value == normalise(one.kind, one.shown, "US") != ""


def kinds_read(query: str) -> list[str]:
    return [reading.kind for reading in readings(query, "US")]


def test_a_code_is_read_first() -> None:
    code = mint_code(lambda below: 5)
    for typed in (show_code(code), code.lower(), " ".join(code)):
        assert readings(typed, "US")[0] == ("code", code, False)


@pytest.mark.parametrize(
    ("query", "kind", "value", "prefix"),
    [
        ("Ana@Example.com", "email", "ana@example.com", False),
        ("ana@exam", "email", "ana@exam", True),
        ("ana@example.com", "customer_id", "ana@example.com", False),
        ("001 415 555 0134", "phone", "+14155550134", False),
        ("c-1042", "customer_id", "c-1042", False),
        ("#1001", "order", "1001", False),
        ("hp 15", "sku", "hp15", False),
        ("save20", "promo", "save20", False),
        ("save", "promo", "save", True),
        ("ana.lop", "email", "ana.lop", True),
        ("expired", "message", "expired", True),
        ("is null", "error", "is null", True),
        ("Núñ", "name", "nun", True),
        ("lap", "product", "lap", True),
        ("手", "product", "手", True),
    ],
)
def test_a_query_is_read_as(query: str, kind: str, value: str, prefix: bool) -> None:
    assert (kind, value, prefix) in readings(query, "US")


@pytest.mark.parametrize("query", ["", "  ", "a", "ab", "--", "🙂", "a b"])
def test_too_short_a_query_is_not_looked_up(query: str) -> None:
    assert readings(query, "US") == []


def test_a_query_is_not_read_as_what_it_cannot_be() -> None:
    assert kinds_read("ana@example.com") == ["email", "email", "customer_id"]
    assert "phone" not in kinds_read("HP-15")
    assert "email" not in kinds_read("ana")
    assert "code" not in kinds_read("7K3-QF9")
    assert "customer_id" not in kinds_read("two words")


@given(st.text(max_size=200), st.sampled_from(["US", "DE"]))
def test_no_query_raises_and_none_is_empty(query: str, region: str) -> None:
    assert all(reading.value for reading in readings(query, region))


def signed(identified: Identified, secret: str = SECRET) -> Identified:
    fields = [identified.customer_id, identified.email, identified.phone, identified.name, identified.expires]
    message = "\n".join(["v1", *("" if field is None else str(field) for field in fields)])
    return replace(identified, signature=hmac.digest(secret.encode(), message.encode(), "sha256").hex())


ANA = signed(Identified(customer_id="c-1", email="ana@example.com", name="Ana Núñez", expires=1_000))


def test_a_signature_of_the_shop_is_accepted() -> None:
    assert verify(ANA, SECRET, 999)
    assert ANA.signature is not None
    assert verify(replace(ANA, signature=ANA.signature.upper()), SECRET, 999.9)


def test_the_signature_is_that_of_any_other_hmac() -> None:
    # printf 'v1\nc-1\nana@example.com\n\nAna Núñez\n1000' | openssl dgst -sha256 -hmac 'shop secret'
    assert ANA.signature == "52e574513a0ffb3474610340df5f93b630e58ef6af208a382092d7780aaa8a3f"


@pytest.mark.parametrize(
    ("changes", "secret", "now_s"),
    [
        ({}, SECRET, 1_000),
        ({}, "another secret", 999),
        ({}, "", 999),
        ({"email": "vip@example.com"}, SECRET, 999),
        ({"phone": "1"}, SECRET, 999),
        ({"expires": 2_000}, SECRET, 999),
        ({"expires": None}, SECRET, 999),
        ({"signature": None}, SECRET, 999),
        ({"signature": ""}, SECRET, 999),
        ({"signature": "é" * 64}, SECRET, 999),
        ({"signature": "0" * 64}, SECRET, 999),
    ],
)
def test_anything_else_stays_a_claim(changes: dict[str, object], secret: str, now_s: int) -> None:
    assert not verify(replace(ANA, **changes), secret, now_s)  # type: ignore[arg-type]


def test_an_empty_secret_signs_nothing() -> None:
    assert not verify(signed(ANA, ""), "", 0)


def test_nobody_in_particular_is_not_verified() -> None:
    assert not verify(signed(Identified(expires=1_000)), SECRET, 0)


def test_a_line_break_cannot_move_the_border_between_fields() -> None:
    own = signed(Identified(customer_id="c-1", email="me@x.y\nvip@example.com", phone="", expires=1_000))
    moved = Identified(
        customer_id="c-1\nme@x.y", email="vip@example.com", phone="", expires=1_000, signature=own.signature
    )
    assert signed(moved).signature == own.signature
    assert not verify(moved, SECRET, 0)
    assert not verify(own, SECRET, 0)
