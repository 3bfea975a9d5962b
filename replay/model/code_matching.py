"""Finds codes in texts, however they are written there, and many of them in one pass.

A text is read as words: runs of letters and digits, without case, accents and signs that nobody sees. What
stands together is put together again, ``anna`` and ``4711`` of ``ANNA-4711``, as long as some code begins so:
that is one look into a set for each word of the text, however many codes there are. A code is found as whole
words only. What may stand between its parts depends on it: one of letters and digits is hardly anything else,
one of letters alone could be two words, and one of digits alone an amount.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from replay.model.code_reading import WORD, Reading, folded, readings, signs_of, unescaped
from replay.model.price_beside import BESIDE_CHARS, beside, is_price

__all__ = ["AMOUNT_MAX_CHARS", "Found", "Matcher"]

_BLANKS = re.compile(r"\s+")
_DASH = re.compile(r"[-_\u2010-\u2015\u2212]")
_BLANK = re.compile(r"\s")
_DASH_OR_BLANK = re.compile(rf"{_DASH.pattern}|\s")

_OF_A_WORD = re.compile(rf"(?:{WORD.pattern})*+")

GAP_MAX_CHARS = 3
"""What may stand between two parts of a code, all blanks in a row taken for one: `` - ``."""
_GAP = rf"(?:\s++|[^\w\s]|_){{0,{GAP_MAX_CHARS}}}+"
NEAR_MAX_COUNT = 20
"""Codes that are looked for each by itself; of more every word is looked at."""
AMOUNT_MAX_CHARS = 7
"""Digits of a code that could also be an amount, if it is written without what stands between them."""

Kind = Literal["mixed", "letters", "digits"]


class Found(NamedTuple):
    """Where in a text a code stands, or a part of it; which of the codes, and what hides it there."""

    start: int
    end: int
    code: int
    dots: str


@dataclass(frozen=True, slots=True)
class _Code:
    """A code to be found: its place among all, its letters and digits, and what stands between them where."""

    at: int
    signs: str
    kind: Kind
    own: Mapping[int, str]

    def allows(self, gaps: Sequence[tuple[int, str]]) -> bool:
        """Whether it is this code, if that stands between its signs."""
        is_spaced = len(gaps) == len(self.signs) - 1 and all(_BLANK.fullmatch(gap) for _, gap in gaps)
        if is_spaced and self.kind != "digits":
            # S A V E 1 2
            return True
        if self.kind == "digits" and len(self.signs) <= AMOUNT_MAX_CHARS and len(gaps) != len(self.own):
            return False
        return all(gap == "" or self._allows(at, gap) for at, gap in gaps)

    def _allows(self, at: int, gap: str) -> bool:
        own = self.own.get(at)
        if own is None:
            return self.kind == "mixed" and _DASH.fullmatch(gap) is not None
        if self.kind == "mixed":
            return True
        plain = _DASH if self.kind == "letters" else _DASH_OR_BLANK
        return gap == own or plain.fullmatch(gap) is not None


def _code(at: int, given: str) -> _Code:
    folded = Reading(given, given.strip()).folded
    words = list(WORD.finditer(folded))
    own: dict[int, str] = {}
    length = 0
    for one, following in pairwise(words):
        length += len(one[0])
        gap = folded[one.end() : following.start()]
        if gap:
            own[length] = _BLANKS.sub(" ", gap)
    signs = "".join(one[0] for one in words)
    has_digits = any(sign.isdigit() for sign in signs)
    has_letters = any(not sign.isdigit() for sign in signs)
    kind: Kind = "mixed" if has_digits and has_letters else "digits" if has_digits else "letters"
    return _Code(at, signs, kind, own)


_Place = tuple[int, int]
"""Which text, and which word of it."""
_WordsOf = Callable[[int], Sequence[re.Match[str]]]
_Follow = Callable[[_Place], tuple[_Place, str] | None]


class Matcher:
    """Finds these codes."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._take([_code(at, given) for at, given in enumerate(codes)])

    def _take(self, codes: Iterable[_Code]) -> None:
        self._codes = [one for one in codes if one.signs]
        self._whole: dict[str, list[_Code]] = {}
        self._begun: dict[str, list[_Code]] = {}
        """Of each beginning the codes that begin so."""
        for one in self._codes:
            self._whole.setdefault(one.signs, []).append(one)
            for length in range(1, len(one.signs) + 1):
                self._begun.setdefault(one.signs[:length], []).append(one)

    @cached_property
    def _numbers(self) -> frozenset[int]:
        """Those that are of digits alone."""
        return frozenset(one.at for one in self._codes if one.kind == "digits")

    @cached_property
    def of_names(self) -> Matcher:
        """Finds those that are of letters and digits: others could be words by which a page is made."""
        found = Matcher(())
        found._take(one for one in self._codes if one.kind == "mixed")
        return found

    def begins(self, text: str) -> bool:
        """Whether a code begins so, or is this."""
        return signs_of(text) in self._begun

    def could_be_of(self, words: AbstractSet[str]) -> bool:
        """Whether a code could stand among these words, which are read as here: whether some make one."""
        begun = self._begun.keys() & words
        return any(_is_row_of(words, code.signs) for word in begun for code in self._begun[word])

    @cached_property
    def _near(self) -> re.Pattern[str] | None:
        """Finds where a code may stand, if there are few: whatever stands between its signs, and around it.
        Of a long text nearly nothing need then be read word by word."""
        if len(self._codes) > NEAR_MAX_COUNT:
            return None
        longest_first = sorted((one.signs for one in self._codes), key=len, reverse=True)
        return re.compile(f"(?=({'|'.join(_GAP.join(map(re.escape, signs)) for signs in longest_first)}))")

    def _is_near(self, text: str) -> bool:
        return self._near is None or self._near.search(text) is not None

    def find(self, text: str, *, before: str = "", after: str = "") -> list[Found]:
        """Where codes stand in a text, in order; none lies in another, and none is a price by what stands
        beside it, in the text or ``before`` or ``after`` it."""
        if not self._codes:
            return []
        if not self._is_near(folded(text)) and not any(self._is_near(folded(one)) for one in unescaped(text)):
            return []
        found = [one for reading in readings(text) for one in self._in_one(reading)]
        apart = _apart(found) if len(found) > 1 else found
        if self._numbers.isdisjoint(one.code for one in apart):
            return apart

        def is_one(number: Found) -> bool:
            left = text[max(0, number.start - BESIDE_CHARS) : number.start]
            right = text[number.end : number.end + BESIDE_CHARS]
            return number.code in self._numbers and is_price(before + left, right + after)

        return [one for one in apart if not is_one(one)]

    def find_across(self, texts: Sequence[str]) -> list[list[Found]]:
        """The same of each of several texts that stand side by side: a code may begin in one and end in
        another."""
        split: list[list[Found]] = [[] for _ in texts]
        if self._codes and self._is_near("".join(map(folded, texts))):
            for pieces in self._in([Reading(text, text) for text in texts]):
                if len(pieces) > 1:
                    for at, piece in pieces.items():
                        split[at].append(piece)
        found = []
        for at, more in enumerate(split):
            before, after = beside(texts, at) if self._numbers else ("", "")
            found.append(_apart([*self.find(texts[at], before=before, after=after), *more]))
        return found

    def _in_one(self, reading: Reading) -> Iterator[Found]:
        for pieces in self._in([reading]):
            yield pieces[0]

    def _in(self, readings: Sequence[Reading]) -> Iterator[dict[int, Found]]:
        """Of each code that is found its pieces, by the text that they stand in."""
        folded = [one.folded for one in readings]
        windows = None if self._near is None else _windows(self._near, folded)
        words: dict[int, list[re.Match[str]]] = {}

        def words_of(at: int) -> list[re.Match[str]]:
            if at not in words:
                parts = [(0, len(folded[at]))] if windows is None else windows[at]
                words[at] = [word for part in parts for word in WORD.finditer(folded[at], *part)]
            return words[at]

        def follow(place: _Place) -> tuple[_Place, str] | None:
            """The next word, and what stands between."""
            at, number = place
            own = words_of(at)
            if number + 1 < len(own):
                return (at, number + 1), folded[at][own[number].end() : own[number + 1].start()]
            gap = folded[at][own[number].end() :]
            while at + 1 < len(folded) and len(gap) <= _GAP_READ_CHARS:
                at += 1
                if words_of(at):
                    return (at, 0), gap + folded[at][: words_of(at)[0].start()]
                gap += folded[at]
            return None

        after: _Place = (0, 0)
        for at, text in enumerate(folded):
            if windows is None and self._begun.keys().isdisjoint(WORD.findall(text)):
                continue
            for number, word in enumerate(words_of(at)):
                if word[0] not in self._begun or (at, number) < after:
                    continue
                longest = self._longest((at, number), word[0], follow, words_of)
                if longest is not None:
                    code, last = longest
                    after = last[0], last[1] + 1
                    yield dict(_pieces(readings, words_of, code, (at, number), last))

    def _longest(
        self, place: _Place, joined: str, follow: _Follow, words_of: _WordsOf
    ) -> tuple[_Code, _Place] | None:
        """The longest code that begins at this word, and its last word."""
        gaps: list[tuple[int, str]] = []
        longest: tuple[_Code, _Place] | None = None
        while joined in self._begun:
            for code in self._whole.get(joined, ()):
                if code.allows(gaps):
                    longest = code, place
                    break
            following = follow(place)
            if following is None:
                break
            place, gap = following
            gap = _BLANKS.sub(" ", gap)
            if len(gap) > GAP_MAX_CHARS or WORD.search(gap):
                break
            gaps.append((len(joined), gap))
            joined += words_of(place[0])[place[1]][0]
        return longest


