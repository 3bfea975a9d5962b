"""A phone number is found however it is written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from replay.model.phone import looks_like_phone, normalise_phone


@pytest.mark.parametrize(
    "text",
    [
        "+1 (415) 555-0134",
        "415-555-0134",
        "001 415 555 0134",
        "011 1 415 555 0134",
        "1-415-555-0134",
        "4155550134",
        " +14155550134 ",
        "(415) 555–0134",
        "415.555.0134",
        "415\u00a0555\u00a00134",
        "tel:+1-415-555-0134",
        "+1 415 555 0134 ext. 12",
        "４１５５５５０１３４",
    ],
)
def test_every_spelling_of_an_american_number_is_one(text: str) -> None:
    assert normalise_phone(text, "US") == "+14155550134"
    assert looks_like_phone(text)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("020 7946 0958", "GB"),
        ("+44 (0)20 7946 0958", "US"),
        ("0044 20 7946 0958", "US"),
        ("0044 20 7946 0958", "GB"),
        ("011 44 20 7946 0958", "US"),
    ],
)
def test_every_spelling_of_a_british_number_is_one(text: str, region: str) -> None:
    assert normalise_phone(text, region) == "+442079460958"


def test_a_leading_zero_that_belongs_to_the_number_stays() -> None:
    assert normalise_phone("06 6982 0001", "IT") == "+390669820001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("555-0134", "5550134"), ("12345", "12345"), ("٠٤١٥", "0415"), ("", ""), ("none", ""), ("+", "")],
)
def test_what_no_plan_knows_stays_as_its_digits(text: str, expected: str) -> None:
    assert normalise_phone(text, "US") == expected


@pytest.mark.parametrize(
    "text", ["HP-15", "2024-11-22 order", "ana@example.com", "12", "1" * 19, "", "-------"]
)
def test_other_things_do_not_look_like_a_number(text: str) -> None:
    assert not looks_like_phone(text)


@given(st.text(max_size=40), st.sampled_from(["US", "DE", "XX", ""]))
@example("0000\u00b9", "DE")
@example("12\u13694567", "DE")
@example("0000\u00ba", "DE")
@example("x 00 49 30 123456", "US")
def test_nothing_raises_and_the_result_finds_itself(text: str, region: str) -> None:
    written = normalise_phone(text, region)
    assert normalise_phone(written, region) == written
    looks_like_phone(text)
