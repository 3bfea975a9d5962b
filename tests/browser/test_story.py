"""The first story, end to end: the page says one price, the cart another, and the agent sees both.

A customer in one browser, an agent in another, and between them the whole product on real sockets. Whatever
the agent is shown must be what the customer's page displays, live and when stepping back.
"""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.agent import Agent, browsing
from tests.browser.product import product
from tests.browser.story import CART, EMAIL, LAPTOP, PAGE, WAS, Ana, make_the_prices_differ

PHONE_AS_SPOKEN = "(415) 555-0134"


async def test_page_and_cart_disagree_and_the_agent_sees_both(browser: Browser, tmp_path: Path) -> None:
    async with (
        product(tmp_path, mode="spa") as shop,
        browsing(browser, 1280, 800) as shopper,
        browsing(browser, 1440, 900) as desk,
    ):
        await make_the_prices_differ(shop.shop_url)
        ana, agent = Ana(shopper, shop.shop_url), Agent(desk, shop.desk_url)
        await shop_until_the_cart_is_wrong(ana)
        code = await ana.read_code()
        await agent.log_in()
        await watches_live(agent, code)
        await follows(ana, agent)
        await steps_back(agent)
        await finds_by_other_words(agent, code)


async def shop_until_the_cart_is_wrong(ana: Ana) -> None:
    await ana.arrive()
    await ana.see_the_listing()
    await ana.open_the_laptop()
    await ana.sign_in()
    await ana.add_to_cart()


async def watches_live(agent: Agent, code: str) -> None:
    """The code that the caller read out and Enter: her page as it is now, and her cart beside it."""
    await agent.page.locator("#q").press_sequentially(code.lower().replace("-", " "))
    await agent.page.keyboard.press("Enter")
    await agent.page.wait_for_url("**/watch/*")
    await expect(agent.page.locator("[data-part=live-tag]")).to_be_visible()
    await expect(agent.line("name")).to_have_text(LAPTOP)
    await expect(agent.line("unit")).to_have_text(CART)
    await expect(agent.line("total")).to_have_text(CART)
    await expect(agent.line("quantity")).to_have_text("1")
    await expect(agent.picture.locator(".cart-drawer .cart-line__unit")).to_have_text(CART)
    await expect(agent.picture.locator(".cart-drawer .cart-line__unit")).to_be_in_viewport()
    await expect(agent.page.locator("[data-part=who]")).to_contain_text(EMAIL)
    await expect(agent.page.locator("[data-part=who]")).to_contain_text("verified")
    await agent.shoot("live")


async def follows(ana: Ana, agent: Agent) -> None:
    """What the customer does now the agent sees now, on the page that is open."""
    await agent.page.evaluate("window.neverReloaded = true")
    await ana.add_another()
    await expect(agent.line("quantity")).to_have_text("2")
    await expect(agent.line("total")).to_have_text("$998.00")
    await expect(agent.picture.locator(".cart-drawer .cart-line__total")).to_have_text("$998.00")
    await expect(agent.total).to_have_text(
        await ana.drawer.locator(".cart-totals__row--total .cart-totals__amount").inner_text()
    )
    assert await agent.page.evaluate("window.neverReloaded") is True
    await agent.shoot("changed")


async def steps_back(agent: Agent) -> None:
    """Back to the moment at which she saw the product page's price, before anything was in the cart."""
    await agent.trail("product").first.click()
    await expect(agent.picture.locator(".product .price__now")).to_have_text(PAGE)
    await expect(agent.picture.locator(".product .price__was")).to_have_text(WAS)
    await expect(agent.picture.locator(".cart-drawer .cart-line")).to_have_count(0)
    await expect(agent.drawer).to_have_count(0)
    await expect(agent.trail("product").locator("[data-role=current]").last).to_have_text(PAGE)
    await expect(agent.trail("listing").locator("[data-role=current]").last).to_have_text(PAGE)
    await expect(agent.trail("drawer")).to_have_count(0)
    await agent.shoot("stepped-back")
    await agent.follow_events("Cart · drawer")
    await expect(agent.line("unit")).to_have_text(CART)
    await expect(agent.trail("drawer").locator("[data-role=current]").first).to_have_text(CART)
    await expect(agent.trail("drawer").first).to_have_attribute("data-differs", "true")
    await agent.page.keyboard.press("l")
    await expect(agent.line("quantity")).to_have_text("2")


async def finds_by_other_words(agent: Agent, code: str) -> None:
    """The same visit by her address, and by her phone number as she says it."""
    for typed, heading in ((EMAIL, "E-mail address"), (PHONE_AS_SPOKEN, "Phone number")):
        found = await agent.find(typed)
        await expect(found.locator(".group__title")).to_have_text([heading])
        await expect(found.locator(".match__code")).to_have_text(code)
        await expect(found.locator("[data-slot=verified]")).to_be_visible()
        await agent.shoot(f"find-{heading.split()[0].lower()}")
