"""Rules over what a shop's own systems say: conflicts with graces and guards, duplicates, store prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from replay.detect.duplicate_order import DuplicateOrder
from replay.detect.fold import Fold, Rule
from replay.detect.order_state_conflict import OrderStateConflict
from replay.detect.store_price import StorePrice
from replay.model.events import OrderPlaced
from replay.model.finding import Finding, Judgement
from replay.model.server_event import Concerning, Party, Relation, ServerEvent, ServerLine
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, USD, at, price

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
LAPTOP = ServerLine(sku="HP-15", name="HP 15 laptop", quantity="1", minor=49_900)
MOUSE = ServerLine(sku="MO-1", quantity="2", minor=4_000)
NUMBERS = count()


def says(
    seconds: float,
    kind: str,
    *,
    system: str = "",
    order: str = "1001",
    status: str | None = None,
    minor: int | None = None,
    lines: Sequence[ServerLine] | None = None,
    by: Relation = "customer",
    currency: str = "USD",
    customer: str | None = None,
    **fields: object,
) -> Concerning:
    ms = round(START_MS + seconds * 1_000)
    event = ServerEvent(
        id=str(next(NUMBERS)),
        kind=kind,  # type: ignore[arg-type]
        system=system
        or {"order": "shop", "payment": "bank", "return": "warehouse"}.get(
            kind.split(".", maxsplit=1)[0], "mailer"
        ),
        occurred_ms=ms,
        order=order or None,
        status_raw=status,
        minor=minor,
        currency=currency if minor is not None or lines else None,
        lines=None if lines is None else tuple(lines),
        customer=None if customer is None else Party(email=customer),
        **fields,  # type: ignore[arg-type]
    )
    return Concerning(event=event, received_ms=ms, by=by)


def judgement(
    rule: Rule,
    told: Sequence[Concerning],
    *,
    facts: Sequence[Entry] = (),
    now: float = 30 * DAY_S,
    orders_since_ms: int | None = None,
) -> Judgement:
    fold = Fold(USD, [rule])
    fold.observe(facts)
    ordered = sorted(told, key=lambda one: one.event.occurred_ms)
    fold.hear(ordered, orders_since_ms)
    found = fold.judge(START_MS + now * 1_000)
    assert not fold.failures
    assert fold.judge(START_MS + now * 1_000) == found
    return found


def conflicts(*told: Concerning, now: float = 30 * DAY_S) -> list[tuple[str, str]]:
    found = judgement(OrderStateConflict, told, now=now).findings
    return [(one.outcome, one.signature.split(" | ")[0]) for one in found]


CREATED = says(0, "order.created", minor=49_900, lines=[LAPTOP])
CAPTURED = says(60, "payment.captured", minor=49_900)
CANCELLED = says(HOUR_S, "order.cancelled", status="refunded")
REFUNDED = says(2 * HOUR_S, "payment.refunded", minor=49_900)
DELIVERED = says(3 * HOUR_S, "order.delivered", system="warehouse")
RETURNED = says(5 * DAY_S, "return.received", lines=[LAPTOP])


def test_cancelled_and_refunded_in_one_system_only_is_said_with_what_the_customer_lacks() -> None:
    told = [CREATED, CAPTURED, CANCELLED, DELIVERED]
    early = judgement(OrderStateConflict, told, now=3 * HOUR_S + 1)
    assert early.findings == ()
    assert early.wake_ms == START_MS + 4 * HOUR_S * 1_000
    later = judgement(OrderStateConflict, told, now=5 * HOUR_S)
    assert [one.signature for one in later.findings] == [
        "cancelled_but_shipped | shop>warehouse | cancelled>delivered"
    ]
    assert later.wake_ms == START_MS + (DAY_S + HOUR_S) * 1_000
    goods, money = sorted(judgement(OrderStateConflict, told).findings, key=lambda one: one.signature)
    assert goods.said == (
        "Order 1001: shop says cancelled since 18 November 2026, 12:06 UTC; warehouse says delivered on "
        "18 November 2026, 14:06 UTC."
    )
    assert money.said == (
        "Order 1001: shop says cancelled and refunded since 18 November 2026, 12:06 UTC; bank says 499.00 "
        "USD captured on 18 November 2026, 11:07 UTC. 499.00 USD has not been returned."
    )
    assert (money.severity, money.minor, money.currency) == ("high", 49_900, "USD")
    assert money.signature == "cancelled_not_refunded | shop>bank | cancelled and refunded>captured"


NOTHING: list[tuple[str, str]] = []
AGREE = [("pass", "agree")]
UNTOLD = [("cannot_tell", "cannot tell")]


def fails(kind: str) -> list[tuple[str, str]]:
    return [("fail", kind)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # Money.
        ([CREATED, CAPTURED, CANCELLED, REFUNDED], AGREE),
        ([CANCELLED, REFUNDED, CAPTURED, CREATED], AGREE),
        ([CREATED, CAPTURED], AGREE),
        ([CREATED], NOTHING),
        ([CREATED, CANCELLED, says(60, "payment.authorized", minor=49_900)], AGREE),
        ([CREATED, CANCELLED], UNTOLD),
        ([CREATED, CAPTURED, CANCELLED, says(2 * HOUR_S, "payment.refunded", minor=49_899)], AGREE),
        (
            [CREATED, CAPTURED, CANCELLED, says(2 * HOUR_S, "payment.refunded", minor=40_000)],
            fails("cancelled_not_refunded"),
        ),
        ([CREATED, CAPTURED, CANCELLED, says(9, "payment.refunded", minor=1, currency="EUR")], UNTOLD),
        # Taken back: open again.
        ([CREATED, CAPTURED, CANCELLED, says(DAY_S, "order.updated", status="processing")], AGREE),
        # Two systems tell of one payment.
        (
            [
                CREATED,
                CAPTURED,
                says(61, "payment.captured", system="erp", minor=49_900),
                CANCELLED,
                REFUNDED,
            ],
            AGREE,
        ),
        # Only the mouse was cancelled, and refunded.
        (
            [
                says(0, "order.created", minor=53_900, lines=[LAPTOP, MOUSE]),
                says(60, "payment.captured", minor=53_900),
                says(HOUR_S, "order.cancelled", lines=[MOUSE]),
                says(2 * HOUR_S, "payment.refunded", minor=4_000),
                says(3 * HOUR_S, "order.shipped", lines=[LAPTOP]),
            ],
            AGREE,
        ),
        (
            [
                says(0, "order.created", lines=[LAPTOP, MOUSE]),
                says(60, "payment.captured", minor=53_900),
                says(HOUR_S, "order.cancelled", lines=[ServerLine(sku="MO-1")]),
            ],
            UNTOLD,
        ),
        (
            [CREATED, CAPTURED, says(HOUR_S, "order.updated", status="Refunded")],
            fails("refunded_in_shop_only"),
        ),
        # Goods.
        ([CREATED, CAPTURED, CANCELLED, REFUNDED, DELIVERED], fails("cancelled_but_shipped")),
        ([CREATED, CAPTURED, CANCELLED, REFUNDED, DELIVERED, RETURNED], AGREE),
        (
            [CREATED, CAPTURED, REFUNDED, says(HOUR_S, "order.cancelled", lines=[LAPTOP]), DELIVERED],
            UNTOLD,
        ),
        # A line that names no article may be any.
        (
            [
                CREATED,
                says(HOUR_S, "order.cancelled", lines=[ServerLine(minor=100)]),
                says(3 * HOUR_S, "order.shipped", lines=[ServerLine(minor=200)]),
                REFUNDED,
                CAPTURED,
            ],
            UNTOLD,
        ),
        # What the shop calls it.
        (
            [CREATED, CAPTURED, REFUNDED, says(HOUR_S, "order.updated", status="wc-processing")],
            fails("refunded_but_open"),
        ),
        ([CREATED, CAPTURED, REFUNDED, says(HOUR_S, "order.updated", status="frobnicated")], UNTOLD),
        (
            [CREATED, says(HOUR_S, "order.updated", status="on-hold"), DELIVERED],
            fails("delivered_but_pending"),
        ),
        # Returns.
        ([CREATED, CAPTURED, RETURNED], fails("return_not_refunded")),
        ([CREATED, CAPTURED, RETURNED, says(6 * DAY_S, "payment.refunded", minor=49_900)], AGREE),
        (
            [CREATED, CAPTURED, RETURNED, says(6 * DAY_S, "payment.refunded", minor=30_000)],
            fails("return_refunded_less"),
        ),
        ([CREATED, CAPTURED, RETURNED, says(6 * DAY_S, "return.closed", status="exchange")], UNTOLD),
        # E-mails.
        ([CREATED, CAPTURED, says(HOUR_S, "email.sent", status="refunded")], fails("email_says_refunded")),
        ([CREATED, CAPTURED, says(HOUR_S, "email.sent", status="shipped"), DELIVERED], AGREE),
        ([CREATED, CAPTURED, says(HOUR_S, "email.sent", status="order_confirmation")], AGREE),
        ([says(HOUR_S, "email.sent", status="refunded")], UNTOLD),
        # Somebody else's.
        (
            [says(0, "order.cancelled", by="claimed"), says(60, "payment.captured", minor=1, by="claimed")],
            NOTHING,
        ),
    ],
)
def test_systems_agree_contradict_each_other_or_cannot_be_compared(
    told: list[Concerning], expected: list[tuple[str, str]]
) -> None:
    assert conflicts(*told) == expected
    assert conflicts(*reversed(told)) == expected


def test_a_return_has_five_business_days() -> None:
    thursday = says(DAY_S, "return.received", lines=[LAPTOP])
    told = [CREATED, CAPTURED, thursday]
    found = judgement(OrderStateConflict, told, now=2 * DAY_S)
    assert found.findings == ()
    assert found.wake_ms == START_MS + 8 * DAY_S * 1_000


def test_an_order_that_no_system_knows_is_said_after_a_quarter_of_an_hour() -> None:
    placed = at(100, OrderPlaced(id="1002"))
    since = round(START_MS - DAY_S * 1_000)
    facts = [placed]

    def found(now: float, *told: Concerning, since: int | None = since) -> list[Finding]:
        return list(judgement(OrderStateConflict, told, facts=facts, now=now, orders_since_ms=since).findings)

    assert found(999) == []
    [unheard] = found(1_001)
    assert unheard.said.endswith("that order 1002 was placed; none of the shop's systems has said so.")
    assert (unheard.subject, unheard.shown[0].role, unheard.shown[0].load) == ("1002", "order", "load-1")
    assert found(1_001, since=None) == []
    assert found(1_001, since=round(START_MS + 200_000)) == []
    assert found(1_001, says(101, "order.created", order="1002")) == []
    assert found(1_001, says(101, "order.created", order="1002", by="claimed")) == []


AGAIN = says(300, "order.created", order="1002", minor=49_900, lines=[LAPTOP])
CAPTURED_AGAIN = says(360, "payment.captured", order="1002", minor=49_900)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([CREATED, AGAIN, CAPTURED, CAPTURED_AGAIN], [("fail", "high")]),
        (
            [CREATED, AGAIN, CAPTURED, says(360, "payment.authorized", order="1002", minor=49_900)],
            [("fail", "medium")],
        ),
        ([CREATED, AGAIN], [("cannot_tell", "info")]),
        (
            [CREATED, AGAIN, CAPTURED, says(400, "order.updated", order="1002", status="failed")],
            [("pass", "info")],
        ),
        ([CREATED, AGAIN, CAPTURED, CAPTURED_AGAIN, says(900, "order.cancelled")], [("pass", "info")]),
        (
            [
                CREATED,
                AGAIN,
                CAPTURED,
                CAPTURED_AGAIN,
                says(301, "order.updated", order="1002", status="replacement"),
            ],
            [("pass", "info")],
        ),
        ([CREATED, says(300, "order.created", order="1002", lines=[MOUSE]), CAPTURED], [("pass", "info")]),
        ([CREATED, says(300, "order.created", order="1002"), CAPTURED], [("cannot_tell", "info")]),
        (
            [
                says(0, "order.created", lines=[ServerLine(minor=49_900)]),
                says(300, "order.created", order="1002", lines=[ServerLine(minor=49_900)]),
                CAPTURED,
                CAPTURED_AGAIN,
            ],
            [("cannot_tell", "info")],
        ),
        (
            [
                CREATED,
                says(300, "order.created", order="1002", lines=[ServerLine(sku=LAPTOP.sku)]),
                CAPTURED,
                CAPTURED_AGAIN,
            ],
            [("cannot_tell", "info")],
        ),
        (
            [
                CREATED,
                says(300, "order.created", order="1002", lines=[LAPTOP], lines_count=2),
                CAPTURED,
                CAPTURED_AGAIN,
            ],
            [("cannot_tell", "info")],
        ),
        ([CREATED, says(901, "order.created", order="1002", lines=[LAPTOP]), CAPTURED, CAPTURED_AGAIN], []),
        (
            [
                says(0, "order.created", lines=[LAPTOP], customer="ana@shop.example"),
                says(300, "order.created", order="1002", lines=[LAPTOP], customer="bo@shop.example"),
                CAPTURED,
                CAPTURED_AGAIN,
            ],
            [],
        ),
    ],
)
def test_two_orders_of_the_same_basket(told: list[Concerning], expected: list[tuple[str, str]]) -> None:
    found = judgement(DuplicateOrder, told).findings
    assert [(one.outcome, one.severity) for one in found] == expected


def test_a_duplicate_is_said_when_the_messages_have_rested() -> None:
    told = [CREATED, AGAIN, CAPTURED, CAPTURED_AGAIN]
    early = judgement(DuplicateOrder, told, now=380)
    assert (early.findings, early.wake_ms) == ((), START_MS + (360 + 30) * 1_000)
    [found] = judgement(DuplicateOrder, told).findings
    assert found.said == (
        "Orders 1001 and 1002 hold the same basket, 5 minutes apart; 2 payments were taken."
    )
    assert (found.minor, found.currency) == (49_900, "USD")


def listed(minor: int, *, store: str = "Main St", since: float = -9, **fields: object) -> Concerning:
    return says(
        since,
        "price.list",
        system="pos",
        order="",
        minor=minor,
        by="price",
        sku="hp 15",
        store=store,
        **fields,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("told", "shown", "outcome"),
    [
        ([listed(34_900)], "$379.00", "fail"),
        ([listed(37_900)], "$379.00", "pass"),
        ([listed(39_900)], "$379.00", "pass"),
        ([listed(34_900, since=60)], "$379.00", None),
        ([listed(34_900, to_ms=round(START_MS))], "$379.00", None),
        ([listed(34_900, since=-99), listed(37_900)], "$379.00", "pass"),
        ([listed(34_900, currency="EUR")], "$379.00", "cannot_tell"),
        ([listed(3_790)], "$379.00", "cannot_tell"),
        ([listed(34_900)], "$379.00 – $499.00", "cannot_tell"),
        ([listed(34_900)], "$379.00 incl. tax", "cannot_tell"),
    ],
)
def test_a_shelf_that_is_cheaper_than_the_page(
    told: list[Concerning], shown: str, outcome: str | None
) -> None:
    found = judgement(StorePrice, told, facts=[at(0, price(shown))]).findings
    assert [one.outcome for one in found] == ([] if outcome is None else [outcome])


def test_the_cheapest_store_is_named_with_both_prices() -> None:
    main = listed(34_900)
    # Two systems may tell of one store.
    also = replace(main, event=replace(main.event, system="erp"))
    told = [main, also, listed(33_900, store="Airport"), listed(40_000, store="Mall")]
    found = judgement(StorePrice, told, facts=[at(0, price("$379.00"))], now=1)
    assert (found.findings, found.wake_ms) == ((), START_MS + 2_000)
    [one] = judgement(StorePrice, told, facts=[at(0, price("$379.00"))]).findings
    assert one.said == (
        "The price list of Airport has HP 15 laptop (HP-15) for $339.00 since 18 November 2026, 11:06 UTC; "
        "the product page showed $379.00, $40.00 more. 1 more store has it for less, too."
    )
    assert (one.severity, one.minor, one.shown[0].node) == ("medium", 4_000, 7)