def _windows(near: re.Pattern[str], texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Of each of texts that stand side by side the parts, of whole words, in which codes may stand."""
    joined = "".join(texts)
    parts: list[tuple[int, int]] = []
    last = 0
    for found in near.finditer(joined):
        start, end = found.span(1)
        if start < last:
            if end <= last:
                continue
            start, last = parts.pop()
        while start > last and WORD.match(joined[start - 1]):
            start -= 1
        rest = _OF_A_WORD.match(joined, end)
        last = end if rest is None else rest.end()
        parts.append((start, last))
    windows: list[list[tuple[int, int]]] = []
    begin = 0
    at = 0
    for text in texts:
        end = begin + len(text)
        own: list[tuple[int, int]] = []
        while at < len(parts) and parts[at][0] < end:
            own.append((max(parts[at][0], begin) - begin, min(parts[at][1], end) - begin))
            if parts[at][1] > end:
                break
            at += 1
        windows.append(own)
        begin = end
    return windows


def _is_row_of(words: AbstractSet[str], signs: str) -> bool:
    reached = {0}
    for start in range(len(signs)):
        if start in reached:
            reached.update(end for end in range(start + 1, len(signs) + 1) if signs[start:end] in words)
    return len(signs) in reached


_GAP_READ_CHARS = 200
"""How much of what stands between two words is looked at: pages are indented with blanks."""


def _pieces(
    readings: Sequence[Reading], words_of: _WordsOf, code: _Code, first: _Place, last: _Place
) -> Iterator[tuple[int, Found]]:
    for at in range(first[0], last[0] + 1):
        words = words_of(at)
        if words:
            start = words[first[1] if at == first[0] else 0].start()
            end = words[last[1] if at == last[0] else -1].end()
            begin, stop, dots = readings[at].place(start, end)
            yield at, Found(begin, stop, code.at, dots)


def _apart(found: Iterable[Found]) -> list[Found]:
    """In order, of those that overlap the first, and of those that begin together the longest."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
