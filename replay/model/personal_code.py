"""Promo codes that may be one customer's alone, and how they are told without being given away.

A code is **readable** where it is the shop's own affair: registered as it stands (as a code or as the value
of a campaign), carried by three customers, or in ten sessions of nobody known, or too short to be one
person's. A registered pattern (``SPRING-******``) makes nothing readable, since such codes are handed out one
to each; only its fixed part is. This is decided when somebody looks, from what is stored then, so that a code
becomes readable (or, once the sessions of others are erased, personal again) without anything being
rewritten.

Any other code is **masked**: ``••••-••••#3f9a1c`` has as many signs as the code and none of them, because one
person's code is often a name and some digits, and a guess needs nothing but a few of its signs. The tag is
the beginning of the keyed hash by which the store finds the code: two occurrences can be told to be the same,
and no list of guesses can be tried on it, for the key never leaves the store. Facts and pictures are stored
as they came, since rules read codes. Findings are stored masked, whatever the code: problems are then counted
alike before and after a code becomes readable, and what somebody forgot shows too little and not too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar, cast
from urllib.parse import quote

from replay.model.finding import Finding
from replay.model.identity import Identifier, IdentifierKind
from replay.model.promo import Registry

__all__ = [
    "CARRIERS_MAX_COUNT",
    "MASK",
    "TELLING",
    "Codes",
    "SeenCode",
    "blotted",
    "is_carried_by_many",
    "masked",
]
__all__ += ["is_public", "seen_codes"]

T = TypeVar("T")

MASK = "•"
TAG_CHARS = 6
PERSONAL_MIN_CHARS = 5
"""Letters and digits of a code that can be one person's: whoever tries finds a shorter one anyway."""
CUSTOMERS_COUNT = 3
"""Customers who carry a code that is nobody's own."""
UNKNOWN_COUNT = 10
"""Sessions of nobody known that do: all of them could be one person's, but hardly so many."""
CARRIERS_MAX_COUNT = 50
"""Newest sessions that are looked at for this."""

QUANTITY_MAX_CHARS = 3

TELLING: frozenset[IdentifierKind] = frozenset({"promo", "message", "error"})
"""Kinds of identifiers that say codes."""

_NO_TEXTS = frozenset(
    (
        *("by", "cart", "context", "currency", "how", "id", "kind", "load", "method", "outcome", "role"),
        *("rule", "severity", "sku", "source", "state", "surface", "system", "tab", "what"),
    )
)
"""Fields whose values are words of ours or numbers of things, and never say a code."""

_SIGN = re.compile(r"[^\W_]")
_BETWEEN = r"(?:[-_–]|%2D)?"
_SEPARATORS = r"(?:%[0-9A-F]{2}|[\W_]){0,3}"


def blotted(code: str) -> str:
    """The code with every letter and digit hidden."""
    return _SIGN.sub(MASK, code)


def masked(code: str, value: str) -> str:
    """The code as it is told where it must not be read. ``value`` is its keyed hash."""
    if MASK in code or _is_short(code):
        return code
    return f"{blotted(code)}#{value[:TAG_CHARS]}"


def _is_short(code: str) -> bool:
    return sum(map(len, _SIGN.findall(code))) < PERSONAL_MIN_CHARS


def is_carried_by_many(carriers: Sequence[AbstractSet[str]]) -> bool:
    """Whether those are more than one customer's sessions. Each is given as whom it said it is: sessions that
    share anything are one customer's, also by way of a third."""
    people: list[set[str]] = []
    for identities in carriers:
        if identities:
            same = [one for one in people if not one.isdisjoint(identities)]
            people = [one for one in people if one.isdisjoint(identities)]
            people.append(set(identities).union(*same))
    unknown = sum(not identities for identities in carriers)
    return len(people) >= CUSTOMERS_COUNT or unknown >= UNKNOWN_COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCode:
    """A code of a session: as it was given, as it is stored where it is masked, and as it is told now."""

    given: str
    stored: str
    told: str

    @property
    def is_readable(self) -> bool:
        return self.told == self.given


def seen_codes(
    identifiers: Iterable[Identifier],
    registry: Registry,
    carriers: Mapping[str, Sequence[AbstractSet[str]]],
) -> Codes:
    """The codes among a session's identifiers, and how each is told. ``carriers`` are those of the codes, by
    value."""
    codes = []
    for one in identifiers:
        if one.kind == "promo":
            stored = masked(one.shown, one.value)
            readable = is_public(one.shown, registry) or is_carried_by_many(carriers.get(one.value, ()))
            told = one.shown if readable else _by_pattern(one.shown, registry, stored)
            codes.append(SeenCode(given=one.shown, stored=stored, told=told))
    return Codes(codes=tuple(codes))


