"""A shop's past, made up: a million sessions with what they are found by, the same for the same seed.

Everything is skewed as in a shop: some customers come every day, some products and words stand in every sixth
session, and some names are common. Sessions go through the store's own commit, in large transactions; only
what the search reads is there, so that no pictures fill the disk.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, islice
from pathlib import Path

from replay.model.identity import Identifier, IdentifierKind, normalise
from replay.model.session import mint_code
from replay.ports import AppendBatch, OpenLoad, OpenSession, Operation, Session
from storage.sqlite.commit import carry_out
from storage.sqlite.connection import transaction
from storage.sqlite.schema import migrate

__all__ = ["NOW_MS", "REGION", "Past", "batch", "fill", "opened"]

NOW_MS = 1_780_000_000_000
"""When the last of these sessions was seen."""
REGION = "US"
_SPAN_MS = 400 * 24 * 3_600 * 1_000
_SESSIONS_A_COMMIT = 5_000
_CACHE_KIB = 3 * 1024 * 1024
_PRODUCTS_COUNT = 5_000
_SEEN_MEAN_COUNT = 6
_SEEN_MAX_COUNT = 60
_VOWELS = ("a", "e", "i", "o", "u", "an", "er")
_SYLLABLES = [first + vowel for first in "bdfghjklmnprstvwz" for vowel in _VOWELS]
_normalise = lru_cache(maxsize=4 * _PRODUCTS_COUNT)(normalise)
_MESSAGES = (
    "The code {code} is not valid",
    "The code {code} has expired",
    "{code} cannot be combined with other offers",
    "Only {count} left in stock",
    "Spend ${count}.00 more for free shipping",
    "The price of {product} has changed",
    "{product} is no longer available",
)
_ERRORS = (
    "TypeError: Cannot read properties of undefined (reading '{word}')",
    "ReferenceError: {word} is not defined",
    "Failed to fetch {word} module",
    "ChunkLoadError: Loading chunk {count} failed",
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One person, with all that identifies them."""

    id: str
    name: str
    email: str
    phone: str


class Catalogue:
    """What the shop sells, from the commonest to the rarest, and whose words are how common."""

    def __init__(self, draw: random.Random) -> None:
        brands, nouns, kinds = _words(draw, 250), _words(draw, 220), _words(draw, 120)
        self.products: list[str] = []
        for number in range(_PRODUCTS_COUNT):
            words = [_common(draw, brands), _common(draw, nouns)]
            words += [_common(draw, kinds) for _ in range(draw.choice((0, 1, 1, 2)))]
            self.products.append(" ".join([*words, str(10 + number % 90)]))
        self.codes = [f"{word.upper()}{draw.choice((5, 10, 15, 20))}" for word in _words(draw, 300)]
        self.errors = [
            draw.choice(_ERRORS).format(word=word, count=draw.randrange(900)) for word in _words(draw, 500)
        ]


