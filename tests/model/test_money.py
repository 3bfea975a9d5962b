"""Money is converted exactly or not at all, and said to a person without guessing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model import currency, money, price_around, price_number, price_parts, price_text, price_tokens
from replay.model.currency import EXPONENTS
from replay.model.money import Money, NotExact, Scale, differs_by_scale, from_scale, say, tolerance


@pytest.mark.parametrize(
    ("amount", "scale", "code", "minor"),
    [
        ("379.00", "major", "USD", 37900),
        ("19.99", "major", "USD", 1999),
        ("1.005", "major", "KWD", 1005),
        ("1.0050", "major", "KWD", 1005),
        ("19.9", "major", "USD", 1990),
        ("-20", "major", "USD", -2000),
        (379, "major", "USD", 37900),
        ("100.00", "major", "JPY", 100),
        ("1.2345", "major", "CLF", 12345),
        (37900, "minor", "USD", 37900),
        ("7300", "minor", "EUR", 7300),
        (100000, "x100", "JPY", 1000),
        (890000, "x100", "KRW", 8900),
        (37900, "x100", "USD", 37900),
        (1234, "x100", "KWD", 12340),
        (-150, "x100", "JPY", NotExact),
        ("12.345", "major", "USD", NotExact),
        ("100.5", "major", "JPY", NotExact),
        ("1,299.00", "major", "USD", NotExact),
        ("1e3", "major", "USD", NotExact),
        ("", "major", "USD", NotExact),
        ("٣", "major", "USD", NotExact),
        ("-", "major", "USD", NotExact),
        ("9" * 19, "minor", "USD", NotExact),
        ("73.00", "minor", "USD", NotExact),
        (1, "minor", "XXX", NotExact),
    ],
)
def test_amounts_are_converted_from_the_scale_that_a_source_states(
    amount: int | str, scale: Scale, code: str, minor: int | type[NotExact]
) -> None:
    if isinstance(minor, int):
        assert from_scale(amount, scale, code) == Money(minor, code)
    else:
        with pytest.raises(minor):
            from_scale(amount, scale, code)


@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(EXPONENTS)))
def test_a_decimal_text_of_an_amount_gives_it_back(minor: int, code: str) -> None:
    spoken = say(Money(minor, code)).removesuffix(f" {code}").replace(",", "")
    assert from_scale(spoken, "major", code) == Money(minor, code)


def test_only_money_of_one_currency_has_a_difference() -> None:
    assert Money(100, "EUR") - Money(120, "EUR") == Money(-20, "EUR")
    with pytest.raises(ValueError, match="no difference"):
        Money(100, "EUR") - Money(20, "USD")


@pytest.mark.parametrize(
    ("minor", "code", "raws", "said"),
    [
        (37900, "USD", ["$379.00", "$499"], "$379.00"),
        (129900, "USD", ["$1,299"], "$1,299.00"),
        (-2000, "USD", ["-$20.00"], "-$20.00"),
        (37900, "EUR", [], "379.00 EUR"),
        (37900, "EUR", ["379,00 €"], "€379.00"),
        (37900, "USD", ["$379.00", "379.00"], "379.00 USD"),
        (37900, "EUR", ["$379.00"], "379.00 EUR"),
        (37900, "USD", ["US$379.00"], "379.00 USD"),
        (37900, "CAD", ["$379.00 CAD"], "$379.00"),
        (37900, "BRL", ["R$ 379,00"], "379.00 BRL"),
        (12800, "JPY", ["12,800円"], "12,800 JPY"),
        (12800, "JPY", ["¥12,800"], "¥12,800"),
        (5, "KWD", ["0.005 KD"], "0.005 KWD"),
        (1, "XXX", [], "1 XXX"),
    ],
)
def test_an_amount_is_said_with_the_sign_that_the_customer_read(
    minor: int, code: str, raws: list[str], said: str
) -> None:
    assert say(Money(minor, code), raws) == said


def test_tolerances_grow_with_roundings_and_with_what_is_not_shown() -> None:
    assert tolerance("USD") == 1
    assert tolerance("USD", [2, 2]) == 1
    assert tolerance("HUF", [0]) == 51
    assert tolerance("USD", [1, 0, 2], roundings=4) == 4 + 5 + 50
    assert tolerance("JPY", [0, 2]) == 1
    assert tolerance("KWD", [2], roundings=0) == 1 + 5


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (100, 1000, True),
        (100000, 100, True),
        (-5, 50, True),
        (100, 100, False),
        (0, 0, False),
        (100, 120, False),
    ],
)
def test_a_mistaken_unit_is_told_from_a_price(one: int, other: int, differs: bool) -> None:
    assert differs_by_scale(Money(one, "USD"), Money(other, "USD")) is differs


MODULES = [currency, money, price_around, price_number, price_parts, price_text, price_tokens]


@pytest.mark.parametrize("module", MODULES)
def test_no_binary_fraction_comes_near_money(module: object) -> None:
    tree = ast.parse(Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.Name) and node.id in {"float", "round", "Decimal"})
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div))
