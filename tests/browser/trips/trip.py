"""One random trip through the demo shop: made in a browser, judged from what was stored, compared with what
went wrong in it.

Nothing waits for the judge: the facts are folded once the visit is over, as if an hour had passed since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from replay.detect.fold import Fold, Shop
from replay.detect.views import place_of
from replay.model.events import PageLeft, PageLoaded, PageViewed
from replay.model.finding import Finding
from replay.model.timeline import Entry, entries, timeline
from replay.model.track import Track
from replay.ports import Session, Store
from tests.browser.product import Product, product
from tests.browser.trips.shopper import MISHAPS, Mishap, Mode, Seen, TripShopper

__all__ = ["Outcome", "Plan", "plans", "travel"]

ARRIVE_S = 10
"""How long to wait for the word that a page was left, which a busy machine may lose."""
LATER_MS = 60 * 60 * 1_000
CLOCKS_MS = 100
"""How far the clocks of page, server and test may be apart: they are of one machine."""
VIEW_LATER_MS = 500
"""How long after what it shows the address of a single-page shop may change."""
TIMEOUT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A trip to make; without a mishap, one through a shop that is right."""

    seed: int
    mode: Mode
    mishap: Mishap | None

    def __str__(self) -> str:
        return f"seed {self.seed} ({self.mode}, {self.mishap or 'nothing wrong'})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was wrongly said of a trip, and what was not said."""

    plan: Plan
    false_alarms: tuple[str, ...] = ()
    missed: str | None = None
    broken: str | None = None
    """Why the trip came to no end."""

    @property
    def is_right(self) -> bool:
        return not self.false_alarms and self.missed is None and self.broken is None

    def __str__(self) -> str:
        wrong = [f"false alarm: {one}" for one in self.false_alarms]
        wrong += [one for one in (self.missed, self.broken) if one is not None]
        return f"{self.plan}: " + ("; ".join(wrong) or "right")


def plans(seeds: Iterable[int]) -> list[Plan]:
    """As many trips without a mishap as with one, each mishap as often as others, both modes."""
    found = []
    for seed in seeds:
        half, is_faulty = divmod(seed, 2)
        mishap = MISHAPS[half % len(MISHAPS)] if is_faulty else None
        # Where every press loads a page, whether that was to say more nobody can tell.
        mode: Mode = "spa" if half % 2 or mishap == "silent" else "pages"
        found.append(Plan(seed, mode, mishap))
    return found


async def travel(
    browser: Browser, folder: Path, wanted: Sequence[Plan], *, side_by_side: int
) -> list[Outcome]:
    """Make these trips, so many at a time in one browser."""
    async with AsyncExitStack() as stack:
        shops: dict[Mode, Product] = {}
        for mode in sorted({plan.mode for plan in wanted}):
            (folder / mode).mkdir()
            shops[mode] = await stack.enter_async_context(product(folder / mode, mode=mode))
        turns = asyncio.Semaphore(side_by_side)

        async def one(plan: Plan) -> Outcome:
            async with turns:
                try:
                    return await _trip(browser, shops[plan.mode], plan)
                except PlaywrightError as error:
                    notes = getattr(error, "__notes__", ())
                    return Outcome(plan, broken=" ".join([f"not made: {error.message}", *notes]))

        return list(await asyncio.gather(*map(one, wanted)))


async def _trip(browser: Browser, shop: Product, plan: Plan) -> Outcome:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    shopper = TripShopper(context, shop.shop_url, shop.shop_database, plan.seed)
    seen: Seen | None = None
    try:
        await shopper.arrive()
        if plan.mishap is None:
            await shopper.visit()
        else:
            seen = await shopper.run_into(plan.mishap)
        tabs = len(shopper.tabs)
        await shopper.leave()
    except Exception as error:
        error.add_note(f"on the trip of {plan}, after {[step.name for step in shopper.steps]}")
        raise
    facts = await _facts(shop.store, shopper.code, tabs)
    fold = Fold(Shop())
    fold.observe(facts)
    assert not fold.failures, fold.failures
    said = fold.judge(facts[-1].t + LATER_MS).findings
    return _compare(plan, seen, [one for one in said if not _was_refused(one, shopper)], facts)


def _was_refused(one: Finding, shopper: TripShopper) -> bool:
    """Whether it is that a right shop refused a code, in words that the shopper read, too."""
    read = (
        text for step in shopper.steps for surface in step.surfaces.values() for text in surface["messages"]
    )
    return one.rule == "promo_rejected" and one.shown[0].raw in read


def _compare(plan: Plan, seen: Seen | None, said: Sequence[Finding], facts: list[Entry]) -> Outcome:
    fails = [one for one in said if one.outcome == "fail"]
    right = [one for one in fails if seen and one.rule == seen.rule and _is_there(one, seen, facts)]
    alarms = tuple(f"{one.rule}: {one.said} ({_place(one, facts)})" for one in fails if one not in right)
    if seen is None or right:
        return Outcome(plan, alarms)
    instead = [one.said for one in said if one.rule == seen.rule] or ["nothing"]
    return Outcome(plan, alarms, f"missed: {seen}; the rule said: {' '.join(instead)}")


def _is_there(one: Finding, seen: Seen, facts: Iterable[Entry]) -> bool:
    """Whether the replay stands where and when it was to be seen."""
    t = one.shown[0].t
    return seen.since - CLOCKS_MS <= t <= seen.until + CLOCKS_MS and _path(one, facts) == seen.path


def _path(one: Finding, facts: Iterable[Entry]) -> str:
    """The address at which the replay stands."""
    shown = one.shown[0]
    views = [
        place_of(entry.event.fact.url)[1]
        for entry in facts
        if entry.load == shown.load
        and entry.t <= shown.t + VIEW_LATER_MS
        and isinstance(entry.event.fact, PageLoaded | PageViewed)
    ]
    return views[-1] if views else ""


def _place(one: Finding, facts: Sequence[Entry]) -> str:
    return f"{_path(one, facts)} after {(one.shown[0].t - facts[0].t) / 1_000:.1f} s"


async def _facts(store: Store, code: str, tabs: int) -> list[Entry]:
    """Everything that came of a visit, once it has."""
    (session,) = [one for one in await store.sessions(limit=1_000) if one.code == code]
    facts: list[Entry] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(ARRIVE_S):
            while not _is_whole(facts, tabs):
                await asyncio.sleep(0.1)
                facts = await _stored(store, session)
    return facts


def _is_whole(facts: Iterable[Entry], tabs: int) -> bool:
    left = {entry.load for entry in facts if isinstance(entry.event.fact, PageLeft)}
    last = {entry.tab: entry.load for entry in facts}
    return len(last) == tabs and left.issuperset(last.values())


async def _stored(store: Store, session: Session) -> list[Entry]:
    batches = await store.batches(session.id, Track.FACTS)
    return timeline(
        list(
            entries(
                load.id,
                load.tab,
                load.offset_ms,
                [(one.number, one.payload) for one in batches if one.load == load.id],
            )
        )
        for load in await store.loads(session.id)
    )
