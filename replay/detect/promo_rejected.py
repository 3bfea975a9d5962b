"""The shop refused a code, in its own words.

A refusal is what the shop's code states, or a message of the cart that says no within eight seconds of a code
being given. Once the code is taken, or the customer pressed something else, only words that name the code are
still an answer to it. Typing errors corrected within a minute are one attempt; a code that is taken later was
not refused in the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from replay.detect.answers import ended, refuses, says_code, speaks_of_codes
from replay.detect.evidence import evidence
from replay.detect.shop import Shop
from replay.model.cart import CartState
from replay.model.events import Click, PromoSeen
from replay.model.finding import Evidence, Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["PromoRejected"]

RULE = "promo_rejected"
VERSION = 1
ANSWER_MS = 8_000
"""How soon after a code was given a message counts as the answer to it."""
SUBMIT_MS = 500
"""How soon after a code was given a press is the one that sends it."""
SAME_ATTEMPT_MS = 60_000
SAME_ATTEMPT_EDITS = 2
MEDIUM_ATTEMPTS_COUNT = 3
_CODES_MAX_COUNT = 50


@dataclass(slots=True)
class _Code:
    """What happened to one code."""

    code: str
    is_promised: bool = False
    """A link brought it to this customer."""
    times: int = 0
    refused: str | None = None
    shown: tuple[Evidence, ...] = ()
    refused_ms: float = 0.0
    is_taken: bool = False


@dataclass(slots=True)
class _Attempts:
    """How often a code was tried, corrections not counted."""

    count: int = 0
    last: str = ""
    last_ms: float = float("-inf")


class PromoRejected:
    """The rule over one session."""

    READS = frozenset({PromoSeen, CartState, Click})

    def __init__(self, shop: Shop) -> None:
        self._codes: dict[str, _Code] = {}
        self._attempts = _Attempts()
        self._open: Entry | None = None
        """The code given last, while its answer may come."""
        self._must_name = False
        """Whether that answer has to name the code: other answers may come meanwhile."""
        self._messages: dict[str, frozenset[str]] = {}
        """What each surface said last: what stood there before is no answer."""

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        if isinstance(fact, PromoSeen):
            self._hear(fact, entry)
        elif isinstance(fact, CartState) and fact.source == "displayed":
            self._read(fact, entry)
        elif isinstance(fact, Click) and self._open is not None and entry.t - self._open.t > SUBMIT_MS:
            self._must_name = True

    def judge(self, now_ms: float) -> Judgement:
        return Judgement(findings=tuple(self._finding(one) for one in self._codes.values() if one.refused))

    def _code(self, code: str) -> _Code | None:
        key = code.casefold()
        if key not in self._codes and len(self._codes) >= _CODES_MAX_COUNT:
            return None
        return self._codes.setdefault(key, _Code(code))

    def _hear(self, fact: PromoSeen, entry: Entry) -> None:
        code = self._code(fact.code) if fact.code else None
        if code is None:
            return
        if fact.state == "offered":
            code.is_promised = True
        elif fact.state == "applied":
            code.is_taken = True
            self._must_name = True
        elif fact.state == "entered":
            code.times += 1
            self._attempt(code.code, entry.t)
            self._open, self._must_name = entry, False
        elif fact.state == "rejected":
            words = fact.text.raw if fact.text else fact.reason or "no"
            self._refuse(code, words, (evidence("rejected", entry.load, entry.t, fact.text),), entry.t)

    def _attempt(self, code: str, t: float) -> None:
        tried = self._attempts
        corrected = t - tried.last_ms <= SAME_ATTEMPT_MS and _is_near(code, tried.last)
        if not corrected:
            tried.count += 1
        tried.last, tried.last_ms = code, t

    def _read(self, state: CartState, entry: Entry) -> None:
        listed = {promo.code.casefold() for promo in state.promos or () if promo.code}
        for key in listed & self._codes.keys():
            self._codes[key].is_taken = True
        before = self._messages.get(state.surface, frozenset())
        if state.messages or before:
            self._messages[state.surface] = frozenset(text.raw for text in state.messages)
        given = self._open
        if given is None or not isinstance(given.event.fact, PromoSeen) or given.event.fact.code is None:
            return
        if entry.t - given.t > ANSWER_MS:
            self._open = None
            return
        code = self._codes[given.event.fact.code.casefold()]
        for text in state.messages:
            # The same words again are an answer where the page was loaded anew for it.
            if text.raw in before and entry.load == given.load:
                continue
            names = says_code(text.raw, code.code)
            if refuses(text.raw) and (names or (speaks_of_codes(text.raw) and not self._must_name)):
                shown = evidence("message", entry.load, entry.t, text)
                entered = evidence("entered", given.load, given.t)
                self._refuse(code, text.raw, (shown, replace(entered, raw=code.code)), entry.t)
                # "It is in your cart already" is no refusal.
                code.is_taken = code.code.casefold() in listed
                self._open = None
                return

    def _refuse(self, code: _Code, words: str, shown: tuple[Evidence, ...], t: float) -> None:
        code.is_taken = False
        code.refused, code.shown, code.refused_ms = words, shown, t

    def _finding(self, code: _Code) -> Finding:
        answer = code.refused or ""
        times = f" {code.times} times" if code.times > 1 else ""
        gave = "Typed" if code.times else "Gave"
        said = f"{gave} the code {code.code}{times}; the shop answered “{answer.rstrip('.')}”"
        severity: Severity = "low"
        if code.is_promised and not ended(answer):
            severity = "high"
        elif self._attempts.count >= MEDIUM_ATTEMPTS_COUNT:
            severity = "medium"
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=code.code,
            signature=_shape(answer, code.code),
            outcome="pass" if code.is_taken else "fail",
            severity="info" if code.is_taken else severity,
            said=f"{said}, and took it later." if code.is_taken else f"{said}.",
            shown=code.shown,
            decided_ms=code.refused_ms,
        )


def _shape(answer: str, code: str) -> str:
    """The words without what differs from customer to customer."""
    plain = re.sub(rf"(?<!\w){re.escape(code)}(?!\w)", "…", answer, flags=re.IGNORECASE)
    return re.sub(r"\d+", "#", plain.casefold())[:120]


def _is_near(one: str, other: str) -> bool:
    """Whether few edits make the one of the other."""
    if abs(len(one) - len(other)) > SAME_ATTEMPT_EDITS:
        return False
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        diagonal, row[0] = row[0], at
        for column, against in enumerate(other, start=1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (letter != against))
            diagonal, row[column] = row[column], best
    return row[-1] <= SAME_ATTEMPT_EDITS
