"""How long an agent waits for a picture: of any moment, by a link, by seeking, by stepping to a cart change.

Of two visits, an hour on one page and forty page loads in three tabs, each as it was sent (the customer calls
at once) and sealed (the customer calls later). Measured inside the agent's page, to the frame that it draws
next: from the start of the navigation to the picture standing at the moment; from the change of the address,
or the key, to the picture standing there, with all that moves on the page having come to rest.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

from benchmarks.long_session import LENGTH_MS, SESSION, START_MS, TAB, put_long_session
from benchmarks.report import Row, Spread, percentile
from benchmarks.tabs_session import LOADS_COUNT, TABS_COUNT, make_tabs_session, pictured
from benchmarks.trip import LATER_MS, chromium
from replay.cli.serve import now_ms
from storage.sealer import Sealer
from tests.browser.exactness.desk import Desk
from tests.browser.product import Product, product

__all__ = ["ROWS", "measure"]

OPENING_MS = 500.0
SEEK_MS = 300.0
ROUNDS_COUNT = 3
OPENINGS_COUNT = 10
SEEKS_COUNT = 25
STEPS_COUNT = 25
SEED = 11
PATIENCE_MS = 20_000

HOUR = "an hour on one page"
TABS = f"{LOADS_COUNT} page loads in {TABS_COUNT} tabs"
OPENING, SEEK, STEP = "first picture of any moment of {}", "seek in {}", "next cart change in {}"
SENT, SEALED = "p95", "sealed, p95"
TARGETS_MS = {OPENING: OPENING_MS, SEEK: SEEK_MS, STEP: SEEK_MS}
ROWS = tuple(
    f"{row.format(visit)}, {state}"
    for visit in (HOUR, TABS)
    for state in (SENT, SEALED)
    for row in TARGETS_MS
)

_STANDS = """(t) => new Promise((done, give_up) => {
  const began = performance.now();
  const look = () => {
    const { ready, at } = document.body?.dataset ?? {};
    const shown = document.querySelector(".screen:not([hidden]) iframe")?.contentDocument.body?.firstChild
      // Of a cart that was over before its page had a picture there is none, and the desk says so.
      || (t === null && document.querySelector('[data-stage="beginning"]'));
    const now = performance.now();
    if (ready === "true" && (t === null || Number(at) === t) && shown) done(now);
    else if (now - began > PATIENCE_MS) give_up(new Error(`no picture at ${t}, but ${ready} at ${at}`));
    else requestAnimationFrame(look);
  };
  look();
})""".replace("PATIENCE_MS", str(PATIENCE_MS))
_SEEK = f"""([t, tab]) => {{
  const began = performance.now();
  location.hash = "t=" + t + "&tab=" + tab;
  return ({_STANDS})(t).then((ended) => ended - began);
}}"""
_STEP = f"""() => {{
  const began = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key: "]", bubbles: true }}));
  if (document.body.dataset.ready === "true") return null;
  return ({_STANDS})(null).then((ended) => ended - began);
}}"""
"""Null where there is no later one: then nothing begins to move."""


@dataclass(frozen=True, slots=True)
class _Moment:
    t: int
    tab: str


@dataclass(frozen=True, slots=True)
class _Visit:
    name: str
    session: str
    begins: _Moment
    moment: Callable[[], _Moment]
    """Any at which there is a picture."""


async def measure(folder: Path) -> list[Row]:
    """Put both visits there; open, seek and step through them, seal them, and do it once more."""
    rows: list[Row] = []
    async with chromium() as browser, product(folder, mode="pages") as shop:
        visits = [await _hour(shop), await _tabs(browser, shop)]
        desk = await Desk.log_in(browser, shop)
        context = desk.page.context
        for state in (SENT, SEALED):
            if state == SEALED:
                with Sealer(shop.store, shop.objects, now_ms=lambda: now_ms() + LATER_MS) as sealer:
                    await sealer.seal_due()
            for visit in visits:
                rows += await _watch(context, shop, visit, state)
    by_name = {row.name: row for row in rows}
    return [by_name[name] for name in ROWS]


async def _hour(shop: Product) -> _Visit:
    await put_long_session(shop.store, shop.site.key)
    draw = random.Random(SEED)
    return _Visit(
        HOUR,
        SESSION,
        _Moment(START_MS, TAB),
        lambda: _Moment(START_MS + draw.randrange(1_000, LENGTH_MS - 1_000), TAB),
    )


async def _tabs(browser: Browser, shop: Product) -> _Visit:
    session = await make_tabs_session(browser, shop)
    spans = await pictured(shop, session)
    draw = random.Random(SEED)

    def moment() -> _Moment:
        span = draw.choice(spans)
        return _Moment(draw.randint(span.from_ms, span.until_ms), span.tab)

    return _Visit(TABS, session, _Moment(spans[0].from_ms, spans[0].tab), moment)


async def _watch(context: BrowserContext, shop: Product, visit: _Visit, state: str) -> list[Row]:
    # The browser code is fetched once for all links.
    await _open(context, shop, visit, visit.moment())
    took: dict[str, list[list[float]]] = {row: [] for row in TARGETS_MS}
    for _ in range(ROUNDS_COUNT):
        opened = [await _open(context, shop, visit, visit.moment()) for _ in range(OPENINGS_COUNT)]
        took[OPENING].append(opened)
        took[SEEK].append(await _seek(context, shop, visit))
        took[STEP].append(await _step(context, shop, visit))
    return [
        _row(f"{row.format(visit.name)}, {state}", TARGETS_MS[row], rounds) for row, rounds in took.items()
    ]


async def _open(context: BrowserContext, shop: Product, visit: _Visit, moment: _Moment) -> float:
    page, took = await _opened(context, shop, visit, moment)
    await page.close()
    return took


async def _opened(
    context: BrowserContext, shop: Product, visit: _Visit, moment: _Moment
) -> tuple[Page, float]:
    page = await context.new_page()
    address = f"{shop.desk_url}/watch/{visit.session}#t={moment.t}&tab={moment.tab}"
    await page.goto(address, wait_until="commit")
    took: float = await page.evaluate(_STANDS, moment.t)
    return page, took


async def _seek(context: BrowserContext, shop: Product, visit: _Visit) -> list[float]:
    page, _ = await _opened(context, shop, visit, visit.begins)
    moments = [visit.moment() for _ in range(SEEKS_COUNT)]
    took = [await page.evaluate(_SEEK, [moment.t, moment.tab]) for moment in moments]
    await page.close()
    return took


async def _step(context: BrowserContext, shop: Product, visit: _Visit) -> list[float]:
    """From one cart change to the next, from the beginning on, and after the last from there again."""
    took: list[float] = []
    while len(took) < STEPS_COUNT:
        page, _ = await _opened(context, shop, visit, visit.begins)
        before = len(took)
        while len(took) < STEPS_COUNT and (step := await page.evaluate(_STEP)) is not None:
            took.append(step)
        await page.close()
        if len(took) == before:
            raise RuntimeError("the visit has no cart change")
    return took


def _row(name: str, target: float, rounds: list[list[float]]) -> Row:
    every = [one for round_ in rounds for one in round_]
    return Row(
        name=name,
        unit="ms",
        target=target,
        spread=Spread.of([percentile(round_, 0.95) for round_ in rounds]),
        note=f"p50 {percentile(every, 0.5):.0f} ms, {len(every)} times",
    )
