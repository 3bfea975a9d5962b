"""Takes a price text apart: which numbers are money, in which currencies, with which sign and role.

A number beside which something stands that is not understood (a second number, letters without a space) makes
the whole text unusable rather than half read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from replay.model.price_number import cleaned
from replay.model.price_tokens import BLANK, Token, tokens_of, without_remarks
from replay.model.price_words import (
    EACH,
    FREE,
    FREELY,
    MAGNITUDES,
    MANY,
    MEASURES,
    MULTIPLE,
    PER,
    SUBUNITS,
    TIMES,
    Role,
    role_near,
    role_of,
)

__all__ = ["Amount", "Flaw", "Parts", "parts_of"]

Flaw = Literal[
    "empty",
    "no number",
    "a sentence",
    "cut off",
    "several amounts",
    "several currencies",
    "no currency of ISO 4217",
    "a number beside words",
    "a number beside numbers",
    "not the amount in full",
    "only in a remark",
    "not a number",
    "more decimals than the currency has",
]
"""Why a text holds no single amount."""

RAW_MAX_CHARS = 160
"""A text this long was cut where it was read, and an amount with it perhaps."""
_WORDS_MAX_COUNT = 8
_TO = frozenset(
    [
        "-",
        "~",
        "to",
        "bis",
        "à",
        "a",
        "al",
        "hasta",
        "tot",
        "do",
        "до",
        "til",
        "till",
        "até",
        "から",
        "至",
        "到",
    ]
)
"""Between the two ends of a range."""

Sign = Literal["", "-", "?"]
"""``?``: a dash that may as well part words."""


@dataclass(slots=True)
class Amount:
    """A number that is money."""

    number: str
    closed: bool = False
    """A dash stands for its cents: "299,-"."""
    cents: str = ""
    """They follow the currency: "35€99"."""
    is_subunit: bool = False
    """It counts cents: "99¢"."""
    sign: Sign = ""


@dataclass(slots=True)
class Parts:
    """A text taken apart. Two amounts are the ends of a range."""

    kind: Literal["amounts", "percent", "free"]
    amounts: list[Amount]
    numbers: list[str]
    """All numbers of the text, also those that are no money."""
    currencies: frozenset[str] | None = None
    """Those that all the marks in the text can mean; None if it has none."""
    role: Role | None = None
    beside: str = ""


def parts_of(raw: str) -> Parts | Flaw:
    """Take ``raw`` apart, or say why it cannot be used."""
    if len(raw) >= RAW_MAX_CHARS:
        return "a sentence"
    text = cleaned(raw)
    tokens = tokens_of(text)
    if not tokens:
        return "empty"
    numbers = [token.text for token in tokens if token.kind == "number"]
    if not numbers:
        return _without_number(tokens)
    if "…" in text or "..." in text:
        return "cut off"
    main = without_remarks(tokens) if "(" in text or "[" in text else tokens
    if main is None:
        return "cut off"
    if all(token.kind != "number" for token in main):
        return "only in a remark"
    return _Reading(main).parts(numbers, tokens)


def _without_number(tokens: list[Token]) -> Parts | Flaw:
    words = [token.key for token in tokens if token.kind == "word"]
    is_free = any(word in FREE for word in words) and all(word in FREE or word in FREELY for word in words)
    if not is_free or any(token.kind == "mark" for token in tokens):
        return "no number"
    return Parts("free", [], [], role="free")


class _Reading:
    """The tokens of one text while its amounts are looked for."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.money: list[int] = []
        self.percents: list[int] = []
        self.subunits: set[int] = set()
        self.role: Role | None = None
        self.flaw: Flaw | None = None

    def at(self, index: int) -> Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else BLANK

    def parts(self, numbers: list[str], everything: list[Token]) -> Parts | Flaw:
        if sum(token.kind == "word" for token in self.tokens) > _WORDS_MAX_COUNT:
            return "a sentence"
        for index, token in enumerate(self.tokens):
            if token.kind == "number" and not self._is_aside(index, token):
                self.money.append(index)
        if self.flaw:
            return self.flaw
        if not self.money:
            return self._percent(numbers)
        currencies = self._currencies()
        if isinstance(currencies, str):
            return currencies
        amounts = self._amounts(currencies is not None)
        if isinstance(amounts, str):
            return amounts
        beside = " ".join(token.text for token in everything if token.kind == "word")
        return Parts("amounts", amounts, numbers, currencies, self.role, beside)

    # Numbers that are no money.

    def _is_aside(self, index: int, token: Token) -> bool:
        before, after = self.at(index - 1), self.at(index + 1)
        if after.kind == "%" or (before.kind == "%" and before.end == token.start):
            self.percents.append(index)
            return True
        is_marked = before.kind == "mark"
        if before.kind == "word" and (before.end == token.start or before.key == "x") and not is_marked:
            if before.key == "x":
                self.role = "count"
            return True
        if after.kind == "word" or after.text == "¢":
            return self._is_measured(index, token, after, is_marked)
        if is_marked or after.kind == "mark":
            return False
        if after.kind in "×*" and self.at(index + 2).kind in ("number", "mark"):
            self.role = "count"
            return True
        if before.kind in "×*" and self.at(index - 2).kind in ("number", "mark"):
            self.role = "count"
            return True
        further = self.at(index + 2)
        return (
            after.kind == "-"
            and after.start == token.end
            and further.kind == "word"
            and further.start == after.end
        )

    def _is_measured(self, index: int, token: Token, unit: Token, is_marked: bool) -> bool:
        """Whether the word after a number makes it something else than money."""
        key = unit.key
        is_glued = unit.start == token.end
        if key in SUBUNITS and token.text.isdigit() and not is_marked and (is_glued or len(key) > 1):
            self.subunits.add(index)
            unit.kind, unit.codes = "mark", SUBUNITS[key]
            return False
        if not is_marked:
            role: Role | None = None
            if key in MEASURES:
                role = "per_measure" if self._is_per(index) else self.role
            elif key in EACH or key in MULTIPLE:
                role = "count"
            elif key in TIMES:
                role = "installment"
            if role or key in MEASURES:
                self.role = role
                unit.kind = "said"
                return True
        if (key in MAGNITUDES and (is_glued or len(key) > 1)) or key[0] in MANY:
            self.flaw = "not the amount in full"
        elif is_glued and is_marked:
            self.flaw = "a number beside words"
        return is_glued

    def _is_per(self, index: int) -> bool:
        before = self.at(index - 1)
        return before.kind == "/" or before.key in PER

    def _percent(self, numbers: list[str]) -> Parts | Flaw:
        if len(self.percents) != 1:
            return "several amounts" if self.percents else "no number"
        index = self.percents[0]
        sign = self._sign(index, index, index)
        return Parts("percent", [Amount(self.tokens[index].text, sign=sign)], numbers)

    # Money.

    def _currencies(self) -> frozenset[str] | Flaw | None:
        currencies: frozenset[str] | None = None
        for token in self.tokens:
            if token.kind == "mark" and token.codes is not None:
                if not token.codes:
                    return "no currency of ISO 4217"
                currencies = token.codes if currencies is None else currencies & token.codes
        return "several currencies" if currencies is not None and not currencies else currencies

    def _amounts(self, has_marks: bool) -> list[Amount] | Flaw:
        money = self.money
        cents = self._cents()
        if cents:
            money = money[:1]
        units = [self._unit(index) for index in money]
        if len(money) == 2 and self._is_range(units):
            (first, start), (last, end) = units
            is_told = has_marks or all(
                "." in self.tokens[i].text or "," in self.tokens[i].text for i in money
            )
            if not is_told:
                return "a number beside numbers"
            self._find_role(first, end)
            return [
                self._amount(money[0], first, start, end=False),
                self._amount(money[1], last, end, begin=False),
            ]
        if has_marks and any(first == last for first, last in units) and len(money) > 1:
            return "a number beside numbers"
        if len({(self.tokens[i].text, self.tokens[i].tail) for i in money}) > 1:
            return "several amounts"
        first, last = units[0]
        if not has_marks and not self._is_bare(money[0]):
            return "a number beside words"
        amount = self._amount(money[0], first, last + bool(cents))
        amount.cents = cents
        self._find_role(first, units[-1][1])
        return [amount]

    def _cents(self) -> str:
        """The two digits after a sign that stands between digits: "35€99"."""
        if len(self.money) != 2 or self.money[1] != self.money[0] + 2:
            return ""
        whole, mark, cents = self.tokens[self.money[0] : self.money[1] + 1]
        is_glued = whole.end == mark.start and mark.end == cents.start and len(mark.text) == 1
        is_cents = len(cents.text) == 2 and cents.text.isdigit() and not whole.tail
        has_other = self.at(self.money[0] - 1).kind == "mark" or self.at(self.money[1] + 1).kind == "mark"
        return cents.text if is_glued and is_cents and mark.kind == "mark" and not has_other else ""

    def _unit(self, index: int) -> tuple[int, int]:
        """The first and last token of a number with its marks."""
        first = last = index
        is_inner = self.at(first - 1).kind in "-+" and self.at(first - 2).kind == "mark"
        if is_inner and not self._is_after_amount(first - 2):
            first -= 2
        while self.at(first - 1).kind == "mark" and not self._is_after_amount(first - 1):
            first -= 1
        while self.at(last + 1).kind == "mark" and not self._is_before_amount(last + 1, first < index):
            last += 1
        return first, last

    def _is_after_amount(self, mark: int) -> bool:
        """Whether a mark belongs to the number before it: marks stand on the same side throughout."""
        return self.at(mark - 1).kind == "number" and self.tokens[self.money[0] - 1].kind != "mark"

    def _is_before_amount(self, mark: int, is_led: bool) -> bool:
        return is_led and self.at(mark + 1).kind == "number"

    def _is_range(self, units: list[tuple[int, int]]) -> bool:
        (_, end), (start, _) = units
        if start - end != 2:
            return False
        left, between, right = self.tokens[end], self.tokens[end + 1], self.tokens[start]
        word = between.key if between.kind == "word" else between.kind
        is_even = (left.end == between.start) == (between.end == right.start)
        if word in _TO and is_even:
            between.kind = "said"
            return True
        return False

    def _is_bare(self, index: int) -> bool:
        """Whether a number without a mark stands alone, or after a label that ends in a colon."""
        token, before = self.tokens[index], self.at(index - 1)
        words = [at for at, each in enumerate(self.tokens) if each.kind == "word"]
        if not words:
            return True
        has_decimals = "." in token.text or "," in token.text or bool(token.tail)
        return words[-1] < index and (has_decimals or before.kind == ":")

    def _amount(self, index: int, first: int, last: int, *, begin: bool = True, end: bool = True) -> Amount:
        token = self.tokens[index]
        amount = Amount(token.text, bool(token.tail), is_subunit=index in self.subunits)
        amount.sign = self._sign(index, first, last, begin=begin, end=end)
        return amount

    def _sign(self, index: int, first: int, last: int, *, begin: bool = True, end: bool = True) -> Sign:
        inner = self.at(index - 1)
        if first < index and inner.kind == "-":
            is_near = inner.end == self.tokens[index].start or self.at(index - 2).end == inner.start
            return "-" if is_near else "?"
        before, after = self.at(first - 1), self.at(last + 1)
        if begin and before.kind == "-":
            outer = self.at(first - 2)
            if outer is BLANK or outer.kind in ("(", ":", "|"):
                return "-"
            is_near = before.end == self.tokens[first].start and outer.end < before.start
            return "-" if is_near else "?"
        if before.kind == "(" and after.kind == ")":
            is_all = first == 1 and last == len(self.tokens) - 2
            is_money = first < last or not self.tokens[index].text.isdigit()
            return "-" if (is_all and is_money) or self.at(first - 2).kind == "-" else "?"
        if end and after.kind == "-" and last + 2 == len(self.tokens):
            is_near = after.start == self.tokens[last].end and not self.tokens[index].text.isdigit()
            return "-" if is_near else "?"
        return ""

    # Roles.

    def _find_role(self, first: int, last: int) -> None:
        before, after = self.at(first - 1), self.at(last + 1)
        if before.kind == ":":
            before = self.at(first - 2)
        found: Role | None = self._by_sign(before, after, self.tokens[last]) or self._after_slash(last + 1)
        for token in (before, after):
            near = role_near(token.key) if token.kind == "word" else None
            if near:
                token.kind = "said"
                found = found or near
        for index, token in enumerate(self.tokens):
            if token.kind != "word":
                continue
            role = role_of(token.key)
            if token.key in MEASURES and token.text.islower() and (len(token.key) > 1 or self._is_per(index)):
                role = "per_measure"
            elif token.key in TIMES and self._is_per(index):
                role = "installment"
            elif token.key in FREE:
                role = "threshold"
            if role:
                token.kind = "said"
                found = found or role
        self.role = self.role or found

    @staticmethod
    def _by_sign(before: Token, after: Token, end: Token) -> Role | None:
        if before.kind in ("~", "≈"):
            return "about"
        if before.kind in ("<", "≤", "≥", ">"):
            return "threshold"
        is_more = after.kind == "~" or (after.kind == "+" and after.start == end.end)
        return "from" if is_more else None

    def _after_slash(self, slash: int) -> Role | None:
        if self.at(slash).kind != "/":
            return None
        unit = self.at(slash + 1)
        if unit.kind != "word":
            return None
        unit.kind = "said"
        if unit.key in TIMES:
            return "installment"
        return None if unit.key in EACH else "per_measure"
