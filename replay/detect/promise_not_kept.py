"""The shop registered a promise, and the customer who came for it did not get it.

Whoever comes by a registered campaign or gives a registered code has a claim on what was promised at that
time. Each cart on screen is held against it; less than was due, for eight seconds in all, is a promise not
kept. Conditions that are not met are said as such, and what a cart cannot tell is left open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from replay.detect.answers import accepts, first_code, refuses
from replay.detect.evidence import cannot_tell, evidence
from replay.detect.promises import Held, Kept, NotDue, Short, Unclear
from replay.detect.seen import Seen
from replay.detect.shown import say
from replay.detect.surfaces import CARTS, Standing
from replay.model.events import OrderPlaced, PageLoaded, PageViewed, PriceShown, PromoSeen
from replay.model.finding import Evidence, Finding, Judgement, Severity
from replay.model.promo import Promise, Promo, say_moment, say_promise
from replay.model.timeline import Entry

__all__ = ["PromiseNotKept"]

RULE = "promise_not_kept"
VERSION = 2
REST_MS = 8_000
"""How long carts that give less than was due must have been on screen, in all."""
_CLAIMS_MAX_COUNT = 50
_RAWS_MAX_COUNT = 1_000


@dataclass(slots=True)
class _Claim:
    """One customer's claim on one promise."""

    promo: str
    promise: Promise
    since: float
    first: Evidence
    campaign: str | None = None
    code: str | None = None
    is_link: bool = False
    """The code came by the link."""
    is_accepted: bool = False
    is_refused: bool = False
    is_over: bool = False
    """Taken out or ordered with."""
    kept: tuple[Standing, Kept] | None = None
    not_due: tuple[Standing, NotDue] | None = None
    unclear: tuple[Standing, Unclear] | None = None
    short: tuple[Standing, Short] | None = None
    """The first cart that gives less, at the checkout if there is one."""
    short_ms: float = 0.0
    """For how long such carts have been on screen."""
    counted_ms: float = 0.0
    """Until when; two carts on screen at a time are not twice the time."""
    reached_ms: float | None = None
    ordered_ms: float | None = None

    @property
    def is_without_code(self) -> bool:
        """Whether it takes a code, and none was given."""
        return bool(self.promise.codes) and self.code is None


