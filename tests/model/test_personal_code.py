"""Which codes may be read, how others are told, and what counts as the same code in a text."""

from __future__ import annotations

import time

import pytest

from replay.model.code_reading import dotted
from replay.model.identity import Identifier
from replay.model.personal_code import Codes, is_carried_by_many, masked, seen_codes
from replay.model.promo import Promise, Promo, Registry

VALUE = "3f9a1c" + "0" * 26
REGISTRY = Registry(
    promos=(
        Promo(
            id="p",
            promises=(
                Promise(title="Old", codes=("WINTER10",), free_shipping=True),
                Promise(
                    title="Spring",
                    since_ms=1,
                    codes=("SPRING-20", "WELCOME-****"),
                    campaigns=("mail", "promo=tuesday"),
                    free_shipping=True,
                ),
            ),
        ),
    )
)


def codes(*shown: str, registry: Registry = REGISTRY) -> Codes:
    edges = [Identifier(kind="promo", value=VALUE, shown=one, at_ms=0) for one in shown]
    return seen_codes(edges, registry, {})


@pytest.mark.parametrize(
    "code",
    ["SPRING-20", "spring 20", "Spring20", "WINTER10", "Tuesday", "TEN", "4711", "A-1", "12990", "129-90-00"],
)
def test_what_is_registered_or_too_short_to_be_anybodys_is_readable(code: str) -> None:
    assert codes(code).tell(f"Code {code}!") == f"Code {code}!"
    assert codes(code).is_open


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ANNA-4711", "••••-••••#3f9a1c"),
        ("WELCOME-ab12", "WELCOME-••••#3f9a1c"),
        ("welcome-AB12", "welcome-••••#3f9a1c"),
        ("WELCOME-ab123", "•••••••-•••••#3f9a1c"),
        ("Élan-٤٧١١", "••••-••••#3f9a1c"),
    ],
)
def test_any_other_is_told_without_a_sign_of_what_is_not_registered(code: str, told: str) -> None:
    assert codes(code).tell(f"The code {code} ended.") == f"The code {told} ended."
    assert codes(code).conceal(code) == masked(code, VALUE) == f"{dotted(code)}#3f9a1c"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("ANNA-4711", "••••-••••"),
        ("anna-4711", "••••-••••"),
        ("ANNA4711", "••••••••"),
        ("Anna–4711", "••••–••••"),
        ("ANNA 4711", "•••• ••••"),
        ("A N N A 4 7 1 1", "• • • • • • • •"),
        ("?coupon=anna-4711&page=2", "?coupon=••••-••••&page=2"),
        ("ANNA%2D4711", "••••%2D••••"),
        ("ANNA%25252D4711", "••••%25252D••••"),
        ("a%6E%6Ea-%344711 a%6E%6Ea-%34711", "a%6E%6Ea-%344711 ••••-••••"),
        ("100%ANNA4711", "100%••••••••"),
        ("x%20ANNA-4711", "x%20••••-••••"),
        (r"{\u0022ANNA-4711\u0022:1}", r"{\u0022••••-••••\u0022:1}"),
        (r"\nANNA\x2d4711", r"\n••••\x2d••••"),
        (r"'\41 nna-\34 711'", "'••••-••••'"),
        ("(ANNA-4711)", "(••••-••••)"),
        ("“anna_4711”", "“••••_••••”"),
        ("coupon-anna-4711", "coupon-••••-••••"),
        ("A\u200bNNA\u00ad-47\u206011!", "••••-••••!"),
        ("Ａｎｎａ－４７１１", "••••－••••"),
        ("ÁNNA-4711", "••••-••••"),
        ("A\u0301NNA-4711", "••••-••••"),
    ],
)
def test_a_code_is_hidden_however_it_is_written(text: str, hidden: str) -> None:
    assert codes("ANNA-4711").blot(text) == hidden


@pytest.mark.parametrize(
    ("code", "text", "hidden"),
    [
        ("ANNAGEHEIM", "annageheim, Annageheim, Anna", "••••••••••, ••••••••••, Anna"),
        ("Anna-Geheim", "annageheim anna-geheim anna_geheim", "•••••••••• ••••-•••••• ••••_••••••"),
        ("12345678", "12345678 1234-5678", "•••••••• 1234-5678"),
        ("1234 5678", "12345678 1234-5678 1234.5678", "•••••••• ••••-•••• 1234.5678"),
        ("Straße99", "STRASSE99 strasse99", "••••••••• •••••••••"),
        ("春のセール五", "今日は春のセール五です", "今日は••••••です"),
    ],
)
def test_of_letters_or_digits_alone_only_whole_words_are_a_code(code: str, text: str, hidden: str) -> None:
    assert codes(code).blot(text) == hidden


@pytest.mark.parametrize(
    "price",
    [
        "10000000 ₫",
        "₫10000000",
        "VND 10000000",
        "10000000 VND",
        "-10000000,00 đ",
        "10000000.00",
        "10,000,000",
    ],
)
def test_a_price_is_never_hidden(price: str) -> None:
    for text in (price, f"Total: {price}!", f"now {price} / was {price}"):
        assert codes("10000000").blot(text) == text
    assert codes("10000000").blot_across(["10000000", "\n ", "₫"]) == ["10000000", "\n ", "₫"]
    assert codes("10000000").blot_across(["₫", "10000000"]) == ["₫", "10000000"]


