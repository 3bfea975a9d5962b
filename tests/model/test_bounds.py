"""Every bound of every field holds at its limit and not one beyond, and verdicts are fit to be read."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Annotated, Any

import pytest

from replay.model.bounds import Between, Exceeded, Malformed, Matching, MaxChars, MaxItems
from replay.model.events import KINDS, Sha256
from replay.model.readers import field_types, reader
from replay.model.site import Origin, PageSettings
from replay.protocol.chunk import Chunk
from replay.protocol.messages import CLIENT_MESSAGES, Id


def kinds(annotation: Any) -> Iterator[type]:
    if dataclasses.is_dataclass(annotation):
        yield typing.cast("type", annotation)
        for inner in field_types(typing.cast("type", annotation)).values():
            yield from kinds(inner)
    else:
        for inner in typing.get_args(annotation):
            yield from kinds(inner)


def bounds(annotation: Any) -> Iterator[tuple[Any, object]]:
    if typing.get_origin(annotation) is Annotated:
        for note in typing.get_args(annotation)[1:]:
            yield annotation, note
    for inner in typing.get_args(annotation):
        yield from bounds(inner)


ROOTS = [*KINDS.values(), *CLIENT_MESSAGES.values(), Chunk, PageSettings]
FOUND = {
    f"{kind.__name__}.{name}-{note}": (annotation, note)
    for root in ROOTS
    for kind in kinds(root)
    for name, hint in field_types(kind).items()
    for annotation, note in bounds(hint)
}


MATCHING = {
    Id: ("aZ0-._~", "a/b"),
    Sha256: ("0" * 64, "0" * 65),
    Origin: ("https://[::1]:8443", "https://cdn.shop.example/"),
}
"""What just matches each pattern, and what just does not."""


def limit_values(annotation: Any, note: object) -> tuple[object, object]:
    inner = typing.get_args(annotation)[0]
    match note:
        case MaxChars(count):
            return "x" * count, "x" * (count + 1)
        case MaxItems(count) if typing.get_origin(inner) is tuple:
            # What the items are is not the matter: the length is judged first.
            return [], [None] * (count + 1)
        case MaxItems(count):
            return {f"k{n}": n for n in range(count)}, {f"k{n}": n for n in range(count + 1)}
        case Between(low, high):
            return high, low - 1
        case Matching():
            return MATCHING[annotation]
        case _:
            raise AssertionError(note)


@pytest.mark.parametrize(("annotation", "note"), FOUND.values(), ids=FOUND.keys())
def test_the_limit_itself_is_accepted_and_one_more_is_not(annotation: Any, note: object) -> None:
    read = reader(annotation)
    at, beyond = limit_values(annotation, note)
    assert read(at) is not None
    with pytest.raises(Malformed) as raised:
        read(beyond)
    assert isinstance(raised.value, Exceeded) == isinstance(note, (MaxChars, MaxItems))


def test_a_list_may_be_as_long_as_its_limit() -> None:
    read = reader(Annotated[tuple[int, ...], MaxItems(3)])
    assert read([1, 2, 3]) == (1, 2, 3)
    with pytest.raises(Exceeded):
        read([1, 2, 3, 4])


def test_characters_are_counted_and_not_bytes() -> None:
    read = reader(Annotated[str, MaxChars(3)])
    assert read("😀é字") == "😀é字"
    with pytest.raises(Exceeded):
        read("😀é字x")


@pytest.mark.parametrize(
    ("got", "shown"),
    [
        (None, "nothing"),
        (True, "true"),
        (1.5, "the number 1.5"),
        (float("nan"), "the number nan"),
        pytest.param(10**5000, "a huge number", id="10**5000"),
        ("4242 4242", "a text of 9 characters"),
        (b"abc", "3 bytes"),
        ([1], "a list of 1"),
        ({"a": 1}, "a map of 1"),
        ((("a", 1),), "a map of 1"),
        (object(), "object"),
    ],
)
def test_a_verdict_describes_what_came_without_repeating_texts(got: object, shown: str) -> None:
    assert str(Malformed("a", "b", got)) == f"a: expected b, got {shown}"


def test_paths_are_joined_from_the_inside_out() -> None:
    error = Malformed("", "x", None).inside("name").inside("[3]").inside("lines").inside("cart").inside("")
    assert error.path == "cart.lines[3].name"
    assert str(Malformed("", "x", None)) == "value: expected x, got nothing"
