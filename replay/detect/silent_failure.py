"""A button was pressed and nothing came of it: no change, no message, no other page.

The page itself states that nothing came of a press, for only there it can be seen. One press is enough where
much depends on it and no request was answered; elsewhere the customer has to try again before it is said.
What the server answered with an error is ``page_error``'s. A press that the page has answered with a message
before, on the same view, was not in vain: the hint still stands there.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from replay.detect.evidence import cannot_tell
from replay.detect.page_error import SERVER_ERROR_STATUS
from replay.detect.pressed_again import AREA, RULE, VERSION, PressedAgain
from replay.detect.presses import LED_ON_MS, PRESSES_MAX_COUNT, Press, label_of, press_of
from replay.detect.shop import Shop
from replay.detect.views import is_checkout, place_of, shape, shape_of_words
from replay.model.events import Click, Outcome, PageLoaded, PageViewed, ScriptError
from replay.model.finding import Evidence, Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["SilentFailure"]

SCRIPT_MS = 1_000
"""How soon after a press a script's failure is its doing."""
RAGE_MS = 2_000
RAGE_PRESSES_COUNT = 3
_CONTROLS_MAX_COUNT = 100
_OUTCOMES_MAX_COUNT = 50

_APPLY = re.compile(r"\b(?:apply|redeem|einlösen|anwenden|appliquer|aplicar|applica|toepassen)\b")
_PAY = re.compile(
    r"\b(?:pay|buy|place (?:\w+ )?order|order now|check ?out|zahlen|bezahlen|kaufen|bestellen|kasse|payer|"
    r"commander|pagar|comprar|paga|acquista|betalen|bestel)\b"
)
_ADD = re.compile(
    r"\badd\b|\badd-?to|warenkorb|einkaufswagen|ajouter|añadir|agregar|aggiungi|toevoegen|winkelwagen"
)

Kind = Literal["checkout", "add", "apply", "account", "other"]
_LEVELS: tuple[Severity, ...] = ("low", "medium", "high")
_LEVEL: dict[Kind, int] = {"checkout": 2, "add": 1, "account": 1, "apply": 0, "other": 0}


