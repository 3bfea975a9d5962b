"""The compiled readers accept and refuse exactly what the readers of their fields do."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.bounds import Between, Malformed, MaxChars, MaxItems
from replay.model.compiled import compile_reader
from replay.model.readers import field_types, reader
from tests.model.strategies import STEADY, TEXTS, junk


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    word: Annotated[str, MaxChars(3)]
    size: Annotated[int, Between(-2, 9)] | None = None
    share: Annotated[float, Between(0, 1)] = 0.5
    open: bool = False
    side: Literal["left", "right"] = "left"
    notes: Annotated[tuple[Annotated[str, MaxChars(2)], ...], MaxItems(2)] = ()


@STEADY
@given(st.dictionaries(st.sampled_from([*field_types(Sample), "newer"]), junk() | TEXTS, max_size=7))
def test_each_field_decides_as_its_own_reader(given_fields: dict[str, Any]) -> None:
    try:
        expected: dict[str, Any] | None = {
            name: reader(annotation)(given_fields[name])
            for name, annotation in field_types(Sample).items()
            if name in given_fields
        }
        assert "word" in given_fields
    except (Malformed, AssertionError):
        expected = None
    given_fields.pop("newer", None)
    try:
        read = compile_reader(Sample)(given_fields)
    except Malformed:
        assert expected is None
    else:
        assert expected is not None
        assert read == Sample(**expected)


def test_a_compiled_value_is_like_any_other() -> None:
    read = compile_reader(Sample)({"word": "abc", "side": "right"})
    assert read == Sample(word="abc", side="right")
    assert hash(read) == hash(Sample(word="abc", side="right"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.word = "x"


def test_only_what_it_can_build_is_compiled() -> None:
    @dataclass
    class Loose:
        word: str

    @dataclass(slots=True)
    class Checking:
        word: str

        def __post_init__(self) -> None:
            self.word = self.word.strip()

    for kind in (Loose, Checking):
        with pytest.raises(TypeError, match="can be compiled"):
            compile_reader(kind)
