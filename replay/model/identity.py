"""By what a session can be found, and how that is written so that two spellings of it meet.

``identifiers`` turns a fact into searchable edges, ``readings`` says as what a typed query can be read, and
both write values with ``normalise``. An edge says where it comes from: only what the shop's backend signed
(``verify``) is verified, whatever a page says of a person by itself is a claim.
"""

from __future__ import annotations

import functools
import hmac
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from replay.model.cart import CartState
from replay.model.events import Fact, Identified, OrderPlaced, PriceShown, PromoSeen, ScriptError
from replay.model.phone import looks_like_phone, normalise_phone
from replay.model.session import is_code, read_code

__all__ = ["TEXTS_MAX_COUNT", "TEXT_KINDS", "Identifier", "IdentifierKind", "Reading", "identifiers"]
__all__ += ["normalise", "readings", "verify"]

IdentifierKind = Literal[
    "code", "customer_id", "email", "phone", "name", "order", "sku", "product", "promo", "message", "error"
]
"""``name``, ``product``, ``message`` (what the shop told the customer) and ``error`` (what went wrong in the
page's scripts) are found by words (what stands between spaces in the normalised value), all others by their
whole normalised value."""

TEXT_KINDS: tuple[IdentifierKind, ...] = ("message", "error")
"""Kinds of which a page can bring ever new ones: prices and counts stand in them."""
TEXTS_MAX_COUNT = 50
"""Texts of each such kind that a session keeps, the first that came."""

WORDS_MAX_COUNT = 32
"""Words of a name that are kept for the search."""
QUERY_MIN_CHARS = 3
"""Shortest query that is looked up as words or numbers; an ideograph says as much as three letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A searchable fact of a session (an edge). ``value`` is normalised by this module, ``shown`` is what
    came. ``verified`` only where the shop's backend signed it, and for our own code."""

    kind: IdentifierKind
    value: str
    shown: str
    at_ms: int
    verified: bool = False


_SAID_WHOLE: tuple[IdentifierKind, ...] = ("order", "sku", "promo")
_SAID_IN_WORDS: tuple[IdentifierKind, ...] = ("name", "product", *TEXT_KINDS)


class Reading(NamedTuple):
    """One way to read a query: look for ``value`` among identifiers of ``kind``; with ``prefix`` it may be
    the beginning of more. Of one kind, a later reading says something only where an earlier finds nothing."""

    kind: IdentifierKind
    value: str
    prefix: bool


@functools.lru_cache(maxsize=2048)
def normalise(kind: IdentifierKind, text: str, region: str) -> str:
    """``text`` as the store compares it; "" if nothing of it can be looked for. ``region`` is for phones."""
    match kind:
        case "code":
            return read_code(text)
        case "phone":
            return normalise_phone(text, region)
        case "email":
            return _plain(text).removeprefix("mailto:").strip("<>")
        case "customer_id":
            return _plain(text)
        case "order" | "sku" | "promo":
            # Nobody says a hyphen on the phone.
            return "".join(_words(text)) or _plain(text)
        case "name" | "product" | "message" | "error":
            return " ".join(list(dict.fromkeys(_words(text)))[:WORDS_MAX_COUNT])


def identifiers(fact: Fact, *, at_ms: int, region: str, verified: bool = False) -> tuple[Identifier, ...]:
    """The edges that a fact brings, each once. ``verified`` is what ``verify`` said of an ``Identified``."""
    found: dict[tuple[str, str], Identifier] = {}
    for kind, shown in _mentions(fact):
        value = normalise(kind, shown, region)
        if value:
            edge = Identifier(kind=kind, value=value, shown=shown.strip(), at_ms=at_ms, verified=verified)
            found.setdefault((kind, value), edge)
    return tuple(found.values())


