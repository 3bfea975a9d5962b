"""What a page shows is read exactly, or said to be ambiguous or unusable with the reason; never guessed."""

from __future__ import annotations

import pytest

from replay.model.price_text import (
    Ambiguous,
    Exact,
    Percent,
    PriceHints,
    Range,
    Unusable,
    marks_of,
    read_price,
)


@pytest.mark.parametrize(
    ("raw", "minor", "currency"),
    [
        ("1.299,00 €", 129900, "EUR"),
        ("₹1,29,900.00", 12990000, "INR"),
        ("CHF 1'299.-", 129900, "CHF"),
        ("€ 1.234,-", 123400, "EUR"),
        ("R$ 3.999,99", 399999, "BRL"),
        ("1.234.567 ₫", 1234567, "VND"),
        ("١٬٢٩٩٫٠٠ ر.س", 129900, "SAR"),
        ("1 235€99", 123599, "EUR"),
        ("USD 379", 37900, "USD"),
        ("379.00USD", 37900, "USD"),
        ("− 20,00 €", -2000, "EUR"),
    ],
)
def test_a_text_that_says_all_of_it_is_exact(raw: str, minor: int, currency: str) -> None:
    read = read_price(raw)
    assert isinstance(read, Exact)
    assert (read.minor, read.currency, read.is_plain) == (minor, currency, True)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("Total (Inclusive of tax $0.00)", "only in a remark"),
        ("Select shipping method", "no number"),
        ("$379.00 $499.00", "several amounts"),
        ("-", "no number"),
        ("", "empty"),
        ("0,129 €", "more decimals than the currency has"),
        ("$1.5k", "not the amount in full"),
    ],
)
def test_what_holds_no_single_amount_says_why(raw: str, why: str) -> None:
    assert read_price(raw) == Unusable(why)  # type: ignore[arg-type]


def test_three_digits_after_a_mark_are_left_open_until_something_tells() -> None:
    kuwait = PriceHints(currency="KWD")
    read = read_price("12.345", kuwait)
    assert isinstance(read, Ambiguous)
    assert [each.minor for each in read.readings if isinstance(each, Exact)] == [12345, 12345000]
    assert marks_of(["1.299,00 €", "19 €"]) == ","
    told = read_price("1.299 €", PriceHints(decimal_mark=","))
    assert isinstance(told, Exact)
    assert told.minor == 129900


def test_ranges_and_percentages_are_neither_of_them_an_amount() -> None:
    assert read_price("-20 %") == Percent(-20, 0)
    read = read_price("19 – 29 €")
    assert isinstance(read, Range)
    assert (read.low.minor, read.high.minor) == (1900, 2900)
