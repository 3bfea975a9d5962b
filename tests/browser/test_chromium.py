"""The browser fixture itself, so that a machine on which it does not work says so in one small test."""

from __future__ import annotations

from playwright.async_api import Page


async def test_a_page_runs_scripts(page: Page) -> None:
    await page.set_content("<p>one</p><script>document.querySelector('p').textContent = 'two'</script>")
    assert await page.inner_text("p") == "two"
