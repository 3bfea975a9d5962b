"""The rule that says which carts were left after which problem."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from replay.detect.abandoned_with_problem import AbandonedWithProblem
from replay.detect.fold import RULES, Fold
from replay.detect.price_mismatch import PriceMismatch
from replay.model.events import Click, Identified, Mark, OrderPlaced
from replay.model.finding import Finding, Judgement
from replay.model.problem import CartsLeft, Family, Hit, Problem, carts_left, consequences_of
from replay.model.problem_words import left_words
from replay.model.server_event import Concerning, Relation, ServerEvent
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, USD, at, cart, gone, line, page, price

OVER_S = 30 * 60
DAY_S = 24 * 3_600
TOTAL = (("total", "$499.00"),)
DEARER = cart(line("$499.00"), totals=TOTAL)
SEEN = [at(0, page("/p/HP-15")), at(0.1, price("$379.00"))]
ANA = at(0.2, Identified(email="ana@example.com"))
VISIT = [*SEEN, ANA, at(20, DEARER), at(62, Mark(name="last"))]
LAST_S = 62
SINCE_MS = round(START_MS - DAY_S * 1_000)
SAID = (
    "Left with $499.00 in the cart 42 s after this: The product page showed $379.00 for HP 15 laptop "
    "(HP-15); the cart charged $499.00, $120.00 more. Nothing on screen explained it."
)


def ordered(seconds: float, *, kind: str = "order.created", by: Relation = "customer") -> Concerning:
    event = ServerEvent(
        id="1",
        kind=kind,  # type: ignore[arg-type]
        system="shop",
        occurred_ms=round(START_MS + seconds * 1_000),
        order="1001",
    )
    return Concerning(event=event, received_ms=event.occurred_ms, by=by)


def asked(
    facts: Sequence[Entry],
    *,
    now: float | None = None,
    told: Sequence[Concerning] = (),
    since_ms: int | None = SINCE_MS,
    until_ms: int | None = None,
) -> Judgement:
    fold = Fold(USD, [AbandonedWithProblem, PriceMismatch])
    fold.observe(facts)
    fold.hear(told, since_ms, until_ms)
    ripe_ms = facts[-1].t + (OVER_S + DAY_S) * 1_000
    judgement = fold.judge(ripe_ms if now is None else START_MS + now * 1_000)
    assert not fold.failures
    return judgement


def found(facts: Sequence[Entry], **how: object) -> Finding | None:
    """What the rule says."""
    own = [one for one in asked(facts, **how).findings if one.rule == "abandoned_with_problem"]  # type: ignore[arg-type]
    return own[0] if own else None


def outcome(facts: Sequence[Entry], **how: object) -> str | None:
    one = found(facts, **how)
    return None if one is None else one.outcome


def test_a_cart_that_was_left_after_a_problem_and_ordered_nowhere() -> None:
    one = found(VISIT)
    assert one is not None
    assert one.said == f"{SAID} No order of theirs is known of the day after."
    assert (one.outcome, one.severity, one.minor, one.currency) == ("fail", "high", 499_00, "USD")
    assert (one.subject, one.signature) == ("HP-15", "price_mismatch | product>drawer ×1.317")
    assert [piece.raw for piece in one.shown] == ["$499.00", "$379.00", "$499.00"]


def test_it_waits_for_the_session_to_end_and_then_for_a_day() -> None:
    before = asked(VISIT, now=LAST_S + OVER_S - 1)
    assert before.wake_ms == START_MS + (LAST_S + OVER_S) * 1_000
    assert [one.rule for one in before.findings] == ["price_mismatch"]
    live = asked(VISIT, now=LAST_S + OVER_S)
    assert live.wake_ms == START_MS + (LAST_S + OVER_S + DAY_S) * 1_000
    one = found(VISIT, now=LAST_S + OVER_S + DAY_S - 1)
    assert one is not None
    assert one.outcome == "cannot_tell"
    assert one.said.startswith(f"{SAID} Whether it was ordered after all is known on ")
    assert asked(VISIT).wake_ms is None


@pytest.mark.parametrize(
    ("facts", "since_ms", "why"),
    [
        (VISIT, None, "orders elsewhere are not visible here"),
        (VISIT, round(START_MS + 2 * DAY_S * 1_000), "orders elsewhere are not visible here"),
        ([one for one in VISIT if one is not ANA], SINCE_MS, "whose it was is not known"),
    ],
)
def test_where_an_order_elsewhere_would_not_be_seen_nobody_says_that_there_is_none(
    facts: Sequence[Entry], since_ms: int | None, why: str
) -> None:
    one = found(facts, since_ms=since_ms)
    assert one is not None
    assert one.outcome == "cannot_tell"
    assert why in one.said
    assert asked(facts, since_ms=since_ms, now=LAST_S + OVER_S).wake_ms is None


def test_what_an_exported_session_brought_says_nothing_of_later() -> None:
    until_ms = round(START_MS + (LAST_S + OVER_S + 60) * 1_000)
    one = found(VISIT, until_ms=until_ms)
    assert one is not None
    assert one.outcome == "cannot_tell"
    assert found(VISIT, until_ms=round(START_MS + (LAST_S + 60) * 1_000)) is None


def test_who_ordered_after_all_did_not_leave() -> None:
    for told in (ordered(70), ordered(LAST_S + OVER_S + DAY_S - 9), ordered(3_600, by="claimed")):
        one = found(VISIT, told=[told])
        assert one is not None
        assert (one.outcome, one.signature) == ("pass", "ordered")
        assert one.said == f"{SAID} Order 1001 came within a day all the same."
    # Before it, long after it, or none of an order at all.
    for told in (ordered(-DAY_S), ordered(LAST_S + OVER_S + DAY_S + 90), ordered(70, kind="email.sent")):
        assert outcome(VISIT, told=[told]) == "fail"
    # An order of before that goes on is no new one.
    assert outcome(VISIT, told=[ordered(-DAY_S), ordered(70, kind="order.shipped")]) == "fail"
    assert outcome([*VISIT, at(70, OrderPlaced(id="1001"))]) is None


def test_only_what_was_met_shortly_before_leaving_is_a_reason() -> None:
    assert outcome([*VISIT, at(619, Click())]) == "fail"
    assert outcome([*VISIT, at(700, Click())]) is None
    assert outcome([*VISIT, at(700, Mark(name="still open"))]) == "fail"


def test_only_a_cart_with_something_in_it_was_left() -> None:
    for last in (
        cart(totals=(("total", "$0.00"),)),
        cart(),
        cart(line("$499.00", quantity="2")),
        cart(line("$499.00"), totals=(("total", "Calculated later"),)),
    ):
        assert outcome([*VISIT, at(63, last)]) is None, last
    for same in (gone(), cart(line("$499.00")), DEARER):
        assert outcome([*VISIT, at(63, same)]) == "fail", same
    assert outcome([*SEEN, ANA, at(20, cart(line("$499.00")))]) is None


def test_little_is_no_reason() -> None:
    little = [*SEEN, ANA, at(20, cart(line("$379.99"), totals=(("total", "$379.99"),)))]
    assert outcome(little) is None
    cheaper = [*SEEN, ANA, at(20, cart(line("$370.00"), totals=(("total", "$370.00"),)))]
    assert outcome(cheaper) is None


def test_of_all_rules_it_is_asked_last_wherever_it_stands() -> None:
    for rules in (RULES, tuple(reversed(RULES))):
        fold = Fold(USD, rules)
        fold.observe(VISIT)
        fold.hear((), SINCE_MS)
        said = fold.judge(START_MS + (LAST_S + OVER_S + DAY_S) * 1_000).findings
        assert [one.rule for one in said if one.outcome == "fail"] == [
            "price_mismatch",
            "abandoned_with_problem",
        ]


def test_what_was_left_is_told_in_each_currency() -> None:
    assert left_words(CartsLeft(sessions_count=0, money=())) == ""
    assert left_words(CartsLeft(sessions_count=2, money=())) == (
        "2 carts were left after it and not ordered within a day."
    )
    worth = left_words(CartsLeft(sessions_count=1, money=(("EUR", 100), ("KWD", 2_500), ("USD", 499_00))))
    assert worth.endswith("within a day, worth 1.00 EUR, 2.500 KWD and 499.00 USD.")


def test_carts_and_their_value_add_up_on_the_problem() -> None:
    one = found(VISIT)
    assert one is not None
    family = Family("shop", "price_mismatch", "product>drawer ×1.317")
    problem = Problem(
        family=family,
        subject="HP-15",
        subjects_count=1,
        severity="high",
        sessions_count=3,
        customers_count=3,
        anonymous_count=0,
        first_ms=0,
        last_ms=1,
        is_burst=True,
    )
    assert consequences_of(problem) == Family("shop", one.rule, one.signature)
    hits = [
        Hit(session=session, subject=subject, severity="high", at_ms=0, minor=minor, currency=currency)
        for session, subject, minor, currency in (
            ("a", "HP-15", 499_00, "USD"),
            ("b", "HP-15", 100, "EUR"),
            ("c", "HP-15", 1, "USD"),
            ("d", "HP-15", None, None),
            ("e", "MO-1", 5, "USD"),
        )
    ]
    left = carts_left(problem, hits)
    assert (left.sessions_count, left.money) == (4, (("EUR", 100), ("USD", 499_01)))
