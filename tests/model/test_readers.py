"""What each kind of annotation accepts, and that a newer page is understood as far as it can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest

from replay.model.bounds import SAFE_INTEGER, Exceeded, Malformed
from replay.model.events import Mark, Scalars
from replay.model.readers import NEWER_DEPTH_COUNT, reader, require_plain
from replay.model.schema import decode

NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, SAFE_INTEGER),
        (int, -SAFE_INTEGER),
        (int, 3.0),
        (float, 3),
        (float, -0.5),
        (str, "😀"),
        (bool, False),
        (bytes, b""),
        (Literal["a", "b"], "b"),
        (int | None, None),
        (tuple[int, ...], []),
    ],
)
def test_accepted(annotation: Any, value: object) -> None:
    read = reader(annotation)(value)
    assert read == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, True),
        (int, "1"),
        (int, 1.5),
        (int, NAN),
        (int, INFINITY),
        (int, SAFE_INTEGER + 1),
        (int, 2.0**60),
        (int, 10**400),
        (float, True),
        (float, NAN),
        (float, -INFINITY),
        (float, 1e308),
        (float, 10**400),
        (float, None),
        (str, b"x"),
        (str, "\ud800"),
        (str, None),
        (bool, 0),
        (bytes, "x"),
        (Literal["a", "b"], "c"),
        (Literal["a", "b"], ["a"]),
        (Literal["a", "b"], None),
        (tuple[int, ...], (1, 2)),
        (tuple[int, ...], {}),
        (tuple[int, ...], "12"),
        (tuple[int, ...], [1, None]),
    ],
)
def test_refused(annotation: Any, value: object) -> None:
    with pytest.raises(Malformed):
        reader(annotation)(value)


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1]},
        {"a": {}},
        {"a": b"x"},
        {"a": NAN},
        {"a": 2**53},
        {"a": "\ud800"},
        {"__proto__": 1},
        {b"a": 1},
        {1: 1},
        {"\ud800": 1},
        (("a", 1), ("a", 2)),
        [],
        "a",
        None,
    ],
)
def test_maps_of_plain_values_hold_nothing_else(value: object) -> None:
    with pytest.raises(Malformed):
        reader(Scalars)(value)


def test_maps_of_plain_values_keep_what_came() -> None:
    value = {"": "", "constructor": 1, "x": 1.5, "yes": True, "no": None}
    assert reader(Scalars)(value) == value
    assert reader(Scalars)(tuple(value.items())) == value


def test_a_key_of_a_strangers_choice_is_shown_only_if_it_is_harmless() -> None:
    with pytest.raises(Malformed, match=r"^step: "):
        reader(Scalars)({"step": []})
    with pytest.raises(Malformed, match=r"^\(a key\): "):
        reader(Scalars)({"\x1b[31m\nroot: all is well": []})


def test_nested_maps_are_thawed_where_any_map_may_stand() -> None:
    pairs = (("zones", [(("selector", "a"), ("zone", "cart"))]), ("flush_ms", 5))
    read = reader(Mapping[str, object])(pairs)
    assert read == {"zones": [{"selector": "a", "zone": "cart"}], "flush_ms": 5}


def test_a_wrong_type_is_no_map_of_fields() -> None:
    values: list[object] = [[], "a", None, 1]
    for value in values:
        with pytest.raises(Malformed, match=r"expected a map \(Mark\)"):
            reader(Mark)(value)


def test_unknown_fields_are_dropped() -> None:
    assert decode(Mark, {"name": "a", "newer": [{"b": b"c"}]}) == Mark(name="a")


@pytest.mark.parametrize(
    "value",
    [
        {"name": "a", "newer": NAN},
        {"name": "a", "newer": [{"x": 2**60}]},
        {"name": "a", "newer": object()},
        {"name": "a", "newer": {1: 2}},
        {"name": "a", b"newer": 1},
        (("name", "a"), ("newer", 1), ("newer", 1)),
        (("name", "a"), ("name", "a")),
        (("name", "a"), ("newer", (("x", 1), ("x", 1)))),
    ],
)
def test_unknown_fields_may_hold_only_what_the_wire_carries(value: object) -> None:
    with pytest.raises(Malformed):
        decode(Mark, value)


def nested(depth: int) -> object:
    value: object = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def test_unknown_fields_may_be_nested_to_a_limit() -> None:
    require_plain(nested(NEWER_DEPTH_COUNT))
    with pytest.raises(Exceeded):
        require_plain(nested(NEWER_DEPTH_COUNT + 1))
    with pytest.raises(Exceeded):
        require_plain(nested(900))


def test_a_note_that_nobody_checks_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="says nothing that can be checked"):
        reader(Annotated[int, "about so many"])
