"""Random trips through the demo shop in a real browser: a right shop is accused of nothing, and each fault is
found by its rule, at the page and the moment where it was to be seen."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser

from tests.browser.trips.shopper import MISHAPS
from tests.browser.trips.trip import plans, travel

SEEDS = range(20)
SIDE_BY_SIDE = 6


async def test_what_goes_wrong_is_found_and_nothing_else(browser: Browser, tmp_path: Path) -> None:
    wanted = plans(SEEDS)
    assert {plan.mishap for plan in wanted} == {None, *MISHAPS}
    outcomes = await travel(browser, tmp_path, wanted, side_by_side=SIDE_BY_SIDE)
    wrong = [str(one) for one in outcomes if not one.is_right]
    assert not wrong, "\n".join(wrong)
