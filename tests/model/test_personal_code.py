"""Which codes may be read, how others are told, and what counts as the same code in a text."""

from __future__ import annotations

import pytest

from replay.model.identity import Identifier
from replay.model.personal_code import Codes, blotted, is_carried_by_many, masked, seen_codes
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
    "code", ["SPRING-20", "spring 20", "Spring20", "WINTER10", "Tuesday", "TEN", "4711", "A-1"]
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
    assert codes(code).conceal(code) == masked(code, VALUE) == f"{blotted(code)}#3f9a1c"


@pytest.mark.parametrize(
    "text",
    [
        "ANNA-4711",
        "anna-4711",
        "ANNA4711",
        "Anna–4711",
        "ANNA 4711",
        "?coupon=anna-4711&page=2",
        "ANNA%2D4711",
        "(ANNA-4711)",
        "x%20ANNA-4711",
        "“anna_4711”",
        "coupon-anna-4711",
    ],
)
def test_a_code_is_hidden_however_it_is_written(text: str) -> None:
    hidden = codes("ANNA-4711").blot(text)
    assert "nna" not in hidden.casefold()
    assert "4711" not in hidden
    if "%2D" not in text:
        assert len(hidden) == len(text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ANNA-4711", "SUSANNA-4711"),
        ("ANNA-4711", "ANNA-47110"),
        ("SALE20", "Summer sale 20 % off"),
        ("49900", "$499.00 and 499 00"),
        ("MUSTER", "Muster and muster"),
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
        (people(*[""] * 9, "a", "b"), False),
        (people(*[""] * 10), True),
        ([], False),
    ],
)
def test_three_customers_make_a_code_nobodys_own(carriers: list[frozenset[str]], many: bool) -> None:
    assert is_carried_by_many(carriers) is many
    assert is_carried_by_many(carriers[::-1]) is many
