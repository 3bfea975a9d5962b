"""Why nothing arrives from a page, in sentences: a function of what was seen of it and of what the store
knows. Of several reasons that follow from each other the first is told; each says what to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from replay.cli.browsing import OWN_MACHINE
from replay.cli.checks.finding import Finding
from replay.cli.page_seen import Forbidden, Seen, Snippet
from replay.cli.snippet import csp_lines

__all__ = ["Known", "diagnose"]

CLOCK_MAX_MS = 60_000
_PASTED = re.compile(r'("(?:[^"\\]|\\.)*/sdk/replay\.js"),("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of its sites; nothing where there is no store here."""

    origins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of each site, by its key."""
    public_url: str = ""
    arrived: bool | None = None
    """Whether the session that the page was given is in the store; None where that cannot be told."""


def diagnose(seen: Seen, known: Known) -> list[Finding]:
    """What stands in the way, in the order in which it is met; empty where the page is recorded."""
    snippets = seen.snippets or tuple(_pasted(seen.inline))
    if not snippets and not seen.running:
        return [_no_snippet(seen, known)]
    found = [finding for snippet in snippets for finding in _of_snippet(snippet, seen, known)]
    if len({(one.collector, one.site) for one in snippets}) > 1:
        found.append(
            Finding(
                level="note",
                what="There are several snippets on the page; the first that comes has it.",
                do="Leave one of them.",
            )
        )
    collector = snippets[0].collector if snippets else known.public_url
    if not seen.running:
        return [*found, *_not_running(seen, collector)]
    return [*found, *_conversation(seen, snippets, collector, known)]


def _no_snippet(seen: Seen, known: Known) -> Finding:
    what = f"There is no snippet on {seen.url}."
    if seen.status >= 400:
        what = f"{seen.url} answers with status {seen.status}, and there is no snippet on it."
    keys = ", ".join(known.origins)
    return Finding(
        level="wrong",
        what=what,
        do="Paste what `replay site show KEY` prints into the <head> of every page"
        + (f"; the keys here are {keys}." if keys else "."),
    )


def _pasted(texts: Sequence[str]) -> Iterator[Snippet]:
    """Snippets whose script element never came about."""
    for text in texts:
        found = _PASTED.search(text)
        if found:
            yield Snippet(src=json.loads(found[1]), site=json.loads(found[2]))


def _of_snippet(snippet: Snippet, seen: Seen, known: Known) -> Iterator[Finding]:
    if not snippet.site:
        yield Finding(
            level="wrong",
            what="The script element names no site.",
            do='Give it the site\'s key: data-site="KEY". `replay site list` shows the keys.',
        )
    elif known.origins and snippet.site not in known.origins:
        yield Finding(
            level="wrong",
            what=f"The page's snippet is for the key {snippet.site}, which this store does not know.",
            do=f"Its keys are {', '.join(known.origins)}; `replay site show KEY` prints the snippet.",
        )
    elif known.origins and (origin := _origin(seen.url)) not in (origins := known.origins[snippet.site]):
        given = " ".join(f"--origin {each}" for each in (*origins, origin))
        yield Finding(
            level="wrong",
            what=f"The page is of {origin}, which is not an origin of the site {snippet.site}.",
            do=f"Add it: replay site set {snippet.site} {given}",
        )
    if known.public_url and snippet.collector != known.public_url.rstrip("/") and not seen.acknowledged:
        yield Finding(
            level="note",
            what=f"The page sends to {snippet.collector}; this store's collector is at {known.public_url}.",
            do="Paste the snippet anew, or set REPLAY_PUBLIC_URL to how customers' browsers reach it.",
        )


def _not_running(seen: Seen, collector: str) -> Iterator[Finding]:
    """Why the script does not run: one reason, the one nearest to the browser."""
    told = " ".join(seen.said)
    blocked = [one for one in seen.forbidden if _concerns(one, collector) or one.what == "inline"]
    if blocked:
        directive = blocked[0].directive
        what = "the snippet" if blocked[0].what == "inline" else f"{collector}/sdk/replay.js"
        yield Finding(
            level="wrong",
            what=f"The page's Content-Security-Policy blocks {what}: {directive} does not allow it.",
            do=_allow(seen, collector),
        )
    elif _is_mixed(seen, collector):
        yield Finding(
            level="wrong",
            what=f"The page is loaded by https and the script from {collector} without: browsers block that.",
            do="Put TLS in front of the collector, set REPLAY_PUBLIC_URL to its https address, paste anew.",
        )
    elif "integrity" in told:
        yield Finding(
            level="wrong",
            what="The script is not what the integrity attribute of its element says.",
            do="The script changes with every version: update the attribute, or leave it out.",
        )
    elif seen.script_status is not None and seen.script_status >= 400:
        yield Finding(
            level="wrong",
            what=f"{collector}/sdk/replay.js answers with status {seen.script_status}.",
            do="Nothing of this product answers there, or a proxy in front of it does not pass /sdk/.",
        )
    elif seen.script_failure:
        yield Finding(
            level="wrong",
            what=f"{collector}/sdk/replay.js could not be loaded: {seen.script_failure}.",
            do="Look whether `replay serve` runs, and whether browsers reach it at that address.",
        )
    else:
        yield Finding(
            level="wrong",
            what="The snippet is there, but its script does not run.",
            do="Look at the browser's console. A script that blocks others until consent may hold it back.",
        )


def _conversation(seen: Seen, snippets: Sequence[Snippet], collector: str, known: Known) -> Iterator[Finding]:
    if seen.privacy_control:
        yield Finding(
            level="wrong",
            what="The browser says Global Privacy Control on this page, so it is not recorded.",
            do="This browser does not say so by itself: something on the page does. The site's setting"
            " global_privacy_control decides what is done about it.",
        )
    elif not seen.granted_by_page:
        yield _consent(seen)
    if seen.acknowledged:
        if not seen.socket:
            yield Finding(
                level="note",
                what="No WebSocket came about; the page took to posts, which work, but live watching lags.",
                do="Let the proxy before the collector pass WebSockets at /ingest (Upgrade, Connection).",
            )
        if abs(seen.clock_off_ms) > CLOCK_MAX_MS:
            way = "ahead of" if seen.clock_off_ms > 0 else "behind"
            yield Finding(
                level="note",
                what=f"The collector's clock is {abs(seen.clock_off_ms) / 1000:.0f} s {way} this machine's.",
                do="Times of pages are corrected; let both keep theirs by NTP all the same.",
            )
        if known.arrived is False:
            yield Finding(
                level="wrong",
                what=f"{collector} took session {_spoken(seen.code)}, but it is not in this store.",
                do="Another collector runs at that address: name its folder with --data.",
            )
    elif seen.refusal:
        yield from _refused(seen, snippets, known)
    elif seen.talked or any(_concerns(one, collector) for one in seen.forbidden):
        yield _unreached(seen, collector)


def _consent(seen: Seen) -> Finding:
    if seen.managed:
        tools = (
            f"The consent tool ({', '.join(seen.tools)})" if seen.tools else "No consent tool is found; it"
        )
        went = "" if seen.talked else " Nothing goes on as long as it says no."
        return Finding(
            level="note" if seen.talked else "wrong",
            what=f"{tools} has not granted consent to a visitor who has just come.{went}",
            do="Grant it by hand on the page, with ?replay_debug in its address, and see the rest there."
            " Read are TCF, Google Consent Mode and Shopify.",
        )
    return Finding(
        level="note",
        what="The page does not grant consent to a visitor who has just come, so nothing is recorded yet."
        + (" It was granted here to see the rest." if seen.talked else ""),
        do="That is right until the visitor agrees; then, and on every page load after: "
        "replay('consent', 'granted')",
    )


def _refused(seen: Seen, snippets: Sequence[Snippet], known: Known) -> Iterator[Finding]:
    site = snippets[0].site if snippets else "KEY"
    is_origin = "origin" in seen.refusal
    if is_origin and known.origins.get(site) is not None:
        return
    if not is_origin and known.origins and site not in known.origins:
        return
    do = "`replay site list` shows the keys, `replay site show KEY` the snippet."
    if is_origin:
        do = f"Add it to the site's origins: replay site set {site} --origin {_origin(seen.url)}"
        do += " (name all of them, it replaces what was)."
    yield Finding(level="wrong", what=f"The collector refuses the page: {seen.refusal}", do=do)


def _unreached(seen: Seen, collector: str) -> Finding:
    blocked = [one for one in seen.forbidden if _concerns(one, collector)]
    if blocked:
        return Finding(
            level="wrong",
            what=f"The page's Content-Security-Policy blocks sending: {blocked[0].directive} does not allow"
            f" {collector}.",
            do=_allow(seen, collector),
        )
    if seen.code:
        return Finding(
            level="wrong",
            what=f"The collector gave the code {_spoken(seen.code)}, but has acknowledged nothing.",
            do="`replay doctor` looks at its store, /healthz says whether anything can be stored.",
        )
    return Finding(
        level="wrong",
        what=f"The script runs, but {collector}/ingest answers neither WebSocket nor post.",
        do="Look whether `replay serve` runs, and whether the proxy in front of it passes /ingest.",
    )


def _allow(seen: Seen, collector: str) -> str:
    lines = csp_lines(collector, seen.inline[0] if seen.inline else "")
    if not seen.inline:
        lines[0] = f"script-src {collector}"
    return f"Add to it: {'; '.join(lines)}"


def _concerns(forbidden: Forbidden, collector: str) -> bool:
    blocked, ours = urlsplit(forbidden.what), urlsplit(collector)
    return bool(blocked.netloc) and blocked.netloc == ours.netloc


def _is_mixed(seen: Seen, collector: str) -> bool:
    host = urlsplit(collector).hostname or ""
    return seen.url.startswith("https:") and collector.startswith("http:") and host not in OWN_MACHINE


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _spoken(code: str | None) -> str:
    return re.sub(r"^(\w{3})(\w{3})$", r"\1-\2", code or "")
