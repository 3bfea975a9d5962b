"""Numbers as pages write them: which mark separates the decimals and which the thousands.

"1.299,00" and "1,299.00" say it themselves; "1.299" does not. Then only something outside can: another price
of the same page, the shop's setting, or the page's language, which is often not the one its prices are
written in. Nothing is decided here that the digits leave open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

__all__ = [
    "NUMBER",
    "DecimalMark",
    "Digits",
    "cleaned",
    "mark_in",
    "mark_of_language",
    "marks_in",
    "marks_of",
    "readings",
]

DecimalMark = Literal[".", ","]
"""The decimal mark of a page."""

NUMBER = (
    r"[1-9]\d{0,2}(?: \d{3})+(?!\d)(?:[.,٫]\d+)*|(?:(?<![\w.,'٬٫])[.,](?=\d))?\d+(?:[.,'٬٫]\d+)*"
    r"|\.\d\d(?!\d)"
)
"""A number in cleaned text. A space belongs to it only before exactly three digits."""

_DIGITS_MAX_COUNT = 18


class Digits(NamedTuple):
    """One way to read a number: all its digits as an integer, and how many of them are decimals."""

    value: int
    decimals: int


def _characters(ranges: str) -> str:
    ends = [one.split("-") for one in ranges.split()]
    return "".join(chr(code) for pair in ends for code in range(int(pair[0], 16), int(pair[-1], 16) + 1))


_INVISIBLE = _characters("ad 61c 200b-200f 202a-202e 2060 2066-2069 feff")
_ALIKE = {
    " ": _characters("9-d a0 1680 2000-200a 202f 205f 3000"),
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63",
    "~": "\u301c\u223c\u02dc",
    "'": "\u2018\u2019\u02bc\u02b9\u00b4\u2032",
    '"': "\u05f4\u201c\u201d",
    "%": "\u066a\ufe6a",
    "/": "\u2044\u2215",
    ".": "\u00b7\u2024",
    ",": "\u060c",
}
_PLAIN = {ord(character): plain for plain, alike in _ALIKE.items() for character in alike}
_PLAIN |= {ord(character): "" for character in _INVISIBLE}
_PLAIN |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5E)}
_PLAIN |= {
    0xFF5E: "~",
    0xFFE0: "¢",
    0xFFE1: "£",
    0xFFE5: "¥",
    0xFFE6: "₩",
    0xFF70: "-",
    0xFE69: "$",
    0xFE50: ",",
}
"""Full-width forms, and what looks alike. Not NFKC: it would turn "299⁹⁹" into 29999."""

_RAISED = re.compile(r"(?<=[\d ])[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_AFTER_DECIMALS = re.compile(r"[.,]\d\d? ?$")
_LOOK_BACK_CHARS = 4
_CENTS_COUNTS = (2, 3)
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")


def cleaned(raw: str) -> str:
    """The text with one form for every space, dash, apostrophe and digit, and nothing invisible in it."""
    if raw.isascii():
        return " ".join(raw.split())
    text = raw.translate(_PLAIN)
    if not text.isascii():
        text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
        text = _RAISED.sub(_lowered, text)
    return " ".join(text.split())


def _lowered(raised: re.Match[str]) -> str:
    """Raised digits after a whole number are its cents; one alone, or any after decimals, is a footnote."""
    before = raised.string[max(0, raised.start() - _LOOK_BACK_CHARS) : raised.start()]
    if len(raised[0]) not in _CENTS_COUNTS or _AFTER_DECIMALS.search(before):
        return " "
    return f"{'٫' if before[-1:].isdigit() else ''}{raised[0].translate(_LOWERED)}"


_GROUPS = re.compile(r"[1-9]\d{0,2}(?:\D\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3}")
"""Thousands, or the lakhs and crores of India."""
_DIGITS = re.compile(r"\d+")
_NO_DIGITS = re.compile(r"\D+")


def readings(number: str) -> tuple[Digits, ...]:
    """Every way to read a number that ``NUMBER`` matched, none if it is malformed.

    Two where one mark stands before exactly three digits: first as thousands, then as decimals.
    """
    plain = number if number.isdigit() else _NO_DIGITS.sub("", number)
    if len(plain) > _DIGITS_MAX_COUNT:
        return ()
    whole = Digits(int(plain), 0)
    if plain is number:
        return (whole,)
    marks = _DIGITS.sub("", number)
    last = marks[-1]
    head, _, tail = number.rpartition(last)
    parted = Digits(whole.value, len(tail))
    is_grouped = last != "٫" and marks.count(last) == len(marks) and _GROUPS.fullmatch(number) is not None
    if len(marks) == 1 and last in ".,٫":
        return (whole, parted) if is_grouped else (parted,)
    if is_grouped:
        return (whole,)
    other = marks[0]
    can_part = last in ".,٫" and other not in (last, "٫") and marks.count(other) == len(marks) - 1
    return (parted,) if can_part and _GROUPS.fullmatch(head) else ()


_MARKS: Mapping[str, DecimalMark] = {".": ".", ",": ","}
_OTHER: Mapping[str, DecimalMark] = {".": ",", ",": "."}


def mark_in(number: str) -> DecimalMark | None:
    """The decimal mark that a number gives away, if it does."""
    read = readings(number)
    if len(read) != 1 or number.isdigit():
        return None
    last = _DIGITS.sub("", number)[-1]
    if read[0].decimals:
        return _MARKS.get(last)
    return _OTHER.get(last)


_NUMBERS = re.compile(NUMBER)


def marks_in(raw: str) -> frozenset[DecimalMark]:
    """The decimal marks that the numbers of a text give away."""
    told = (mark_in(number) for number in _NUMBERS.findall(cleaned(raw)))
    return frozenset(mark for mark in told if mark is not None)


def marks_of(raws: Iterable[str]) -> DecimalMark | None:
    """The decimal mark of a page, learnt from its other prices; None if they do not tell or disagree."""
    found = frozenset[DecimalMark]().union(*(marks_in(raw) for raw in raws))
    return next(iter(found)) if len(found) == 1 else None


def _set(tags: str) -> frozenset[str]:
    return frozenset(tags.split())


_COMMA = _set(
    """
    af az be bg bs ca cs da de el et eu fi fr gl hr hu hy id is it ka kk ky lb lo lt lv mk nb nl nn no pl pt
    rm ro ru sk sl sq sr sv tr uk uz vi ar-dz ar-lb ar-ly ar-ma ar-tn es-ar es-bo es-cl es-co es-es
    es-py es-uy es-ve
    """
)
_POINT = _set(
    """
    am ar bn cy en fil ga gu he hi ja km kn ko ml mn mr ms mt my ne pa si sw ta te th tl ur zh zu de-ch de-li
    it-ch es-419 es-cu es-do es-gt es-hn es-mx es-ni es-pa es-pe es-pr es-sv es-us
    """
)
_EITHER = _set(
    """
    en-at en-be en-ch en-de en-dk en-fi en-id en-nl en-se en-si en-za es-cr es-ec fr-ch
    """
)
"""Regions whose shops write both, whatever the language's table says. Spanish alone says nothing either."""


def mark_of_language(language: str) -> DecimalMark | None:
    """The decimal mark that a page's language (BCP 47) makes likely."""
    parts = language.casefold().replace("_", "-").split("-")
    for tag in ("-".join((parts[0], parts[-1])), parts[0]):
        if tag in _EITHER:
            return None
        if tag in _COMMA or tag in _POINT:
            return "," if tag in _COMMA else "."
    return None
