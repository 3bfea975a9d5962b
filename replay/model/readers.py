"""One check for every annotation that the wire's dataclasses use.

A reader takes a value as msgpack or JSON decoded it and returns it checked and frozen, or raises
``Malformed`` with the path from there on; the readers around it put their part in front, so that paths cost
nothing while all is well: every event of every batch passes through here.
"""

from __future__ import annotations

import functools
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, Literal, Union

from replay.model.bounds import SAFE_INTEGER, Between, Exceeded, Malformed, Matching, MaxChars, MaxItems

__all__ = ["NEWER_DEPTH_COUNT", "Reader", "field_types", "reader", "require_plain"]

NEWER_DEPTH_COUNT = 8
"""Deepest nesting of lists and maps inside a field that this version does not know."""

Reader = Callable[[Any], Any]


def field_types(kind: Any) -> Mapping[str, Any]:
    """Resolved type hints of a dataclass, annotations kept, in field order."""
    return _field_types(kind)


@functools.cache
def _field_types(kind: Any) -> Mapping[str, Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in fields(kind)}


def reader(annotation: Any) -> Reader:
    """The check for one annotation."""
    return _reader(annotation)


@functools.cache
def _reader(annotation: Any) -> Reader:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _noted_reader(arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        (inner,) = [reader(option) for option in arguments if option is not types.NoneType]
        return lambda value: None if value is None else inner(value)
    if origin is Literal:
        return _choice_reader(arguments)
    if origin is tuple:
        return _list_reader(reader(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _read_map if arguments[1] is object else _read_scalars
    if is_dataclass(annotation):
        return _dataclass_reader(annotation)
    return _SIMPLE[annotation]


def _dataclass_reader(kind: Any) -> Reader:
    hints = field_types(kind)
    readers = {name: reader(hint) for name, hint in hints.items()}
    required = [field.name for field in fields(kind) if field.default is MISSING]
    expected = f"a map ({kind.__name__})"

    def read(value: object) -> Any:
        if type(value) is not tuple and not isinstance(value, dict):
            raise Malformed("", expected, value)
        # Pairs with a key that came twice make a smaller dict.
        given = dict(value)
        all_known = len(given) == len(value)
        arguments: dict[str, Any] = {}
        name = ""
        try:
            for name, item in given.items():
                read_field = readers.get(name)
                if read_field is None:
                    all_known = False
                else:
                    arguments[name] = read_field(item)
        except Malformed as error:
            raise error.inside(name) from None
        if not all_known:
            _require_newer(value, hints)
        for name in required:
            if name not in arguments:
                raise Malformed(name, "a value (it is required)", None)
        return kind(**arguments)

    return read


def _noted_reader(inner: object, notes: tuple[object, ...]) -> Reader:
    read = reader(inner)
    for note in notes:
        match note:
            case MaxChars(count):
                read = _shorter(read, count, f"at most {count} characters")
            case MaxItems(count):
                read = _shorter(read, count, f"at most {count} items")
            case Between(low, high):
                read = _between(read, low, high)
            case Matching(pattern, means):
                read = _matching(read, re.compile(pattern), means)
            case _:
                raise TypeError(f"{note!r} says nothing that can be checked")
    return read


def _shorter(read: Reader, count: int, expected: str) -> Reader:
    def check(value: object) -> Any:
        # First, so that nothing too long is even looked at.
        if isinstance(value, (str, list, tuple, dict)) and len(value) > count:
            raise Exceeded("", expected, value)
        return read(value)

    return check


def _between(read: Reader, low: int, high: int) -> Reader:
    def check(value: object) -> Any:
        result = read(value)
        if not low <= result <= high:
            raise Malformed("", f"a number from {low} to {high}", value)
        return result

    return check


def _matching(read: Reader, pattern: re.Pattern[str], means: str) -> Reader:
    def check(value: object) -> Any:
        result = read(value)
        if pattern.fullmatch(result) is None:
            raise Malformed("", means, value)
        return result

    return check


def _choice_reader(choices: tuple[object, ...]) -> Reader:
    allowed = frozenset(choices)
    expected = "one of " + ", ".join(str(choice) for choice in choices)

    def read(value: object) -> Any:
        if type(value) is not str or value not in allowed:
            raise Malformed("", expected, value)
        return value

    return read


def _list_reader(read_item: Reader) -> Reader:
    def read(value: object) -> tuple[Any, ...]:
        # Not a tuple, which is a map here.
        if type(value) is not list:
            raise Malformed("", "a list", value)
        items: list[Any] = []
        try:
            for item in value:
                items.append(read_item(item))
        except Malformed as error:
            raise error.inside(f"[{len(items)}]") from None
        return tuple(items)

    return read


def _read_scalars(value: object) -> Mapping[str, object]:
    result: dict[str, object] = {}
    seen: set[object] = set()
    for name, item in _pairs(value):
        _require_key(name, seen)
        # Harmless here, but not in every JavaScript that copies it.
        if name == "__proto__":
            raise Malformed("", "no key __proto__", value)
        try:
            result[name] = _read_scalar(item)
        except Malformed as error:
            raise error.inside(_shown(name)) from None
    return types.MappingProxyType(result)


def _read_map(value: object) -> Mapping[str, object]:
    require_plain(value)
    return types.MappingProxyType({name: _thaw(item) for name, item in _pairs(value)})


def _thaw(value: object) -> object:
    """Maps as dicts, which is what every encoder takes."""
    if isinstance(value, list):
        return [_thaw(item) for item in value]
    if isinstance(value, (tuple, dict)):
        return {name: _thaw(item) for name, item in _pairs(value)}
    return value


def _require_newer(value: object, known: Mapping[str, object]) -> None:
    """Fields of a newer page are dropped, but not before they have been found harmless."""
    seen: set[object] = set()
    for name, item in _pairs(value):
        _require_key(name, seen)
        if name not in known:
            try:
                require_plain(item)
            except Malformed as error:
                raise error.inside(_shown(name)) from None


def require_plain(value: object, depth: int = NEWER_DEPTH_COUNT) -> None:
    """Raise ``Malformed`` unless ``value`` is what the wire may carry, nested at most ``depth`` deep."""
    if isinstance(value, (list, tuple, dict)) and depth == 0:
        raise Exceeded("", f"lists and maps nested at most {NEWER_DEPTH_COUNT} deep", value)
    if isinstance(value, list):
        for item in value:
            require_plain(item, depth - 1)
    elif isinstance(value, (tuple, dict)):
        seen: set[object] = set()
        for name, item in _pairs(value):
            _require_key(name, seen)
            require_plain(item, depth - 1)
    elif not isinstance(value, bytes):
        _read_scalar(value)


def _pairs(value: object) -> Iterable[tuple[Any, Any]]:
    if type(value) is tuple:
        return value
    if isinstance(value, dict):
        return value.items()
    raise Malformed("", "a map", value)


def _require_key(name: object, seen: set[object]) -> None:
    if type(name) is not str:
        raise Malformed("", "text keys", name)
    _read_text(name)
    if name in seen:
        raise Malformed(_shown(name), "each key once", name)
    seen.add(name)


def _shown(name: str) -> str:
    """A key that a stranger chose, fit for a log line."""
    return name if len(name) <= 40 and name.isascii() and name.isidentifier() else "(a key)"


def _read_scalar(value: object) -> object:
    if value is None or value is True or value is False:
        return value
    if type(value) is str:
        return _read_text(value)
    if type(value) is int or type(value) is float:
        _read_number(value)
        return value
    raise Malformed("", "a text, number, true, false or null", value)


def _read_text(value: object) -> str:
    if type(value) is not str:
        raise Malformed("", "a text", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Malformed("", "valid Unicode", value) from None
    return value


def _read_integer(value: object) -> int:
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise Malformed("", "an integer", value)
    if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
        raise Malformed("", "an integer that a browser holds exactly", value)
    return value


def _read_number(value: object) -> float:
    if (type(value) is not float and type(value) is not int) or not -SAFE_INTEGER <= value <= SAFE_INTEGER:
        raise Malformed("", "a finite number that a browser holds exactly", value)
    return float(value)


def _read_boolean(value: object) -> bool:
    if type(value) is not bool:
        raise Malformed("", "true or false", value)
    return value


def _read_bytes(value: object) -> bytes:
    if type(value) is not bytes:
        raise Malformed("", "binary data", value)
    return value


_SIMPLE: Mapping[object, Reader] = {
    str: _read_text,
    int: _read_integer,
    float: _read_number,
    bool: _read_boolean,
    bytes: _read_bytes,
}
