"""When a visit is over, and how its support code is made.

The code is spoken on the phone: 31 characters that cannot be mistaken for one another (no 0, 1, I, L, O),
five drawn at random and one check character, written ``7K3-QF9``. 31 is prime, so that the weighted sum finds
every single wrong character and every two neighbours exchanged.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["CODE_ALPHABET", "IDLE_MS", "is_code", "is_idle", "mint_code", "read_code", "show_code"]

IDLE_MS = 30 * 60 * 1_000
"""A session ends after this long without anything from its pages."""

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RANDOM_COUNT = 5


def is_idle(seen_ms: int, now_ms: int) -> bool:
    """Whether a session last heard of at ``seen_ms`` is over at ``now_ms``."""
    return now_ms - seen_ms > IDLE_MS


def mint_code(below: Callable[[int], int]) -> str:
    """A new code; ``below(n)`` draws from 0 to n - 1 (``secrets.randbelow``)."""
    body = "".join(CODE_ALPHABET[below(len(CODE_ALPHABET))] for _ in range(_RANDOM_COUNT))
    return body + _check(body)


def show_code(code: str) -> str:
    """``7K3QF9`` as it is read out: ``7K3-QF9``."""
    return f"{code[:3]}-{code[3:]}"


def read_code(typed: str) -> str:
    """What was typed, as a code would be stored: upper case, without separators."""
    return "".join(character for character in typed.upper() if character.isalnum())


def is_code(code: str) -> bool:
    """Whether ``code`` (as from ``read_code``) could be one of ours: length, alphabet and check character."""
    well_formed = len(code) == _RANDOM_COUNT + 1 and all(character in CODE_ALPHABET for character in code)
    return well_formed and _check(code[:_RANDOM_COUNT]) == code[_RANDOM_COUNT]


def _check(body: str) -> str:
    total = sum((position + 1) * CODE_ALPHABET.index(character) for position, character in enumerate(body))
    return CODE_ALPHABET[total % len(CODE_ALPHABET)]
