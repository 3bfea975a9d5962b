"""Compiles the reader of one dataclass, as ``dataclasses`` itself compiles ``__init__``.

The collector checks every event of every batch, and a cart is some seventy small maps. For each field the
compiled function has the common good case in line; whatever else comes goes to the field's reader in
``replay.model.readers``, which accepts it or says what is wrong. That halves the time of a batch.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Annotated, Any, Literal, Union

from replay.model.bounds import SAFE_INTEGER, Between, Malformed, MaxChars
from replay.model.readers import Reader, field_types, reader, require_newer

__all__ = ["compile_reader"]

_HEAD = """\
def read(value):
    if type(value) is tuple:
        given = dict(value)
        if len(given) != len(value):
            require_newer(value, known)
    elif isinstance(value, dict):
        given = value
    else:
        raise Malformed("", {expected!r}, value)
    get = given.get
    count = 0
    at = ""
    try:
        pass
"""
_NULLABLE = """\
        {v} = get({name!r})
        if {v} is not None:
            count += 1
            if not ({good}):
                at = {name!r}
                {v} = read_{name}({v})
"""
_DEFAULT = """\
        {v} = get({name!r}, missing)
        if {v} is missing:
            {v} = default_{name}
        else:
            count += 1
            if not ({good}):
                at = {name!r}
                {v} = read_{name}({v})
"""
_REQUIRED = """\
        {v} = get({name!r}, missing)
        if {v} is missing:
            at = {name!r}
            raise Malformed("", "a value (it is required)", None)
        count += 1
        if not ({good}):
            at = {name!r}
            {v} = read_{name}({v})
"""
_TAIL = """\
    except Malformed as error:
        raise error.inside(at) from None
    if count != len(given):
        require_newer(value, known)
    result = new(kind)
"""


def compile_reader(kind: Any) -> Reader:
    """A function that builds a ``kind`` from a map; see ``replay.model.schema.decode``."""
    if not hasattr(kind, "__slots__") or hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__}: only a dataclass with slots and no __post_init__ can be compiled")
    hints = field_types(kind)
    namespace: dict[str, object] = {
        "Malformed": Malformed,
        "require_newer": require_newer,
        "known": hints,
        "missing": dataclasses.MISSING,
        "new": object.__new__,
        "kind": kind,
    }
    body = []
    for field in dataclasses.fields(kind):
        inner, nullable = _without_none(hints[field.name])
        namespace[f"read_{field.name}"] = reader(inner)
        namespace[f"default_{field.name}"] = field.default
        # A slot's own setter passes by the frozen class's __setattr__.
        namespace[f"set_{field.name}"] = getattr(kind, field.name).__set__
        template = _REQUIRED if field.default is dataclasses.MISSING else _NULLABLE if nullable else _DEFAULT
        variable = f"v_{field.name}"
        good = _good(inner, variable, field.name, namespace)
        body.append(template.format(v=variable, name=field.name, good=good))
    sets = [f"    set_{field.name}(result, v_{field.name})\n" for field in dataclasses.fields(kind)]
    source = "".join(
        [_HEAD.format(expected=f"a map ({kind.__name__})"), *body, _TAIL, *sets, "    return result\n"]
    )
    exec(compile(source, f"<reader of {kind.__name__}>", "exec"), namespace)  # noqa: S102 (our own text only)
    return typing.cast("Reader", namespace["read"])


def _without_none(annotation: object) -> tuple[Any, bool]:
    if typing.get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    (inner,) = [option for option in typing.get_args(annotation) if option is not types.NoneType]
    return inner, True


def _good(annotation: object, variable: str, name: str, namespace: dict[str, object]) -> str:
    """A quick test that is true only for values that can be taken as they are."""
    notes: tuple[object, ...] = ()
    if typing.get_origin(annotation) is Annotated:
        annotation, *rest = typing.get_args(annotation)
        notes = tuple(rest)
    if typing.get_origin(annotation) is Literal:
        namespace[f"choices_{name}"] = frozenset(typing.get_args(annotation))
        return f"type({variable}) is str and {variable} in choices_{name}"
    if annotation is bool:
        return f"{variable} is True or {variable} is False"
    if annotation is str and all(isinstance(note, MaxChars) for note in notes):
        bounds = [f"len({variable}) <= {note.count}" for note in notes if isinstance(note, MaxChars)]
        return " and ".join([f"type({variable}) is str", *bounds, f"{variable}.isascii()"])
    if annotation in (int, float) and all(isinstance(note, Between) for note in notes):
        low, high = -SAFE_INTEGER, SAFE_INTEGER
        for note in notes:
            if isinstance(note, Between):
                low, high = max(low, note.low), min(high, note.high)
        return (
            f"type({variable}) is {typing.cast(type, annotation).__name__} and {low} <= {variable} <= {high}"
        )
    return "False"
