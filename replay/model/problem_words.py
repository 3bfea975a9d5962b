"""Problems in words: what goes wrong, without anything of a single customer's visit.

Subject and signature are what rules made of them; here they become the sentence that the web team reads. A
rule that is not known here still has its own words told.
"""

from __future__ import annotations

import re

from replay.model.money import Money, say
from replay.model.problem import Problem

__all__ = ["many", "met", "money_words", "title"]

_PLACES = {
    "drawer": "the cart",
    "page": "the cart page",
    "summary": "the checkout",
    "mini": "the small cart",
    "product": "the product page",
    "listing": "the listing",
    "search": "the search results",
    "quickview": "the quick view",
}
_ARTICLES = frozenset({"price_mismatch", "cart_changed_without_customer_action", "out_of_stock_after_add"})
_CODES = frozenset({"promo_not_applied", "promo_rejected"})
_CART_CHANGES = {
    "item gone": "disappears from {place}",
    "fewer pieces": "loses pieces in {place}",
    "dearer": "becomes dearer in {place}",
}
_CODE_FAULTS = {
    "accepted, nothing taken off": "accepted, but nothing is taken off",
    "taken off and lost again": "taken off, and lost again",
    "by link, not in the cart": "in the link, but not in the cart",
}
_PRICES = re.compile(r"(?P<there>\w+)>(?P<here>\w+) ×(?P<ratio>.+)")


def title(problem: Problem, *, outside: bool = False) -> str:
    """What goes wrong. For those ``outside`` without what customers typed."""
    rule, signature = problem.family.rule, problem.family.signature
    about = "Code" if outside and rule == "promo_rejected" else _about(problem)
    if rule == "price_mismatch" and (prices := _PRICES.fullmatch(signature)) is not None:
        return f"{about}: {_price(_place(prices['there']), _place(prices['here']), prices['ratio'])}"
    if rule == "promo_not_applied":
        return f"{about}: {_CODE_FAULTS.get(signature, signature)}"
    if rule == "promise_not_kept":
        return f"{about} not kept: {signature}"
    if rule == "promo_rejected":
        return f"{about} refused: “{signature.rstrip('.')}”"
    if rule == "totals_dont_add_up":
        surface, _, what = signature.partition(": ")
        return f"{_sentence(_place(surface))}: {what}"
    if rule == "cart_changed_without_customer_action":
        surface, _, what = signature.partition(": ")
        change = _CART_CHANGES.get(what, what + " in {place}").format(place=_place(surface))
        return f"{about} {change} by itself"
    if rule == "out_of_stock_after_add":
        return f"{about}: goes into the cart, and then {_place(signature)} says it is sold out"
    if rule == "page_error":
        return f"{_sentence(about)} fails: {signature}"
    return f"{_sentence(rule.replace('_', ' '))}: {about}, {signature}"


def _about(problem: Problem) -> str:
    rule = problem.family.rule
    if rule in _ARTICLES:
        return f"“{problem.subject}”" if problem.subject is not None else f"{problem.subjects_count} articles"
    if rule in _CODES:
        return f"Code {problem.subject}" if problem.subject is not None else f"{problem.subjects_count} codes"
    if rule == "promise_not_kept":
        named = f"Promise {problem.subject}"
        return named if problem.subject is not None else f"{problem.subjects_count} promises"
    return problem.subject if problem.subject is not None else f"{problem.subjects_count} places"


def _place(name: str) -> str:
    return _PLACES.get(name, name.replace("_", " "))


def _price(there: str, here: str, ratio: str) -> str:
    if ratio == "tax":
        return f"{there} and {here} differ by the tax"
    try:
        factor = float(ratio)
    except ValueError:
        return f"{there} shows it for nothing, {here} does not"
    return f"{here} charges {'more' if factor > 1 else 'less'} than {there} shows (×{ratio})"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def many(count: int, what: str, plural: str | None = None) -> str:
    """``1 session``, ``2 sessions``."""
    return f"{count:,} {what if count == 1 else plural or what + 's'}"


def met(problem: Problem) -> str:
    """Whom it met, and among how many: ``37 of 412 sessions``. Where the rule is silent when all is well,
    nothing is said of how many could have been met."""
    if problem.exposed_count is None:
        return many(problem.sessions_count, "session")
    return f"{problem.sessions_count:,} of {many(problem.exposed_count, 'session')}"


def money_words(problem: Problem) -> tuple[str, ...]:
    """What it cost customers, each currency by itself; empty where that is not known."""
    return tuple(say(Money(minor, currency)) for currency, minor in problem.money if minor)