def is_public(code: str, registry: Registry) -> bool:
    """Whether a code by itself is the shop's own affair, whoever carries it."""
    return MASK in code or _is_short(code) or registry.names(code)


def _by_pattern(code: str, registry: Registry, stored: str) -> str:
    """The mask with what is fixed in a registered pattern, which stands in every letter of the campaign."""
    pattern = registry.pattern_of(code)
    if pattern is None or len(pattern) != len(code.strip()):
        return stored
    shown = "".join(MASK if star == "*" else sign for star, sign in zip(pattern, code.strip(), strict=True))
    return shown + stored[stored.index("#") :] if "#" in stored else stored


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The codes of one session, and what of them may be told."""

    codes: tuple[SeenCode, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is nothing to hide."""
        return not self._hidden

    def conceal(self, text: str) -> str:
        """A text with every code, readable or not, as it is stored where it is masked."""
        return self._replaced(text, self.codes, lambda code, _: code.stored)

    def tell(self, text: str) -> str:
        """A text as it may be read: of what came from a page codes are hidden, of what was stored masked
        they are shown where they are readable."""
        for code in self.codes:
            if code.stored != code.told and code.stored in text:
                text = text.replace(code.stored, code.told)
        return self._replaced(text, self._hidden, lambda code, _: code.told)

    def blot(self, text: str) -> str:
        """A text of a page, with every sign of a hidden code blotted out and all else in its place."""
        return self._replaced(text, self._hidden, lambda _, found: blotted(found))

    def blot_typed(self, text: str) -> str:
        """What stands in an input: also the beginning of a hidden code, unless it could be a quantity."""
        begun = text.strip().casefold()
        if len(begun) > (QUANTITY_MAX_CHARS if begun.isdigit() else 0) and any(
            code.given.casefold().startswith(begun) for code in self._hidden
        ):
            return blotted(text)
        return self.blot(text)

    def tell_all(self, value: T) -> T:
        """What is to be JSON, as it may be read: every text but names of kinds, places and things."""
        return cast(T, _mapped(value, self.tell)) if self.codes else value

    def told(self, finding: Finding) -> Finding:
        """A finding in the words that may be read."""
        return _said(finding, self.tell) if self.codes else finding

    def concealed(self, finding: Finding) -> Finding:
        """A finding as it is stored."""
        return _said(finding, self.conceal) if self.codes else finding

    @cached_property
    def _hidden(self) -> tuple[SeenCode, ...]:
        return tuple(code for code in self.codes if not code.is_readable)

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {code.given: _spelt(code.given) for code in self.codes}

    def _replaced(self, text: str, codes: Sequence[SeenCode], put: Callable[[SeenCode, str], str]) -> str:
        # The longest first: one may begin with another.
        for code in sorted(codes, key=lambda one: -len(one.given)) if codes else ():
            if code.given == code.stored:
                continue

            def instead(found: re.Match[str], code: SeenCode = code) -> str:
                return put(code, found[0])

            text = self._patterns[code.given].sub(instead, text)
        return text


def _spelt(code: str) -> re.Pattern[str]:
    """Finds a code in a text: also without its hyphens or with others, and as an address has it. One of
    digits alone could be an amount, and one of letters alone a word: those are found as they were given."""
    plain = code.strip()
    signs = _SIGN.findall(plain)
    has_digits = any(sign.isdigit() for sign in signs)
    has_letters = any(sign.isalpha() for sign in signs)
    spellings = [re.escape(plain), re.escape(quote(plain, safe=""))]
    flags = re.IGNORECASE
    if has_digits and has_letters:
        pieces: list[str] = []
        for place, sign in enumerate(plain):
            if not _SIGN.match(sign):
                continue
            if pieces:
                pieces.append(_BETWEEN if _SIGN.match(plain[place - 1]) else _SEPARATORS)
            pieces.append(re.escape(sign))
        spellings.append("".join(pieces))
    elif has_letters:
        flags = re.NOFLAG
        spellings += [re.escape(plain.upper())]
    either = "|".join(dict.fromkeys(spellings))
    return re.compile(rf"(?:(?<![^\W_])|(?<=%[0-9a-fA-F]{{2}}))(?:{either})(?![^\W_])", flags)


def _said(finding: Finding, words: Callable[[str], str]) -> Finding:
    return replace(
        finding,
        subject=words(finding.subject),
        signature=words(finding.signature),
        said=words(finding.said),
        shown=tuple(one if one.raw is None else replace(one, raw=words(one.raw)) for one in finding.shown),
    )


def _mapped(value: object, words: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {name: one if name in _NO_TEXTS else _mapped(one, words) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(one, words) for one in value]
    return value
