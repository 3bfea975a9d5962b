"""What an identifier is found by: its words for names and products, its whole value for everything else.

Values come normalised (``replay.model.identity``), so that a word is what stands between two spaces. Both
stores take their terms from here, and so agree on what matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replay.ports import Identifier, IdentifierKind

__all__ = ["best_match", "matches", "terms"]

_BY_WORDS: frozenset[IdentifierKind] = frozenset(("name", "product"))


def terms(kind: IdentifierKind, value: str) -> tuple[str, ...]:
    """The terms of a normalised value, each once."""
    words = value.split(" ") if kind in _BY_WORDS else [value]
    return tuple(dict.fromkeys(word for word in words if word))


def matches(identifier: Identifier, wanted: tuple[str, ...], *, prefix: bool) -> bool:
    """Whether each wanted term is one of the identifier's terms (or begins one)."""
    own = terms(identifier.kind, identifier.value)
    if prefix:
        return all(any(term.startswith(want) for term in own) for want in wanted)
    return all(want in own for want in wanted)


def best_match(
    identifiers: Iterable[Identifier], wanted: tuple[str, ...], *, prefix: bool
) -> Identifier | None:
    """The identifier to show for a session: a verified one before a claimed one, then the oldest."""
    found = [identifier for identifier in identifiers if matches(identifier, wanted, prefix=prefix)]
    return min(found, key=lambda one: (not one.verified, one.at_ms, one.value), default=None)
