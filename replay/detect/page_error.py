"""Something of the shop failed under the customer's hands: a page, a request, or a script after a press.

Only what is the shop's own counts: third parties fail all day, blockers see to that. What a server refuses
(400 to 499) is mostly an answer to what was typed and is left to rules that know the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from replay.detect.evidence import evidence
from replay.detect.shop import Shop
from replay.detect.views import is_checkout, place_of, shape, shape_of_words
from replay.model.events import (
    Click,
    OrderPlaced,
    PageLeft,
    PageLoaded,
    PageViewed,
    RequestFailed,
    ScriptError,
)
from replay.model.finding import Evidence, Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["SERVER_ERROR_STATUS", "PageError"]

RULE = "page_error"
VERSION = 2
REST_MS = 2_000
"""How long to wait whether the page was just being left: that ends requests, too."""
LEFT_MS = 500
PRESSED_MS = 10_000
"""How soon after a press a failed request counts as what came of it."""
SCRIPT_MS = 1_000
SOLVED_MS = 60_000
"""How soon an order means that what failed in the checkout was overcome."""
SERVER_ERROR_STATUS = 500
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KINDS_MAX_COUNT = 100
_TIMES_MAX_COUNT = 100


@dataclass(slots=True)
class _Page:
    """One page load: where it is, and what was pressed last."""

    origin: str = ""
    path: str = ""
    pressed: Entry | None = None
    left_ms: float | None = None


@dataclass(slots=True)
class _Failures:
    """What failed in the same way."""

    what: str
    signature: str
    reason: str
    severity: Severity
    is_checkout: bool = False
    """Something that the customer sent in the checkout."""
    entries: list[tuple[Entry, Entry | None]] = field(default_factory=list)


class PageError:
    """The rule over one session."""

    READS = frozenset({Click, RequestFailed, ScriptError, PageLoaded, PageViewed, PageLeft, OrderPlaced})

    def __init__(self, shop: Shop) -> None:
        self._pages: dict[str, _Page] = {}
        self._failures: dict[tuple[str, str], _Failures] = {}
        self._orders: list[float] = []

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        if isinstance(fact, Click):
            self._page(entry.load).pressed = entry
        elif isinstance(fact, RequestFailed):
            self._request(fact, entry)
        elif isinstance(fact, ScriptError):
            self._script(fact, entry)
        elif isinstance(fact, PageLoaded | PageViewed):
            page = self._page(entry.load)
            page.origin, page.path = place_of(fact.url)
            if isinstance(fact, PageLoaded):
                self._document(fact, page, entry)
        elif isinstance(fact, OrderPlaced):
            self._orders.append(entry.t)
        elif isinstance(fact, PageLeft):
            self._page(entry.load).left_ms = entry.t

    def judge(self, now_ms: float) -> Judgement:
        findings: list[Finding] = []
        wakes: list[float] = []
        for failures in self._failures.values():
            rested = [pair for pair in failures.entries if pair[0].t + REST_MS <= now_ms]
            wakes += [pair[0].t + REST_MS for pair in failures.entries if pair[0].t + REST_MS > now_ms]
            counted = [pair for pair in rested if not self._was_leaving(pair[0])]
            if counted:
                findings.append(_finding(failures, counted, is_solved=self._is_solved(failures, counted)))
        return Judgement(findings=tuple(findings), wake_ms=min(wakes, default=None))

    def _page(self, load: str) -> _Page:
        return self._pages.setdefault(load, _Page())

    def _is_solved(self, failures: _Failures, counted: list[tuple[Entry, Entry | None]]) -> bool:
        return failures.is_checkout and all(
            any(0 <= order - entry.t <= SOLVED_MS for order in self._orders) for entry, _ in counted
        )

    def _was_leaving(self, entry: Entry) -> bool:
        left = self._page(entry.load).left_ms
        is_cut = isinstance(entry.event.fact, RequestFailed) and entry.event.fact.status is None
        return is_cut and left is not None and abs(left - entry.t) <= LEFT_MS

    def _document(self, fact: PageLoaded, page: _Page, entry: Entry) -> None:
        if fact.status is None or fact.status < SERVER_ERROR_STATUS:
            return
        severity: Severity = "high" if is_checkout(page.path) else "medium"
        reason = f"the shop's server answered with an error ({fact.status})"
        self._add(_Failures(f"page {shape(page.path)}", str(fact.status), reason, severity), entry, None)

    def _request(self, fact: RequestFailed, entry: Entry) -> None:
        page = self._page(entry.load)
        origin, path = place_of(fact.url)
        if not origin or origin != page.origin:
            return
        # 0: an answer of another origin, of which nothing is known.
        if fact.status is not None and fact.status < SERVER_ERROR_STATUS:
            return
        pressed = self._pressed(page, entry, PRESSED_MS)
        is_mutation = fact.method in _CHANGING and is_checkout(f"{page.path} {path}")
        if fact.status is None and pressed is None and not is_mutation:
            return
        severity: Severity = "medium" if pressed or is_mutation else "low"
        if is_mutation and pressed:
            severity = "high"
        reason = "did not answer" if fact.status is None else f"answered with an error ({fact.status})"
        what = f"{fact.method} {shape(path)}"
        how = str(fact.status or "no answer")
        self._add(_Failures(what, how, f"the shop's server {reason}", severity, is_mutation), entry, pressed)

    def _script(self, fact: ScriptError, entry: Entry) -> None:
        page = self._page(entry.load)
        pressed = self._pressed(page, entry, SCRIPT_MS)
        if pressed is None or (fact.where and place_of(fact.where)[0] != page.origin):
            return
        severity: Severity = "high" if is_checkout(page.path) else "medium"
        reason = f"the page's script failed (“{fact.message}”)"
        self._add(
            _Failures(f"script of {shape(page.path)}", shape_of_words(fact.message), reason, severity),
            entry,
            pressed,
        )

    def _pressed(self, page: _Page, entry: Entry, within_ms: float) -> Entry | None:
        pressed = page.pressed
        return pressed if pressed is not None and 0 <= entry.t - pressed.t <= within_ms else None

    def _add(self, failures: _Failures, entry: Entry, pressed: Entry | None) -> None:
        key = (failures.what, failures.signature)
        if key not in self._failures and len(self._failures) >= _KINDS_MAX_COUNT:
            return
        entries = self._failures.setdefault(key, failures).entries
        if len(entries) < _TIMES_MAX_COUNT:
            entries.append((entry, pressed))


def _finding(failures: _Failures, counted: list[tuple[Entry, Entry | None]], *, is_solved: bool) -> Finding:
    times = f" {len(counted)} times" if len(counted) > 1 else ""
    entry, pressed = next(((one, press) for one, press in counted if press), counted[0])
    shown: tuple[Evidence, ...] = (evidence("failure", entry.load, entry.t),)
    what = failures.what[:1].upper() + failures.what[1:]
    after = " The order was placed all the same." if is_solved else ""
    said = f"{what} failed{times}: {failures.reason}.{after}"
    if pressed is not None and isinstance(pressed.event.fact, Click):
        click = pressed.event.fact
        label = f"“{click.text.raw}”" if click.text else "a control"
        said = f"Pressed {label}{times}, and {failures.reason}.{after}"
        press = Evidence(
            role="press",
            load=pressed.load,
            t=pressed.t,
            node=click.node,
            raw=click.text.raw if click.text else None,
        )
        shown = (press, *shown)
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=failures.what,
        signature=failures.signature,
        outcome="fail",
        severity="low" if is_solved else failures.severity,
        said=said,
        shown=shown,
        decided_ms=entry.t + REST_MS,
    )
