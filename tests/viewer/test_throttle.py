"""The waits between attempts, and that what is remembered stays bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from viewer.throttle import Throttle

HOUR_MS = 60 * 60 * 1_000


def make() -> Throttle:
    return Throttle(free_count=3, first_wait_ms=1_000, longest_wait_ms=60_000)


def test_the_wait_doubles_up_to_the_longest() -> None:
    throttle, now_ms, waits = make(), 0, []
    for _ in range(12):
        throttle.count("key", now_ms)
        waits.append(throttle.wait_ms("key", now_ms))
        now_ms += waits[-1]
    assert waits == [0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]


def test_keys_do_not_know_of_each_other() -> None:
    throttle = make()
    for _ in range(9):
        throttle.count("one", 0)
    assert throttle.wait_ms("one", 0) > 0
    assert throttle.wait_ms("other", 0) == 0


def test_a_quiet_hour_is_forgiven_and_a_right_attempt_too() -> None:
    throttle = make()
    for _ in range(9):
        throttle.count("key", 0)
    throttle.count("key", HOUR_MS + 1)
    assert throttle.wait_ms("key", HOUR_MS + 1) == 0
    for _ in range(9):
        throttle.count("key", HOUR_MS + 2)
    throttle.forget("key")
    assert throttle.wait_ms("key", HOUR_MS + 2) == 0


def test_an_attempt_taken_back_was_none() -> None:
    throttle = make()
    for _ in range(100):
        throttle.count("key", 0)
        throttle.take_back("key")
    assert throttle.wait_ms("key", 0) == 0
    throttle.take_back("unknown")


def test_a_million_keys_do_not_fill_the_memory() -> None:
    throttle = make()
    for number in range(25_000):
        throttle.count(f"key-{number}", number)
    assert len(throttle._attempts) == 20_000
    assert "key-0" not in throttle._attempts
    assert "key-24999" in throttle._attempts


@given(st.lists(st.integers(0, 10 * 60_000), max_size=300))
def test_a_wait_is_never_longer_than_the_longest(pauses: list[int]) -> None:
    throttle, now_ms = make(), 0
    for pause in pauses:
        now_ms += pause
        throttle.count("key", now_ms)
        assert 0 <= throttle.wait_ms("key", now_ms) <= 60_000