class PromiseNotKept:
    """The rule over one session."""

    READS = CARTS | {PageViewed, PromoSeen, PriceShown, OrderPlaced}

    def __init__(self, seen: Seen) -> None:
        self._registry = seen.promised
        self._reader = seen.reader
        self._surfaces = seen.surfaces
        self._claims: dict[str, _Claim] = {}
        """By the promo's id."""
        self._units: dict[str, str] = {}
        """What pages showed as the price of each article, by its number."""

    def observe(self, entry: Entry) -> None:
        if not self._registry.promos:
            return
        for gone in self._surfaces.gone:
            self._account(gone, self._claims)
        fact = entry.event.fact
        if isinstance(fact, PageLoaded):
            self._arrive(fact, entry)
        elif isinstance(fact, PageViewed):
            self._come_by(fact.url, entry)
        elif isinstance(fact, PromoSeen):
            self._hear(fact, entry)
        elif isinstance(fact, PriceShown):
            known = fact.sku in self._units or len(self._units) < _RAWS_MAX_COUNT
            if fact.role == "current" and fact.source == "displayed" and fact.sku and known:
                self._units[fact.sku] = fact.amount.raw or ""
        elif isinstance(fact, OrderPlaced):
            for standing in self._surfaces.standing(entry.t):
                self._account(standing, self._claims)
            for claim in self._claims.values():
                if not claim.is_over:
                    claim.is_over, claim.ordered_ms = True, entry.t

    def judge(self, now_ms: float) -> Judgement:
        if not self._claims:
            return Judgement()
        claims = {key: replace(claim) for key, claim in self._claims.items()}
        waiting: list[_Claim] = []
        for standing in self._surfaces.standing(now_ms):
            waiting += self._account(standing, claims)
        findings = tuple(found for claim in claims.values() if (found := _finding(claim)) is not None)
        missing = [REST_MS - claim.short_ms for claim in waiting if claim.short_ms < REST_MS]
        return Judgement(findings=findings, wake_ms=now_ms + min(missing) if missing else None)

    def _arrive(self, page: PageLoaded, entry: Entry) -> None:
        for parameter, value in (page.circumstances.campaign or {}).items():
            promo = self._registry.by_campaign(str(value), entry.t, parameter=parameter)
            self._come(promo, str(value), entry)
        self._come_by(page.url, entry)

    def _come_by(self, url: str, entry: Entry) -> None:
        found = self._registry.by_link(url, entry.t)
        if found is not None:
            self._come(found[1], found[0], entry)

    def _come(self, promo: Promo | None, campaign: str, entry: Entry) -> None:
        claim = self._claim(promo, entry, replace(evidence("campaign", entry.load, entry.t), raw=campaign))
        if claim is not None:
            claim.campaign = claim.campaign or campaign

    def _hear(self, fact: PromoSeen, entry: Entry) -> None:
        promo = self._registry.by_code(fact.code, entry.t) if fact.code else None
        if promo is None or fact.code is None:
            return
        claim = self._claims.get(promo.id)
        if fact.state in ("rejected", "removed"):
            if claim is not None and fact.state == "rejected":
                claim.is_refused = True
            elif claim is not None and fact.source == "declared":
                claim.is_over = True
            return
        if fact.state == "offered" and fact.source != "displayed":
            # A banner that the shop's data speaks of brought nobody here.
            return
        first = evidence(fact.state, entry.load, entry.t, fact.text)
        claim = self._claim(promo, entry, replace(first, raw=first.raw or fact.code))
        if claim is not None:
            claim.is_link = fact.state == "offered" if claim.code is None else claim.is_link
            claim.code = claim.code or fact.code
            claim.is_refused = False
            claim.is_accepted = claim.is_accepted or fact.state == "applied"

    def _claim(self, promo: Promo | None, entry: Entry, first: Evidence) -> _Claim | None:
        """The claim on a promo that has not been settled; a new one if there is none."""
        if promo is None:
            return None
        claim = self._claims.get(promo.id)
        if claim is None and len(self._claims) < _CLAIMS_MAX_COUNT:
            claim = self._claims[promo.id] = _Claim(promo.id, promo.at(entry.t), entry.t, first)
        return None if claim is None or claim.is_over else claim

    def _account(self, standing: Standing, claims: dict[str, _Claim]) -> list[_Claim]:
        """Hold a cart that is or was on screen against all claims; answer those that it gives too little."""
        state = standing.state
        if state.surface == "mini" or not state.lines:
            return []
        held = Held(state, self._units, self._reader)
        short: list[_Claim] = []
        for claim in self._open(standing, claims):
            answer = _time(claim.promise, standing) or held.against(
                claim.promise, claim.code, is_accepted=claim.is_accepted
            )
            match answer:
                case Kept():
                    claim.kept = standing, answer
                    claim.short, claim.short_ms, claim.reached_ms = None, 0.0, None
                case NotDue():
                    claim.not_due = standing, answer
                case Unclear():
                    claim.unclear = standing, answer
                case Short():
                    _count(claim, standing, answer)
                    short.append(claim)
        return short

    def _open(self, standing: Standing, claims: dict[str, _Claim]) -> Iterator[_Claim]:
        """Claims on which the cart has a say; takes note of what it says of their codes."""
        state = standing.state
        by_code = {claim.code.casefold(): claim for claim in claims.values() if claim.code}
        answers = [(text.raw, by_code.get(first_code(text.raw, by_code) or "")) for text in state.messages]
        listed = {promo.code.casefold() for promo in state.promos or () if promo.code}
        for claim in claims.values():
            # What another tab stated earlier knows nothing of it.
            if claim.is_over or standing.t < claim.since:
                continue
            said = [raw for raw, named in answers if named is claim]
            if claim.code is not None and claim.code.casefold() in listed:
                claim.is_accepted, claim.is_refused = True, False
            elif any(refuses(raw) for raw in said):
                claim.is_refused = True
            elif any(accepts(raw) for raw in said):
                claim.is_accepted = True
            if not claim.is_refused:
                yield claim


