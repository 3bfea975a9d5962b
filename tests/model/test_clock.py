"""The offset of a page's clock, and how wrong it can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.model.clock import ClockOffset, agree, corrected, measure

SPAN = st.integers(0, 60_000)


def test_equal_ways_give_the_exact_offset() -> None:
    offset = measure(sent_ms=1_000, arrived_ms=1_510, answered_ms=1_540, received_ms=1_050)
    assert offset == ClockOffset(offset_ms=500, error_ms=10)


@given(st.integers(-(10**12), 10**12), SPAN, SPAN, SPAN)
def test_the_true_offset_is_never_further_off_than_the_error(
    true: int, there: int, held: int, back: int
) -> None:
    arrived = 1_000 + there + true
    offset = measure(
        sent_ms=1_000, arrived_ms=arrived, answered_ms=arrived + held, received_ms=1_000 + there + held + back
    )
    assert offset is not None
    assert abs(offset.offset_ms - true) <= offset.error_ms == (there + back) / 2


def test_an_answer_before_the_question_measures_nothing() -> None:
    assert measure(sent_ms=2, arrived_ms=5, answered_ms=5, received_ms=1) is None


def test_a_clock_that_was_set_back_meanwhile_has_no_negative_error() -> None:
    offset = measure(sent_ms=0, arrived_ms=0, answered_ms=100, received_ms=10)
    assert offset is not None
    assert offset.error_ms == 0


def test_a_clock_that_was_never_measured_counts_as_right() -> None:
    assert corrected(5.0, None) == 5.0
    assert corrected(5.0, -2.0) == 3.0


def test_a_busy_pages_measurement_gives_way_to_a_better_one_of_the_same_device() -> None:
    good, busy = ClockOffset(0.3, 2.0), ClockOffset(-185.0, 223.0)
    assert agree({"first": good, "second": busy, "third": None}) == {
        "first": good,
        "second": good,
        "third": good,
    }


def test_a_clock_that_was_set_in_between_keeps_its_own_measurement() -> None:
    before, after = ClockOffset(0.0, 5.0), ClockOffset(86_400_000.0, 20.0)
    assert agree({"before": before, "after": after}) == {"before": before, "after": after}


def test_where_nothing_was_measured_nothing_is_said() -> None:
    assert agree({"first": None}) == {}
