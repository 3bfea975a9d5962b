"""``replay lens URL``: what would be read on a page, by the very script that runs on pages.

The page is opened in a Chromium, our script is put into it, and what it sends is answered here and nowhere
else: nothing leaves this machine but the page's own requests, and nothing is kept. A page that has the
snippet already is read all the same; its own copy does not come.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from replay.cli.asking import ask_store, print_answer
from replay.cli.browsing import HEIGHT_PX, address_of, open_page, opened
from replay.cli.lens_reading import Fact, reading_of
from replay.cli.show import escape, fact_words
from replay.errors import CommandError

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

    from replay.collector.sdk import Script

__all__ = ["for_page", "lens", "print_reading", "read_page"]

_BASE = "https://replay-lens.invalid"
"""Where the script sends to: no host of this world has such a name, and no request leaves the browser."""
_SITE = "lens"
_QUIET_S = 0.8
"""A page that has stated nothing new for so long is at rest."""
_STEPS_MAX_COUNT = 40
"""Screens that a long page is scrolled through; prices are read as they come into view."""
_STEP_MS = 120
_OTHERS = re.compile(r"/sdk/([0-9a-f]+/)?replay\.js(\?|$)")
_BEGIN = """(address => {
    if (window.top !== window) return;
    const begin = () => {
        if (!document.head || observer.done) return;
        observer.done = true;
        observer.disconnect();
        const queue = function () { (replay.q = replay.q || []).push([].slice.call(arguments)) };
        window.replay = window.replay || queue;
        replay('consent', 'granted');
        const script = document.createElement('script');
        Object.assign(script, {async: true, src: address});
        Object.assign(script.dataset, {site: 'lens', gpc: 'ignore'});
        document.head.append(script);
    };
    const observer = new MutationObserver(begin);
    observer.observe(document, {childList: true, subtree: true});
    begin();
})(%s)"""
_CENSUS = """async ([panel, adapters, settings]) => {
    const found = await Promise.all(adapters.map(address => import(address)));
    return (await import(panel)).census(settings, found.map(({adapter}) => adapter));
}"""


@dataclass
class _Answering:
    """A collector of one page that keeps nothing."""

    script: Script
    settings: Mapping[str, object]
    facts: list[Fact] = field(default_factory=list)
    adapters: list[str] = field(default_factory=list)
    heard_at: float = field(default_factory=time.monotonic)
    acked: dict[str, list[int]] = field(default_factory=dict)

    def address(self, name: str) -> str:
        script = self.script if name == "replay.js" else self.script.beside[name]
        return f"{_BASE}/sdk/{script.version}/{name}"

    async def route(self, route: Route) -> None:
        path = route.request.url.removeprefix(_BASE)
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript; charset=utf-8"}
        if path == "/ingest" and route.request.method == "POST":
            await route.fulfill(body=self.answer(route.request.post_data_buffer or b""), headers=headers)
            return
        name = path.rpartition("/")[2]
        script = self.script if name == "replay.js" else self.script.beside.get(name)
        if script is None:
            await route.abort()
            return
        if name not in ("replay.js", "debug.js"):
            self.adapters.append(name.removesuffix(".js"))
        await route.fulfill(body=script.body, headers=headers)

    def answer(self, body: bytes) -> bytes:
        """What a collector would say, that has taken everything."""
        from replay.model.events import encode_event  # noqa: PLC0415 (see replay.cli.app)
        from replay.model.track import Track  # noqa: PLC0415
        from replay.protocol.codec import decode_client, decode_facts, encode_message  # noqa: PLC0415
        from replay.protocol.framing import join_frames, split_frames  # noqa: PLC0415
        from replay.protocol.limits import Limits  # noqa: PLC0415
        from replay.protocol.messages import Ack, Batch, Gap, Hello, ServerMessage, Welcome  # noqa: PLC0415

        said: list[ServerMessage] = []
        acked = [0, 0]
        for frame in split_frames(body, Limits()):
            message = decode_client(frame)
            if isinstance(message, Hello):
                acked = self.acked.setdefault(message.load, [0, 0])
                said.append(
                    Welcome(
                        session=_SITE,
                        token=_SITE,
                        code=_SITE.upper(),
                        server_ms=time.time() * 1_000,
                        facts_acked=acked[0],
                        picture_acked=acked[1],
                        settings=self.settings,
                    )
                )
            elif isinstance(message, Batch | Gap):
                number = message.number if isinstance(message, Batch) else message.last
                if isinstance(message, Batch) and message.track == Track.FACTS and number > acked[0]:
                    for event in decode_facts(message.payload).events:
                        kind, _, fields = encode_event(event)
                        self.facts.append((str(kind), fields))  # type: ignore[arg-type]
                    self.heard_at = time.monotonic()
                acked[message.track] = max(acked[message.track], number)
                said.append(Ack(track=message.track, number=number))
        return join_frames(encode_message(message) for message in said)


async def read_page(url: str, settings: Mapping[str, object], wait_s: float) -> dict[str, Any]:
    from replay.collector.sdk import load_script  # noqa: PLC0415 (large)

    answering = _Answering(script=load_script(), settings=settings)
    async with open_page(bypass_csp=True) as page:
        await page.route(_OTHERS, lambda route: route.abort())
        await page.route(f"{_BASE}/**", answering.route)
        # Without a socket the script takes to posts, each of which is answered at once.
        await page.route_web_socket(
            re.compile(r"^wss://replay-lens\.invalid/"), lambda socket: socket.close()
        )
        await page.add_init_script(_BEGIN % json.dumps(answering.address("replay.js")))
        status = await opened(page, url)
        await _come_to_rest(page, answering, wait_s)
        await _scroll(page)
        await _come_to_rest(page, answering, wait_s)
        if not answering.acked:
            raise CommandError(
                f"The script does not run on {page.url}.",
                "A page that takes the global name `replay` for itself, or forbids all scripts, is not read.",
            )
        adapters = sorted(set(answering.adapters))
        addresses = [answering.address(f"{name}.js") for name in adapters]
        census = await page.evaluate(_CENSUS, [answering.address("debug.js"), addresses, dict(settings)])
        return {
            "url": page.url,
            "status": status,
            **reading_of(answering.facts),
            "adapters": adapters,
            "zones": census["zones"],
            "texts": {"readable": census["readable"], "masked": census["masked"]},
        }


async def _come_to_rest(page: Page, answering: _Answering, wait_s: float) -> None:
    """Wait until the page states nothing new, and not longer than asked."""
    ends = time.monotonic() + wait_s
    while time.monotonic() < ends:
        await page.wait_for_timeout(_STEP_MS)
        if answering.acked and time.monotonic() - answering.heard_at > _QUIET_S:
            return


async def _scroll(page: Page) -> None:
    for _ in range(_STEPS_MAX_COUNT):
        before = await page.evaluate("scrollY")
        await page.evaluate("height => scrollBy({top: height, behavior: 'instant'})", HEIGHT_PX - 100)
        await page.wait_for_timeout(_STEP_MS)
        if await page.evaluate("scrollY") == before:
            break
    await page.evaluate("scrollTo({top: 0, behavior: 'instant'})")


def lens(
    url: Annotated[str, typer.Argument(help="Address of a page of a shop.")],
    site: Annotated[str | None, typer.Option(help="Read by the settings of this site of the store.")] = None,
    settings: Annotated[
        str | None, typer.Option(help="Read by the settings in this JSON file, or - for standard input.")
    ] = None,
    wait: Annotated[float, typer.Option(min=1, max=120, help="Most seconds to wait for the page.")] = 6.0,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the database.", show_default="replay-data")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Print what would be read on a page: carts, prices, zones; nothing is recorded."""
    given = _settings(site, settings, data)
    answer = asyncio.run(read_page(address_of(url), given, wait))
    print_answer(answer, as_json, print_reading)


