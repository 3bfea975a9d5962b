"""The checkout refused the customer again and again with the same words, or a payment was declined.

The first time a field is asked for is no error: everybody forgets one. Three times the same within two
minutes, on a button that is to lead on, is somebody who cannot get past it. Words that still stand there when
nothing comes of a further press are its answer, too. Words that a recording masks all look the same, so of
those it cannot be told. What servers and scripts fail at is ``page_error``'s, a press of which nothing comes
otherwise ``silent_failure``'s, and a code that is refused ``promo_rejected``'s.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from replay.detect.evidence import cannot_tell
from replay.detect.presses import LED_ON_MS, PRESSES_MAX_COUNT, Press, label_of, press_of
from replay.detect.shop import Shop
from replay.detect.views import is_checkout, place_of, shape, shape_of_words
from replay.model.events import Click, OrderPlaced, Outcome, PageLoaded, PageViewed
from replay.model.finding import Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["CheckoutError"]

RULE = "checkout_error"
VERSION = 3
TIMES_COUNT = 3
WITHIN_MS = 120_000
SOLVED_MS = 60_000
"""How soon the next step, or an order, means that it was overcome."""
_ANSWERS_MAX_COUNT = 100
_KINDS_MAX_COUNT = 100

_PAYS = re.compile(
    r"\b(?:pay|buy|place (?:\w+ )?order|order now|zahlen|bezahlen|kaufen|bestellen|payer|commander|pagar|"
    r"comprar|paga|acquista|betalen|bestel)\b"
)
_LEADS_ON = re.compile(
    r"\b(?:continue|next|proceed|submit|confirm|check ?out|save and|weiter|fortfahren|bestätigen|kasse|"
    r"continuer|suivant|valider|continuar|siguiente|confirmar|continua|avanti|conferma|verder|volgende|"
    r"doorgaan|bevestigen|dalej|pokračovat|fortsätt|fortsæt|fortsett|jatka)\b"
)
ASKED, DECLINED = "a field is asked for", "declined"
_DECLINED = re.compile(
    r"\bdeclined\b|insufficient funds|card was (?:refused|rejected)|(?:karte|zahlung)\b.*\babgelehnt|"
    r"(?:carte|paiement)\b.*\brefusée?|(?:tarjeta|pago)\b.*\brechazad[oa]|(?:carta|pagamento)\b.*\brifiutat[oa]|"
    r"(?:kaart|betaling)\b.*\bgeweigerd"
)
_MASKED = re.compile(r"[\s•.,:!?]*•[\s•.,:!?]*")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the page said of presses that end with this one."""

    press: Press
    t: float
    presses: int
    said: str | None
    """None: the browser asked for a field."""


@dataclass(slots=True)
class _Page:
    """One page load: where it is, what was pressed in it, and what each button was answered on this view."""

    path: str = ""
    stands: dict[str, str] = field(default_factory=dict)
    presses: deque[Press] = field(default_factory=lambda: deque(maxlen=PRESSES_MAX_COUNT))


