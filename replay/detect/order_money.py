"""What was paid for an order and what came back, as payment systems say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from replay.detect.office import Order
from replay.model.money import Money, tolerance
from replay.model.server_event import ServerEvent, ServerLine

__all__ = ["Paid", "article_of", "basket_of", "paid_for", "returned_lines", "total_of"]


@dataclass(frozen=True, slots=True)
class Paid:
    """``captured`` and ``refunded`` by the events that say so; the amounts are in one currency."""

    captured: tuple[ServerEvent, ...]
    refunded: tuple[ServerEvent, ...]
    taken: Money
    returned: Money

    def lacks(self, due: Money) -> Money | None:
        """What of ``due`` was taken and has not come back; None if nothing that is worth a word."""
        rest = min(due.minor, self.taken.minor) - self.returned.minor
        return Money(rest, due.currency) if rest > tolerance(due.currency) else None


def paid_for(order: Order) -> Paid | str | None:
    """What was paid, None if nothing was captured, or why that cannot be told."""
    captured, refunded = order.of("payment.captured"), order.of("payment.refunded")
    if not captured:
        return None
    currencies = {one.currency for one in (*captured, *refunded)}
    currency = captured[0].currency
    if len(currencies) != 1 or currency is None:
        return "its payments are in several currencies"
    whole = [one.minor for one in order.of("order.created") if one.currency == currency]
    return Paid(
        captured,
        refunded,
        Money(_amount(captured, whole), currency),
        Money(_amount(refunded, [_amount(captured, whole)]), currency),
    )


def _amount(events: Sequence[ServerEvent], whole: Sequence[int | None]) -> int:
    """Two systems may tell of the same payment, or of two parts of one: it is parts where they make up the
    whole."""
    by_system: dict[str, int] = {}
    for one in events:
        by_system[one.system] = by_system.get(one.system, 0) + (one.minor or 0)
    together = sum(by_system.values())
    return together if together in whole else max(by_system.values(), default=0)


def article_of(line: ServerLine) -> str | None:
    """What the line is about, None where it does not say."""
    return line.sku or line.name


def basket_of(event: ServerEvent) -> list[tuple[str, str]] | None:
    """What is in it, and how many of each, in an order that compares; None where a line does not say what or
    how many it is, there is none, or not all of them were told."""
    if event.lines_count is not None:
        return None
    said = [(article_of(line), line.quantity) for line in event.lines or ()]
    known = sorted((what, quantity) for what, quantity in said if what is not None and quantity is not None)
    return known if known and len(known) == len(said) else None


def total_of(lines: Sequence[ServerLine]) -> int | None:
    """What the lines come to, None where one does not say."""
    amounts = [line.minor for line in lines if line.minor is not None]
    return sum(amounts) if len(amounts) == len(lines) and amounts else None


def returned_lines(events: Sequence[ServerEvent]) -> tuple[ServerLine, ...] | None:
    """The lines that came back, None where an event does not say which."""
    lines: list[ServerLine] = []
    for one in events:
        if not one.lines or one.lines_count is not None:
            return None
        lines += one.lines
    return tuple(lines)
