"""A look at a chunk that tells of nearly all of them, in a tenth of the time, that no hidden code is in it.

Wherever a code stands, in one text or over several, it is made of whole words. So all words of the chunk are
taken, in whatever order, also as they read once escapes are undone; where no row of them makes a code there
is none. Only what stands in an input may also be the beginning of one. The JSON is not taken apart for this:
a few passes over its bytes do, none of which calls back for each word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from replay.model.code_reading import folded_words, once, unescaped
from replay.model.personal_code import Codes

__all__ = ["could_hide"]

_WRITTEN = (
    ('\\"', '"'),
    ("\\n", "\n"),
    ("\\t", "\t"),
    ("\\r", "\r"),
    ("\\/", "/"),
    ("\\b", " "),
    ("\\f", " "),
)
"""How JSON writes signs of which none is of a word."""
_BACKSLASH = "\x01"
"""Stands for one until all else is undone: JSON holds no such sign."""
_NUMBERS = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_HIDDEN_NAME = re.compile(r"(?<!\\)(?:\\\\)*\\u00[2-7]")
"""A plain sign written as a number, as no recorder writes it: names of fields could be."""
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_TYPED = re.compile(r'"(?:value|text)"\s*:\s*("(?:[^"\\]|\\.)*+")', re.DOTALL)

_PLAIN = b"0123456789abcdefghijklmnopqrstuvwxyz"
_WORDS = bytes(
    number if number >= 0x80 or number in _PLAIN else number + 0x20 if number + 0x20 in _PLAIN[10:] else 0x20
    for number in range(0x100)
)
"""Of bytes: what is of a word as it is read, all else a blank."""


def could_hide(codes: Codes, events: bytes) -> bool:
    """Whether anything of these events may have to be hidden."""
    text = events.decode(errors="replace")
    if "\\u00" in text and _HIDDEN_NAME.search(text) is not None:
        return True
    return codes.could_be_of(_words(text)) or any(codes.is_begun(typed) for typed in _typed(text))


def _words(text: str) -> set[str]:
    if "\\" in text:
        text = text.replace("\\\\", _BACKSLASH)
        for written, sign in _WRITTEN:
            text = text.replace(written, sign)
        if "\\u" in text:
            text = _NUMBERS.sub(once(lambda run: str(json.loads(f'"{run}"'))), text)
        text = text.replace(_BACKSLASH, "\\")
    found = set(_split(text))
    for reading in unescaped(text):
        found.update(_split(reading))
    return {word.decode() for word in found}


def _split(text: str) -> Iterable[bytes]:
    plain = text if text.isascii() else _FOREIGN.sub(once(folded_words), text)
    return plain.encode().translate(_WORDS).split()


def _typed(text: str) -> Iterator[str]:
    for written in set(_TYPED.findall(text)):
        yield written[1:-1] if "\\" not in written else str(json.loads(written, strict=False))
