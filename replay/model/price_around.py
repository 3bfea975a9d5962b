"""What stands around an amount: its sign, and the words that make it something else than a price.

A dash that may as well part words ("Shipping - $20.00") is no minus, and not none either.
"""

from __future__ import annotations

import re
from typing import Literal

from replay.model.price_tokens import BLANK, Token, at
from replay.model.price_words import EACH, FREE, MEASURES, PER, TIMES, Role, role_near, role_of

__all__ = ["Sign", "is_per", "role_around", "sign_of"]

Sign = Literal["", "-", "?"]
"""``?``: a dash or a bracket that may as well part words."""

_CENTS = re.compile(r"[.,٫]\d\d?$")


def sign_of(
    tokens: list[Token], number: int, first: int, last: int, *, begins: bool = True, ends: bool = True
) -> Sign:
    """The sign of the number whose marks reach from token ``first`` to ``last``.

    ``begins`` and ``ends`` are false where the dash beside it belongs to a range.
    """
    inner, before, after = at(tokens, number - 1), at(tokens, first - 1), at(tokens, last + 1)
    # "¥1,299-" and "1 299-" are whole amounts, whose dash stands for no cents as often as for a minus.
    has_cents = _CENTS.search(tokens[number].text) is not None
    if first < number and inner.kind == "-":
        is_near = inner.end == tokens[number].start or at(tokens, number - 2).end == inner.start
        return "-" if is_near else "?"
    if begins and before.kind == "-":
        outer = at(tokens, first - 2)
        is_near = before.end == tokens[first].start and outer.end < before.start
        return "-" if is_near or outer is BLANK or outer.kind in ("(", ":", "|") else "?"
    if before.kind == "(" and after.kind == ")":
        # "(12,50 лв.)" is as often the same price in another currency as an amount in an account.
        is_led = first < number or (first == last and has_cents)
        is_all = first == 1 and last == len(tokens) - 2 and is_led
        return "-" if is_all or at(tokens, first - 2).kind == "-" else "?"
    trailing = at(tokens, number + 1)
    if last > number and trailing.kind == "-":
        return "-" if has_cents and trailing.start == tokens[number].end else "?"
    if ends and after.kind == "-" and last + 2 == len(tokens):
        return "-" if has_cents and after.start == tokens[last].end else "?"
    return ""


def is_per(tokens: list[Token], index: int) -> bool:
    """Whether a measure is what the amount is for: "/ 100 g", "je kg"."""
    before = at(tokens, index - 1)
    return before.kind == "/" or before.key in PER


def role_around(tokens: list[Token], first: int, last: int) -> Role | None:
    """What the words around an amount make of it; marks those that say so as understood."""
    before, after = at(tokens, first - 1), at(tokens, last + 1)
    if before.kind == ":":
        before = at(tokens, first - 2)
    if after.kind == "-":
        after = at(tokens, last + 2)
    found = _by_sign(before, after, tokens[last]) or _after_slash(tokens, last + 1)
    for token in (before, after):
        near = role_near(token.key) if token.kind == "word" else None
        if near:
            token.kind = "said"
            found = found or near
    for index, token in enumerate(tokens):
        if token.kind == "word":
            role = _role_of(tokens, index, token)
            if role:
                token.kind = "said"
                found = found or role
    return found


def _role_of(tokens: list[Token], index: int, token: Token) -> Role | None:
    """Letters alone ("m", "L") are a measure only after "per": they may be a size."""
    if token.key in MEASURES and (len(token.key) > 1 or is_per(tokens, index)):
        return "per_measure"
    if token.key in TIMES and is_per(tokens, index):
        return "installment"
    return "threshold" if token.key in FREE else role_of(token.key)


def _by_sign(before: Token, after: Token, end: Token) -> Role | None:
    if before.kind in ("~", "≈"):
        return "about"
    if before.kind == "+":
        return "extra"
    if before.kind == "=" or after.kind == "=":
        return "per_measure"
    if before.kind in ("<", "≤", "≥", ">"):
        return "threshold"
    is_more = after.kind == "~" or (after.kind == "+" and after.start == end.end)
    return "from" if is_more else None


def _after_slash(tokens: list[Token], slash: int) -> Role | None:
    unit = at(tokens, slash + 1)
    if at(tokens, slash).kind != "/" or unit.kind != "word":
        return None
    unit.kind = "said"
    if unit.key in TIMES:
        return "installment"
    return None if unit.key in EACH else "per_measure"
