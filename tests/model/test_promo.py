"""The promo registry: what is read of a person's words, who comes for what, and how much is due."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.promo import (
    PROMISES_MAX_COUNT,
    Promise,
    Promo,
    Registry,
    expected_minor,
    say_moment,
    say_promise,
)
from replay.model.promo_reading import Fault, Faults, as_given, read_id, read_promise

SPRING = {"title": "Spring", "codes": ["SPRING20"], "percent": "20"}


def faults(given: dict[str, object], *, currency: str | None = "USD") -> dict[str, str]:
    with pytest.raises(Faults) as refused:
        read_promise(given, currency=currency)
    return {fault.field: fault.said for fault in refused.value.faults}


@given(goods=st.integers(0, 10**12), points=st.integers(1, 10_000))
def test_a_percentage_is_exact_but_for_half_a_unit_and_never_more_than_the_goods(
    goods: int, points: int
) -> None:
    due = expected_minor(Promise(title="x", basis_points=points), goods)
    assert due is not None
    assert 0 <= due <= goods
    exactly = Fraction(goods * points, 10_000)
    assert -Fraction(1, 2) < due - exactly <= Fraction(1, 2)


@given(goods=st.integers(0, 10**12), minor=st.integers(1, 10**12))
def test_an_amount_is_taken_off_once_and_never_more_than_the_goods(goods: int, minor: int) -> None:
    assert expected_minor(Promise(title="x", minor=minor, currency="USD"), goods) == min(goods, minor)


@given(
    points=st.integers(1, 10_000) | st.none(),
    minor=st.integers(1, 10**15),
    least=st.integers(1, 10**15) | st.none(),
    currency=st.sampled_from(["USD", "JPY", "KWD", "CLF"]),
    times=st.lists(st.integers(1, 4 * 10**12), min_size=2, max_size=2).map(sorted),
    zone=st.sampled_from([None, "America/New_York", "Europe/Berlin", "Asia/Kolkata"]),
)
def test_what_is_written_out_is_read_back_as_the_same(
    points: int | None, minor: int, least: int | None, currency: str, times: list[int], zone: str | None
) -> None:
    promise = Promise(
        title="Spring",
        codes=("SPRING-******",),
        campaigns=("spring20",),
        basis_points=points,
        minor=None if points else minor,
        currency=currency if least or not points else None,
        min_minor=least,
        except_skus=("A",),
        from_ms=times[0],
        until_ms=times[1],
        zone=zone,
    )
    assert read_promise(as_given(promise), currency=None) == promise


def test_what_a_person_gives_becomes_whole_minor_units_and_times() -> None:
    promise = read_promise(
        {
            **SPRING,
            "codes": [" SPRING20 ", "SPRING20", ""],
            "percent": "12.5 %",
            "min": "100",
            "from": "2026-04-01T09:00",
            "until": "2026-04-30",
            "zone": "America/New_York",
        },
        currency="USD",
    )
    assert promise.codes == ("SPRING20",)
    assert (promise.basis_points, promise.min_minor, promise.currency) == (1_250, 10_000, "USD")
    assert say_promise(promise) == "12.5 % off from 100.00 USD"
    assert promise.from_ms is not None
    assert promise.until_ms is not None
    assert say_moment(promise.from_ms, promise) == "2026-04-01 09:00 (America/New_York)"
    # The last day is meant to its end.
    assert say_moment(promise.until_ms, promise) == "2026-04-30 23:59 (America/New_York)"
    assert promise.is_open(promise.until_ms)
    assert not promise.is_open(promise.until_ms + 1)
    yen = read_promise({**SPRING, "percent": None, "amount": "500", "currency": "jpy"}, currency="USD")
    assert (yen.minor, yen.currency, say_promise(yen)) == (500, "JPY", "500 JPY off")


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"title": " "}, "title", "title is needed"),
        ({"percent": 20}, "percent", 'as a text: "20"'),
        ({"percent": "0"}, "percent", "more than 0"),
        ({"percent": "100.01"}, "percent", "at most 100"),
        ({"percent": "7.125"}, "percent", "two decimals"),
        ({"percent": None}, "promise", "What is promised is needed"),
        ({"amount": "5"}, "promise", "Only one thing"),
        ({"percent": None, "amount": "5.005"}, "amount", "up to 2 decimals"),
        ({"percent": None, "amount": 5.0}, "amount", "as a text"),
        ({"percent": None, "amount": "5", "currency": "USX"}, "currency", "USX is not a currency"),
        ({"min": "-1"}, "min", "more than 0"),
        ({"codes": ["**-***"]}, "codes", "too many codes"),
        ({"codes": "SPRING20"}, "codes", "list of texts"),
        ({"codes": []}, "codes", "code or a campaign"),
        ({"only_skus": ["A"], "except_skus": ["a"]}, "except_skus", "only for, too"),
        ({"until": "2026-04-30"}, "zone", "zone such as"),
        ({"until": "30.4.2026", "zone": "Europe/Berlin"}, "until", "2026-04-30"),
        ({"until": "2026-04-30", "zone": "Middle/Earth"}, "zone", "no time zone"),
        ({"from": "2026-05-01Z", "until": "2026-04-30T00:00Z"}, "from", "2026-04-30"),
        ({"from": "2026-05-01T00:00Z", "until": "2026-04-30T00:00Z"}, "until", "before it begins"),
        ({"until": "9999-12-31T23:30-14:00"}, "until", "before 9999"),
        ({"stacks": True}, "stacks", "no such field"),
    ],
)
def test_each_field_that_does_not_do_is_named(wrong: dict[str, object], field: str, said: str) -> None:
    assert said in faults({**SPRING, **wrong})[field]


def test_all_faults_are_told_at_once_and_none_without_a_currency() -> None:
    assert set(faults({"percent": "x", "min": "1"}, currency=None)) == {
        "title",
        "percent",
        "currency",
        "codes",
    }
    with pytest.raises(Faults) as refused:
        read_id("Spring 20")
    assert refused.value.faults[0].field == "id"
    assert isinstance(refused.value.faults[0], Fault)


def promo(id: str, **fields: object) -> Promo:
    return Promo(id=id, promises=(Promise(title=id, basis_points=1_000, **fields),))  # type: ignore[arg-type]


def test_a_code_leads_to_the_promo_that_names_it_or_has_a_pattern_for_it() -> None:
    personal, named = promo("personal", codes=("SPRING-******",)), promo("named", codes=("SPRING-AAAAAA",))
    registry = Registry(promos=(named, personal))
    assert registry.by_code("spring-4k7x9q ", 0) == personal
    assert registry.by_code("Spring-aaaaaa", 0) == named
    assert registry.by_code("SPRING-12345", 0) is None
    assert registry.by_code("SPRING-12-456", 0) is None


def test_of_two_promos_with_one_code_the_one_counts_that_holds() -> None:
    first, second = promo("first", codes=("A1B",), until_ms=10), promo("second", codes=("A1B",), from_ms=20)
    registry = Registry(promos=(second, first))
    assert registry.by_code("A1B", 10) == first
    assert registry.by_code("A1B", 20) == second
    assert registry.by_code("A1B", 15) == first


def test_a_campaign_is_a_value_of_utm_campaign_or_any_parameter_that_is_named() -> None:
    registry = Registry(promos=(promo("spring", campaigns=("Spring20", "promo=mai")),))
    assert registry.by_link("https://shop.example/?utm_campaign=spring20&x=1", 0) is not None
    assert registry.by_link("https://shop.example/?promo=MAI", 0) is not None
    assert registry.by_link("https://shop.example/?promo=spring20", 0) is None
    assert registry.by_link("https://[shop/?promo=mai#?x", 0) is not None
    assert registry.by_campaign("spring20", 0) is not None


def test_a_visit_is_held_against_what_was_in_force_during_it() -> None:
    entry = promo("spring", codes=("A1B",), campaigns=("old",))
    changed = entry.reworded(
        replace(entry.latest, since_ms=100, codes=("NEW",), campaigns=(), basis_points=500)
    )
    registry = Registry(promos=(changed,))
    assert registry.by_code("A1B", 99) == changed
    assert registry.by_code("A1B", 100) is None
    assert registry.by_code("new", 100) == changed
    assert registry.by_campaign("old", 99) == changed
    assert registry.by_campaign("old", 100) is None
    assert changed.at(99).basis_points == 1_000
    for number in range(PROMISES_MAX_COUNT):
        changed = changed.reworded(replace(entry.latest, since_ms=200 + number))
    assert len(changed.promises) == PROMISES_MAX_COUNT
    assert changed.promises[0] == entry.latest
