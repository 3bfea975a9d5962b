"""The table of currencies is ISO 4217, and marks are unique only where they are."""

from __future__ import annotations

import pytest

from replay.model.currency import EXPONENTS, MARKS, exponent_of, marked

ACTIVE_WITH_MINOR_UNIT_COUNT = 165


def test_every_active_currency_is_listed_once_with_its_decimals() -> None:
    assert len(EXPONENTS) == ACTIVE_WITH_MINOR_UNIT_COUNT
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in EXPONENTS)
    by_exponent = {
        digits: {code for code, found in EXPONENTS.items() if found == digits} for digits in range(5)
    }
    assert " ".join(sorted(by_exponent[0])) == (
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
    )
    assert " ".join(sorted(by_exponent[3])) == "BHD IQD JOD KWD LYD OMR TND"
    assert by_exponent[4] == {"CLF", "UYW"}
    assert not by_exponent[1]


@pytest.mark.parametrize("code", ["HUF", "IDR", "COP", "USD", "EUR"])
def test_what_browsers_show_without_decimals_has_two_in_iso(code: str) -> None:
    assert exponent_of(code) == 2


@pytest.mark.parametrize(
    ("code", "exponent"), [("BGN", 2), ("HRK", 2), ("XAU", None), ("usd", None), ("", None)]
)
def test_a_currency_withdrawn_lately_is_still_known_and_metal_is_not(code: str, exponent: int | None) -> None:
    assert exponent_of(code) == exponent
    assert code not in EXPONENTS


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("€", "EUR"),
        ("US$", "USD"),
        ("R$", "BRL"),
        ("₹", "INR"),
        ("Kč", "CZK"),
        ("KČ", "CZK"),
        ("zł", "PLN"),
        ("د.إ", "AED"),
        ("د.ك.", "KWD"),
        ("円", "JPY"),
        ("KD", "KWD"),
        ("S/.", None),
        ("GBP", "GBP"),
        ("Eur", "EUR"),
    ],
)
def test_a_mark_of_one_currency_tells_which(mark: str, code: str | None) -> None:
    assert marked(mark.removesuffix(".") if code is None else mark) == frozenset({code or "PEN"})


@pytest.mark.parametrize("mark", ["$", "£", "¥", "kr", "kr.", "Rs.", "₨", "Fr.", "C$", "元", "دينار"])
def test_a_mark_of_several_currencies_does_not(mark: str) -> None:
    assert len(marked(mark) or ()) > 1


@pytest.mark.parametrize("mark", ["₿", "BTC", "pts", "تومان"])
def test_what_is_no_currency_of_iso_is_known_as_such(mark: str) -> None:
    assert marked(mark) == frozenset()


@pytest.mark.parametrize("word", ["kd", "le", "Total", "usD$", "top", "all", "sek."])
def test_a_word_is_no_mark_by_accident(word: str) -> None:
    assert marked(word) in (None, frozenset({"SEK"}))


def test_all_that_a_mark_may_mean_is_a_currency_with_decimals() -> None:
    assert all(exponent_of(code) is not None for codes in MARKS.values() for code in codes)
