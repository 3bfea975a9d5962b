"""The parts that a cart shows do not make the total that it shows.

Shops add up in different ways: prices with tax or without, a discount taken off the lines or below them, a
subtotal that holds shipping. Only where no way of adding gives the total is that said; where the total is
right but for a discount that is shown, it may be in the lines already, and nothing can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from replay.detect.evidence import Findings, cannot_tell, evidence
from replay.detect.reasons import pieces
from replay.detect.rows import kind_of
from replay.detect.seen import Seen
from replay.detect.shown import Price, Reader, factor, say
from replay.detect.surfaces import CARTS, NAMES, Standing
from replay.model.cart import Amount, CartState, Line, Total
from replay.model.finding import Finding, Judgement, Severity
from replay.model.money import tolerance
from replay.model.timeline import Entry

__all__ = ["TotalsDontAddUp"]

RULE = "totals_dont_add_up"
VERSION = 2
REST_MS = 2_000
"""How long a cart must stand as it is: parts of it may come later than others."""
_UNKNOWN_MAX_COUNT = 3
"""Rows of unknown meaning with which ways of adding are still tried."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """The parts of one cart, in units of ``total``."""

    total: Price
    bases: tuple[int, ...]
    """What the goods may cost: the row that says so, the lines added up."""
    off: int
    optional: tuple[int, ...]
    unknown: tuple[int, ...]
    tolerance: int

    def ways(self, *, with_discount: bool) -> Iterator[int]:
        """Every way to add up."""
        choices = [(0, each) for each in self.optional] + [(0, each, -each) for each in self.unknown]
        for base in self.bases:
            for chosen in product(*choices):
                yield base - (self.off if with_discount else 0) + sum(chosen)

    def holds(self, *, with_discount: bool) -> bool:
        return any(
            abs(way - self.total.minor) <= self.tolerance for way in self.ways(with_discount=with_discount)
        )

    @property
    def plain(self) -> int:
        """As a customer would add it."""
        return self.bases[0] - self.off + sum(self.optional) + sum(self.unknown)


@dataclass(slots=True)
class _Parts:
    """The rows of one cart by what they are; ``open``: those that hold no amount yet."""

    goods: list[int] = field(default_factory=list)
    off: int = 0
    optional: list[int] = field(default_factory=list)
    """Tax and shipping, which may be in the other amounts already."""
    unknown: list[int] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    decimals: list[int] = field(default_factory=list)

    def put(self, row: Total, total: Price, reader: Reader) -> str | None:
        """Take a row; why nothing can be added up with it, if so."""
        kind = kind_of(row)
        if kind == "discount":
            off = reader.minor_off(row.amount)
            if off is None:
                return f"{_name(row)} was not an amount"
            self.off += off
            return None
        part = reader.price(row.amount, is_part=True)
        if isinstance(part, str):
            self.open.append(_name(row))
            return None
        if part.minor and part.unit != total.unit:
            return "the amounts are of different currencies"
        if part.minor:
            self.decimals.append(part.decimals)
        if kind == "goods":
            self.goods.append(part.minor)
        elif kind in ("tax", "shipping"):
            self.optional.append(part.minor)
        else:
            self.unknown.append(part.minor)
        return None


class TotalsDontAddUp:
    """The rule over one session."""

    READS = CARTS

    def __init__(self, seen: Seen) -> None:
        self._reader = seen.reader
        self._surfaces = seen.surfaces
        self._findings = Findings()

    def observe(self, entry: Entry) -> None:
        for gone in self._surfaces.gone:
            if gone.until - gone.since >= REST_MS:
                self._decide(gone, self._findings)

    def judge(self, now_ms: float) -> Judgement:
        findings = self._findings.copy()
        wakes: list[float] = []
        for standing in self._surfaces.standing(now_ms):
            if now_ms - standing.since >= REST_MS:
                self._decide(standing, findings)
            else:
                wakes.append(standing.since + REST_MS)
        return Judgement(findings=findings.all(), wake_ms=min(wakes, default=None))

    def _decide(self, standing: Standing, findings: Findings) -> None:
        state = standing.state
        if state.surface == "mini" or not state.lines:
            return None
        total = next((row for row in state.totals if kind_of(row) == "total"), None)
        if total is None:
            return None
        at = standing.since + REST_MS
        shown = (evidence(_role(state), standing.load, standing.t, total.amount),)
        added = self._add(state, total)
        if isinstance(added, str):
            said = f"Whether the total of {NAMES[state.surface]} is right cannot be told: {added}."
            return findings.take(cannot_tell(RULE, VERSION, state.surface, said, shown, at))
        finding = Finding(
            rule=RULE,
            version=VERSION,
            subject=state.surface,
            signature="adds up",
            outcome="pass",
            severity="info",
            said=f"The parts that {NAMES[state.surface]} showed make its total, {added.total.raw}.",
            shown=shown,
            decided_ms=at,
        )
        if added.holds(with_discount=True):
            return findings.take(finding)
        if added.off and added.holds(with_discount=False):
            said = (
                f"Whether the total of {NAMES[state.surface]} is right cannot be told: "
                "it is, if the discount was in the other amounts already."
            )
            return findings.take(cannot_tell(RULE, VERSION, state.surface, said, shown, at))
        return findings.take(_wrong(finding, state, total, added))

    def _add(self, state: CartState, total: Total) -> _Sum | str:
        """The parts as numbers, or why they are not."""
        price = self._reader.price(total.amount, "the total")
        if isinstance(price, str):
            return price
        parts = _Parts()
        for row in state.totals:
            if row is not total and (why := parts.put(row, price, self._reader)) is not None:
                return why
        lines = self._lines(state, price)
        bases = (*parts.goods, *([lines] if lines is not None else []))
        if not bases:
            return "what the goods cost was not shown"
        if len(parts.goods) > 1 or len(parts.unknown) > _UNKNOWN_MAX_COUNT:
            return "there are rows of unknown meaning"
        currency = price.unit if price.is_currency else "USD"
        roundings = len(state.lines or ()) + len(parts.optional)
        limit = tolerance(currency, [price.decimals, *parts.decimals], roundings=roundings)
        added = _Sum(price, bases, parts.off, tuple(parts.optional), tuple(parts.unknown), limit)
        if parts.open and not added.holds(with_discount=True):
            return f"{' and '.join(parts.open)} was not known yet"
        if factor(price, replace(price, minor=added.plain)):
            return "it differs by a round factor, which is rather a fault of reading"
        return added

    def _lines(self, state: CartState, like: Price) -> int | None:
        """The lines added up, None where one of them cannot be read or more were there than are known."""
        lines = [_of_line(line, self._reader, like) for line in state.lines or ()]
        known = [each for each in lines if each is not None]
        return sum(known) if len(known) == len(lines) and not state.lines_cut else None


def _of_line(line: Line, reader: Reader, like: Price) -> int | None:
    count = pieces(line)
    price = reader.price(line.total or line.unit)
    if not isinstance(price, Price) or (price.minor and price.unit != like.unit):
        return None
    if line.total is not None:
        return price.minor
    return None if count is None else round(price.minor * count)


def _wrong(finding: Finding, state: CartState, total: Total, added: _Sum) -> Finding:
    rows = [row for row in state.totals if row is not total]
    parts = [f"{_name(row)} {_raw(row.amount)}" for row in rows]
    if not any(kind_of(row) == "goods" for row in rows):
        parts.insert(0, f"lines of {say(added.bases[0], added.total)}")
    gap = added.total.minor - added.plain
    severity: Severity = "high" if state.surface == "summary" else "medium"
    there, made = NAMES[state.surface].capitalize(), say(added.plain, added.total)
    return replace(
        finding,
        signature=f"{state.surface}: total {'above' if gap > 0 else 'below'} its parts",
        outcome="fail",
        severity=severity if gap > 0 else "low",
        said=f"{there} showed {', '.join(parts)}. They make {made}; the total said {added.total.raw}.",
        minor=gap if added.total.is_currency else None,
        currency=added.total.unit if added.total.is_currency else None,
    )


def _name(row: Total) -> str:
    return row.label.raw if row.label else row.key


def _raw(amount: Amount | None) -> str:
    return amount.raw if amount and amount.raw else ""


def _role(state: CartState) -> str:
    return "checkout" if state.surface == "summary" else "cart"
