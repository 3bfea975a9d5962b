"""A moment: the picture as it was, the cart as it was displayed, and both the same."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.watch.conftest import Desk, at
from tests.browser.watch.visit import Customer
from tests.viewer.visits import SITE


async def texts(desk: Desk, surface: str, part: str, *, status: str = "on-screen") -> list[str]:
    return await desk.card(surface, status=status).locator(f'[data-panel-part="{part}"]').all_text_contents()


async def test_a_link_opens_at_its_moment_paused(desk: Desk) -> None:
    await desk.has()
    await desk.open(16_000)
    await expect(desk.part("play")).to_have_attribute("aria-label", "Play")
    assert await desk.page.locator("body").get_attribute("data-at") == str(at(16_000))
    await desk.stage("shown")
    await expect(desk.picture.locator(".drawer")).to_be_visible()
    await expect(desk.part("page-url")).to_have_text("shop.example/hp-15")
    await expect(desk.part("viewport")).to_contain_text("1000 × 700")


async def test_the_panel_shows_the_cart_text_for_text(desk: Desk) -> None:
    await desk.has()
    await desk.open(16_000)
    assert await texts(desk, "drawer", "heading") == ["on screen now · drawer · as displayed"]
    assert await texts(desk, "drawer", "name") == ["HP-15 laptop"]
    assert await texts(desk, "drawer", "quantity") == ["2"]
    assert await texts(desk, "drawer", "unit") == ["$499.00"]
    assert await texts(desk, "drawer", "label") == ["Subtotal", "Shipping", "Total"]
    assert await texts(desk, "drawer", "amount") == ["$998.00", "Not known yet", "$998.00"]
    assert await texts(desk, "drawer", "change") == [
        "HP-15 laptop: quantity 1 → 2",
        "Subtotal $499.00 → $998.00",
        "Total $499.00 → $998.00",
    ]


async def test_what_the_panel_shows_stands_in_the_picture(desk: Desk) -> None:
    """Every text of the panel names the node it was read from: the replayed page says the same there."""
    await desk.has()
    for ms, surface in ((9_000, "drawer"), (16_000, "drawer"), (36_000, "page")):
        await desk.open(ms)
        shown = desk.card(surface).locator("[data-panel-part][data-node]")
        count = await shown.count()
        assert count >= 6
        for index in range(count):
            await shown.nth(index).click()
            outline = desk.part("outline")
            await expect(outline).to_be_visible()
            box = await outline.bounding_box()
            fit = await desk.part("fit").bounding_box()
            assert box is not None
            assert fit is not None
            scale = fit["width"] / 1_000
            raw = await shown.nth(index).text_content()
            found = await desk.picture.locator("html").evaluate(
                "(html, [x, y]) => html.ownerDocument.elementFromPoint(x, y)?.textContent ?? null",
                [
                    (box["x"] + box["width"] / 2 - fit["x"]) / scale,
                    (box["y"] + box["height"] / 2 - fit["y"]) / scale,
                ],
            )
            assert raw
            assert raw in " ".join((found or "").split())


async def test_the_picture_is_the_same_whichever_way_it_is_reached(desk: Desk) -> None:
    await desk.has()
    expected = {
        3_000: ("Laptops", None),
        5_000: ("HP-15 laptop", None),
        9_000: ("HP-15 laptop", "$499.00"),
        16_000: ("HP-15 laptop", "$998.00"),
        36_000: ("Shopping cart", None),
        40_000: ("HP-15 laptop", "$998.00"),
    }
    await desk.open(40_000)
    for ms in (16_000, 9_000, 5_000, 40_000, 36_000, 9_000, 3_000, 16_000, 5_000):
        await desk.seek(ms)
        title, total = expected[ms]
        await expect(desk.picture.locator("h1")).to_have_text(title)
        if title == "HP-15 laptop":
            drawer = desk.picture.locator(".drawer")
            await expect(drawer).to_be_visible(visible=total is not None)
            if total:
                await expect(drawer.locator("[data-key=total] .amount")).to_have_text(total)


async def test_a_cart_that_is_not_on_screen_says_when_and_where_it_was(desk: Desk) -> None:
    await desk.has()
    await desk.open(42_000)
    await expect(desk.page.locator('[data-panel-part="none"]')).to_have_text("no cart on screen")
    (heading,) = await texts(desk, "drawer", "heading", status="last-seen")
    assert heading == "last seen 1.3 s before this moment in the drawer of tab 1"
    await desk.seek(5_000)
    await expect(desk.page.locator('[data-panel-part="none"]')).to_contain_text("none seen before")


async def test_the_other_sources_stand_beside_the_displayed_one(desk: Desk) -> None:
    await desk.has()
    await desk.open(36_000)
    assert await texts(desk, "page", "unit") == ["$479.00", "١٩٫٩٠ $"]
    assert await texts(desk, "page", "was") == ["$499.00"]
    assert await texts(desk, "page", "name") == ["HP-15 laptop", "حقيبة كمبيوتر محمول"]
    assert await texts(desk, "page", "note") == ["gift with purchase"]
    assert await texts(desk, "page", "message") == ["The coupon SPRING20 is not valid for these articles."]
    assert await texts(desk, "data_layer", "unit", status="stated") == ["379.00"]
    assert await texts(desk, "data_layer", "amount", status="stated") == ["777.90 USD"]


async def test_the_trail_of_prices_marks_another_amount_only(desk: Desk) -> None:
    await desk.has()
    await desk.open(36_000)
    trail = desk.page.locator('[data-panel-part="trail"]')
    hp = trail.and_(desk.page.locator('[data-sku="HP-15"]')).locator('[data-panel-part="step"]')
    steps = [
        (await step.get_attribute("data-where"), await step.get_attribute("data-differs"))
        for step in await hp.all()
    ]
    assert steps == [("listing", "false"), ("product", "false"), ("drawer", "true"), ("page", "true")]
    bag = trail.and_(desk.page.locator('[data-sku="BAG"]')).locator('[data-panel-part="step"]')
    assert await bag.evaluate_all("steps => steps.map(step => step.dataset.differs)") == ["false", "false"]


async def test_the_header_says_who_it_is_and_how_sure_that_is(desk: Desk) -> None:
    await desk.has()
    await desk.open(16_000)
    who = desk.part("who")
    await expect(who).to_contain_text("ana@example.com")
    await expect(who.locator(".who", has_text="ana@example.com")).to_contain_text("verified")
    await expect(who.locator(".who", has_text="+1 555 123 4567")).to_contain_text("claimed")
    await desk.page.get_by_role("button", name="Details").click()
    facts = desk.part("facts")
    await expect(facts).to_contain_text("America/New_York")
    await expect(facts).to_contain_text("1000 × 700")
    await expect(facts).to_contain_text(SITE.name)
    await expect(desk.part("views")).to_contain_text("Mia Lindqvist")


async def scrolled(customer: Customer) -> None:
    """Somebody reads on below the cart."""
    await customer.go("/cart")
    await customer.wait(1_000)
    page = customer.pages["tab-a"]
    await page.evaluate("document.body.style.height = '4000px'")
    await customer.wait(500)
    # The browser tells of scrolling in its own time, not on the clock that the test holds.
    await page.evaluate(
        "new Promise((told) => { addEventListener('scroll', told, { once: true }); scrollTo(0, 2000); })"
    )
    await customer.wait(5_000)
    await customer.fact("left", {"picture_complete": True})


async def test_an_element_out_of_view_says_where_it_would_have_been(desk: Desk) -> None:
    await desk.has(scrolled)
    await desk.open(5_000)
    await desk.card("page").locator('[data-panel-part="total-row"] button').last.click()
    await expect(desk.part("outline")).to_be_visible()
    await expect(desk.part("outline-label")).to_contain_text("px above what was in view")
