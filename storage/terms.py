"""What an identifier is found by: its words for names and texts, its whole value for everything else.

Values come normalised (``replay.model.identity``), so that a word is what stands between two spaces. Every
store takes its terms from here, and so all agree on what matches and on what nearly does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replay.ports import Identifier, IdentifierKind

__all__ = ["BY_WORDS", "best_match", "matches", "near_words", "terms"]

BY_WORDS: frozenset[IdentifierKind] = frozenset(("name", "product", "message", "error"))

NEAR_MIN_CHARS = 4
NEAR_MAX_CHARS = 24
"""Words of such a length are misspelt; shorter ones are other words, longer ones are not typed."""

_ALPHABETS = tuple("".join(map(chr, range(ord(first), ord(last) + 1))) for first, last in ("az", "αω", "ая"))


def terms(kind: IdentifierKind, value: str) -> tuple[str, ...]:
    """The terms of a normalised value, each once."""
    words = value.split(" ") if kind in BY_WORDS else [value]
    return tuple(dict.fromkeys(word for word in words if word))


@lru_cache(maxsize=256)
def near_words(word: str) -> frozenset[str]:
    """Every word that is one slip away: a letter more, a letter less, another letter or two neighbours
    exchanged. Nothing is near a word with a digit in it: one digit off is another model or number."""
    if not NEAR_MIN_CHARS <= len(word) <= NEAR_MAX_CHARS or any(letter.isdigit() for letter in word):
        return frozenset()
    letters = next((alphabet for alphabet in _ALPHABETS if word[0] in alphabet), "")
    near: set[str] = set()
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        near.update(head + letter + tail for letter in letters)
        if tail:
            near.add(head + tail[1:])
            near.update(head + letter + tail[1:] for letter in letters)
            near.add(head + tail[1:2] + tail[:1] + tail[2:])
    return frozenset(near - {word})


def matches(identifier: Identifier, wanted: tuple[str, ...], *, prefix: bool, near: bool = False) -> bool:
    """Whether each wanted term is one of the identifier's terms (or begins one, or is near one)."""
    own = terms(identifier.kind, identifier.value)
    return all(
        want in own
        or (prefix and any(term.startswith(want) for term in own))
        or (near and not near_words(want).isdisjoint(own))
        for want in wanted
    )


def best_match(
    identifiers: Iterable[Identifier], wanted: tuple[str, ...], *, prefix: bool, near: bool = False
) -> Identifier | None:
    """The identifier to show for a session: a verified one before a claimed one, then the oldest."""
    found = [one for one in identifiers if matches(one, wanted, prefix=prefix, near=near)]
    return min(found, key=lambda one: (not one.verified, one.at_ms, one.value), default=None)
