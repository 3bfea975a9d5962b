"""What identifiers are found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.ports import IdentifierKind
from storage.terms import best_match, matches, near_words, terms
from tests.contract.given import identifier


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("name", "ana maria lopez", ("ana", "maria", "lopez")),
        ("product", " duo  pack duo ", ("duo", "pack")),
        ("product", "", ()),
        ("order", "no 4711", ("no 4711",)),
        ("email", "", ()),
        ("message", "code save20 is not valid", ("code", "save20", "is", "not", "valid")),
    ],
)
def test_names_and_texts_have_words_and_others_a_value(
    kind: IdentifierKind, value: str, expected: tuple[str, ...]
) -> None:
    assert terms(kind, value) == expected


def test_every_wanted_term_has_to_be_there() -> None:
    laptop = identifier("product", "hp laptop 15")
    assert matches(laptop, ("15", "hp"), prefix=False)
    assert not matches(laptop, ("hp", "16"), prefix=False)
    assert not matches(laptop, ("lap",), prefix=False)
    assert matches(laptop, ("lap", "1"), prefix=True)
    assert not matches(laptop, ("top",), prefix=True)


def test_the_best_match_is_verified_then_oldest_then_first_by_value() -> None:
    b, a = identifier("sku", "xb", at_ms=5), identifier("sku", "xa", at_ms=5)
    old, signed = identifier("sku", "xc", at_ms=4), identifier("sku", "xd", at_ms=9, verified=True)
    assert best_match([b, a], ("x",), prefix=True) == a
    assert best_match([b, a, old], ("x",), prefix=True) == old
    assert best_match([b, a, old, signed], ("x",), prefix=True) == signed
    assert best_match([b, a], ("y",), prefix=True) is None


@pytest.mark.parametrize("word", ["", "lap", "hp15x", "x" * 25])
def test_what_nobody_misspells_is_near_nothing(word: str) -> None:
    assert near_words(word) == set()


@given(st.text("abcdefgh", min_size=4, max_size=9), st.text("abcdefgh", min_size=4, max_size=9))
def test_near_goes_both_ways_but_for_what_is_too_short(one: str, other: str) -> None:
    assert (one in near_words(other)) == (other in near_words(one))