@pytest.mark.parametrize(
    "text",
    ["10000000", "10000000: −$20", "−20 € 10000000", "10000000 $20 off", "of 10000000,", "10000000,5,7"],
)
def test_a_number_beside_another_price_is_a_code(text: str) -> None:
    assert codes("10000000").blot(text) == text.replace("10000000", "••••••••")


def test_an_amount_of_digits_alone_is_a_price() -> None:
    line = {"unit": {"raw": "10000000"}, "total": {"raw": "10 000 000"}, "name": {"raw": "Gift 10000000"}}
    told = codes("10000000", "10 000 000").tell_all({"lines": [line]})["lines"][0]
    assert (told["unit"], told["total"]) == (line["unit"], line["total"])
    assert "10000000" not in str(told["name"])


@pytest.mark.parametrize(
    ("texts", "hidden"),
    [
        (("Save ", "ANNA", "-", "4711", " now"), ["Save ", "••••", "-", "••••", " now"]),
        (("ANNA", "\n     ", " 4711x"), None),
        (("ANNA", "\n     ", "- 4711"), ["••••", "\n     ", "- ••••"]),
        (tuple("ANNA4711"), list("••••••••")),
        (("ANNA-4711", "ANNA-", "4711"), ["••••-••••", "••••-", "••••"]),
        (("SUS", "ANNA-4711"), ["SUS", "••••-••••"]),
        (("ANNA", "4711", "0"), ["••••", "••••", "0"]),
        (("Anna", " hat 4711"), None),
    ],
)
def test_a_code_is_hidden_across_texts_that_stand_side_by_side(
    texts: tuple[str, ...], hidden: list[str] | None
) -> None:
    assert codes("ANNA-4711").blot_across(texts) == (list(texts) if hidden is None else hidden)


def test_the_longest_of_codes_that_begin_alike_is_hidden_and_told() -> None:
    two = codes("ANNA-4711", "ANNA-4711-XL")
    assert two.blot("ANNA-4711-XL, ANNA-4711-XXL") == "••••-••••-••, ••••-••••-XXL"


def test_many_codes_take_no_longer_to_find_than_one() -> None:
    many = codes(*(f"P{number:04}X{number * 7919 % 10_000:04}" for number in range(1_000)))
    page = "Some words of a page, 12,50 € and a%20link " * 2_500
    many.blot("")
    began_s = time.process_time()
    assert many.blot(page + "P0999X1081").endswith("€ and a%20link ••••••••••")
    assert many.blot("P0001X7919 " * 10_000) == "•••••••••• " * 10_000
    for hostile in ("P-0-" * 50_000, "P" * 200_000, "P0001X791 " * 20_000, "%2D" * 70_000):
        many.blot(hostile)
    assert time.process_time() - began_s < 5.0


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ANNA-4711", "SUSANNA-4711"),
        ("ANNA-4711", "ANNA-47110"),
        ("SALE20", "Summer sale 20 % off"),
        ("49900", "$499.00 and 499 00"),
        ("MUSTER", "Mustermann, Mus ter and a mus-ter"),
        ("49900", "499-00 or 4 9 9 0 0"),
        ("499-00", "49900"),
        ("FREE-SHIPPING", "Free shipping"),
    ],
)
def test_nothing_else_on_the_page_is_touched(code: str, text: str) -> None:
    assert codes(code).blot(text) == text
    assert codes(code).conceal(text) == text


def test_what_was_stored_masked_is_shown_where_it_is_readable() -> None:
    stored = codes("SPRING-20").conceal("Typed SPRING-20.")
    assert stored == "Typed ••••••-••#3f9a1c."
    assert codes("SPRING-20").tell(stored) == "Typed SPRING-20."
    unregistered = codes("SPRING-20", registry=Registry())
    assert unregistered.tell(stored) == stored
    assert unregistered.conceal(stored) == stored
    assert codes(stored).tell(stored) == stored


def test_words_of_ours_are_no_codes() -> None:
    fact = {"surface": "drawer", "code": "drawer", "texts": ["a drawer", {"raw": "drawer"}]}
    hidden = "••••••#3f9a1c"
    told = {"surface": "drawer", "code": hidden, "texts": [f"a {hidden}", {"raw": hidden}]}
    assert codes("drawer").tell_all(fact) == told


def test_what_a_page_names_itself_may_be_a_code() -> None:
    def fact(code: str, load: str) -> dict[str, object]:
        return {"sku": code, "context": "listing", "data": {"id": code, code: 1}, "load": load}

    told = codes("ANNA-4711", "listing").tell_all(fact("ANNA-4711", "anna-4711"))
    assert told == fact("••••-••••#3f9a1c", "anna-4711")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("A", "•"), ("anna-", "••••-"), ("ANNA-47", "••••-••"), ("ANNB", "ANNB"), ("", ""), ("4", "4")],
)
def test_also_what_is_typed_of_a_code_is_hidden(typed: str, shown: str) -> None:
    assert codes("ANNA-4711", "47110815").blot_typed(typed) == shown


def people(*sessions: str) -> list[frozenset[str]]:
    return [frozenset(session.split()) for session in sessions]


@pytest.mark.parametrize(
    ("carriers", "many"),
    [
        (people("a", "b", "c"), True),
        (people("a", "b", "b", "a", ""), False),
        (people("a", "b", "c", "a c"), False),
        (people("a b", "b c", "c d", "d e"), False),
        (people(*[""] * 50, "a", "b"), False),
        ([], False),
    ],
)
def test_three_customers_make_a_code_nobodys_own(carriers: list[frozenset[str]], many: bool) -> None:
    assert is_carried_by_many(carriers) is many
    assert is_carried_by_many(carriers[::-1]) is many