def _settings(site: str | None, file: str | None, data: Path | None) -> Mapping[str, object]:
    """Checked as `replay site set` checks them."""
    if site is not None and file is not None:
        raise CommandError("--site and --settings are two ways to say the same.", "Give one of them.")
    found: Mapping[str, object] = {}
    if site is not None:
        found = ask_store("site show", {"key": site}, data)["settings"]
    elif file is not None:
        from replay.cli.site_settings import page_settings  # noqa: PLC0415 (see replay.cli.app)

        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text()
            found = page_settings(json.loads(text))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", "Name a JSON file.") from None
        except json.JSONDecodeError as error:
            raise CommandError(f"{file} is not JSON: {error}.", 'For example: {"carts": []}') from None
    return for_page(found)


def for_page(settings: Mapping[str, object]) -> Mapping[str, object]:
    """What the page is told of a site's settings: they are tried as they stand, but consent is given, and
    shorter waits are ours."""
    from replay.model.site import PageSettings  # noqa: PLC0415 (see replay.cli.app)

    told = {one.name for one in fields(PageSettings)} - {"consent"}
    page = {name: value for name, value in settings.items() if name in told}
    return {**page, "flush_ms": _STEP_MS, "flush_watched_ms": _STEP_MS, "global_privacy_control": "ignore"}


def print_reading(console: Console, answer: Any) -> None:
    """Carts first, then prices, what else was stated, and how much of the page may be read."""

    def tell(text: str) -> None:
        console.print(escape(text), highlight=False, soft_wrap=True)

    tell(f"{answer['url']}, status {answer['status']}")
    console.print("[bold]carts[/]")
    for cart in answer["carts"]:
        tell(f"  {fact_words('cart', cart)}")
    if not answer["carts"]:
        tell("  No cart is read: none is marked, named by selectors or known of a platform, or shown.")
    console.print("[bold]prices[/]")
    for price in answer["prices"]:
        article = price.get("sku") or "(no article number)"
        name = (price.get("name") or {}).get("raw") or "(no name)"
        amount = price["amount"].get("raw") or f"{price['amount'].get('minor')} minor units"
        where = f"{price['context']}, {price['source']}"
        tell(f"  {article}  {name}  {price['role']} {amount}  ({where})")
    if not answer["prices"]:
        tell("  No price is read: no product is marked, named by selectors or known, or shown.")
    for stated in answer["stated"]:
        tell(f"  {stated['kind']}  {fact_words('', {k: v for k, v in stated.items() if k != 'kind'})}")
    tell(f"adapters: {', '.join(answer['adapters']) or 'no platform was recognised'}")
    zones = ", ".join(f"{name} {count}" for name, count in sorted(answer["zones"].items()))
    texts = answer["texts"]
    tell(f"texts by zone: {zones or 'none'}; {texts['readable']} readable, {texts['masked']} masked")
