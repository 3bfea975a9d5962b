"""How texts are read when codes are looked for in them: without case, accents and signs that nobody sees, as
runs of letters and digits.

Texts are also read as addresses, scripts and style sheets write signs (``%2D``, ``\\u002d``, ``\\2d``). Each
reading knows where in the source its characters stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

__all__ = [
    "MASK",
    "WORD",
    "Reading",
    "dotted",
    "folded",
    "folded_words",
    "once",
    "readings",
    "signs_of",
    "unescaped",
]

MASK = "•"

_SIGN = re.compile(r"[^\W_]")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
"""Nothing stands between words of ideographs: each is one by itself."""
_ESCAPED = re.compile(
    r"(?:%(?:25)*[0-9a-f]{2})+|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[bfnrtv\"'/\\]", re.IGNORECASE
)
"""In addresses, also escaped more than once, and in scripts."""
_ESCAPED_STYLE = re.compile(r"\\[0-9a-f]{1,6}\s?", re.IGNORECASE)
_OCTET = re.compile(r"%(?:25)*([0-9a-f]{2})", re.IGNORECASE)
_UNICODE_MAX = 0x10FFFF


class _Folding(dict[int, str]):
    """What becomes of a character, as a table for ``str.translate``: nothing of what is not seen."""

    def __missing__(self, number: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(number)).casefold()
        folded = "".join(one for one in unicodedata.normalize("NFKD", plain) if not _is_unseen(one))
        self[number] = folded
        return folded


def _is_unseen(character: str) -> bool:
    """Accents, joiners, direction marks, soft hyphens, variation selectors."""
    number = ord(character)
    return (
        0x300 <= number <= 0x36F
        or 0xFE00 <= number <= 0xFE0F
        or 0xE0100 <= number <= 0xE01EF
        or unicodedata.category(character) == "Cf"
    )


_FOLDING = _Folding()


def folded(text: str) -> str:
    """A text as it is read."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def signs_of(text: str) -> str:
    """The letters and digits of a text, so that two spellings of a code are the same."""
    return "".join(WORD.findall(folded(text)))


def dotted(text: str) -> str:
    """The text with every letter and digit hidden, and no accent left that would tell of one."""
    dots = _SIGN.sub(MASK, text)
    return dots if dots.isascii() else "".join(one for one in dots if not _is_unseen(one))


def folded_words(text: str) -> str:
    """The words of a text, each of ideographs by itself, as they are read; blanks for all else."""
    return "".join(
        f" {one} " if _IDEOGRAPH.match(one) else one if _SIGN.match(one) else " " for one in folded(text)
    )


def once(said: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    """What is said of what was found, worked out once for each spelling."""
    known: dict[str, str] = {}

    def say(found: re.Match[str]) -> str:
        text = found[0]
        if text not in known:
            known[text] = said(text)
        return known[text]

    return say


@dataclass(frozen=True)
class Reading:
    """A text as it is read. ``places``: where each of its characters stands in ``source``; None if there."""

    source: str
    text: str
    places: Sequence[tuple[int, int]] | None = None

    @cached_property
    def folded(self) -> str:
        return folded(self.text)

    @cached_property
    def _of(self) -> Sequence[int]:
        """Which character of the text each of the folded one comes of."""
        if self.text.isascii():
            return range(len(self.text))
        return [at for at, one in enumerate(self.text) for _ in _FOLDING[ord(one)]]

    def place(self, start: int, end: int) -> tuple[int, int, str]:
        """Where in the source a piece of the folded text stands, and what hides it there."""
        first, last = self._of[start], self._of[end - 1]
        while last + 1 < len(self.text) and _is_unseen(self.text[last + 1]):
            last += 1
        if self.places is None:
            return first, last + 1, dotted(self.source[first : last + 1])
        pieces = []
        for at in range(first, last + 1):
            hidden = dotted(self.text[at])
            pieces.append(hidden if hidden != self.text[at] else self.source[slice(*self.places[at])])
        return self.places[first][0], self.places[last][1], "".join(pieces)


def readings(text: str) -> Iterator[Reading]:
    """A text as it stands, and as it reads without each kind of escapes that it has."""
    yield Reading(text, text)
    for escapes in _escapes_in(text):
        yield _unescaped(text, escapes)


def unescaped(text: str) -> Iterator[str]:
    """The same but the first, of what need not be found again in the text."""
    for escapes in _escapes_in(text):
        yield escapes.sub(once(lambda one: "".join(sign for sign, _, _ in _characters(one))), text)


def _escapes_in(text: str) -> Iterator[re.Pattern[str]]:
    for marks, escapes in (("%\\", _ESCAPED), ("\\", _ESCAPED_STYLE)):
        if any(mark in text for mark in marks) and escapes.search(text):
            yield escapes


def _unescaped(text: str, escapes: re.Pattern[str]) -> Reading:
    read: list[str] = []
    places: list[tuple[int, int]] = []
    end = 0
    for found in escapes.finditer(text):
        read += text[end : found.start()]
        places += ((at, at + 1) for at in range(end, found.start()))
        for character, start, stop in _characters(found[0]):
            read.append(character)
            places.append((found.start() + start, found.start() + stop))
        end = found.end()
    read += text[end:]
    places += ((at, at + 1) for at in range(end, len(text)))
    return Reading(text, "".join(read), places)


def _characters(escape: str) -> Iterator[tuple[str, int, int]]:
    """The characters that an escape stands for, and where in it."""
    if escape[0] == "\\":
        digits = escape[2:] if escape[1] in "uxUX" else escape[1:].strip()
        is_number = all(one in "0123456789abcdefABCDEF" for one in digits) and digits
        number = int(digits, 16) if is_number else 0x20
        yield chr(min(number, _UNICODE_MAX)), 0, len(escape)
        return
    octets = list(_OCTET.finditer(escape))
    at = 0
    while at < len(octets):
        lead = int(octets[at][1], 16)
        count = 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
        run = octets[at : at + count]
        try:
            character = bytes(int(one[1], 16) for one in run).decode()
        except UnicodeDecodeError:
            character, run = "\ufffd", run[:1]
        yield character, run[0].start(), run[-1].end()
        at += len(run)
