"""Values of any annotation that the wire's dataclasses use, for hypothesis."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from replay.model.bounds import SAFE_INTEGER, Between, Matching, MaxChars, MaxItems
from replay.model.events import KINDS, MAX_TIME_MS, Event
from replay.model.readers import field_types

__all__ = ["STEADY", "TEXTS", "events", "instances", "junk", "values"]

STEADY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For a machine that others use too: how long an example took says nothing."""

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
FLOATS = st.floats(-SAFE_INTEGER, SAFE_INTEGER)
SCALARS = st.none() | st.booleans() | NUMBERS | FLOATS | TEXTS
SIMPLE: Mapping[object, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: NUMBERS,
    float: FLOATS,
    bool: st.booleans(),
    bytes: st.binary(max_size=40),
}


def values(annotation: Any, notes: tuple[object, ...] = ()) -> st.SearchStrategy[Any]:
    """Values that fit ``annotation`` and its notes."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return values(arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        (inner,) = [option for option in arguments if option is not types.NoneType]
        return st.none() | values(inner)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(TEXTS.filter(lambda key: key != "__proto__"), SCALARS, max_size=4)
    if dataclasses.is_dataclass(annotation):
        return instances(annotation)
    # A pattern says more than a length does.
    for note in sorted(notes, key=lambda note: not isinstance(note, Matching)):
        match note:
            case Between(low, high):
                return st.integers(low, high) if annotation is int else st.floats(low, high)
            case Matching(pattern):
                return st.from_regex(pattern, fullmatch=True).filter(functools.partial(_fits, notes))
            case MaxChars(count):
                return TEXTS.map(functools.partial(_first, count))
            case MaxItems():
                continue
    return SIMPLE[annotation]


def _fits(notes: tuple[object, ...], text: str) -> bool:
    return all(len(text) <= note.count for note in notes if isinstance(note, MaxChars))


def _first(count: int, text: str) -> str:
    return text[:count]


def instances(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a dataclass; what has a default is sometimes left at it."""
    hints = field_types(kind)
    fields = dataclasses.fields(kind)
    required = {
        field.name: values(hints[field.name]) for field in fields if field.default is dataclasses.MISSING
    }
    optional = {field.name: values(hints[field.name]) for field in fields if field.name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda found: kind(**found))


def events() -> st.SearchStrategy[Event]:
    """Events of every kind."""
    facts = st.one_of([instances(kind) for kind in KINDS.values()])
    return st.builds(Event, st.floats(0, MAX_TIME_MS), facts)


_KEYS = TEXTS | st.sampled_from(sorted({name for kind in KINDS.values() for name in field_types(kind)}))
_JUNK = st.recursive(
    SCALARS | st.binary(max_size=20) | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_KEYS, inner, max_size=4)
        | st.lists(st.tuples(_KEYS, inner), max_size=4).map(tuple)
    ),
    max_leaves=8,
)


def junk() -> st.SearchStrategy[Any]:
    """Anything that an unpacker might hand over, fitting or not."""
    return _JUNK
