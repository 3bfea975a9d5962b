"""A visit in a real browser: consent, pages, tabs, the cache, the last post, a network that goes away."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, async_playwright

from tests.browser.chromium import CHROMIUM_OPTIONS, find_chromium
from tests.browser.transport.conftest import WAIT_S, Shop

STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
NOTHING_STORED = '[{},{},""]'


async def test_before_consent_only_the_script_is_asked_for(shop: Shop, page: Page) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    await page.goto(shop.page("/", consent=""))
    await page.wait_for_function("() => !replay.q")
    await page.evaluate(
        "replay('identify', {customer_id: 'c1'}); replay('cart', {currency: 'USD', lines: []})"
    )
    await page.goto(shop.page("/next", consent=""))
    await page.wait_for_function("() => !replay.q")
    assert {path.rpartition(" ")[2].partition("/sdk/")[1] for path in shop.asked} == {"/sdk/"}
    assert sockets == []
    assert await page.evaluate(STORED) == NOTHING_STORED
    await page.evaluate("replay('identify', {customer_id: 'c1'}); replay('consent', 'granted', '2026-01')")
    await shop.until_fact("identify")
    assert [fields for _, _, fields in await shop.facts("consent")] == [
        {"state": "granted", "version": "2026-01"}
    ]


async def test_a_withdrawal_closes_the_socket_and_leaves_nothing(
    shop: Shop, page: Page, second: Page
) -> None:
    closings = []
    for tab in (page, second):
        async with tab.expect_websocket() as opened:
            await tab.goto(shop.page("/"))
        closings.append((await opened.value).wait_for_event("close", timeout=WAIT_S * 1_000))
    waiting = asyncio.gather(*closings)
    await shop.until_loads(2)
    asked = len(shop.asked)
    await page.evaluate("replay('consent', 'denied')")
    await asyncio.wait_for(waiting, 1)
    await page.evaluate("replay('mark', 'after')")
    for tab in (page, second):
        assert await tab.evaluate(STORED) == NOTHING_STORED
        await tab.goto("about:blank")
    assert shop.asked[asked:] == []
    assert await shop.facts("left") == []


async def test_pages_of_a_tab_and_other_tabs_are_one_session(shop: Shop, page: Page, second: Page) -> None:
    first_url, next_url = shop.page("/"), shop.page("/next", '<a href="/" target="_blank">more</a>')
    await asyncio.gather(page.goto(first_url), second.goto(first_url))
    await shop.until_loads(2)
    await page.goto(next_url)
    loads = await shop.until_loads(3)
    async with page.context.expect_page() as opened:
        await page.click("a")
    await (await opened.value).wait_for_load_state()
    loads = await shop.until_loads(4)
    assert len(await shop.sessions()) == 1
    tabs = [load.tab for load in loads]
    # The page that was followed by another kept its tab; the window it opened did not inherit it.
    assert len(set(tabs)) == 3
    assert tabs[2] in tabs[:2]
    assert tabs[3] not in tabs[:3]
    assert all(load.offset_ms is not None for load in loads)


async def test_the_last_words_of_a_page_arrive(shop: Shop, page: Page) -> None:
    await page.goto(shop.page("/"))
    await shop.until_loads(1)
    async with page.expect_navigation():
        await page.evaluate(
            """url => {
                document.body.append(Object.assign(document.createElement('i'), {className: 'last-change'}));
                replay('mark', 'last');
                location = url;
            }""",
            shop.page("/next"),
        )
    first, _ = await shop.until_loads(2)
    ((_, _, left),) = await shop.until_fact("left")
    assert left == {"picture_complete": True}
    assert len(await shop.facts("mark")) == 1
    assert "last-change" in await shop.drawn(first)
    assert await shop.store.gaps(first.session) == []


@pytest.mark.parametrize(("changes", "complete"), [(50, True), (10_000, False)])
async def test_a_picture_too_large_for_the_last_post_is_said_to_end_early(
    shop: Shop, page: Page, changes: int, complete: bool
) -> None:
    await page.goto(shop.page("/"))
    await shop.until_loads(1)
    async with page.expect_navigation():
        await page.evaluate(
            """([url, changes]) => {
                const name = () => 'c' + Math.random().toString(36).slice(2);
                for (let count = 0; count < changes; count++)
                    document.body.append(Object.assign(document.createElement('i'), {className: name()}));
                document.body.append(Object.assign(document.createElement('i'), {className: 'last-change'}));
                for (let step = 0; step < 20; step++) replay('mark', 'step ' + step);
                location = url;
            }""",
            [shop.page("/next"), changes],
        )
    first, _ = await shop.until_loads(2)
    ((_, _, left),) = await shop.until_fact("left")
    assert left == {"picture_complete": complete}
    assert len(await shop.facts("mark")) == 20
    assert ("last-change" in await shop.drawn(first)) is complete
    gaps = await shop.store.gaps(first.session)
    assert [gap.reason for gap in gaps] == ([] if complete else ["the page ended before it could be sent"])


async def test_a_page_that_is_closed_says_so_and_loses_nothing(shop: Shop, page: Page, second: Page) -> None:
    await page.goto(shop.page("/"))
    await shop.until_loads(1)
    await page.evaluate("for (let step = 0; step < 50; step++) replay('mark', 'step ' + step)")
    await page.close(run_before_unload=True)
    await shop.until_fact("left")
    marks = [fields["name"] for _, _, fields in await shop.facts("mark")]
    assert marks == [f"step {step}" for step in range(50)]


async def test_a_cut_network_loses_nothing(shop: Shop, page: Page) -> None:
    await page.goto(shop.page("/"))
    await shop.until_loads(1)
    for step in range(40):
        if step == 10:
            shop.network.cut()
        if step == 30:
            shop.network.restore()
        await page.evaluate(
            """step => {
                replay('mark', 'step ' + step);
                document.body.append(Object.assign(document.createElement('i'), {className: 'step-' + step}));
            }""",
            step,
        )
    await shop.until_fact("mark", 40)
    marks = [fields["name"] for _, _, fields in await shop.facts("mark")]
    assert marks == [f"step {step}" for step in range(40)]
    (session,) = await shop.sessions()
    (load,) = await shop.loads(session)

    async def all_drawn() -> bool | None:
        drawn = await shop.drawn(load)
        return all(f'"step-{step}"' in drawn for step in range(40)) or None

    await shop.until(all_drawn)
    assert await shop.store.gaps(session.id) == []
    numbers = [batch.number for batch in await shop.store.batches(session.id, 1, load=load.id)]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_sign_out_begins_another_session_in_every_tab(shop: Shop, page: Page, second: Page) -> None:
    for tab in (page, second):
        await tab.goto(shop.page("/"))
    await shop.until_loads(2)
    await page.evaluate("replay('identify', {customer_id: 'c1'}); replay('signout'); replay('mark', 'after')")
    ((_, _, mark),) = await shop.until_fact("mark")
    loads = await shop.until_loads(2)
    before, after = await shop.sessions()
    assert before.ended_why == "signed out"
    assert after.id == loads[0].session
    assert len({load.tab for load in loads}) == 2
    assert [kind for kind, _, _ in await shop.facts("signout")] == ["signout"]
    hows = [fields["how"] for _, _, fields in await shop.facts("page") if "how" in fields]
    assert hows.count("restarted") == 2
    assert mark["name"] == "after"


async def test_two_snippets_on_one_page_record_it_once(shop: Shop, page: Page) -> None:
    url = shop.page("/")
    shop.pages["/"] = shop.pages["/"].replace("<body>", shop.pages["/"].split("<body>")[0] + "<body>")
    await page.goto(url)
    await shop.until_loads(1)
    await page.evaluate("replay('mark', 'once')")
    await shop.until_fact("mark")
    (session,) = await shop.sessions()
    assert len(await shop.loads(session)) == 1
    assert len(await shop.facts("page")) == 1


async def test_a_page_from_the_cache_is_another_page_load(shop: Shop) -> None:
    # Playwright switches the cache off: this browser is started without that wish.
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*CHROMIUM_OPTIONS],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        page = await browser.new_page()
        await page.goto(shop.page("/"))
        await page.evaluate("window.kept = true")
        await shop.until_loads(1)
        await page.goto(shop.page("/next"))
        await shop.until_loads(2)
        # A page from the cache does not load again.
        await page.go_back(wait_until="commit")
        loads = await shop.until_loads(3)
        assert await page.evaluate("window.kept") is True
        await browser.close()
    assert len(await shop.sessions()) == 1
    assert len({load.tab for load in loads}) == 1
    hows = [fields.get("how", "navigate") for _, _, fields in await shop.facts("page")]
    assert hows == ["navigate", "navigate", "resumed"]


async def test_the_support_code_is_shown_where_the_page_has_a_place(shop: Shop, page: Page) -> None:
    await page.goto(shop.page("/", "<b data-replay-code></b>"))
    await page.wait_for_function("() => document.querySelector('b').textContent")
    (session,) = await shop.sessions()
    shown = await page.text_content("b")
    assert shown is not None
    assert shown.replace("-", "") == session.code
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<i data-replay-code></i>')")
    await page.wait_for_function("text => document.querySelector('i').textContent === text", arg=shown)
