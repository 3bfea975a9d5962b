"""A code was taken, or came by a link, and nothing was taken off.

A code is judged on carts that show goods and amounts, for eight seconds in all: shops answer first and reckon
afterwards. What the cart gives later still counts, until the order is placed. A code that the shop refused is
another rule's business, and one that only gives free shipping is judged once shipping is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from replay.detect.answers import accepts, first_code, percent_off, refuses
from replay.detect.benefits import Benefit, Cart
from replay.detect.evidence import cannot_tell, evidence
from replay.detect.seen import Seen
from replay.detect.shown import Price, say
from replay.detect.surfaces import CARTS, Standing
from replay.model.cart import Amount, PromoShown, Text
from replay.model.events import OrderPlaced, PriceShown, PromoSeen
from replay.model.finding import Evidence, Finding, Judgement, Severity
from replay.model.timeline import Entry

__all__ = ["PromoNotApplied"]

RULE = "promo_not_applied"
VERSION = 3
REST_MS = 8_000
"""How long carts that give nothing must have been on screen, in all."""
_CODES_MAX_COUNT = 50
_RAWS_MAX_COUNT = 1_000


@dataclass(slots=True)
class _Code:
    """What is known of one code."""

    code: str
    since: float
    first: Evidence
    is_link: bool = False
    campaign: str | None = None
    accepted: Text | None = None
    """In which words the shop took it."""
    is_accepted: bool = False
    listed: frozenset[str] = frozenset()
    """The surfaces whose last state lists it."""
    is_over: bool = False
    """Refused, taken out or ordered with."""
    is_refused: bool = False
    given: Benefit | None = None
    given_at: Standing | None = None
    given_goods: Price | None = None
    empty_ms: float = 0.0
    """For how long carts that give nothing have been on screen."""
    counted_ms: float = 0.0
    """Until when; two carts on screen at a time are not twice the time."""
    empty: Standing | None = None
    """The first of them, at the checkout if there is one."""
    reached_ms: float | None = None
    ordered_ms: float | None = None
    unclear: str | None = None
    due: Price | None = None
    """What should have been taken off, where the shop said how much."""


class PromoNotApplied:
    """The rule over one session."""

    READS = CARTS | {PromoSeen, PriceShown, OrderPlaced}

    def __init__(self, seen: Seen) -> None:
        self._promised = seen.promised
        self._reader = seen.reader
        self._surfaces = seen.surfaces
        self._codes: dict[str, _Code] = {}
        self._earlier: list[_Code] = []
        """What came of codes that were given again later."""
        self._units: dict[str, str] = {}
        """What pages showed as the price of each article, by its number."""

    def observe(self, entry: Entry) -> None:
        for gone in self._surfaces.gone:
            self._account(gone, self._codes)
        fact = entry.event.fact
        if isinstance(fact, PromoSeen):
            self._hear(fact, entry)
        elif isinstance(fact, PriceShown):
            known = fact.sku in self._units or len(self._units) < _RAWS_MAX_COUNT
            if (
                fact.role == "current"
                and fact.source == "displayed"
                and fact.sku
                and fact.amount.raw
                and known
            ):
                self._units[fact.sku] = fact.amount.raw
        elif isinstance(fact, OrderPlaced):
            for standing in self._surfaces.standing(entry.t):
                self._account(standing, self._codes)
            for code in self._codes.values():
                if not code.is_over:
                    code.is_over = True
                    code.ordered_ms = entry.t

    def judge(self, now_ms: float) -> Judgement:
        codes = {key: replace(code) for key, code in self._codes.items()}
        waiting: list[_Code] = []
        for standing in self._surfaces.standing(now_ms):
            waiting += self._account(standing, codes)
        told = (*self._earlier, *codes.values())
        findings = [finding for code in told if (finding := self._finding(code)) is not None]
        missing = [REST_MS - code.empty_ms for code in waiting if code.empty_ms < REST_MS and not code.given]
        return Judgement(findings=tuple(findings), wake_ms=now_ms + min(missing) if missing else None)

    def _hear(self, fact: PromoSeen, entry: Entry) -> None:
        if not fact.code:
            return
        if self._promised.by_code(fact.code, entry.t) is not None:
            # What is due for it is registered, with its conditions: another rule knows more.
            return
        key = fact.code.casefold()
        code = self._codes.get(key)
        if fact.state in ("rejected", "removed"):
            if code is not None and (fact.state == "rejected" or fact.source == "declared"):
                code.is_over = True
                code.is_refused = fact.state == "rejected"
            return
        if code is None or code.is_over:
            if len(self._codes) + len(self._earlier) >= _CODES_MAX_COUNT:
                return
            if code is not None and (code.ordered_ms is not None or code.reached_ms is not None):
                self._earlier.append(code)
            first = evidence(fact.state, entry.load, entry.t, fact.text)
            self._codes[key] = code = _Code(fact.code, entry.t, replace(first, raw=first.raw or fact.code))
        if fact.state == "offered":
            code.is_link = True
            code.campaign = fact.campaign or code.campaign
        elif fact.state == "applied":
            code.is_accepted = True
            code.accepted = fact.text or code.accepted

    def _account(self, standing: Standing, codes: dict[str, _Code]) -> list[_Code]:
        """Look at a cart that is or was on screen; answer the codes to which it gives nothing."""
        state = standing.state
        cart = Cart(state, self._units, self._reader)
        empty: list[_Code] = []
        about = [(text, first_code(text.raw, codes)) for text in state.messages]
        for key, code in codes.items():
            # What another tab stated earlier knows nothing of the code.
            if code.is_over or standing.t < (code.given_at.t if code.given_at else code.since):
                continue
            answers = [text for text, named in about if named == key]
            if any(refuses(text.raw) for text in answers) and code.given is None:
                code.is_over = code.is_refused = True
                continue
            if not state.lines or state.surface == "mini":
                continue
            promo = next((one for one in state.promos or () if one.code and one.code.casefold() == key), None)
            if self._is_taken_out(code, promo, answers, standing):
                code.is_over = True
                continue
            benefit = cart.benefit_of(promo, _words(code, promo))
            if benefit.is_given:
                self._given(code, benefit, standing, cart)
            elif code.given is not None and self._holds_less(code, cart):
                code.unclear = "the cart holds less than when it took effect"
            elif benefit.unclear is not None:
                code.unclear = benefit.unclear
            else:
                self._nothing(code, standing, cart)
                empty.append(code)
        return empty

    def _is_taken_out(
        self, code: _Code, promo: PromoShown | None, answers: list[Text], standing: Standing
    ) -> bool:
        """Whether the customer took the code out again; takes note of a yes of the shop."""
        state = standing.state
        if promo is not None:
            code.is_accepted = True
            code.accepted = promo.text or code.accepted
            code.listed |= {state.surface}
        elif state.promos is not None and state.surface in code.listed:
            return True
        for text in answers:
            if accepts(text.raw):
                code.is_accepted = True
                code.accepted = code.accepted or text
        return False

    def _given(self, code: _Code, benefit: Benefit, standing: Standing, cart: Cart) -> None:
        if code.given is None or code.empty is not None:
            code.given, code.given_at = benefit, standing
        code.given_goods = cart.goods
        code.empty, code.empty_ms, code.reached_ms = None, 0.0, None

    def _holds_less(self, code: _Code, cart: Cart) -> bool:
        now, then = cart.goods, code.given_goods
        return now is None or then is None or now.minor < then.minor

    def _nothing(self, code: _Code, standing: Standing, cart: Cart) -> None:
        before = code.empty_ms
        since = max(standing.since, code.since, code.counted_ms)
        code.counted_ms = max(code.counted_ms, standing.until)
        code.empty_ms += max(0.0, standing.until - since)
        if before < REST_MS <= code.empty_ms:
            code.reached_ms = standing.until - (code.empty_ms - REST_MS)
        if code.empty is None or (
            standing.state.surface == "summary" and code.empty.state.surface != "summary"
        ):
            code.empty = standing
            code.due = self._due(code, cart)

    def _due(self, code: _Code, cart: Cart) -> Price | None:
        percent = percent_off(code.accepted.raw) if code.accepted else None
        base = cart.goods
        if percent is None or base is None:
            return None
        numerator, denominator = percent
        return replace(base, minor=(2 * base.minor * numerator + denominator) // (2 * denominator))

    def _finding(self, code: _Code) -> Finding | None:
        decided = code.ordered_ms if code.ordered_ms is not None else code.reached_ms
        is_empty = code.empty is not None and decided is not None
        if code.given_at is not None and code.given is not None and not is_empty:
            said = f"The code {code.code} took effect: {code.given.said}."
            return _finding(code, "took effect", said, code.given_at, code.given.shown, code.given_at.t)
        if code.is_refused or (code.is_over and decided is None):
            return None
        if code.empty is None or decided is None:
            is_open = code.unclear is None or code.empty is not None
            return None if is_open or code.unclear is None else self._cannot(code, code.unclear)
        if not code.is_accepted and not code.is_link:
            return self._cannot(code, "no answer of the shop to it was seen in the cart")
        empty = code.empty
        severity: Severity = "medium" if empty.state.surface == "summary" else "low"
        if code.ordered_ms is not None:
            severity = "high"
        signature, said = self._say(code, empty)
        key = code.code.casefold()
        listed = (one for one in empty.state.promos or () if one.code and one.code.casefold() == key)
        promo = next(listed, None)
        total = next((one for one in reversed(empty.state.totals) if one.amount), None)
        what = (promo.text if promo else None) or (total.amount if total else None)
        due = code.due if code.due and code.due.is_currency else None
        return replace(
            _finding(code, signature, said, empty, what, decided),
            outcome="fail",
            severity=severity,
            minor=due.minor if due else None,
            currency=due.unit if due else None,
        )

    def _say(self, code: _Code, empty: Standing) -> tuple[str, str]:
        """The signature and the sentence of a code that gave nothing."""
        step = " up to the checkout" if empty.state.surface == "summary" else ""
        if code.ordered_ms is not None:
            step = " up to the order"
        campaign = f" (campaign {code.campaign})" if code.campaign else ""
        came = (
            f"Came by a link with the code {code.code}{campaign}"
            if code.is_link
            else f"Gave the code {code.code}"
        )
        due = f"; about {say(code.due.minor, code.due)} was due" if code.due else ""
        if code.given is not None:
            said = f"{came}, for which the cart showed {code.given.said}. That was gone again{step}{due}."
            return "taken off and lost again", said
        if not code.is_accepted:
            said = f"{came}. It was not in the cart, and nothing was taken off{step}."
            return "by link, not in the cart", said
        as_what = (
            f", which the cart showed as “{code.accepted.raw}”" if code.accepted else ", which was accepted"
        )
        return "accepted, nothing taken off", f"{came}{as_what}. Nothing was taken off{step}{due}."

    def _cannot(self, code: _Code, why: str) -> Finding:
        said = f"Whether the code {code.code} took effect cannot be told: {why}."
        at = code.ordered_ms if code.ordered_ms is not None else code.since
        return cannot_tell(RULE, VERSION, code.code, said, (code.first,), at)


def _words(code: _Code, promo: PromoShown | None) -> str:
    """What the shop said the code gives."""
    text = promo.text if promo and promo.text else code.accepted
    return text.raw if text else ""


def _finding(
    code: _Code, signature: str, said: str, where: Standing, what: Amount | Text | None, at: float
) -> Finding:
    role = "checkout" if where.state.surface == "summary" else "cart"
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=code.code,
        signature=signature,
        outcome="pass",
        severity="info",
        said=said,
        shown=(evidence(role, where.load, where.t, what), code.first),
        decided_ms=at,
    )
