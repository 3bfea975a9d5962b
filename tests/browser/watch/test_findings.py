"""Findings on the agent's screen: what is wrong seeks and outlines, by pointer, by key, and live."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Locator, expect

from replay.model.cart import CartState
from replay.model.events import PriceShown
from replay.model.finding import Evidence, Finding, in_order
from replay.model.timeline import Entry, entries
from replay.model.track import Track
from replay.ports import Judged, Published
from storage.memory import MemoryStore
from tests.browser.watch.conftest import Desk, at
from tests.browser.watch.visit import OFFSET_MS, SESSION

SAID = (
    "The product page showed $379.00 for HP-15; the cart charged $499.00, $120.00 more. "
    "Nothing on screen explained it."
)


async def facts(store: MemoryStore) -> list[Entry]:
    """What the pages said, page load by page load."""
    return [
        entry
        for batch in await store.batches(SESSION, Track.FACTS)
        for entry in entries(batch.load, "", OFFSET_MS, [(batch.number, batch.payload)])
    ]


async def mismatch(store: MemoryStore) -> Finding:
    """The cart's price of the laptop is not the product page's."""
    known = await facts(store)
    drawer = next(
        (one.t, one.load, fact.lines[0].unit)
        for one in known
        if isinstance(fact := one.event.fact, CartState) and fact.surface == "drawer" and fact.lines
    )
    product = next(
        (one.t, one.load, fact.amount)
        for one in known
        if isinstance(fact := one.event.fact, PriceShown)
        and (fact.context, fact.role, fact.sku) == ("product", "current", "HP-15")
    )
    shown = tuple(
        Evidence(role=role, load=load, t=t, node=amount.node, raw=amount.raw)
        for role, (t, load, amount) in (("cart", drawer), ("product", product))
        if amount is not None
    )
    return Finding(
        rule="price_mismatch",
        version=1,
        subject="HP-15",
        signature="product>drawer ×1.317",
        outcome="fail",
        severity="high",
        said=SAID,
        shown=shown,
        decided_ms=shown[0].t + 2_000,
        minor=12_000,
        currency="USD",
    )


async def found(desk: Desk, *findings: Finding) -> None:
    """Store what was found, as the judge does."""
    read = await desk.store.session_facts({SESSION: {}})
    judged = Judged(
        session=SESSION,
        changes_count=read[SESSION].changes_count,
        judge_ms=None,
        findings=tuple(in_order(findings)),
    )
    assert await desk.store.put_findings([judged]) == [True]


def cards(desk: Desk) -> Locator:
    return desk.page.locator('[data-panel-part="finding"]')


async def outlined(desk: Desk, label: str) -> str:
    """The text of the page in the middle of the outline, which has this label."""
    await expect(desk.part("outline-label")).to_have_text(label)
    await expect(desk.part("outline-label")).to_be_visible()
    box = await desk.part("outline").bounding_box()
    fit = await desk.part("fit").bounding_box()
    assert box is not None
    assert fit is not None
    scale = fit["width"] / 1_000
    text = await desk.picture.locator("html").evaluate(
        "(html, [x, y]) => html.ownerDocument.elementFromPoint(x, y).textContent.trim()",
        [(box["x"] + box["width"] / 2 - fit["x"]) / scale, (box["y"] + box["height"] / 2 - fit["y"]) / scale],
    )
    assert isinstance(text, str)
    return text


async def test_a_finding_seeks_to_where_it_was_shown_and_outlines_it(desk: Desk) -> None:
    await desk.has()
    wrong = await mismatch(desk.store)
    agreed = replace(wrong, subject="BAG", outcome="pass", severity="info", said="Both showed $19.90.")
    await found(desk, agreed, wrong)
    await desk.open(36_000)
    card = cards(desk).first
    await expect(card.locator('[data-panel-part="said"]')).to_have_text(SAID)
    await expect(desk.page.locator("[data-fold=passes] summary")).to_have_text("1 check passed")
    steps = desk.page.locator('[data-panel-part="trail"][data-sku="HP-15"] [data-panel-part="step"]')
    await expect(steps.filter(has=desk.page.locator(".found-mark"))).to_have_attribute("data-where", "drawer")

    await card.get_by_role("button", name=SAID).click()
    assert await outlined(desk, "cart $499.00") == "$499.00"
    await expect(desk.picture.locator(".drawer .quantity")).to_have_text("1")
    # What it points at stays when the pointer goes to look at it.
    await desk.part("stage").hover()
    assert await outlined(desk, "cart $499.00") == "$499.00"

    # The page that the customer saw before: the finding itself is then yet to come.
    await card.locator('[data-piece="1"]').click()
    assert await outlined(desk, "product page $379.00") == "$379.00"
    await expect(desk.picture.locator(".drawer")).to_be_hidden()
    await expect(card).to_have_attribute("data-ahead", "wholly")
    await expect(card.locator('[data-panel-part="when"]')).to_contain_text("later, at ")
    await desk.page.keyboard.press("ArrowRight")
    await expect(desk.part("outline")).to_be_hidden()
    await expect(card).not_to_have_attribute("aria-current", "true")

    await desk.seek(45_000)
    await desk.page.locator(".lane__found").click()
    assert await outlined(desk, "cart $499.00") == "$499.00"
    await desk.seek(44_000)
    await desk.part("filters").get_by_role("button", name="found").click()
    await desk.part("events").get_by_role("button", name="! Found").click()
    assert await outlined(desk, "cart $499.00") == "$499.00"


async def test_keys_step_through_findings_the_worst_first(desk: Desk) -> None:
    await desk.has()
    wrong = await mismatch(desk.store)
    untold = [
        replace(
            wrong,
            subject=str(number),
            outcome="cannot_tell",
            severity="info",
            said=f"Whether {number} costs the same cannot be told: no page with its price was seen.",
            shown=wrong.shown[1:],
        )
        for number in range(3)
    ]
    await found(desk, wrong, *untold)
    await desk.open(36_000)
    await expect(desk.page.locator("[data-fold=untold] summary")).to_have_text("3 checks cannot tell")
    await expect(cards(desk)).to_have_count(1)
    await desk.page.keyboard.press("n")
    assert await outlined(desk, "cart $499.00") == "$499.00"
    await desk.page.keyboard.press("n")
    assert await outlined(desk, "product page $379.00") == "$379.00"
    await expect(desk.page.get_by_text(untold[0].said).first).to_be_in_viewport()
    await expect(desk.part("findings-news")).to_have_text(f"2 of 4: {untold[0].said}")
    await desk.page.keyboard.press("Shift+N")
    assert await outlined(desk, "cart $499.00") == "$499.00"
    assert await desk.page.evaluate("document.activeElement === document.body")


async def test_what_is_found_meanwhile_is_said_and_takes_nothing_away(desk: Desk) -> None:
    await desk.has(ended=False)
    await desk.open(36_000)
    await expect(desk.page.locator('body[data-live="connected"]')).to_be_visible()
    await expect(desk.part("findings")).to_contain_text("No check has found anything so far")
    high = await mismatch(desk.store)
    low = replace(high, subject="BAG", severity="low", said="The bag cost ten cents more.")
    await found(desk, low)
    desk.bus.publish(Published(session=SESSION, findings=True))
    await expect(desk.part("findings-news")).to_have_text(f"New finding: {low.said}")
    piece = cards(desk).filter(has_text=low.said).locator('[data-piece="0"]')
    await piece.focus()
    # Judged again it may say the same on other grounds.
    await found(desk, high, replace(low, decided_ms=low.decided_ms + 1))
    desk.bus.publish(Published(session=SESSION, findings=True))
    await expect(desk.part("findings-news")).to_have_text(f"New finding: {SAID}")
    await expect(cards(desk).first.locator('[data-panel-part="said"]')).to_have_text(SAID)
    await expect(piece).to_be_focused()
    assert await desk.page.locator("body").get_attribute("data-at") == str(at(36_000))
