"""Problems in words: what goes wrong, without anything of a single customer's visit.

Subject and signature are what rules made of them; here they become the sentence that the web team reads. A
rule that is not known here still has its own words told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from replay.model.code_reading import dotted
from replay.model.money import Money, say
from replay.model.personal_code import masked
from replay.model.problem import ORDER_RULES, CartsLeft, Problem

__all__ = ["SAID", "figures", "left_words", "many", "met", "money_words", "title"]

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
_ARTICLES = frozenset(
    {"price_mismatch", "stale_price", "cart_changed_without_customer_action", "out_of_stock_after_add"}
    | {"store_price"}
)
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
    about = _about(problem)
    if outside and problem.subject is not None:
        # What customers typed, and what is one customer's alone.
        about = "A code" if rule in _CODES else "An order" if rule in ORDER_RULES else about
    said = SAID.get(rule)
    if said is None:
        return f"{_sentence(rule.replace('_', ' '))}: {about}, {signature}"
    return _sentence(said(about, signature))


def _prices(about: str, signature: str) -> str:
    prices = _PRICES.fullmatch(signature)
    if prices is None:
        return f"{about}: {signature}"
    return f"{about}: {_price(_place(prices['there']), _place(prices['here']), prices['ratio'])}"


def _stale(about: str, signature: str) -> str:
    what, _, surface = signature.partition(" | ")
    why = {
        "changed while the page was open": "the price changed while the page was open",
        "page open for long": "the page was open for long",
    }.get(what, f"the price {what}")
    return f"{about}: {why}, and {_place(surface)} charges more than the page shows"


def _totals(about: str, signature: str) -> str:
    surface, _, what = signature.partition(": ")
    return f"{_place(surface)}: {what}"


def _change(about: str, signature: str) -> str:
    surface, _, what = signature.partition(": ")
    change = _CART_CHANGES.get(what, what + " in {place}").format(place=_place(surface))
    return f"{about} {change} by itself"


def _order(about: str, signature: str) -> str:
    kind, _, further = signature.partition(" | ")
    return f"{about}: {kind.replace('_', ' ')}{f' ({further})' if further else ''}"


def _refused(about: str, signature: str) -> str:
    if signature in ("declined", "a field is asked for"):
        return (
            f"{about}: {'a card is declined' if signature == 'declined' else signature + ' again and again'}"
        )
    return f"{about} is answered again and again with “{signature}”"


def _press(about: str, signature: str) -> str:
    what = signature.rpartition(" | ")[2]
    if what == "disabled_click":
        return f"{about} is disabled, and pressed"
    script = f" ({what})" if what.startswith("script: ") else ""
    return f"{about} is pressed, and nothing happens{script}"


SAID: Mapping[str, Callable[[str, str], str]] = {
    "price_mismatch": _prices,
    "stale_price": _stale,
    "promo_not_applied": lambda about, signature: f"{about}: {_CODE_FAULTS.get(signature, signature)}",
    "promise_not_kept": lambda about, signature: f"{about} not kept: {signature}",
    "promo_rejected": lambda about, signature: f"{about} refused: “{signature.rstrip('.')}”",
    "totals_dont_add_up": _totals,
    "cart_changed_without_customer_action": _change,
    "out_of_stock_after_add": lambda about, signature: (
        f"{about}: goes into the cart, and then {_place(signature)} says it is sold out"
    ),
    "page_error": lambda about, signature: f"{about} fails: {signature}",
    "checkout_error": _refused,
    "silent_failure": _press,
    "store_price": lambda about, signature: (
        f"{about}: {signature.rpartition(' | ')[0]} has it for less than the page shows"
    ),
    "duplicate_order": _order,
    "order_state_conflict": _order,
}
"""What each rule's problems say, of what it is about and what the rule's signature is."""


def _about(problem: Problem) -> str:
    rule = problem.family.rule
    if rule in _ARTICLES:
        return f"“{problem.subject}”" if problem.subject is not None else f"{problem.subjects_count} articles"
    if rule in ORDER_RULES:
        return (
            f"Order {problem.subject}" if problem.subject is not None else f"{problem.subjects_count} orders"
        )
    if rule in _CODES:
        # One from before codes were stored masked may still be as it was given, until it is judged again.
        return (
            f"Code {_hidden(problem.subject)}"
            if problem.subject is not None
            else f"{problem.subjects_count} codes"
        )
    if rule == "promise_not_kept":
        named = f"Promise {problem.subject}"
        return named if problem.subject is not None else f"{problem.subjects_count} promises"
    return problem.subject if problem.subject is not None else f"{problem.subjects_count} places"


def _hidden(code: str) -> str:
    return code if masked(code, "") == code else dotted(code)


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


def money_words(problem: Problem | CartsLeft) -> tuple[str, ...]:
    """What it cost customers, each currency by itself; empty where that is not known."""
    return tuple(say(Money(minor, currency)) for currency, minor in problem.money if minor)


def left_words(left: CartsLeft) -> str:
    """What customers left behind after a problem; empty if nobody is known to have left anything."""
    if not left.sessions_count:
        return ""
    carts = many(left.sessions_count, "cart was", "carts were")
    *most, last = money_words(left) or ("",)
    worth = f", worth {', '.join(most)}{' and ' if most else ''}{last}" if last else ""
    return f"{carts} left after it and not ordered within a day{worth}."


def figures(problem: Problem) -> dict[str, object]:
    """What every program is told of a problem, by the same names: whom it met, and when."""
    return {
        "id": problem.id,
        "site": problem.family.site,
        "rule": problem.family.rule,
        "severity": problem.severity,
        "met": met(problem),
        "sessions": problem.sessions_count,
        "exposed": problem.exposed_count,
        "customers": problem.customers_count,
        "not_identified": problem.anonymous_count,
        "first_ms": problem.first_ms,
        "last_ms": problem.last_ms,
    }
