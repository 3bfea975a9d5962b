"""Who is counted as one, and that what is counted is forgotten again."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from replay.collector.quota import Caps, OverQuota, Quota

MINUTE_MS = 60_000


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("fe80::1%eth0", "fe80::2%eth0"),
        ("unix", "unix"),
    ],
)
def test_a_household_is_one(first: str, second: str) -> None:
    quota = Quota(Caps(address_connections_count=1))
    with quota.connection(first), pytest.raises(OverQuota, match="More than 1 open"):
        quota.connection(second).__enter__()
    with quota.connection(second):
        pass


@pytest.mark.parametrize(
    ("first", "second"), [("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:3::1")]
)
def test_neighbours_are_two(first: str, second: str) -> None:
    quota = Quota(Caps(address_connections_count=1))
    with ExitStack() as both:
        both.enter_context(quota.connection(first))
        both.enter_context(quota.connection(second))


def test_what_an_address_sends_in_a_minute_is_bounded_however_many_sessions_it_has() -> None:
    quota = Quota(Caps(address_bytes_per_minute=1_000, address_hellos_per_minute_count=2))
    quota.receive("192.0.2.1", 600, 0)
    with pytest.raises(OverQuota, match="More than 1000 bytes"):
        quota.receive("192.0.2.1", 600, MINUTE_MS - 1)
    quota.receive("192.0.2.2", 600, MINUTE_MS - 1)
    quota.receive("192.0.2.1", 600, MINUTE_MS)
    quota.greet("192.0.2.1", MINUTE_MS)
    quota.greet("192.0.2.1", MINUTE_MS)
    with pytest.raises(OverQuota, match="page loads"):
        quota.greet("192.0.2.1", MINUTE_MS)
