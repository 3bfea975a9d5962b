"""Takes a price text apart: which numbers are money, in which currencies, with which sign and role.

A number beside which something stands that is not understood (a second number, letters without a space) makes
the whole text unusable rather than half read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from replay.model.price_around import Sign, is_per, role_around, sign_of
from replay.model.price_number import cleaned
from replay.model.price_tokens import Token, at, tokens_of, without_remarks
from replay.model.price_words import (
    EACH,
    FREE,
    FREELY,
    LABELS,
    MAGNITUDES,
    MANY,
    MEASURES,
    MULTIPLE,
    SUBUNITS,
    TIMES,
    TO,
    UNSPACED,
    Role,
    role_near,
    role_of,
)

__all__ = ["Amount", "Flaw", "Parts", "parts_of"]

Flaw = Literal[
    "empty",
    "no number",
    "no amount",
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
_PLAIN_COUNT = 2
_SIGNS = frozenset("€$£")
"""They may stand where the decimal mark would."""
_SILENT = frozenset(["mark", *"-+():*.,~≈!|†‡"])
"""What says nothing of the number beside it."""


@dataclass(slots=True)
class Amount:
    """A number that is money."""

    number: str
    is_closed: bool = False
    """A dash stands for its cents: "299,-"."""
    cents: str = ""
    """They follow the currency: "35€99"."""
    is_subunit: bool = False
    """It counts cents: "99¢"."""
    other: str = ""
    """The amount if the space in the number parts two: "iPhone 15 499 €", "$379 500 ml"."""
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
    numbers = [token.text for token in tokens if token.kind == "number"]
    if not numbers:
        return _without_number(tokens)
    if len(tokens) <= _PLAIN_COUNT:
        plain = _plain(tokens, numbers)
        if plain:
            return plain
    if "…" in text or "..." in text:
        return "cut off"
    main = without_remarks(tokens) if "(" in text or "[" in text else tokens
    if main is None:
        return "cut off"
    if all(token.kind != "number" for token in main):
        return "only in a remark"
    return _Reading(main).parts(numbers, tokens)


def _plain(tokens: list[Token], numbers: list[str]) -> Parts | None:
    """What nearly all texts are: a number alone or with one mark. The long way comes to the same."""
    currencies: frozenset[str] | None = None
    amount = Amount("")
    for token in tokens:
        if token.kind == "number":
            amount = Amount(token.text, is_closed=bool(token.tail))
        elif token.kind == "mark" and token.codes:
            currencies = token.codes
        else:
            return None
    return Parts("amounts", [amount], numbers, currencies) if len(numbers) == 1 else None


def _without_number(tokens: list[Token]) -> Parts | Flaw:
    words = [token.key for token in tokens if token.kind == "word"]
    is_free = any(word in FREE for word in words) and all(word in FREE or word in FREELY for word in words)
    if is_free and all(token.kind != "mark" for token in tokens):
        return Parts("free", [], [], role="free")
    return "no number" if tokens else "empty"


class _Reading:
    """The tokens of one text while its amounts are looked for."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.money: list[int] = []
        self.percents: list[int] = []
        self.subunits: set[int] = set()
        self.role: Role | None = None
        self.flaw: Flaw | None = None

    def parts(self, numbers: list[str], everything: list[Token]) -> Parts | Flaw:
        kinds = [token.kind for token in self.tokens]
        if kinds.count("word") > _WORDS_MAX_COUNT:
            return "a sentence"
        if "fraction" in kinds:
            return "not the amount in full"
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
        before, after = at(self.tokens, index - 1), at(self.tokens, index + 1)
        if after.kind == "%" or (before.kind == "%" and before.end == token.start):
            self.percents.append(index)
            return True
        if before.kind == "word" and (before.end == token.start or before.key == "x"):
            if before.key == "x":
                self.role = "count"
            return True
        is_marked = before.kind == "mark"
        if after.kind == "word" or after.text == "¢":
            return self._is_measured(index, token, after, is_marked)
        if is_marked or after.kind == "mark":
            return False
        return self._is_pieces(index) or self._is_hyphened(index)

    def _is_measured(self, index: int, token: Token, unit: Token, is_marked: bool) -> bool:
        """Whether the word after a number makes it something else than money."""
        key = unit.key
        is_glued = unit.start == token.end
        if key in SUBUNITS and token.text.isdigit() and not is_marked and (is_glued or key != "p"):
            self.subunits.add(index)
            unit.kind, unit.codes = "mark", SUBUNITS[key]
            return False
        if not is_marked and key in MEASURES:
            if is_per(self.tokens, index):
                self.role = "per_measure"
            unit.kind = "said"
            return True
        if not is_marked and (key in EACH or key in MULTIPLE or key in TIMES):
            self.role = "installment" if key in TIMES else "count"
            unit.kind = "said"
            return True
        if (key in MAGNITUDES and (is_glued or len(key) > 1)) or key.startswith(MANY):
            self.flaw = "not the amount in full"
        elif is_glued and is_marked and key < UNSPACED:
            self.flaw = "a number beside words"
        return is_glued and not is_marked

    def _is_pieces(self, index: int) -> bool:
        """A bare number times an amount: "2 × $5", "$5 × 2"."""
        is_factor = any(
            at(self.tokens, index + step).kind in ("×", "*")
            and at(self.tokens, index + 2 * step).kind in ("number", "mark")
            for step in (-1, 1)
        )
        if is_factor:
            self.role = "count"
        return is_factor

    def _is_hyphened(self, index: int) -> bool:
        """Part of a word: "3-pack"."""
        number, dash, word = (at(self.tokens, index + step) for step in range(3))
        return (
            dash.kind == "-" and word.kind == "word" and number.end == dash.start and dash.end == word.start
        )

    def _percent(self, numbers: list[str]) -> Parts | Flaw:
        if len(self.percents) != 1:
            return "several amounts" if self.percents else "no amount"
        index = self.percents[0]
        sign = sign_of(self.tokens, index, index, index)
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
        cents = self._cents()
        money = self.money[:1] if cents else self.money
        units = [self._unit(index) for index in money]
        if len(money) == 2 and self._is_range(*units):
            is_told = has_marks or all(self._has_cents(index) for index in money)
            return self._ends(units) if is_told else "a number beside numbers"
        has_bare = any(first == last for first, last in units)
        if has_bare and (len(money) > 1 or self.percents):
            return "a number beside numbers"
        if has_bare and not self._is_bare(money[0]):
            return "a number beside words"
        if not self._is_repeated(units):
            return "several amounts"
        first, last = units[0]
        amount = self._amount(money[0], first, last + bool(cents))
        amount.cents = cents
        amount.other = self._other(money[0], first, last)
        self.role = role_around(self.tokens, first, units[-1][1]) or self.role
        return [amount]

    def _is_repeated(self, units: list[tuple[int, int]]) -> bool:
        """Whether it is one amount, said once or again right after: "$29.99 $29.99"."""
        is_side_by_side = all(units[place][1] + 1 == units[place + 1][0] for place in range(len(units) - 1))
        texts = {(self.tokens[index].text, self.tokens[index].tail) for index in self.money[: len(units)]}
        return is_side_by_side and len(texts) == 1

    def _other(self, index: int, first: int, last: int) -> str:
        text = self.tokens[index].text
        if " " not in text:
            return ""
        if self._is_named(first - 1):
            return text.partition(" ")[2]
        return text.rpartition(" ")[0] if last == index and self._is_named(last + 1) else ""

    def _ends(self, units: list[tuple[int, int]]) -> list[Amount]:
        (low, until), (since, high) = units
        self.role = role_around(self.tokens, low, high) or self.role
        return [
            self._amount(self.money[0], low, until, ends=False),
            self._amount(self.money[1], since, high, begins=False),
        ]

    def _cents(self) -> str:
        """The two digits after a sign that stands between digits: "35€99"."""
        if len(self.money) != 2 or self.money[1] != self.money[0] + 2:
            return ""
        whole, mark, cents = self.tokens[self.money[0] : self.money[1] + 1]
        is_glued = whole.end == mark.start and mark.end == cents.start and mark.text in _SIGNS
        is_cents = len(cents.text) == 2 and cents.text.isdigit() and not whole.tail
        outside = (at(self.tokens, self.money[0] - 1).kind, at(self.tokens, self.money[1] + 1).kind)
        return cents.text if is_glued and is_cents and "mark" not in outside else ""

    def _unit(self, index: int) -> tuple[int, int]:
        """The first and last token of a number with its marks, which stand on one side of all numbers."""
        first = last = index
        is_inner = at(self.tokens, first - 1).kind in ("-", "+") and at(self.tokens, first - 2).kind == "mark"
        if is_inner and not self._ends_another(first - 2):
            first -= 2
        while at(self.tokens, first - 1).kind == "mark" and not self._ends_another(first - 1):
            first -= 1
        while self._is_mark_of(last + 1, is_led=first < index):
            last += 1
        if (
            last == index
            and at(self.tokens, last + 1).kind == "-"
            and self._is_mark_of(last + 2, is_led=True)
        ):
            last += 2
        return first, last

    def _is_mark_of(self, mark: int, *, is_led: bool) -> bool:
        """Whether a mark after a number is its own: where another leads it, not if a number follows."""
        is_next = is_led and at(self.tokens, mark + 1).kind == "number"
        return at(self.tokens, mark).kind == "mark" and not is_next

    def _ends_another(self, mark: int) -> bool:
        """Whether a mark belongs to the number before it."""
        return (
            at(self.tokens, mark - 1).kind == "number" and at(self.tokens, self.money[0] - 1).kind != "mark"
        )

    def _is_range(self, low: tuple[int, int], high: tuple[int, int]) -> bool:
        if high[0] - low[1] != 2:
            return False
        left, between, right = self.tokens[low[1] : high[0] + 1]
        word = between.key if between.kind == "word" else between.kind
        is_even = (left.end == between.start) == (between.end == right.start)
        if word not in TO or not is_even:
            return False
        between.kind = "said" if between.kind == "word" else between.kind
        return True

    def _is_named(self, before: int) -> bool:
        """Whether a word that says nothing of prices stands there: it may have a number of its own."""
        token = at(self.tokens, before)
        is_of_prices = token.key in LABELS or role_of(token.key) or role_near(token.key)
        return token.kind in ("word", "said") and not is_of_prices

    def _has_cents(self, index: int) -> bool:
        return not self.tokens[index].text.isdigit() or bool(self.tokens[index].tail)

    def _is_bare(self, index: int) -> bool:
        """Whether a number without a mark stands alone, or as an amount after its label."""
        around = [token for token in self.tokens if token.kind not in _SILENT]
        is_first = around[0] is self.tokens[index] or at(self.tokens, index - 1).kind == ":"
        return around[-1] is self.tokens[index] and (is_first or self._has_cents(index))

    def _amount(self, index: int, first: int, last: int, *, begins: bool = True, ends: bool = True) -> Amount:
        token = self.tokens[index]
        sign = sign_of(self.tokens, index, first, last, begins=begins, ends=ends)
        return Amount(token.text, bool(token.tail), is_subunit=index in self.subunits, sign=sign)