@dataclass(frozen=True, slots=True)
class _Press(Press):
    """In which view of its page load it was, and on what."""

    view: int
    control: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is stated to have come of the presses that end with this one."""

    press: _Press
    fact: Outcome
    t: float
    error: str | None
    is_rage: bool


@dataclass(slots=True)
class _Page:
    """One page load: where it is, and what was pressed in it."""

    path: str = ""
    view: int = 0
    presses: deque[_Press] = field(default_factory=lambda: deque(maxlen=PRESSES_MAX_COUNT))
    errors: deque[Entry] = field(default_factory=lambda: deque(maxlen=PRESSES_MAX_COUNT))


class SilentFailure:
    """The rule over one session."""

    READS = PressedAgain.READS | {Outcome, ScriptError}

    def __init__(self, shop: Shop) -> None:
        self._again = PressedAgain()
        self._pages: dict[str, _Page] = {}
        self._last: dict[str, _Press] = {}
        """What was pressed last in each tab."""
        self._answers: dict[tuple[str, str], list[_Answer]] = {}
        """By page template and control."""

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        page = self._pages.setdefault(entry.load, _Page())
        if isinstance(fact, Outcome):
            self._outcome(page, fact, entry)
            return
        if isinstance(fact, ScriptError):
            page.errors.append(entry)
            return
        self._again.observe(entry)
        if isinstance(fact, Click):
            label, control = label_of(fact), fact.control or ""
            press = _Press(entry, page.path, label, fact.node, page.view, control)
            page.presses.append(press)
            self._last[entry.tab] = press
        elif isinstance(fact, PageLoaded | PageViewed):
            page.path = place_of(fact.url)[1]
            page.view += 1
            if isinstance(fact, PageLoaded) and fact.how == "navigate":
                self._led_on(entry)

    def judge(self, now_ms: float) -> Judgement:
        again = self._again.judge(now_ms)
        findings = [found for answers in self._answers.values() for found in _findings(answers)]
        known = {one.subject for one in findings}
        findings += [one for one in again.findings if one.subject not in known]
        return Judgement(findings=tuple(findings), wake_ms=again.wake_ms)

    def _outcome(self, page: _Page, fact: Outcome, entry: Entry) -> None:
        press = press_of(page.presses, fact, entry.t)
        if press is None:
            if fact.what == "message":
                self._again.said(entry)
            return
        same = [
            one.entry.t for one in page.presses if _key(one) == _key(press) and one.entry.t <= press.entry.t
        ]
        is_rage = any(
            last - first <= RAGE_MS
            for first, last in zip(same, same[RAGE_PRESSES_COUNT - 1 :], strict=False)
            if last > press.entry.t - LED_ON_MS
        )
        error = next(
            (
                one.event.fact.message
                for one in page.errors
                if isinstance(one.event.fact, ScriptError) and 0 <= one.t - press.entry.t <= SCRIPT_MS
            ),
            None,
        )
        key = _key(press)
        if key not in self._answers and len(self._answers) >= _CONTROLS_MAX_COUNT:
            return
        answers = self._answers.setdefault(key, [])
        if len(answers) < _OUTCOMES_MAX_COUNT:
            answers.append(_Answer(press, fact, entry.t, error, is_rage))

    def _led_on(self, entry: Entry) -> None:
        """Another page came after all, before anything else was pressed."""
        press = self._last.pop(entry.tab, None)
        if press is None or press.entry.load == entry.load or entry.t - press.entry.t > LED_ON_MS:
            return
        answers = self._answers.get(_key(press), [])
        answers[:] = [one for one in answers if one.press is not press or one.fact.what == "message"]


def _key(press: _Press) -> tuple[str, str]:
    return shape(press.path), press.label or press.control


def _kind(press: _Press) -> Kind:
    label = (press.label or press.control).casefold()
    path = press.path.casefold()
    if _APPLY.search(label):
        return "apply"
    if is_checkout(path) or _PAY.search(label):
        return "checkout"
    if _ADD.search(label) or _ADD.search(press.control.casefold()):
        return "add"
    return "account" if AREA.search(path) else "other"


def _findings(answers: Sequence[_Answer]) -> Iterator[Finding]:
    """What there is to say of one control."""
    said = {(one.press.entry.load, one.press.view): one for one in answers if one.fact.what == "message"}
    vain = [
        one
        for one in answers
        if one.fact.what in ("nothing", "elsewhere") and (one.fact.status or 0) < SERVER_ERROR_STATUS
    ]
    open_ones = [one for one in vain if (one.press.entry.load, one.press.view) not in said]
    nothing = [one for one in open_ones if one.fact.what == "nothing"]
    off = [one for one in answers if one.fact.what == "disabled"]
    if _is_certain(nothing):
        yield _fail(nothing)
    elif len(open_ones) != len(nothing) and _count(open_ones) > 1 and _kind(open_ones[0].press) != "other":
        yield _unknown(open_ones)
    elif vain and not open_ones:
        yield _answered(vain, said[vain[0].press.entry.load, vain[0].press.view])
    if _count(off) > 1:
        yield _disabled(off)


def _is_certain(nothing: Sequence[_Answer]) -> bool:
    if _count(nothing) > 1:
        return True
    kinds = [_kind(one.press) for one in nothing if one.error or one.fact.status is None]
    return any(kind in ("checkout", "add") for kind in kinds)


def _count(answers: Sequence[_Answer]) -> int:
    return sum(one.fact.presses for one in answers)


def _pressed(answers: Sequence[_Answer]) -> str:
    press, count = answers[0].press, _count(answers)
    what = f"“{press.label}”" if press.label else f"a control ({press.control})"
    return f"Pressed {what} {count} times" if count > 1 else f"Pressed {what}"


def _shown(answers: Sequence[_Answer]) -> tuple[Evidence, ...]:
    return tuple(one.press.shown for one in answers)


def _finding(answers: Sequence[_Answer], *, signature: str, severity: Severity, said: str) -> Finding:
    path, control = _key(answers[0].press)
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=_subject(answers[0].press),
        signature=f"{path} | {shape_of_words(control)} | {signature}",
        outcome="fail",
        severity=severity,
        said=said,
        shown=_shown(answers),
        decided_ms=answers[0].t,
    )


def _subject(press: _Press) -> str:
    return f"{shape(press.path)} “{press.label}”" if press.label else f"{shape(press.path)} {press.control}"


def _fail(nothing: Sequence[_Answer]) -> Finding:
    seconds = round(max(one.fact.after_ms for one in nothing) / 1_000)
    level = max(_LEVEL[_kind(one.press)] for one in nothing) + any(one.is_rage for one in nothing)
    error = next((one.error for one in nothing if one.error), None)
    why = f" The page's script had failed: “{error}”." if error else ""
    return _finding(
        nothing,
        signature=f"script: {shape_of_words(error)}" if error else "nothing",
        severity=_LEVELS[min(level, len(_LEVELS) - 1)],
        said=f"{_pressed(nothing)}; nothing happened for {seconds} s.{why}",
    )


def _disabled(off: Sequence[_Answer]) -> Finding:
    said = f"{_pressed(off)}, which was disabled; nothing on the page changed."
    return _finding(off, signature="disabled_click", severity="low", said=said)


def _unknown(answers: Sequence[_Answer]) -> Finding:
    said = (
        f"{_pressed(answers)}; only parts of the page that stand apart from it changed, and whether that was "
        "the answer cannot be told: look at it."
    )
    subject = _subject(answers[0].press)
    return cannot_tell(RULE, VERSION, subject, said, _shown(answers), answers[-1].t)


def _answered(vain: Sequence[_Answer], message: _Answer) -> Finding:
    text = message.fact.text
    what = f"the page had said “{text.raw}”" if text else "the browser had asked for a field"
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=_subject(vain[0].press),
        signature="answered",
        outcome="pass",
        severity="info",
        said=f"{_pressed(vain)} in vain; {what}.",
        shown=_shown([message, *vain]),
        decided_ms=max(vain[0].t, message.t),
    )