def _mentions(fact: Fact) -> Iterator[tuple[IdentifierKind, str]]:
    match fact:
        case Identified():
            yield from _some("customer_id", fact.customer_id)
            yield from _some("email", fact.email)
            yield from _some("phone", fact.phone)
            yield from _some("name", fact.name)
        case CartState():
            for line in fact.lines or ():
                yield from _some("sku", line.sku)
                yield from _some("product", None if line.name is None else line.name.raw)
            for promo in fact.promos or ():
                yield from _some("promo", promo.code)
            for message in fact.messages:
                yield from _some("message", message.raw)
        case OrderPlaced():
            yield from _some("order", fact.id)
            for ordered in fact.lines or ():
                yield from _some("sku", ordered.sku)
                yield from _some("product", ordered.name)
        case PriceShown():
            yield from _some("sku", fact.sku)
            yield from _some("product", None if fact.name is None else fact.name.raw)
        case PromoSeen():
            yield from _some("promo", fact.code)
            if fact.state == "rejected":
                yield from _some("message", fact.reason if fact.text is None else fact.text.raw)
        case ScriptError():
            yield from _some("error", fact.message)


def _some(kind: IdentifierKind, shown: str | None) -> Iterator[tuple[IdentifierKind, str]]:
    if shown:
        yield kind, shown


def readings(query: str, region: str) -> list[Reading]:
    """Every way in which ``query`` makes sense, the most telling first; none if it is too short for any."""
    ways: list[Reading] = []

    def read(kind: IdentifierKind, *prefixes: bool) -> None:
        value = normalise(kind, query, region)
        if value:
            ways.extend(Reading(kind, value, prefix) for prefix in prefixes)

    if is_code(read_code(query)):
        read("code", False)
    if "@" in query.strip()[1:]:
        # A whole address has a dot in its domain; before that it is still being typed.
        whole = "." in query.rpartition("@")[2]
        read("email", *((False, True) if whole else (True,)))
        if whole:
            read("customer_id", False)
        return ways
    if looks_like_phone(query):
        read("phone", False)
    if not _says_enough(query):
        return ways
    if not any(character.isspace() for character in query.strip()):
        if _UNLIKE_A_WORD.search(query):
            read("email", True)
        read("customer_id", False, True)
    for kind in _SAID_WHOLE:
        read(kind, False, True)
    for kind in _SAID_IN_WORDS:
        read(kind, True)
    return ways


_UNLIKE_A_WORD = re.compile(r"[\d.+_-]")
"""A plain word is a name before it is the beginning of an address."""


def _says_enough(query: str) -> bool:
    letters = "".join(_words(query))
    return len(letters) >= QUERY_MIN_CHARS or _IDEOGRAPH.search(letters) is not None


def verify(identified: Identified, secret: str, now_s: float) -> bool:
    """Whether the shop's backend, which knows ``secret``, signed exactly this, and it has not expired."""
    given = (identified.customer_id, identified.email, identified.phone, identified.name)
    fields = [field or "" for field in given]
    if (
        not secret
        or identified.signature is None
        or identified.expires is None
        or identified.expires <= now_s
    ):
        return False
    # A line break could move the border between two fields: the same text would sign another person.
    if any("\n" in field for field in fields) or not any(fields):
        return False
    message = "\n".join(["v1", *fields, str(identified.expires)])
    expected = hmac.digest(secret.encode(), message.encode(), "sha256").hex()
    return hmac.compare_digest(expected.encode(), identified.signature.lower().encode())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


_ACCENTS = re.compile("[\u0300-\u036f]")
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")


def _words(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation; ideographs and kana each by itself."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", _plain(text))).translate(_STROKES)
    composed = unicodedata.normalize("NFC", bare)
    return "".join(
        character if _of_a_word(character) else " " for character in _IDEOGRAPH.sub(r" \g<0> ", composed)
    ).split()


def _of_a_word(character: str) -> bool:
    # Vowel signs of many scripts are marks, and not alphanumeric by themselves.
    return character.isalnum() or unicodedata.category(character).startswith("M")
