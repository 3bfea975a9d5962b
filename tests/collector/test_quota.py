"""Who is counted as one, and that what is counted is forgotten again."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from replay.collector.quota import Caps, OverQuota, Quota

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


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
        quota.connection(second)
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
    quota.receive("192.0.2.1", "shop", "a", 600, 0)
    with pytest.raises(OverQuota, match="More than 1000 bytes"):
        quota.receive("192.0.2.1", "shop", "b", 600, MINUTE_MS - 1)
    quota.receive("192.0.2.2", "shop", "c", 600, MINUTE_MS - 1)
    quota.receive("192.0.2.1", "shop", "b", 600, MINUTE_MS)
    quota.greet("192.0.2.1", MINUTE_MS)
    quota.greet("192.0.2.1", MINUTE_MS)
    with pytest.raises(OverQuota, match="2 hellos from this address in a minute"):
        quota.greet("192.0.2.1", MINUTE_MS)


def test_many_addresses_of_one_site_are_bounded_and_leave_another_its_room() -> None:
    quota = Quota(Caps(site_sessions_per_minute_count=2, site_bytes_per_day=1_000))
    for number in (1, 2):
        quota.open_session(f"192.0.2.{number}", "shop", 0)
    with pytest.raises(OverQuota, match="2 new sessions from this site in a minute"):
        quota.open_session("192.0.2.3", "shop", 0)
    quota.open_session("192.0.2.3", "other", 0)
    quota.receive("192.0.2.1", "shop", "a", 1_000, 0)
    with pytest.raises(OverQuota, match="1000 bytes from this site in a day") as raised:
        quota.receive("192.0.2.2", "shop", "b", 1, DAY_MS - 1)
    assert raised.value.cap == "site_bytes"
    with pytest.raises(OverQuota, match="in a day"):
        quota.open_session("192.0.2.4", "shop", DAY_MS - 1)
    quota.open_session("192.0.2.4", "shop", DAY_MS)
    quota.receive("192.0.2.2", "other", "c", 1_000, DAY_MS - 1)


def test_what_is_refused_is_not_counted() -> None:
    quota = Quota(Caps(address_bytes_per_minute=1_000, session_bytes=500, site_bytes_per_day=1_000))
    with pytest.raises(OverQuota, match="all of its 500 bytes"):
        quota.receive("192.0.2.1", "shop", "a", 501, 0)
    quota.receive("192.0.2.1", "shop", "a", 500, 0)
    quota.receive("192.0.2.1", "shop", "b", 500, 0)


def test_a_session_is_counted_while_a_page_of_it_is_connected() -> None:
    quota = Quota(Caps(session_bytes=500))
    with quota.session("a"):
        with quota.session("a"):
            quota.receive("192.0.2.1", "shop", "a", 500, 0)
        with pytest.raises(OverQuota, match="all of its"):
            quota.receive("192.0.2.1", "shop", "a", 1, 0)
    with quota.session("a"):
        quota.receive("192.0.2.1", "shop", "a", 500, 0)


def test_a_place_is_given_back_whatever_happens() -> None:
    quota = Quota(Caps(site_connections_count=1))
    with pytest.raises(RuntimeError), quota.site_connection("shop"):
        raise RuntimeError
    with quota.site_connection("shop"), quota.site_connection("other"), pytest.raises(OverQuota):
        quota.site_connection("shop")
    with quota.site_connection("shop"):
        pass


def test_styles_of_a_site_are_bounded_whoever_sends_them() -> None:
    quota = Quota(Caps(address_style_bytes_per_minute=10, site_style_bytes_per_day=15))
    quota.keep_style("192.0.2.1", "shop", 10, 0)
    with pytest.raises(OverQuota, match="from this address in a minute"):
        quota.keep_style("192.0.2.1", "shop", 1, 0)
    quota.keep_style("192.0.2.2", "shop", 5, 0)
    with pytest.raises(OverQuota, match="from this site in a day") as raised:
        quota.keep_style("192.0.2.3", "shop", 1, 0)
    assert raised.value.cap == "site_style_bytes"
    quota.keep_style("192.0.2.3", "other", 1, 0)
    quota.keep_style("192.0.2.3", "shop", 1, DAY_MS)