class CheckoutError:
    """The rule over one session."""

    READS = frozenset({Click, Outcome, PageLoaded, PageViewed, OrderPlaced})

    def __init__(self, shop: Shop) -> None:
        self._pages: dict[str, _Page] = {}
        self._last: dict[str, Press] = {}
        """What was pressed last in each tab, until it led on."""
        self._answers: dict[tuple[str, str | None], list[_Answer]] = {}
        """By path and words."""
        self._led_on: deque[tuple[float, str]] = deque(maxlen=_ANSWERS_MAX_COUNT)
        """When another page came in the checkout, or an order was placed, and from where it led."""

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        page = self._pages.setdefault(entry.load, _Page())
        if isinstance(fact, Click):
            self._press(page, fact, entry)
        elif isinstance(fact, Outcome):
            if fact.what in ("message", "nothing"):
                self._answer(page, fact, entry)
        elif isinstance(fact, OrderPlaced):
            self._left(entry, "")
        else:
            if isinstance(fact, PageLoaded | PageViewed):
                page.path = place_of(fact.url)[1]
                page.stands.clear()
            self._left(entry, page.path)

    def judge(self, now_ms: float) -> Judgement:
        found = [_judged(answers, self._led_on) for answers in self._answers.values()]
        return Judgement(findings=tuple(one for one in found if one is not None))

    def _press(self, page: _Page, fact: Click, entry: Entry) -> None:
        label = label_of(fact)
        folded = label.casefold()
        if not is_checkout(page.path) or not (_PAYS.search(folded) or _LEADS_ON.search(folded)):
            return
        press = Press(entry, page.path, label, fact.node)
        page.presses.append(press)
        self._last[entry.tab] = press

    def _answer(self, page: _Page, fact: Outcome, entry: Entry) -> None:
        press = press_of(page.presses, fact, entry.t)
        is_message = fact.what == "message"
        if press is None and is_message:
            # The same page came back and says why.
            last = self._last.get(entry.tab)
            came = last is not None and last.entry.load != entry.load and last.path == page.path
            press = last if last and came and entry.t - last.entry.t <= LED_ON_MS else None
        if press is None or (not is_message and press.label not in page.stands):
            return
        said = (fact.text.raw if fact.text else None) if is_message else page.stands[press.label]
        if said is not None:
            page.stands[press.label] = said
        key = (shape(press.path), None if said is None else shape_of_words(said.casefold()))
        if key not in self._answers and len(self._answers) >= _KINDS_MAX_COUNT:
            return
        answers = self._answers.setdefault(key, [])
        if len(answers) < _ANSWERS_MAX_COUNT and all(one.press is not press for one in answers):
            answers.append(_Answer(press, entry.t, fact.presses, said))

    def _left(self, entry: Entry, path: str) -> None:
        """Another page came, or an order: what was pressed last led on, if it was not the same again. A page
        elsewhere is where those go who give up."""
        last = self._last.get(entry.tab)
        if last is not None and path != last.path and (not path or is_checkout(path)):
            self._led_on.append((entry.t, last.path))


def _judged(answers: list[_Answer], led_on: Iterable[tuple[float, str]]) -> Finding | None:
    first = answers[0]
    if first.said is not None and _DECLINED.search(first.said.casefold()):
        return _fail(answers, DECLINED, "low")
    often = _often(answers)
    if not often:
        return None
    if first.said is not None and _MASKED.fullmatch(first.said):
        said = f"{_pressed(often)}, and each time the page said something that is not recorded: look at it."
        shown = tuple(one.press.shown for one in often)
        return cannot_tell(RULE, VERSION, _subject(first.press), said, shown, often[-1].t)
    last_ms = often[-1].t
    if any(0 <= t - last_ms <= SOLVED_MS and path == first.press.path for t, path in led_on):
        severity: Severity = "low"
    else:
        severity = "high" if _PAYS.search(first.press.label.casefold()) else "medium"
    what = ASKED if first.said is None else shape_of_words(first.said)
    return _fail(often, what, severity)


def _often(answers: list[_Answer]) -> list[_Answer]:
    """The first of them that are so many within the time, and what followed; empty if they never were."""
    for at, first in enumerate(answers):
        within = [one for one in answers[at:] if one.press.entry.t - first.press.entry.t <= WITHIN_MS]
        if sum(one.presses for one in within) >= TIMES_COUNT:
            return answers[at:]
    return []


def _pressed(answers: list[_Answer]) -> str:
    count = sum(one.presses for one in answers)
    times = f" {count} times" if count > 1 else ""
    return f"Pressed “{answers[0].press.label}”{times}"


def _subject(press: Press) -> str:
    return f"{shape(press.path)} “{press.label}”"


def _fail(answers: list[_Answer], signature: str, severity: Severity) -> Finding:
    first = answers[0]
    what = "the browser asked for a field" if first.said is None else f"saw “{first.said}”"
    each = " each time" if len(answers) > 1 and first.said is None else ""
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=_subject(first.press),
        signature=signature,
        outcome="fail",
        severity=severity,
        said=f"{_pressed(answers)} in the checkout and {what}{each}.",
        shown=tuple(one.press.shown for one in answers),
        decided_ms=answers[-1].t,
    )
