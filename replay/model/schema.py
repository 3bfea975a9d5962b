"""Reads untrusted maps into frozen dataclasses, and says by path what was wrong.

The dataclasses in ``replay.model.events`` are the only definition of what a page may send: ``decode`` checks
a decoded message against them, and ``replay.protocol.typescript`` writes the same definition out for the
browser. Unknown fields are dropped, so that an older collector accepts a newer page.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from replay.model.bounds import Malformed
from replay.model.readers import reader

__all__ = ["decode", "encode"]

T = TypeVar("T")


def decode(kind: type[T], value: object, path: str = "") -> T:
    """Build ``kind`` from a map with text keys.

    A map is a dict, or the tuple of its (key, value) pairs as msgpack's ``object_pairs_hook=tuple`` hands
    it over: only in the pairs does a key that came twice still show. Raises ``Malformed`` at the first field
    that does not fit.
    """
    try:
        result: T = reader(kind)(value)
    except Malformed as error:
        raise error.inside(path) from None
    return result


def encode(value: Any) -> dict[str, object]:
    """The map that ``decode`` reads back into the same value; fields at their default are left out."""
    result: dict[str, object] = {}
    for name, default in _fields(value.__class__):
        item = getattr(value, name)
        if item != default:
            result[name] = _plain(item)
    return result


@functools.cache
def _fields(kind: Any) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def _plain(value: Any) -> object:
    if is_dataclass(value):
        return encode(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value
