"""What a page does with the snippet, seen in a Chromium: the script, what the browser forbids it, and the
conversation with the collector as far as it comes. It watches from outside; the page is not changed, but that
consent is granted in this one browser where nobody grants it, to see what would come after.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from replay.cli.browsing import open_page, opened
from replay.model.bounds import Malformed
from replay.protocol.codec import decode_server
from replay.protocol.framing import split_frames
from replay.protocol.limits import Limits
from replay.protocol.messages import Ack, Refused, Welcome

if TYPE_CHECKING:
    from playwright.async_api import Page, Request, Response, WebSocket

__all__ = ["Forbidden", "Seen", "Snippet", "see_page"]

SCRIPT_MAX_S = 6.0
"""How long the script may take after the page is loaded; without a snippet, a bundled one only so long:"""
BUNDLED_MAX_S = 2.0
ASKED_MAX_S = 2.0
"""How long a page may take to grant consent by itself."""
TALK_MAX_S = 12.0
"""How long collector and page may take to understand each other."""
_STEP_S = 0.1

_RUNS = "() => window[Symbol.for('replay-desk')] !== undefined"
_SETTLED = """() => window[Symbol.for('replay-desk')] !== undefined || window.__replayForbidden.length > 0"""
_IS_THERE = "() => [...document.scripts].some(({src, text}) => /\\/sdk\\/.*replay\\.js/.test(src || text))"
_GRANT = "() => void window[Symbol.for('replay-desk')]('consent', 'granted')"
_WATCH = """
    window.__replayForbidden = [];
    document.addEventListener('securitypolicyviolation', ({effectiveDirective, blockedURI, disposition}) => {
        if (disposition === 'enforce') window.__replayForbidden.push([effectiveDirective, blockedURI]);
    });"""
_LOOK = r"""() => ({
    scripts: [...document.scripts].filter(({src}) => /\/sdk\/([0-9a-f]+\/)?replay\.js(\?|$)/.test(src)).map(
        ({src, dataset, integrity}) => [src, dataset.site ?? '', integrity]),
    inline: [...document.scripts].map(({text}) => text).filter(
        text => /\/sdk\/replay\.js"/.test(text) && text.length < 4000),
    forbidden: window.__replayForbidden ?? [],
    privacyControl: navigator.globalPrivacyControl === true,
    tools: [
        ...(typeof window.__tcfapi === 'function' ? ['TCF'] : []),
        ...([...(window.dataLayer ?? [])].some(entry => entry?.[0] === 'consent')
            ? ['Google Consent Mode'] : []),
        ...(window.Shopify?.customerPrivacy ? ['Shopify'] : []),
    ],
    managed: [...document.scripts].some(({dataset}) => dataset.consent === 'managed'),
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A script element of ours: where it is loaded from, and for which site."""

    src: str
    site: str
    integrity: str = ""

    @property
    def collector(self) -> str:
        """Where it sends to."""
        return self.src.rpartition("/sdk/")[0] if "/sdk/" in self.src else self.src


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """Something that the page's content security policy did not allow."""

    directive: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page as it was seen. Times are milliseconds."""

    url: str
    status: int = 200
    snippets: tuple[Snippet, ...] = ()
    inline: tuple[str, ...] = ()
    """Pasted snippets, as their text."""
    forbidden: tuple[Forbidden, ...] = ()
    script_status: int | None = None
    script_failure: str = ""
    said: tuple[str, ...] = ()
    """What the browser complained of on its console, as far as it concerns the script."""
    running: bool = False
    privacy_control: bool = False
    managed: bool = False
    tools: tuple[str, ...] = ()
    granted_by_page: bool = False
    talked: bool = False
    """Whether the page tried to reach the collector at all."""
    socket: bool = False
    """Whether a WebSocket was welcomed."""
    posts: bool = False
    code: str | None = None
    acknowledged: bool = False
    refusal: str = ""
    clock_off_ms: float = 0.0
    """How far the collector's clock is ahead of this machine's."""


@dataclass
class _Watch:
    """Hears what goes over the network."""

    talked: bool = False
    socket: bool = False
    posts: bool = False
    code: str | None = None
    acknowledged: bool = False
    refusal: str = ""
    clock_off_ms: float = 0.0
    script_status: int | None = None
    script_failure: str = ""
    said: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("websocket", self.on_socket)
        page.on("request", self.on_request)
        page.on("response", self.on_response)
        page.on("requestfailed", self.on_failed)
        page.on("console", lambda message: self.on_console(message.type, message.text))

    def on_socket(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).path.endswith("/ingest"):
            self.talked = True
            socket.on("framereceived", lambda frame: self.hear(frame, by_socket=True))

    def on_request(self, request: Request) -> None:
        if urlsplit(request.url).path.endswith("/ingest"):
            self.talked = True

    async def on_response(self, response: Response) -> None:
        path = urlsplit(response.url).path
        if path.endswith("replay.js") and "/sdk/" in path:
            if not 300 <= response.status < 400:
                self.script_status = response.status
        elif path.endswith("/ingest") and response.request.method == "POST":
            try:
                frames = split_frames(await response.body(), Limits())
            except Exception:  # noqa: BLE001 - a proxy's page, or a page that went away: no answer of ours
                return
            for frame in frames:
                self.hear(frame, by_socket=False)

    def on_failed(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if path.endswith("replay.js") and "/sdk/" in path:
            self.script_failure = request.failure or "failed"

    def on_console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and ("/sdk/" in text or "replay" in text):
            self.said.append(text)

    def hear(self, frame: bytes | str, *, by_socket: bool) -> None:
        try:
            message: Any = decode_server(frame if isinstance(frame, bytes) else frame.encode())
        except Malformed:
            return
        if isinstance(message, Welcome):
            self.code = message.code
            self.clock_off_ms = message.server_ms - time.time() * 1_000
            if by_socket:
                self.socket = True
            else:
                self.posts = True
        elif isinstance(message, Ack):
            self.acknowledged = True
        elif isinstance(message, Refused):
            self.refusal = message.reason

    @property
    def failed(self) -> bool:
        """Whether the script did not come."""
        return bool(self.script_failure) or (self.script_status or 200) >= 400

    @property
    def settled(self) -> bool:
        return self.acknowledged or bool(self.refusal)


async def see_page(url: str) -> Seen:
    """Open the page and watch it until it is clear what becomes of it. Raises ``CommandError``."""
    async with open_page() as page:
        watch = _Watch()
        watch.attach(page)
        await page.add_init_script(_WATCH)
        status = await opened(page, url)
        is_there = await page.evaluate(_IS_THERE)

        async def loaded() -> bool:
            return watch.failed or await page.evaluate(_SETTLED)

        await _comes_true(loaded, SCRIPT_MAX_S if is_there else BUNDLED_MAX_S)
        running = await page.evaluate(_RUNS)
        if running:
            await _comes_true(lambda: _answer(watch.talked), ASKED_MAX_S)
        granted_by_page = watch.talked
        if running and not granted_by_page:
            await page.evaluate(_GRANT)
        if running:
            await _comes_true(lambda: _answer(watch.settled), TALK_MAX_S)
        looked = await page.evaluate(_LOOK)
        return _put_together(
            Seen(url=page.url, status=status, running=running, granted_by_page=granted_by_page), watch, looked
        )


def _put_together(seen: Seen, watch: _Watch, looked: dict[str, Any]) -> Seen:
    return replace(
        seen,
        snippets=tuple(
            Snippet(src=src, site=site, integrity=integrity) for src, site, integrity in looked["scripts"]
        ),
        inline=tuple(looked["inline"]),
        forbidden=tuple(Forbidden(directive=directive, what=what) for directive, what in looked["forbidden"]),
        script_status=watch.script_status,
        script_failure=watch.script_failure,
        said=tuple(watch.said),
        privacy_control=looked["privacyControl"],
        managed=looked["managed"],
        tools=tuple(looked["tools"]),
        talked=watch.talked,
        socket=watch.socket,
        posts=watch.posts,
        code=watch.code,
        acknowledged=watch.acknowledged,
        refusal=watch.refusal,
        clock_off_ms=watch.clock_off_ms,
    )


async def _answer(value: bool) -> bool:
    return value


async def _comes_true(look: Any, most_s: float) -> bool:
    """Look again and again, until it is so or the time is over."""
    ends = time.monotonic() + most_s
    while not await look():
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(_STEP_S)
    return True
