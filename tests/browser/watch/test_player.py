"""Playing: keys, steps, tabs, links, and what stands where there is no picture."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.watch.conftest import Desk, at
from tests.browser.watch.visit import SESSION, Customer


async def test_keys_step_through_cart_changes_and_pages(desk: Desk) -> None:
    await desk.has()
    await desk.open(1_500)
    press = desk.page.keyboard.press
    landed = []
    for key in ("]", "]", "]", "[", "[", "."):
        before = await desk.page.locator("body").get_attribute("data-at")
        await press(key)
        await expect(desk.page.locator("body")).not_to_have_attribute("data-at", before or "")
        landed.append(round(await desk.moment()))
    # A tenth of a second after each, when the page has drawn it.
    assert landed == [6_600, 10_700, 32_800, 10_700, 6_600, 32_800]


async def test_a_step_to_a_cart_change_shows_it_in_picture_and_panel(desk: Desk) -> None:
    await desk.has()
    await desk.open(7_000)
    await desk.page.get_by_role("button", name="Next cart change").click()
    await desk.stands(10_700)
    await expect(desk.picture.locator("[data-key=total] .amount")).to_have_text("$998.00")
    await expect(
        desk.card("drawer").locator('[data-panel-key=total] [data-panel-part="amount"]')
    ).to_have_text("$998.00")


async def test_it_plays_to_the_end_and_passes_over_stretches_without_anything(desk: Desk) -> None:
    await desk.has()
    await desk.open(11_500)
    await desk.part("speed").select_option("8")
    await desk.part("play").click()
    await expect(desk.part("play")).to_have_attribute("aria-label", "Pause")
    await expect(desk.part("play")).to_have_attribute("aria-label", "Play", timeout=30_000)
    assert await desk.moment() == pytest.approx(46_800, abs=2)


async def test_playing_pauses_where_picture_and_panel_agree(desk: Desk) -> None:
    await desk.has()
    await desk.open(5_500)
    await desk.page.keyboard.press(" ")
    await expect(desk.card("drawer")).to_be_visible()
    await desk.page.keyboard.press(" ")
    await expect(desk.part("play")).to_have_attribute("aria-label", "Play")
    await desk.stands()
    await expect(desk.picture.locator(".drawer")).to_be_visible()


async def test_the_player_follows_the_tab_that_the_customer_was_in(desk: Desk) -> None:
    await desk.has()
    await desk.open(33_500)
    await expect(desk.picture.locator("h1")).to_have_text("Shopping cart")
    await desk.seek(39_000)
    await expect(desk.picture.locator("h1")).to_have_text("HP-15 laptop")
    await desk.page.locator('[data-tab="tab-b"]').click()
    await expect(desk.picture.locator("h1")).to_have_text("Shopping cart")
    await desk.page.keyboard.press("ArrowLeft")
    await expect(desk.picture.locator("h1")).to_have_text("Shopping cart")
    await expect(desk.page.locator(".tab--follow")).to_have_attribute("aria-pressed", "false")
    await desk.page.locator(".tab--follow").click()
    await expect(desk.page.locator(".tab--follow")).to_have_attribute("aria-pressed", "true")


async def test_a_link_is_copied_that_opens_at_this_very_moment(desk: Desk) -> None:
    await desk.has()
    await desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await desk.open(33_500)
    await desk.page.keyboard.press("c")
    await expect(desk.part("toast")).to_have_text("Link to this moment copied")
    link = await desk.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(f"#t={at(33_500)}&tab=tab-b")


async def test_an_event_of_the_list_leads_to_its_tab(desk: Desk) -> None:
    await desk.has()
    await desk.open(8_000)
    await desk.part("filters").get_by_role("button", name="errors").click()
    await desk.part("events").get_by_text("Script error").click()
    await expect(desk.picture.locator("h1")).to_have_text("Shopping cart")
    assert await desk.part("events").locator("li").count() == 2


async def test_a_lost_part_of_the_picture_is_said_and_the_cart_still_shown(desk: Desk) -> None:
    await desk.has(lost=[("load-2", 2)])
    await desk.open(16_000)
    await desk.stage("gap", "No picture")
    await expect(desk.part("stage-why")).to_contain_text("The page's buffer was full.")
    await expect(desk.card("drawer")).to_be_visible()
    await desk.seek(4_000)
    await desk.stage("shown")


async def paying(customer: Customer) -> None:
    """Somebody pays on a page without picture, and leaves it."""
    await customer.go("/hp-15")
    await customer.wait(2_000)
    await customer.fact("left", {"picture_complete": False})
    load = await customer.go("/checkout/payment")
    load.pictures.clear()
    await customer.wait(3_000)
    await customer.fact("left", {"picture_complete": True})


async def test_a_page_without_picture_says_why(desk: Desk) -> None:
    await desk.has(paying)
    await desk.open(1_000)
    await desk.stage("shown")
    await desk.seek(2_900)
    await desk.stage("early")
    await expect(desk.part("stage-note")).to_contain_text("what came after did not arrive")
    await desk.seek(4_500)
    await desk.stage("payment", "Payment page")
    await expect(desk.card("page")).to_be_visible()


async def test_the_frame_cannot_be_reached_and_is_exactly_sandboxed(desk: Desk) -> None:
    await desk.has()
    await desk.open(16_000)
    frame = desk.page.locator(".screen iframe")
    assert await frame.get_attribute("sandbox") == "allow-same-origin"
    assert await frame.evaluate("frame => frame.closest('[inert]') !== null")
    for _ in range(80):
        await desk.page.keyboard.press("Tab")
        assert await desk.page.evaluate("document.activeElement?.tagName") != "IFRAME"
    box = await desk.picture.locator(".close").bounding_box()
    assert box is not None
    await desk.page.mouse.click(box["x"] + 5, box["y"] + 5)
    await expect(desk.picture.locator(".drawer")).to_be_visible()


async def test_everything_fits_from_narrow_to_wide_and_enlarged(desk: Desk) -> None:
    await desk.has(full_cart)
    await desk.open(2_500)
    assert await desk.card("page").locator('[data-panel-part="line"]').count() == 200
    for width, height in ((380, 800), (640, 400), (768, 1_000), (1_440, 900), (2_560, 1_300)):
        await desk.page.set_viewport_size({"width": width, "height": height})
        over = await desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{over} px too wide at {width}"
        await expect(desk.part("fit")).to_be_visible()


async def full_cart(customer: Customer) -> None:
    """Two hundred lines with names that never end."""
    await customer.go("/cart")
    await customer.pages["tab-a"].evaluate(
        """() => {
          const line = document.querySelector(".line");
          document.querySelectorAll(".line").forEach((one) => one.remove());
          for (let at = 0; at < 200; at++) {
            const copy = line.cloneNode(true);
            copy.dataset.sku = `SKU-${at}`;
            copy.querySelector(".name").textContent = `${"Unbreakable".repeat(12)} ${at} laptop bag`;
            document.querySelector(".cart").prepend(copy);
          }
        }"""
    )
    await customer.wait(500)
    await customer.pages["tab-a"].evaluate("cart(document.querySelector('.cart'), 'page')")
    await customer.wait(3_000)
    await customer.fact("left", {"picture_complete": True})


async def test_without_a_moment_a_past_visit_opens_at_its_beginning(desk: Desk) -> None:
    await desk.has()
    await desk.open()
    assert await desk.page.locator("body").get_attribute("data-at") == str(at(1_000))


async def test_a_visit_of_which_nothing_arrived_says_so(desk: Desk) -> None:
    await Customer(desk.page.context).put(desk.store)
    await desk.open()
    await desk.stage("empty", "Nothing of this visit has arrived")
    await expect(desk.page.locator('[data-panel-part="none"]')).to_be_visible()


async def test_a_picture_that_could_not_be_fetched_can_be_asked_for_again(desk: Desk) -> None:
    await desk.has()
    await desk.page.route("**/picture/**", lambda route: route.abort())
    await desk.page.goto(f"{desk.address}/watch/{SESSION}#t={at(16_000)}")
    await desk.stage("failed")
    await expect(desk.card("drawer")).to_be_visible()
    await desk.page.unroute("**/picture/**")
    await desk.page.get_by_role("button", name="Try again").click()
    await desk.stage("shown")
    await expect(desk.picture.locator(".drawer")).to_be_visible()


async def test_the_agent_can_log_out_from_here(desk: Desk) -> None:
    await desk.has()
    await desk.open(16_000)
    await desk.page.get_by_role("button", name="Log out").click()
    await desk.page.wait_for_url("**/login")
