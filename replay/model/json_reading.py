"""JSON that somebody else wrote, read without losing anything of it.

A number with a fraction is a binary fraction to most programs, so it stays what was written; a map in which a
key stands twice says so; and how deep a body is nested is known before anything goes in there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

__all__ = ["Number", "Twice", "Unreadable", "printable", "read_json"]

_KEY_SHOWN_CHARS = 60


class Unreadable(ValueError):
    """The body as a whole cannot be read: what is wrong, and what to do."""

    def __init__(self, what: str, do: str) -> None:
        self.what = what
        self.do = do
        super().__init__(f"{what} {do}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that JSON wrote and no field takes: with a fraction, an exponent, too many digits, or NaN."""

    written: str


class Twice(dict[str, object]):
    """A map in which a key came twice; ``key`` is the first such."""

    key = ""


def read_json(body: bytes, depth_max_count: int) -> object:
    """What a body says. Raises ``Unreadable``."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is no UTF-8 (at byte {error.start}).", "Send JSON in UTF-8.") from None
    if _is_deeper(text, depth_max_count):
        raise Unreadable(
            f"Lists and maps are nested more than {depth_max_count} deep.", "Nothing that is read is so deep."
        )
    try:
        return json.loads(
            text,
            parse_float=Number,
            parse_int=_integer,
            parse_constant=Number,
            object_pairs_hook=_map,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            "Send JSON in UTF-8.",
        ) from None


def printable(text: str) -> str:
    """The text for a sentence: what cannot be printed is marked."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _integer(written: str) -> int | Number:
    return int(written) if len(written) <= 18 else Number(written)


def _map(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    twice, seen = Twice(result), set[str]()
    for key, _ in pairs:
        if key in seen:
            twice.key = printable(key[:_KEY_SHOWN_CHARS])
        seen.add(key)
    return twice


def _is_deeper(text: str, most: int) -> bool:
    """Whether lists and maps stand deeper within one another: found without going in there."""
    depth, inside, skipped = 0, False, -1
    for found in re.finditer(r'[\[\]{}"\\]', text):
        mark, at = found[0], found.start()
        if inside:
            if at == skipped:
                continue
            if mark == "\\":
                skipped = at + 1
            elif mark == '"':
                inside = False
        elif mark == '"':
            inside = True
        elif mark in "[{":
            depth += 1
            if depth > most:
                return True
        elif mark in "]}":
            depth -= 1
    return False
