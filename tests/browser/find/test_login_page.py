"""Logging in as a browser does it: the wanted moment survives, also from a link on another site."""

from __future__ import annotations

from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.browser.find.conftest import LOGIN, PASSWORD, Desk, log_in
from tests.conftest import Serve


async def test_the_wanted_moment_survives_the_login(page: Page, desk: Desk) -> None:
    await desk.visit(1)
    await log_in(page, desk.address, "/watch/session-1#t=1764000000000&tab=tab-1")
    assert page.url.startswith(f"{desk.address}/watch/session-1#t=")


async def test_it_survives_a_mistyped_password_too(page: Page, desk: Desk) -> None:
    await desk.visit(1)
    await page.goto(f"{desk.address}/watch/session-1#t=1764000000000")
    await page.fill("#login", LOGIN)
    await page.fill("#password", "wrong")
    await page.keyboard.press("Enter")
    await expect(page.locator("[role=alert]")).to_contain_text("do not belong together")
    await expect(page.locator("#login")).to_have_value(LOGIN)
    await expect(page.locator("#password")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{desk.address}/watch/session-1#t=1764000000000*")


async def test_too_many_attempts_count_down(page: Page, desk: Desk) -> None:
    await page.goto(desk.address)
    for _ in range(7):
        await page.fill("#login", LOGIN)
        await page.fill("#password", "wrong")
        await page.locator("form").evaluate("(form) => form.submit()")
        await page.wait_for_load_state()
    await expect(page.locator("[data-wait]")).to_be_visible()
    await expect(page.locator("button[type=submit]")).to_be_disabled()
    await expect(page.locator("button[type=submit]")).to_be_enabled()
    await expect(page.locator("[data-wait]")).to_be_hidden()


async def test_a_link_in_a_ticket_opens_the_moment_for_an_agent_who_is_signed_in(
    page: Page, desk: Desk, serve: Serve
) -> None:
    await desk.visit(1)

    async def ticket(request: Request) -> Response:
        return HTMLResponse(f'<a href="{desk.address}/watch/session-1#t=1764000000000&tab=x">moment</a>')

    elsewhere = await serve(Starlette(routes=[Route("/", ticket)]), "localhost")
    await log_in(page, desk.address)
    await page.goto(elsewhere)
    await page.click("a")
    await page.wait_for_url(f"{desk.address}/watch/session-1#t=1764000000000*")
    await expect(page.locator("[data-session=session-1]")).to_have_count(1)
    await page.go_back()
    await page.wait_for_url(elsewhere + "/")


async def test_logging_out_by_the_button(page: Page, desk: Desk) -> None:
    await log_in(page, desk.address)
    await page.click("text=Log out")
    await page.wait_for_url(f"{desk.address}/login")
    await page.goto(desk.address)
    await expect(page.locator("#password")).to_be_visible()
