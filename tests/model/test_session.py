"""A support code survives being spoken, and a visit ends when nothing has come for long enough."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.session import CODE_ALPHABET, IDLE_MS, is_code, is_idle, mint_code, read_code, show_code

CODES = st.randoms(use_true_random=False).map(lambda drawn: mint_code(drawn.randrange))


@given(CODES)
def test_a_code_survives_being_shown_and_typed(code: str) -> None:
    assert is_code(code)
    for typed in (
        show_code(code),
        show_code(code).lower(),
        f" {' '.join(code)} ",
        f"{code[:3]} - {code[3:]}",
    ):
        assert read_code(typed) == code


@given(CODES, st.integers(0, 5), st.sampled_from(CODE_ALPHABET))
def test_one_wrong_character_is_found(code: str, at: int, other: str) -> None:
    wrong = code[:at] + other + code[at + 1 :]
    assert is_code(wrong) == (wrong == code)


@given(CODES, st.integers(0, 4))
def test_two_exchanged_neighbours_are_found(code: str, at: int) -> None:
    wrong = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert is_code(wrong) == (wrong == code)


@pytest.mark.parametrize("text", ["", "7K3", "7K3QF9X", "0K3QF9", "7K3QFé", "ÄÖÜÄÖÜ", "IIIIII"])
def test_other_texts_are_no_codes(text: str) -> None:
    assert not is_code(text)


@given(st.text(max_size=20))
def test_nothing_that_is_typed_raises(text: str) -> None:
    is_code(read_code(text))


def test_codes_use_all_of_the_alphabet() -> None:
    drawn = random.Random(1)
    assert {character for _ in range(300) for character in mint_code(drawn.randrange)} == set(CODE_ALPHABET)


def test_a_session_is_idle_after_the_limit_and_not_at_it() -> None:
    assert not is_idle(1_000, 1_000 + IDLE_MS)
    assert is_idle(1_000, 1_001 + IDLE_MS)
