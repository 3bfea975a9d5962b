"""Slows down guessing at passwords: after some free failures each further one doubles the wait.

An attempt is counted before the password is looked at and taken back when it was right, so that a thousand
attempts at once are no better than a thousand in a row. What is remembered is bounded, in memory and by key.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Throttle"]

_FORGET_MS = 60 * 60 * 1_000
"""A key without an attempt for this long starts anew."""
_KEYS_COUNT = 20_000
"""Most keys remembered; the one that was quiet longest goes first."""


@dataclass(slots=True)
class _Attempts:
    count: int
    last_ms: int
    free_at_ms: int


class Throttle:
    """Counts attempts by key (a login name, an address)."""

    def __init__(self, *, free_count: int, first_wait_ms: int, longest_wait_ms: int) -> None:
        self._free_count = free_count
        self._first_wait_ms = first_wait_ms
        self._longest_wait_ms = longest_wait_ms
        self._attempts: dict[str, _Attempts] = {}

    def wait_ms(self, key: str, now_ms: int) -> int:
        """How long this key has to wait from now; 0 when it may try."""
        attempts = self._attempts.get(key)
        return 0 if attempts is None else max(0, attempts.free_at_ms - now_ms)

    def count(self, key: str, now_ms: int) -> None:
        """An attempt is made."""
        attempts = self._attempts.pop(key, None)
        if attempts is None or now_ms - attempts.last_ms > _FORGET_MS:
            attempts = _Attempts(0, now_ms, 0)
        attempts.count += 1
        attempts.last_ms = now_ms
        beyond = attempts.count - self._free_count
        if beyond > 0:
            # The exponent is bounded before it is used: 2 to the millionth would be a number of a megabyte.
            doubled = self._first_wait_ms * 2 ** min(beyond - 1, 30)
            attempts.free_at_ms = now_ms + min(doubled, self._longest_wait_ms)
        self._attempts[key] = attempts  # put last: the first of the dict is the one that was quiet longest
        while len(self._attempts) > _KEYS_COUNT:
            del self._attempts[next(iter(self._attempts))]

    def take_back(self, key: str) -> None:
        """The attempt last counted was right."""
        attempts = self._attempts.get(key)
        if attempts is not None:
            attempts.count = max(0, attempts.count - 1)
            attempts.free_at_ms = 0

    def forget(self, key: str) -> None:
        """The person behind this key has proved themselves."""
        self._attempts.pop(key, None)
