"""Hundreds of random trips through the demo shop: none that is right is accused of anything, and of those
with a fault nearly every one is found where it was to be seen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.trips.trip import Outcome, plans, travel

pytestmark = pytest.mark.soak

FIRST_SEED = 1_000
TRIPS_COUNT = 400
TOGETHER_COUNT = 40
"""Trips with one browser and one shop of each mode."""
SIDE_BY_SIDE = 6
MISSED_MAX_COUNT = 2
STARTS = range(FIRST_SEED, FIRST_SEED + TRIPS_COUNT, TOGETHER_COUNT)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """What came of the trips so far."""
    return []


@pytest.mark.parametrize("start", STARTS)
async def test_a_right_shop_is_accused_of_nothing(
    browser: Browser, tmp_path: Path, outcomes: list[Outcome], start: int
) -> None:
    seeds = range(start, start + TOGETHER_COUNT)
    made = await travel(browser, tmp_path, plans(seeds), side_by_side=SIDE_BY_SIDE)
    outcomes += made
    alarms = [str(one) for one in made if one.false_alarms]
    assert not alarms, "\n".join(alarms)


def test_hardly_any_fault_is_missed(outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """After all trips: how many were judged rightly, and each that was not, with its seed and the cause."""
    kinds = Counter(one.plan.mishap or "nothing wrong" for one in outcomes)
    right = Counter(one.plan.mishap or "nothing wrong" for one in outcomes if one.is_right)
    lines = [f"{len(outcomes)} of {TRIPS_COUNT} trips"]
    lines += [f"{right[kind]:4} of {count} right: {kind}" for kind, count in kinds.items()]
    lines += [str(one) for one in outcomes if not one.is_right]
    summary = "\n".join(lines)
    with capsys.disabled():
        print(f"\n{summary}")  # noqa: T201 (what the whole run is for)
    assert len(outcomes) == TRIPS_COUNT, summary
    missed = [one for one in outcomes if one.missed is not None or one.broken is not None]
    assert len(missed) <= MISSED_MAX_COUNT, summary
