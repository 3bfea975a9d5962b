"""What a page shows is read exactly, or said to be ambiguous or unusable with the reason; never guessed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from replay.model.currency import exponent_of
from replay.model.price_text import (
    Ambiguous,
    Exact,
    Percent,
    PriceHints,
    PriceText,
    Range,
    Unusable,
    marks_of,
    read_price,
)
from tests.model.price_beside_cases import BESIDE_CASES
from tests.model.price_icu_cases import ICU_CASES
from tests.model.price_page_cases import PAGE_CASES

DecimalMark = Literal[".", ","]


def told(read: PriceText) -> str:
    """A reading as the tables write it."""
    match read:
        case Exact():
            amount = f"{read.digits}/{read.shown_decimals}" if read.minor is None else str(read.minor)
            return f"{read.role or ''} {amount} {read.currency or '?'}".strip()
        case Range():
            return f"{told(read.low)} to {told(read.high)}"
        case Percent():
            return f"{read.digits}/{read.decimals} %"
        case Ambiguous():
            return f"{' or '.join(map(told, read.readings))} ({read.why})"
        case Unusable():
            return f"unusable: {read.why}"


def hints_of(written: str) -> PriceHints:
    language = currency = mark = None
    for word in written.replace("-", "").split():
        if word in ".,":
            mark = cast(DecimalMark, word)
        elif word.isupper():
            currency = word
        else:
            language = word
    return PriceHints(language=language, currency=currency, decimal_mark=mark)


@pytest.mark.parametrize(("raw", "written", "expected"), [*PAGE_CASES, *BESIDE_CASES])
def test_texts_of_real_pages(raw: str, written: str, expected: str) -> None:
    assert told(read_price(raw, hints_of(written))) == expected


@pytest.mark.parametrize(("locale", "currency", "minor", "raw"), ICU_CASES)
def test_what_platforms_print_is_exact_with_hints_and_never_wrong_without(
    locale: str, currency: str, minor: str, raw: str
) -> None:
    assert told(read_price(raw, PriceHints(language=locale, currency=currency))) == f"{minor} {currency}"
    assert_true(read_price(raw), int(minor), currency)


def assert_true(read: PriceText, minor: int, currency: str | None) -> None:
    """The reading is right or leaves it open; it does not say anything else."""
    readings = read.readings if isinstance(read, Ambiguous) else (read,)
    exponent = exponent_of(currency or "") or 0
    amounts = [each for each in readings if isinstance(each, Exact)]
    right = [each for each in amounts if value(each) == Fraction(minor, 10**exponent)]
    assert right, read
    for each in right:
        assert each.minor in (minor, None)
        assert each.currency in (currency, None)
        assert each.is_plain


def value(read: Exact) -> Fraction:
    return Fraction(read.digits, 10**read.shown_decimals)


@dataclass(frozen=True, slots=True)
class Style:
    """One way to write an amount."""

    group: str
    mark: DecimalMark
    is_indian: bool
    digits: str
    currency: str
    sign: str
    lead: str
    trail: str

    def write(self, minor: int, *, shows_decimals: bool) -> str:
        exponent = exponent_of(self.currency) or 0
        whole, rest = divmod(abs(minor), 10**exponent)
        number = self._grouped(str(whole))
        if exponent and (rest or shows_decimals):
            number += self.mark + str(rest).rjust(exponent, "0")
        number = number.translate(str.maketrans("0123456789", self.digits))
        if minor >= 0:
            return f"{self.lead}{number}{self.trail}"
        if self.sign == "()":
            # Behind the number a mark may as well stand in brackets because it is another currency's.
            return f"({self.lead}{number})" if self.lead else f"-{number}{self.trail}"
        if self.sign == "inner":
            return f"{self.lead}-{number}{self.trail}"
        return f"{self.sign}{self.lead}{number}{self.trail}"

    def _grouped(self, digits: str) -> str:
        head, last = digits[:-3], digits[-3:]
        size = 2 if self.is_indian and self.group == "," else 3
        groups = [head[max(0, end - size) : end] for end in range(len(head), 0, -size)]
        return self.group.join([*reversed(groups), last])


MARKS = {
    "USD": [("$", ""), ("US$", ""), ("USD ", ""), ("", " USD"), ("\u200e$", ""), ("$ ", ""), ("US $", "")],
    "EUR": [("€", ""), ("€ ", ""), ("", "\u00a0€"), ("", "€"), ("EUR ", ""), ("", " Euro")],
    "GBP": [("£", ""), ("GBP\u00a0", "")],
    "JPY": [("¥", ""), ("", "円"), ("￥", ""), ("JPY ", "")],
    "KRW": [("₩", ""), ("", "원")],
    "KWD": [("KD ", ""), ("", " د.ك.\u200f"), ("KWD ", "")],
    "SEK": [("", " kr"), ("", "\u00a0kr."), ("kr ", "")],
    "CHF": [("CHF ", ""), ("Fr. ", ""), ("", " Fr.")],
    "INR": [("₹", ""), ("Rs. ", ""), ("Rs.", ""), ("₹ ", "")],
    "BRL": [("R$ ", ""), ("R$", "")],
    "PLN": [("", " zł"), ("", "zł")],
    "ZAR": [("R", ""), ("R ", "")],
    "HUF": [("", " Ft"), ("", " HUF")],
}
GROUPS = ["", ",", ".", " ", "\u00a0", "\u202f", "\u2009", "'", "’"]
SIGNS = ["-", "\u2212", "– ", "()", "inner"]
DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"]


@st.composite
def styles(draw: st.DrawFn) -> Style:
    mark: DecimalMark = draw(st.sampled_from(get_args(DecimalMark)))
    currency = draw(st.sampled_from(sorted(MARKS)))
    lead, trail = draw(st.sampled_from(MARKS[currency]))
    return Style(
        group=draw(st.sampled_from([group for group in GROUPS if group != mark])),
        mark=mark,
        is_indian=draw(st.booleans()),
        digits=draw(st.sampled_from(DIGITS)),
        currency=currency,
        sign=draw(st.sampled_from(SIGNS)),
        lead=lead,
        trail=trail,
    )


@given(styles(), st.integers(-(10**11), 10**11), st.booleans())
def test_an_amount_in_any_style_is_read_back(style: Style, minor: int, shows_decimals: bool) -> None:
    raw = style.write(minor, shows_decimals=shows_decimals)
    known = read_price(raw, PriceHints(currency=style.currency, decimal_mark=style.mark))
    assert told(known) == f"{minor} {style.currency}"
    assert_true(read_price(raw), minor, style.currency)


@given(
    styles().filter(lambda style: exponent_of(style.currency) != 3),
    st.integers(-(10**11), 10**11),
    st.booleans(),
    st.sampled_from(["en", "de", "fr-CH", "ar", "tr", "es-MX", "ja", "xx"]),
)
def test_a_page_in_a_language_that_its_prices_are_not_in_misleads_nobody(
    style: Style, minor: int, shows_decimals: bool, language: str
) -> None:
    raw = style.write(minor, shows_decimals=shows_decimals)
    assert_true(
        read_price(raw, PriceHints(currency=style.currency, language=language)), minor, style.currency
    )


@given(styles(), st.integers(0, 10**9), st.booleans())
def test_text_around_that_says_nothing_changes_nothing(
    style: Style, minor: int, shows_decimals: bool
) -> None:
    raw = style.write(minor, shows_decimals=shows_decimals)
    assert read_price(f" {raw} *") == read_price(raw)


PIECES = [*"$€()%/,.:¢円万½…+~=-–\u200f", "kr", "USD", "1", "12", "299", "1.299", "1,299.00", "⁹⁹"]
PIECES += ["x", "for", "from", "ab", "per", "kg", "Free", "から"]


@given(st.text(max_size=200) | st.lists(st.sampled_from([*PIECES, " "]), max_size=40).map("".join))
@example("(((1")
@example("1 2 3 4 " * 19)
@example("$-$-$1-$")
@example("1€99€1")
@example("-()1-")
@example(";-1~E0")
def test_garbage_is_read_as_something_and_never_raises(raw: str) -> None:
    for hints in (PriceHints(), PriceHints(language="de", currency="EUR", decimal_mark=",")):
        read = read_price(raw, hints)
        assert told(read)
        if isinstance(read, Ambiguous):
            assert len(read.readings) > 1


@pytest.mark.parametrize(
    "raw",
    [
        unit * (159 // len(unit))
        for unit in (
            "$",
            "1 ",
            "(",
            "(1)",
            "$1-",
            "1'",
            "1,2.",
            "-",
            "kr(",
            "a",
            "a.",
            "⁹",
            "1⁹ ",
            " 123",
            "US $",
        )
    ],
)
def test_no_text_takes_long(raw: str) -> None:
    began = time.perf_counter()
    read_price(raw)
    assert time.perf_counter() - began < 0.1


def test_a_longer_text_is_not_looked_at() -> None:
    assert read_price("$1" + " " * 158) == Unusable("a sentence")


@pytest.mark.parametrize(
    ("raws", "mark"),
    [
        (["$19.99", "$1,299"], "."),
        (["19,99 €", "1.299 €"], ","),
        (["1.234.567 ₫"], ","),
        (["1 299,5 kr"], ","),
        (["0.500 KD"], "."),
        (["1,299 €", "12 €", "12.345"], None),
        (["19,99 €", "$19.99"], None),
        (["12.05.2025"], None),
        (["١٬٢٩٩٫٠٠"], None),
        ([], None),
    ],
)
def test_the_decimal_mark_is_learnt_from_prices_that_show_it(raws: list[str], mark: str | None) -> None:
    assert marks_of(raws) == mark


def test_an_amount_is_money_only_in_a_known_currency() -> None:
    unknown, known = read_price("$379.00"), read_price("$379.00", PriceHints(currency="USD"))
    assert isinstance(unknown, Exact)
    assert isinstance(known, Exact)
    assert unknown.money is None
    assert known.money is not None
    assert (known.money.minor, known.money.currency) == (37900, "USD")
    assert not cast(Exact, read_price("from $10")).is_plain
    assert cast(Exact, read_price("Free")).is_plain


def test_words_that_are_not_understood_stay_beside_the_amount() -> None:
    assert cast(Exact, read_price("Set price: $10.00 (incl. $1.00 tax)")).beside == "Set price incl. tax"
    assert cast(Exact, read_price("from $10.00")).beside == ""
