"""Promo codes that may be one customer's alone, and how they are told without being given away.

A code is **readable** where it is the shop's own affair: registered as it stands (as a code or as the value
of a campaign), carried by three customers whom the shop's backend signed for, or too short to be one
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

from replay.model.code_matching import AMOUNT_MAX_CHARS, Found, Matcher
from replay.model.code_reading import MASK, dotted, signs_of
from replay.model.finding import Finding
from replay.model.identity import TEXT_KINDS, Identifier, IdentifierKind
from replay.model.promo import Registry

__all__ = [
    "CARRIERS_MAX_COUNT",
    "QUOTING",
    "TELLING",
    "Codes",
    "SeenCode",
    "is_carried_by_many",
    "masked",
]
__all__ += ["is_public", "seen_codes"]

T = TypeVar("T")

TAG_CHARS = 6
PERSONAL_MIN_CHARS = 5
"""Letters and digits of a code that can be one person's: whoever tries finds a shorter one anyway."""
CUSTOMERS_COUNT = 3
"""Verified customers who carry a code that is nobody's own."""
CARRIERS_MAX_COUNT = 100
"""Newest sessions that are looked at for this."""

QUANTITY_MAX_CHARS = 3

QUOTING: tuple[IdentifierKind, ...] = (*TEXT_KINDS, "product", "sku")
"""Kinds of identifiers that may quote a code: shops also put a voucher into the cart as one of its lines."""
TELLING: frozenset[IdentifierKind] = frozenset({"promo", *QUOTING})
"""Kinds of identifiers that say codes."""

_NO_TEXTS = frozenset(
    (
        *("by", "cart", "currency", "how", "id", "kind", "load", "outcome", "rule", "severity", "source"),
        *("state", "surface", "system", "tab", "what"),
    )
)
"""Fields whose values are words of ours or numbers of things, and never say a code."""
_NAMES = frozenset({"context", "method", "role", "sku"})
"""Fields whose values name kinds and articles, in words mostly: a voucher in the cart can be an article."""
_AMOUNTS = frozenset({"amount", "price", "total", "total_was", "unit", "was"})
"""Fields that hold an amount as a page wrote it: of digits alone it is a price, also where it is a code."""
_OF_THE_PAGE = frozenset({"campaign", "data", "experiments"})
"""Fields that hold names and values of the page's own."""

_TAG = re.compile(rf"#([0-9a-f]{{{TAG_CHARS}}})")


def masked(code: str, value: str) -> str:
    """The code as it is told where it must not be read. ``value`` is its keyed hash."""
    if MASK in code or _is_short(code):
        return code
    return f"{dotted(code)}#{value[:TAG_CHARS]}"


def _is_short(code: str) -> bool:
    signs = signs_of(code)
    # So few digits are fewer guesses still, and could be an amount: a price is never hidden.
    return len(signs) < PERSONAL_MIN_CHARS or (signs.isdigit() and len(signs) <= AMOUNT_MAX_CHARS)


