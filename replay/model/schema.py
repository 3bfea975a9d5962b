"""Reads untrusted maps into frozen dataclasses, and says by path what was wrong.

The dataclasses in ``replay.model.events`` are the only definition of what a page may send: this module
checks a decoded message against them, and ``replay.protocol.typescript`` writes the same definition out
for the browser. Unknown fields are dropped, so that an older collector accepts a newer page.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar, Union

__all__ = ["Malformed", "MaxChars", "MaxItems", "SAFE_INTEGER", "decode", "encode", "field_types"]

SAFE_INTEGER = 2**53 - 1
"""The largest integer that a browser holds exactly."""

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class MaxChars:
    """Longest accepted text, in Unicode code points."""

    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class MaxItems:
    """Most accepted items of a list or entries of a map."""

    count: int


class Malformed(ValueError):
    """A value does not have the shape that its place asks for.

    ``path`` names the place (``lines[3].name``), ``expected`` and ``got`` say what was asked for and what came.
    """

    def __init__(self, path: str, expected: str, got: object) -> None:
        self.path = path
        self.expected = expected
        self.got = _describe(got)
        super().__init__(f"{path or 'value'}: expected {expected}, got {self.got}")


def _describe(value: object) -> str:
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, (int, float)):
        return f"the number {value!r}"[:60]
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, (bytes, list, tuple, dict)):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__


@functools.cache
def field_types(kind: type) -> Mapping[str, Any]:
    """Resolved type hints of a dataclass, annotations kept, in field order."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def decode(kind: type[T], value: object, path: str = "") -> T:
    """Build ``kind`` from a map with text keys.

    Raises ``Malformed`` at the first field that does not fit.
    """
    result: T = _reader(typing.cast(Any, kind))(value, path)
    return result


def encode(value: Any) -> dict[str, object]:
    """The map that ``decode`` reads back into the same value; fields at their default are left out."""
    result: dict[str, object] = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if item != field.default:
            result[field.name] = _plain(item)
    return result


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return encode(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


Reader = Callable[[object, str], Any]


@functools.cache
def _reader(annotation: Any) -> Reader:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        inner, *notes = typing.get_args(annotation)
        return _bounded(_reader(inner), notes)
    if origin in (Union, types.UnionType):
        options = typing.get_args(annotation)
        (inner,) = [option for option in options if option is not type(None)]
        read = _reader(inner)
        return lambda value, path: None if value is None else read(value, path)
    if origin is Literal:
        allowed = typing.get_args(annotation)
        return lambda value, path: _one_of(allowed, value, path)
    if origin is tuple:
        read_item = _reader(typing.get_args(annotation)[0])
        return lambda value, path: _list(read_item, value, path)
    if origin is not None and issubclass(origin, Mapping):
        return _scalars
    if dataclasses.is_dataclass(annotation):
        return _dataclass_reader(typing.cast(type, annotation))
    return _SCALARS[annotation]


def _bounded(read: Reader, notes: list[object]) -> Reader:
    def check(value: object, path: str) -> Any:
        result = read(value, path)
        for note in notes:
            if isinstance(note, MaxChars) and result is not None and len(result) > note.count:
                raise Malformed(path, f"at most {note.count} characters", value)
            if isinstance(note, MaxItems) and result is not None and len(result) > note.count:
                raise Malformed(path, f"at most {note.count} items", value)
        return result

    return check


def _dataclass_reader(kind: type) -> Reader:
    readers = [
        (field.name, _reader(field_types(kind)[field.name]), field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    ]

    def read(value: object, path: str) -> Any:
        if not isinstance(value, dict):
            raise Malformed(path, f"a map ({kind.__name__})", value)
        found = {}
        for name, read_field, required in readers:
            place = f"{path}.{name}" if path else name
            if name in value:
                found[name] = read_field(value[name], place)
            elif required:
                raise Malformed(place, "a value (it is required)", None)
        return kind(**found)

    return read


def _one_of(allowed: tuple[object, ...], value: object, path: str) -> object:
    # `in` alone would take True for 1.
    for option in allowed:
        if type(option) is type(value) and option == value:
            return option
    raise Malformed(path, "one of " + ", ".join(str(option) for option in allowed), value)


def _list(read_item: Reader, value: object, path: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise Malformed(path, "a list", value)
    return tuple(read_item(item, f"{path}[{index}]") for index, item in enumerate(value))


def _scalars(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Malformed(path, "a map of plain values", value)
    for key, item in value.items():
        if not isinstance(key, str):
            raise Malformed(path, "text keys", key)
        if not (item is None or isinstance(item, (str, bool, int, float))):
            raise Malformed(f"{path}.{key}", "a text, number, true, false or null", item)
        if isinstance(item, (int, float)):
            _number(item, f"{path}.{key}")
        if isinstance(item, str):
            _text(item, f"{path}.{key}")
    return types.MappingProxyType(value)


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise Malformed(path, "a text", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Malformed(path, "valid Unicode", value) from None
    return value


def _integer(value: object, path: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > SAFE_INTEGER:
        raise Malformed(path, "an integer that a browser holds exactly", value)
    return value


def _number(value: object, path: str) -> float:
    finite = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if isinstance(value, bool):
        return value
    if not finite or abs(typing.cast(float, value)) > SAFE_INTEGER:
        raise Malformed(path, "a finite number", value)
    return typing.cast(float, value)


def _strict_number(value: object, path: str) -> float:
    if isinstance(value, bool):
        raise Malformed(path, "a finite number", value)
    return float(_number(value, path))


def _boolean(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise Malformed(path, "true or false", value)
    return value


def _binary(value: object, path: str) -> bytes:
    if not isinstance(value, bytes):
        raise Malformed(path, "binary data", value)
    return value


_SCALARS: dict[Any, Reader] = {
    str: _text,
    int: _integer,
    float: _strict_number,
    bool: _boolean,
    bytes: _binary,
}
