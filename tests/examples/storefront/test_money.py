"""Amounts are exact: rounding is half up, shares sum to the whole, and what is printed is what is meant."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.storefront.money import display, divide_half_up, major, share_out

STEADY = settings(deadline=None)
AMOUNTS = st.integers(-10_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("minor", "shown", "plain"),
    [
        (0, "$0.00", "0.00"),
        (5, "$0.05", "0.05"),
        (379_00, "$379.00", "379.00"),
        (1_299_99, "$1,299.99", "1299.99"),
        (123_456_789, "$1,234,567.89", "1234567.89"),
        (-75_80, "\N{MINUS SIGN}$75.80", "-75.80"),
    ],
)
def test_amounts_are_printed_in_one_way(minor: int, shown: str, plain: str) -> None:
    assert (display(minor), major(minor)) == (shown, plain)


@STEADY
@given(AMOUNTS)
def test_a_plain_amount_is_the_same_number(minor: int) -> None:
    assert Decimal(major(minor)) * 100 == minor


@STEADY
@given(AMOUNTS, st.integers(1, 100_000))
def test_division_rounds_halves_away_from_zero(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    assert divide_half_up(numerator, denominator) == exact


def test_division_by_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        divide_half_up(1, 0)


@STEADY
@given(st.integers(0, 1_000_000), st.lists(st.integers(0, 1_000_000), min_size=1).filter(any))
def test_shares_sum_to_the_whole_and_are_fair(amount: int, weights: list[int]) -> None:
    shares = share_out(amount, weights)
    total = sum(weights)
    assert sum(shares) == amount
    assert all(
        abs(share * total - amount * weight) < total for share, weight in zip(shares, weights, strict=True)
    )


def test_nothing_is_shared_among_nothing() -> None:
    assert share_out(0, [0, 0]) == [0, 0]