def is_carried_by_many(carriers: Sequence[AbstractSet[str]]) -> bool:
    """Whether those are more than one customer's sessions. Each is given as whom it was verified to be:
    sessions that share anything are one customer's, also by way of a third. What a page merely claims counts
    for nothing, nor does how many sessions of nobody known there are: one person makes any number of both, by
    coming back with the code in the cart."""
    people: list[set[str]] = []
    for identities in filter(None, carriers):
        same = [one for one in people if not one.isdisjoint(identities)]
        people = [one for one in people if one.isdisjoint(identities)]
        people.append(set(identities).union(*same))
    return len(people) >= CUSTOMERS_COUNT


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
        return _put(text, self._every.find(text), lambda one: self._masked[one.code].stored)

    def tell(self, text: str) -> str:
        """A text as it may be read: of what came from a page codes are hidden, of what was stored masked
        they are shown where they are readable."""
        for tag in dict.fromkeys(_TAG.findall(text)) if MASK in text else ():
            for code in self._by_tag.get(tag, ()):
                text = text.replace(code.stored, code.told)
        return _put(text, self._matcher.find(text), lambda one: self._hidden[one.code].told)

    def blot(self, text: str) -> str:
        """A text of a page, with every sign of a hidden code blotted out and all else in its place."""
        return _put(text, self._matcher.find(text), _dots)

    def blot_across(self, texts: Sequence[str]) -> list[str]:
        """The same of texts that stand side by side, where a code can begin in one and end in another."""
        found = self._matcher.find_across(texts)
        return [_put(text, own, _dots) for text, own in zip(texts, found, strict=True)]

    def blot_name(self, text: str) -> str:
        """What names a thing (a class, a style) and is read by nobody: a code that is a word, or a number, by
        which pages are made stays, unless the name is that of a code."""
        return _put(text, self._matcher.of_names.find(text), _dots)

    def blot_typed(self, text: str) -> str:
        """What stands in an input: also the beginning of a hidden code, unless it could be a quantity."""
        return dotted(text) if self.is_begun(text) else self.blot(text)

    def is_begun(self, typed: str) -> bool:
        """Whether this begins a hidden code, and could not be a quantity."""
        if not self._matcher.begins(typed):
            return False
        signs = signs_of(typed)
        return len(signs) > QUANTITY_MAX_CHARS or not signs.isdigit()

    def could_be_of(self, words: AbstractSet[str]) -> bool:
        """Whether a hidden code could stand among these words, which are read as codes are."""
        return self._matcher.could_be_of(words)

    def blot_boxed(self, text: str) -> str:
        """What stands in the box for promo codes: it may be one that was never sent, or not yet. Only what
        begins a code that is readable is."""
        return text if self._readable.begins(text) else dotted(text)

    def with_typed(self, typed: Iterable[str]) -> Codes:
        """With what was typed into the box for promo codes, as far as it is none of these."""
        known = {signs_of(code.given) for code in self.codes}
        new = {signs_of(one): one for one in typed if not _is_short(one)}
        return Codes(
            codes=(
                *self.codes,
                *(
                    SeenCode(given=one, stored=dotted(one), told=dotted(one))
                    for signs, one in new.items()
                    if signs not in known and not self._readable.begins(one)
                ),
            )
        )

    def tell_all(self, value: T) -> T:
        """What is to be JSON, as it may be read: every text but names of kinds, places and things."""
        return cast(T, _mapped(value, self.tell, self._tell_name)) if self.codes else value

    def _tell_name(self, text: str) -> str:
        """What names a thing, as it may be read: see ``blot_name``."""
        return _put(text, self._matcher.of_names.find(text), lambda one: self._hidden[one.code].told)

    def told_by(self, identifier: Identifier) -> str:
        """What came of an identifier, as it may be read."""
        if identifier.kind == "sku":
            return self._tell_name(identifier.shown)
        return self.tell(identifier.shown) if identifier.kind in TELLING else identifier.shown

    def blot_all(self, value: T) -> T:
        """What is to be JSON, with every text of it as it stands in the picture."""
        return cast(T, _mapped(value, self.blot, self.blot_name)) if self._hidden else value

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
    def _masked(self) -> tuple[SeenCode, ...]:
        """Those that are stored masked."""
        return tuple(code for code in self.codes if code.stored != code.given)

    @cached_property
    def _by_tag(self) -> Mapping[str, Sequence[SeenCode]]:
        """Those that are told otherwise than they are stored, by the tag of how they are."""
        found: dict[str, list[SeenCode]] = {}
        for code in self._masked:
            if code.told != code.stored:
                found.setdefault(code.stored[-TAG_CHARS:], []).append(code)
        return found

    @cached_property
    def _every(self) -> Matcher:
        return Matcher(code.given for code in self._masked)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(code.given for code in self._hidden)

    @cached_property
    def _readable(self) -> Matcher:
        return Matcher(code.given for code in self.codes if code.is_readable)


def _dots(found: Found) -> str:
    return found.dots


def _put(text: str, found: Sequence[Found], words: Callable[[Found], str]) -> str:
    """The text with other words where something was found."""
    pieces: list[str] = []
    end = 0
    for one in found:
        pieces += text[end : one.start], words(one)
        end = one.end
    return "".join((*pieces, text[end:])) if found else text


def _said(finding: Finding, words: Callable[[str], str]) -> Finding:
    return replace(
        finding,
        subject=words(finding.subject),
        signature=words(finding.signature),
        said=words(finding.said),
        shown=tuple(one if one.raw is None else replace(one, raw=words(one.raw)) for one in finding.shown),
    )


_Words = Callable[[str], str]


def _mapped(value: object, words: _Words, names: _Words) -> object:
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {name: _field(str(name), one, words, names) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(one, words, names) for one in value]
    return value


def _field(name: str, value: object, words: _Words, names: _Words) -> object:
    if name in _NO_TEXTS:
        return value
    if name in _OF_THE_PAGE and isinstance(value, Mapping):
        return {words(str(own)): _mapped(one, words, names) for own, one in value.items()}
    if name in _AMOUNTS and isinstance(value, Mapping):
        kept = {key: one for key, one in value.items() if key == "raw" and signs_of(str(one)).isdigit()}
        return {**cast(dict[str, object], _mapped(value, words, names)), **kept}
    return names(value) if name in _NAMES and isinstance(value, str) else _mapped(value, words, names)