def _time(promise: Promise, standing: Standing) -> NotDue | None:
    if promise.until_ms is not None and promise.is_over(standing.until):
        return NotDue(f"it had ended on {say_moment(promise.until_ms, promise)}")
    if promise.from_ms is not None and promise.is_early(standing.since):
        return NotDue(f"it begins on {say_moment(promise.from_ms, promise)}")
    return None


def _count(claim: _Claim, standing: Standing, answer: Short) -> None:
    before = claim.short_ms
    since = max(standing.since, claim.since, claim.counted_ms)
    claim.counted_ms = max(claim.counted_ms, standing.until)
    claim.short_ms += max(0.0, standing.until - since)
    if before < REST_MS <= claim.short_ms:
        claim.reached_ms = standing.until - (claim.short_ms - REST_MS)
    is_checkout = standing.state.surface == "summary"
    if claim.short is None or (is_checkout and claim.short[0].state.surface != "summary"):
        claim.short = standing, answer


def _finding(claim: _Claim) -> Finding | None:
    if claim.is_refused:
        # What the shop answered is another rule's business.
        return None
    decided = claim.ordered_ms if claim.ordered_ms is not None else claim.reached_ms
    if claim.short is not None and decided is not None:
        if claim.is_without_code:
            return _cannot(
                claim, claim.short[0], f"none of its codes was given (such as {claim.promise.codes[0]})"
            )
        return _fail(claim, *claim.short, decided)
    if claim.short is None and claim.kept is not None:
        standing, kept = claim.kept
        return _pass(claim, standing, f"{kept.said[0].upper()}{kept.said[1:]}.", "kept")
    if claim.unclear is not None and claim.short is None:
        return _cannot(claim, claim.unclear[0], claim.unclear[1].why)
    if claim.not_due is not None and claim.short is None:
        standing, not_due = claim.not_due
        return _pass(claim, standing, f"It was not due: {not_due.why}.", "not due")
    return None


def _fail(claim: _Claim, standing: Standing, short: Short, decided: float) -> Finding:
    severity: Severity = "medium" if standing.state.surface == "summary" else "low"
    step = "By the checkout" if standing.state.surface == "summary" else "In the cart"
    if claim.ordered_ms is not None:
        severity, step = "high", "By the order"
    due = short.due
    about = f"; about {say(due.minor, due)} was due" if due and claim.promise.gift_sku is None else ""
    way = "by code" if claim.code else "by campaign"
    return replace(
        _pass(claim, standing, f"{step} {short.said}{about}.", f"{way}, {short.signature}"),
        outcome="fail",
        severity=severity,
        minor=due.minor if due and due.is_currency else None,
        currency=due.unit if due and due.is_currency else None,
        shown=(evidence(_role(standing), standing.load, standing.t, short.shown), claim.first),
        decided_ms=decided,
    )


def _pass(claim: _Claim, standing: Standing, said: str, signature: str) -> Finding:
    shown = claim.kept[1].shown if claim.kept else None
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=claim.promo,
        signature=signature,
        outcome="pass",
        severity="info",
        said=f"{_came(claim)}. {said}",
        shown=(evidence(_role(standing), standing.load, standing.t, shown), claim.first),
        decided_ms=standing.t,
    )


def _cannot(claim: _Claim, standing: Standing, why: str) -> Finding:
    said = f"{_came(claim)}. Whether it was due and kept cannot be told: {why}."
    shown = evidence(_role(standing), standing.load, standing.t), claim.first
    return cannot_tell(RULE, VERSION, claim.promo, said, shown, standing.t)


def _came(claim: _Claim) -> str:
    promised = f"which promised {say_promise(claim.promise)}"
    if claim.campaign is not None:
        return f"Came from {claim.campaign}, {promised}"
    way = "Came by a link with" if claim.is_link else "Gave"
    return f"{way} the code {claim.code}, {promised}"


def _role(standing: Standing) -> str:
    return "checkout" if standing.state.surface == "summary" else "cart"
