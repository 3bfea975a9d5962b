"""The Find page as an agent uses it: typing, keys, themes, widths; and hostile text that stays text."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from replay.model.session import show_code
from tests.browser.find.conftest import Desk, log_in, said

MARK = "window.__marked = true"
HOSTILE = (
    f"<img src=x onerror='{MARK}'>",
    f'"><script>{MARK}</script>',
    f"javascript:{MARK}",
    f"<svg onload='{MARK}'>",
)


@pytest.fixture
async def find(page: Page, desk: Desk) -> Page:
    """The Find page with four customers, two of them live. Where it leads is another page's matter."""
    await page.route("**/watch/*", lambda route: route.fulfill(content_type="text/html", body="watch"))
    await desk.visit(1, said("name", "Ana Souza"), said("email", "ana@example.com"), live=True)
    await desk.visit(2, said("name", "Anatol Gris"), said("order", "10-2291", verified=False), minutes_ago=9)
    await desk.visit(3, said("email", "ana@example.com", verified=False), minutes_ago=50)
    await desk.visit(4, live=True)
    await log_in(page, desk.address)
    await expect(page.locator("#q")).to_be_focused()
    return page


async def test_it_opens_with_live_customers_first_and_the_box_focused(find: Page) -> None:
    await expect(find.locator("#q")).to_be_focused()
    await expect(find.locator(".group__title")).to_have_text(["Live now", "Recent"])
    await expect(find.locator(".match__name")).to_have_text(
        [re.compile("Ana Souza|Not identified")] * 2 + ["Anatol Gris", "ana@example.com"]
    )
    await expect(find.locator("time").first).to_have_text("9 min ago")
    await expect(find.locator(".match__span").last).to_have_text("lasted 5 min")


async def test_results_come_while_typing_and_are_gone_with_escape(find: Page) -> None:
    await find.keyboard.type("ana@example")
    await expect(find.locator(".group__title")).to_have_text(["E-mail address", "Claimed, not verified"])
    await find.keyboard.type(".com")
    await expect(find.locator(".match__name")).to_have_text(["Ana Souza", "ana@example.com"])
    await expect(find.locator(".tag--good")).to_have_text(["verified"])
    await expect(find.locator(".tag--warn")).to_have_text(["claimed"])
    await find.keyboard.press("Escape")
    await expect(find.locator("#q")).to_have_value("")
    await expect(find.locator(".group__title")).to_have_text(["Live now", "Recent"])


async def test_a_row_is_the_same_whoever_made_it(find: Page, desk: Desk) -> None:
    """The server's rows and the script's rows, element for element."""
    shape = "[...document.querySelectorAll('.match')].map((row) => row.outerHTML.replace(/\\s+/g, ' '))"
    by_script: list[str] = []
    by_server: list[str] = []
    for query in ("ana@example.com", "10-2291"):
        await find.fill("#q", query)
        await expect(find.locator(".group")).not_to_have_count(0)
        await expect(find.locator("[aria-busy]")).to_have_count(0)
        by_script += await find.evaluate(shape)
    for query in ("ana@example.com", "10-2291"):
        await find.goto(f"{desk.address}/?q={query}")
        by_server += await find.evaluate(shape)

    def bare(row: str) -> str:
        return re.sub(r"> <", "><", re.sub(r" (data-[a-z]+|datetime|title)(=\"[^\"]*\")?", "", row))

    assert [bare(row) for row in by_script] == [bare(row) for row in by_server]


async def test_everything_by_keyboard(find: Page, desk: Desk) -> None:
    await find.keyboard.type("ana")
    await expect(find.locator(".group__title")).to_have_text(["Name"])
    await find.keyboard.press("ArrowDown")
    await find.keyboard.press("ArrowDown")
    await expect(find.locator(".match__link").nth(1)).to_be_focused()
    await find.keyboard.press("ArrowDown")
    await expect(find.locator(".match__link").nth(1)).to_be_focused()
    await find.keyboard.press("ArrowUp")
    await find.keyboard.press("ArrowUp")
    await expect(find.locator("#q")).to_be_focused()
    await find.keyboard.press("ArrowDown")
    await find.keyboard.type("tol")  # typing goes on in the box
    await expect(find.locator("#q")).to_have_value("anatol")
    await expect(find.locator(".match__name")).to_have_text(["Anatol Gris"])
    await find.locator(".account button").last.focus()
    await find.keyboard.press("/")
    await expect(find.locator("#q")).to_be_focused()
    await find.keyboard.press("Enter")  # the only match
    await find.wait_for_url(f"{desk.address}/watch/session-2")
    await find.go_back()
    await expect(find.locator("#q")).to_have_value("anatol")
    await expect(find.locator(".match__name")).to_have_text(["Anatol Gris"])
    assert "anatol" not in find.url


async def test_enter_never_guesses_among_several(find: Page, desk: Desk) -> None:
    await find.keyboard.type("ana")
    await find.keyboard.press("Enter")
    await expect(find.locator(".match__link").first).to_be_focused()
    assert find.url == desk.address + "/"
    await find.keyboard.press("Enter")
    await find.wait_for_url(f"{desk.address}/watch/session-1")


