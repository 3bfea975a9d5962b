"""A Chromium of this machine, for the commands that look at a page as a browser shows it.

They need the extra ``browser`` (Playwright), and a Chromium or Chrome: the machine's own, else the one that
Playwright downloads. A developer's machine has them; a server's need not.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from replay.errors import CommandError

if TYPE_CHECKING:
    from playwright.async_api import Page

__all__ = ["OWN_MACHINE", "address_of", "open_page", "opened"]

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
OPTIONS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update")
WIDTH_PX, HEIGHT_PX = 1_280, 900
OPEN_MAX_MS = 30_000
OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")
"""Hosts of pages that browsers trust without a certificate."""


def address_of(given: str) -> str:
    """The address that is meant: typed without its scheme, of a shop on this machine or of one on the web."""
    if "://" in given:
        return given
    is_own = given.startswith(tuple(f"{host}{end}" for host in OWN_MACHINE for end in ":/"))
    return f"http://{given}" if is_own or given in OWN_MACHINE else f"https://{given}"


@asynccontextmanager
async def open_page(*, bypass_csp: bool = False) -> AsyncIterator[Page]:
    """An empty page in a browser of its own that remembers nothing. Raises ``CommandError``."""
    try:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415 (only developers have it)
    except ImportError:
        raise CommandError(
            "To look at a page Playwright is needed, and it is not installed here.",
            f"Run: {sys.executable} -m pip install playwright",
        ) from None
    async with async_playwright() as playwright:
        path = _find(Path(playwright.chromium.executable_path))
        if path is None:
            raise CommandError(
                "To look at a page a Chromium is needed, and there is none here.",
                f"Run `{sys.executable} -m playwright install chromium`, or put Chromium or Chrome "
                "on the PATH.",
            )
        # Chromium refuses its sandbox to root.
        options = [*OPTIONS, *(("--no-sandbox",) if os.geteuid() == 0 else ())]
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=options)
        except Error as error:
            raise CommandError(
                f"{path} does not start: {error.message.splitlines()[0]}",
                f"Run `{sys.executable} -m playwright install --with-deps chromium`.",
            ) from None
        try:
            context = await browser.new_context(
                viewport={"width": WIDTH_PX, "height": HEIGHT_PX},
                bypass_csp=bypass_csp,
                # A worker would answer in place of the network that is to be looked at.
                service_workers="block",
            )
            yield await context.new_page()
        except Error as error:
            raise CommandError(
                f"The page could not be looked at to its end: {error.message.splitlines()[0]}",
                "A page that goes on to another address by itself: give that address.",
            ) from None
        finally:
            await browser.close()


async def opened(page: Page, url: str) -> int:
    """Open an address and answer its status. Raises ``CommandError``."""
    from playwright.async_api import Error  # noqa: PLC0415 (see above)

    try:
        answer = await page.goto(url, wait_until="load", timeout=OPEN_MAX_MS)
    except Error as error:
        why = error.message.splitlines()[0].removeprefix("Page.goto: ").partition(" at ")[0]
        raise CommandError(
            f"{url} could not be opened: {why}", "Give an address that a browser opens."
        ) from None
    return 0 if answer is None else answer.status


def _find(downloaded: Path) -> Path | None:
    named = (shutil.which(name) for name in NAMES)
    every = (*(Path(path) for path in named if path), *APPLICATIONS, downloaded)
    return next((path for path in every if path.exists()), None)
