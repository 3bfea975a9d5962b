"""Pages under test: HTML served at a shop's address, with the capture half of the SDK running in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, Page, Route

HERE = Path(__file__).parent
ORIGIN = "https://shop.example"
Fields = Mapping[str, Any]
Settings = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Captured:
    """A page and what capture has handed over of it so far."""

    page: Page

    async def facts(self, kind: str) -> list[Fields]:
        """The facts of one kind, each as ``{kind, t, fields, urgent, said}``."""
        script = "kind => captured.facts.filter(fact => fact.kind === kind)"
        facts: list[Fields] = await self.page.evaluate(script, kind)
        return facts

    async def fields(self, kind: str) -> list[Fields]:
        """Only what they say."""
        return [fact["fields"] for fact in await self.facts(kind)]

    async def pictures(self) -> list[Fields]:
        """The recorder's events, as they would be sent."""
        return [json.loads(event) for event in await self.page.evaluate("captured.pictures")]

    async def everything(self) -> str:
        """All that left, as one text."""
        return str(await self.page.evaluate("JSON.stringify(captured.facts) + captured.pictures.join('')"))

    async def wait_facts(self, kind: str, count: int) -> list[Fields]:
        """Wait until there are so many facts of a kind; answers what they say."""
        await self.page.wait_for_function(
            "([kind, count]) => captured.facts.filter(fact => fact.kind === kind).length >= count",
            arg=[kind, count],
        )
        return await self.fields(kind)

    async def settle(self) -> None:
        """Wait until the page has been at rest for a while, then have what waits read."""
        await self.page.evaluate(
            """async () => {
                const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
                for (let frames = 0; frames < 3; frames++) await frame();
                const isBusy = ({ playState, effect }) =>
                    playState === 'running' && isFinite(effect.getComputedTiming().endTime);
                while (document.getAnimations().some(isBusy)) await frame();
                for (let frames = 0; frames < 3; frames++) await frame();
                captured.flush();
            }"""
        )


class OpenPage(Protocol):
    """Opens HTML at a path of the shop and starts capture in it."""

    async def __call__(
        self,
        body: str,
        *,
        path: str = "/",
        status: int = 200,
        settings: Settings | None = None,
        head: str = "",
        html: str = "",
        start: bool = True,
    ) -> Captured: ...


@pytest.fixture(scope="session")
def bundle() -> str:
    """The harness as one script."""
    return bundled("harness.js")


def bundled(entry: str) -> str:
    """A script of this folder with all that it imports."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=search)
    assert node, "Node is needed to bundle the SDK: run `make install`."
    return subprocess.run(
        [node, HERE / "bundle.mjs", entry], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a fixed size that may have uncaught errors."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def open_page(page: Page, bundle: str) -> OpenPage:
    """``captured = await open_page("<div …>", path="/cart", settings={…})``."""

    async def opened(
        body: str,
        *,
        path: str = "/",
        status: int = 200,
        settings: Settings | None = None,
        head: str = "",
        html: str = "",
        start: bool = True,
    ) -> Captured:
        markup = f"<!doctype html><html {html}><head>{head}</head>{body}</html>"

        async def answer(route: Route) -> None:
            if route.request.resource_type == "document":
                await route.fulfill(status=status, body=markup, content_type="text/html; charset=utf-8")
            else:
                await route.fulfill(status=404, body="")

        await page.route(f"{ORIGIN}/**", answer)
        await page.goto(ORIGIN + path)
        await page.evaluate(bundle)
        if start:
            await page.evaluate("settings => captured.start(settings)", settings or {})
        return Captured(page)

    return opened