async def test_the_code_that_the_caller_read_out_goes_straight_to_their_page(find: Page, desk: Desk) -> None:
    visit = await desk.visit(5, said("name", "Eve"), live=True)
    await find.keyboard.type(show_code(visit.code).lower())
    await find.keyboard.press("Enter")
    await find.wait_for_url(f"{desk.address}/watch/session-5")


async def test_an_answer_that_was_overtaken_is_never_shown(find: Page) -> None:
    held: list[Route] = []

    async def hold(route: Route) -> None:
        if "q=an&" in route.request.url + "&" or route.request.url.endswith("q=anat"):
            held.append(route)
        else:
            await route.continue_()

    await find.route("**/api/find*", hold)
    await find.fill("#q", "anat")
    await expect(find.locator("[aria-busy]")).to_have_count(1)
    await find.fill("#q", "ana@example.com")
    await expect(find.locator(".match__name")).to_have_text(["Ana Souza", "ana@example.com"])
    for route in held:
        await route.abort()
    await expect(find.locator(".match__name")).to_have_text(["Ana Souza", "ana@example.com"])


async def test_nothing_found_says_why(find: Page) -> None:
    await find.fill("#q", "nobody@example.com")
    await expect(find.locator(".nothing h2")).to_contain_text("nobody@example.com")
    await expect(find.locator(".nothing li")).not_to_have_count(0)
    await expect(find.locator("[role=status]")).to_contain_text("nobody@example.com")


async def test_a_desk_that_does_not_answer_says_so_and_recovers(find: Page) -> None:
    await find.route("**/api/find*", lambda route: route.abort())
    await find.fill("#q", "ana")
    await expect(find.locator(".nothing h2")).to_have_text("The desk does not answer.")
    await find.unroute("**/api/find*")
    await find.fill("#q", "anatol")
    await expect(find.locator(".match__name")).to_have_text(["Anatol Gris"])


async def test_a_login_that_is_over_leads_to_the_login_page(find: Page, desk: Desk) -> None:
    await find.context.clear_cookies()
    await find.keyboard.type("ana")
    await find.wait_for_url(f"{desk.address}/login*")


async def test_hostile_text_stays_text(page: Page, desk: Desk) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for number, hostile in enumerate(HOSTILE, start=1):
        await desk.visit(number, said("name", hostile + " hostile"), said("email", hostile), live=True)
    await log_in(page, desk.address)
    await expect(page.locator(".match")).to_have_count(len(HOSTILE))
    await page.fill("#q", "hostile")
    await expect(page.locator(".group__title")).to_have_text(["Name"])
    for hostile in HOSTILE:
        await expect(page.get_by_text(hostile + " hostile", exact=True)).to_be_visible()
    await page.fill("#q", HOSTILE[0])
    await expect(page.locator("[aria-busy]")).to_have_count(0)
    await page.goto(f"{desk.address}/?q=%3Cimg%20src%3Dx%20onerror%3D1%3E")
    assert await page.locator("main img, main script, main svg[onload]").count() == 0
    assert await page.evaluate("window.__marked === undefined")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_every_width_in_both_themes(page: Page, desk: Desk, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    long = "Wolfeschlegelsteinhausenbergerdorff" * 6
    await desk.visit(1, said("name", long), said("email", f"{long.lower()}@example.museum"), live=True)
    await desk.visit(2, said("name", "أحمد عبد الرحمن"), said("order", "9" * 100), minutes_ago=3)
    await log_in(page, desk.address)
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", background)[:3]))
    assert (brightness < 200) == (scheme == "dark")
    for query in ("", "wolfe", "9" * 100, "x" * 200):
        await page.fill("#q", query)
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        for width in (320, 380, 768, 1280, 2560):
            await page.set_viewport_size({"width": width, "height": 700})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (query, width)


async def test_the_theme_button_is_remembered_without_a_flash(find: Page, desk: Desk) -> None:
    button = find.locator("[data-theme-button]")
    await button.click()
    await expect(find.locator("html")).to_have_attribute("data-theme", "light")
    await button.click()
    await expect(find.locator("html")).to_have_attribute("data-theme", "dark")
    answer = await find.request.get(desk.address + "/")
    assert 'data-theme="dark"' in await answer.text()
    await button.click()
    answer = await find.request.get(desk.address + "/")
    assert "data-theme=" not in await answer.text()


async def test_it_works_without_scripts(desk: Desk, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    await desk.visit(1, said("name", "Ana Souza"), live=True)
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()
    await log_in(plain, desk.address)
    await plain.fill("#q", "souza")
    await plain.keyboard.press("Enter")
    await plain.wait_for_url("**/?q=souza")
    assert await plain.locator(".match__name").all_inner_texts() == ["Ana Souza"]
    await plain.fill("#q", show_code((await desk.visit(7, live=True)).code))
    await plain.click("button:text-is('Find')")
    await plain.wait_for_url("**/watch/session-7")
    await context.close()