class Past:
    """The sessions, in the order in which they began. The same ``seed`` and ``count`` give the same ones."""

    def __init__(self, seed: int, count: int) -> None:
        self._draw = random.Random(seed)
        self.count = count
        self.catalogue = Catalogue(self._draw)
        first, last = _words(self._draw, 1_500), _words(self._draw, 20_000)
        self.customers = [self._customer(number, first, last) for number in range(max(1, count * 3 // 10))]
        self._loyal = list(accumulate(1 / (place + 50) ** 0.5 for place in range(len(self.customers))))
        self._popular = _weights(_PRODUCTS_COUNT, 0.85, 10)
        self._codes: set[str] = set()

    def _customer(self, number: int, first: Sequence[str], last: Sequence[str]) -> Customer:
        given, family = _common(self._draw, first), _common(self._draw, last)
        host = self._draw.choice(("example.com", "example.org", "mail.example", "post.example"))
        return Customer(
            id=f"C-{100_000 + number}",
            name=f"{given.title()} {family.title()}",
            email=f"{given}.{family}{self._draw.randrange(100)}@{host}",
            phone=f"+1{self._draw.choice((212, 310, 415, 512, 617, 702))}{2_000_000 + number:07}",
        )

    def sessions(self) -> Iterator[list[Operation]]:
        """What is committed of each session: it is opened, and one batch carries all it is found by."""
        for number in range(self.count):
            started_ms = NOW_MS - _SPAN_MS + _SPAN_MS * number // self.count
            seen_ms = min(NOW_MS, started_ms + int(self._draw.expovariate(1 / 420_000)))
            session = f"session-{number}"
            carried = self.carried(number, started_ms)
            yield [*opened(session, self._code(), started_ms), batch(session, 1, seen_ms, carried)]

    def carried(self, number: int, at_ms: int) -> tuple[Identifier, ...]:
        """What one visit says and sees; ``number`` becomes its order number where something is bought."""
        draw = self._draw
        said: list[tuple[IdentifierKind, str]] = []
        if draw.random() < 0.6:
            (customer,) = draw.choices(self.customers, cum_weights=self._loyal)
            said += [("customer_id", customer.id), ("email", customer.email)]
            said += [("phone", customer.phone), ("name", customer.name)]
        seen_count = min(_SEEN_MAX_COUNT, 1 + int(draw.expovariate(1 / _SEEN_MEAN_COUNT)))
        places = draw.choices(range(_PRODUCTS_COUNT), cum_weights=self._popular, k=seen_count)
        for place in dict.fromkeys(places):
            said += [("sku", f"SKU-{place:05}"), ("product", self.catalogue.products[place])]
        code = _common(draw, self.catalogue.codes)
        if draw.random() < 0.1:
            said.append(("promo", code))
        if draw.random() < 0.04:
            said.append(("order", f"10-{1_000_000 + number}"))
        if draw.random() < 0.15:
            product = self.catalogue.products[places[0]]
            message = draw.choice(_MESSAGES).format(code=code, count=draw.randrange(1, 90), product=product)
            said.append(("message", message))
        if draw.random() < 0.08:
            said.append(("error", _common(draw, self.catalogue.errors)))
        return tuple(
            Identifier(
                kind=kind,
                value=shown if kind in ("phone", "email") else _normalise(kind, shown, REGION),
                shown=shown,
                at_ms=at_ms,
                verified=kind in ("customer_id", "email", "phone", "name"),
            )
            for kind, shown in said
        )

    def _code(self) -> str:
        while True:
            code = mint_code(self._draw.randrange)
            if code not in self._codes:
                self._codes.add(code)
                return code


def opened(session: str, code: str, started_ms: int) -> list[Operation]:
    """A session with one page load."""
    begun = Session(
        id=session,
        site="shop",
        code=code,
        token_hash=session.encode().ljust(32),
        started_ms=started_ms,
        seen_ms=started_ms,
    )
    return [
        OpenSession(session=begun),
        OpenLoad(session=session, id="load", tab="tab", opened_ms=started_ms),
    ]


def batch(
    session: str, number: int, at_ms: int, carried: tuple[Identifier, ...], payload: bytes = b""
) -> AppendBatch:
    """A batch that carries the identifiers."""
    return AppendBatch(
        session=session,
        load="load",
        track=0,
        number=number,
        payload=payload,
        digest=hashlib.sha256(payload).digest(),
        received_ms=at_ms,
        first_ms=at_ms,
        last_ms=at_ms,
        identifiers=carried,
    )


def fill(file: Path, past: Past) -> None:
    """Write the database, or nothing: an interrupted one is not found under its name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None, cached_statements=256)) as db:
        # A file that is built anew after a crash needs neither a log nor a sync; it becomes an ordinary one
        # when it is opened.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        migrate(db)
        sessions = past.sessions()
        while some := list(islice(sessions, _SESSIONS_A_COMMIT)):
            transaction(db, carry_out, [operation for session in some for operation in session])
    unfinished.replace(file)


def _words(draw: random.Random, count: int) -> list[str]:
    """Different words that can be said, the shorter ones first."""
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(draw.choices(_SYLLABLES, k=draw.choice((2, 2, 3, 3, 4))))] = None
    return list(words)


def _common(draw: random.Random, words: Sequence[str]) -> str:
    """One of the words, the first ones most often."""
    return draw.choices(words, cum_weights=_weights(len(words), 0.9, 4))[0]


@cache
def _weights(count: int, steepness: float, flatness: int) -> list[float]:
    return list(accumulate(1 / (place + flatness + 1) ** steepness for place in range(count)))
