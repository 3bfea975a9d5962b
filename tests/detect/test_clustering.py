"""Which findings are one problem, when it is more than single cases, and when it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.detect.clustering import EXPOSING_RULES, cluster, exposed, is_systemic, stand
from replay.detect.fold import RULES
from replay.model.problem import CLOSE_MS, Exposure, Family, Hit, Problem
from replay.model.problem_order import place_of
from replay.model.problem_words import many, met, money_words, title

FAMILY = Family("shop", "price_mismatch", "product>drawer ×1.316")
NOW_MS = 1_764_000_000_000
HOUR_MS = 60 * 60 * 1_000


def hit(session: str, *identities: str, subject: str = "HP-15", at_ms: int = 0, minor: int = 12_000) -> Hit:
    return Hit(
        session=session,
        subject=subject,
        severity="high",
        at_ms=NOW_MS + at_ms,
        identities=identities,
        minor=minor,
        currency="USD",
    )


def one(*hits: Hit) -> Problem:
    (problem,) = cluster(FAMILY, hits)
    return problem


def test_findings_of_one_subject_are_one_problem() -> None:
    problem = one(
        hit("a", "ana", at_ms=5),
        hit("b", at_ms=9),
        replace(hit("c", "mail", "ana"), severity="low"),
        replace(hit("d", "mail", minor=100), currency="EUR"),
        replace(hit("e", "ben"), minor=None),
    )
    assert problem == Problem(
        family=FAMILY,
        subject="HP-15",
        subjects_count=1,
        severity="high",
        sessions_count=5,
        customers_count=2,
        anonymous_count=1,
        first_ms=NOW_MS,
        last_ms=NOW_MS + 9,
        is_burst=True,
        money=(("EUR", 100), ("USD", 36_000)),
    )
    assert problem.affected_count == 3
    assert money_words(problem) == ("1.00 EUR", "360.00 USD")


def test_from_five_subjects_on_they_are_one_problem_together() -> None:
    four = [hit(f"s{number}", subject=f"sku {number}") for number in range(4)]
    assert [problem.subject for problem in cluster(FAMILY, four)] == [f"sku {number}" for number in range(4)]
    wide = one(*four, hit("s0", subject="sku 5"))
    assert (wide.subject, wide.subjects_count, wide.sessions_count, wide.money) == (
        None,
        5,
        4,
        (("USD", 60_000),),
    )
    assert wide.id not in {problem.id for problem in cluster(FAMILY, four)}


@pytest.mark.parametrize(
    ("hits", "among", "systemic"),
    [
        ([hit(f"s{number}", f"c{number}", at_ms=number * HOUR_MS) for number in range(5)], None, True),
        ([hit(f"s{number}", f"c{number}", at_ms=number * HOUR_MS) for number in range(4)], None, False),
        ([hit(f"s{number}", at_ms=number * HOUR_MS) for number in range(9)], None, False),
        ([hit(f"s{number}", at_ms=number * HOUR_MS // 2) for number in range(3)], None, True),
        ([hit(f"s{number}", at_ms=number * HOUR_MS // 2 + number) for number in range(3)], None, False),
        ([hit(f"s{number}", "ana") for number in range(9)], None, False),
        ([hit("a"), hit("b", at_ms=HOUR_MS)], 100, True),
        ([hit("a"), hit("b", at_ms=HOUR_MS)], 101, False),
        ([hit("a"), hit("b", at_ms=HOUR_MS)], 99, False),
    ],
)
def test_systemic_is_what_cannot_be_one_customers_doing(
    hits: list[Hit], among: int | None, systemic: bool
) -> None:
    problem = one(*hits)
    if among is not None:
        problem = exposed(problem, Exposure(sessions_count=among, last_ms=NOW_MS))
    assert is_systemic(problem) is systemic


def test_a_problem_opens_closes_when_others_come_by_unharmed_and_opens_again() -> None:
    def seen(at_ms: int) -> Problem:
        return exposed(met_by, Exposure(sessions_count=9, last_ms=at_ms))

    single, met_by = one(hit("a")), one(hit("a"), hit("b"), hit("c"))
    assert stand(None, single, NOW_MS) == (single, None)
    opened, change = stand(single, seen(NOW_MS), NOW_MS + 1)
    assert (opened.opened_ms, opened.closed_ms, change) == (NOW_MS + 1, None, "opened")
    late_ms = NOW_MS + CLOSE_MS
    # Nobody came by.
    quiet, change = stand(opened, seen(late_ms - 1), late_ms)
    assert (quiet.state(late_ms), quiet.opened_ms, change) == ("quiet", NOW_MS + 1, None)
    closed, change = stand(quiet, seen(late_ms), late_ms + 2)
    assert (closed.state(late_ms), closed.closed_ms, change) == ("closed", late_ms + 2, "closed")
    assert stand(closed, seen(late_ms), late_ms + 3) == (closed, None)
    again = replace(seen(late_ms), last_ms=late_ms - 5)
    reopened, change = stand(closed, again, late_ms + 4)
    assert (reopened.opened_ms, reopened.closed_ms, change) == (NOW_MS + 1, None, "reopened")
    # Fewer are left, because sessions are erased: it stays a problem.
    assert stand(opened, single, NOW_MS)[0].opened_ms == NOW_MS + 1
    # What was over before it was counted is told to nobody.
    assert stand(None, seen(late_ms), late_ms)[1] is None


def test_where_a_rule_says_nothing_of_what_is_right_there_is_no_denominator() -> None:
    problem = one(hit("a"), hit("b"))
    assert met(problem) == "2 sessions"
    assert met(exposed(problem, Exposure(sessions_count=1_412, last_ms=NOW_MS))) == "2 of 1,412 sessions"
    assert met(exposed(problem, Exposure(sessions_count=1, last_ms=NOW_MS))) == "2 of 2 sessions"
    assert problem.state(NOW_MS + CLOSE_MS) == "quiet"
    modules = {rule.__module__.rpartition(".")[2] for rule in RULES if isinstance(rule, type)}
    assert modules >= EXPOSING_RULES


def test_the_worst_comes_first() -> None:
    many_met, few = one(hit("a"), hit("b")), one(hit("c"))
    newer, mild = replace(few, last_ms=few.last_ms + 1), replace(many_met, severity="low")
    quiet = replace(many_met, last_ms=many_met.last_ms - CLOSE_MS)
    ordered = sorted([quiet, mild, few, newer, many_met], key=lambda each: place_of(each, few.last_ms))
    assert ordered == [many_met, newer, few, mild, quiet]


@pytest.mark.parametrize(
    ("rule", "signature", "subject", "said"),
    [
        (
            "price_mismatch",
            "product>drawer ×1.316",
            "HP-15",
            "“HP-15”: the cart charges more than the product page shows (×1.316)",
        ),
        (
            "price_mismatch",
            "drawer>summary ×tax",
            None,
            "7 articles: the cart and the checkout differ by the tax",
        ),
        (
            "promo_not_applied",
            "accepted, nothing taken off",
            "••••••#3f9a1c",
            "Code ••••••#3f9a1c: accepted, but nothing is taken off",
        ),
        (
            "promise_not_kept",
            "by code, less taken off",
            "spring-20",
            "Promise spring-20 not kept: by code, less taken off",
        ),
        ("promo_rejected", "the code … is over.", None, "7 codes refused: “the code … is over”"),
        (
            "totals_dont_add_up",
            "summary: total above its parts",
            "summary",
            "The checkout: total above its parts",
        ),
        (
            "cart_changed_without_customer_action",
            "page: dearer",
            "HP-15",
            "“HP-15” becomes dearer in the cart page by itself",
        ),
        (
            "stale_price",
            "ended 9 May 2026, 16:00 UTC | drawer",
            "HP-15",
            "“HP-15”: the price ended 9 May 2026, 16:00 UTC, and the cart charges more than the page shows",
        ),
        (
            "stale_price",
            "page open for long | summary",
            None,
            "7 articles: the page was open for long, and the checkout charges more than the page shows",
        ),
        ("page_error", "500", "POST /cart", "POST /cart fails: 500"),
        (
            "checkout_error",
            "Please enter a postcode.",
            "/checkout “Continue”",
            "/checkout “Continue” is answered again and again with “Please enter a postcode.”",
        ),
        ("checkout_error", "declined", "/checkout “Pay”", "/checkout “Pay”: a card is declined"),
        (
            "silent_failure",
            "/checkout | pay | nothing",
            "/checkout “Pay”",
            "/checkout “Pay” is pressed, and nothing happens",
        ),
        (
            "store_price",
            "Berlin | 100>200",
            "HP-15",
            "“HP-15”: Berlin has it for less than the page shows",
        ),
        (
            "duplicate_order",
            "same basket | 2 captured | shop",
            "A-1",
            "Order A-1: same basket (2 captured | shop)",
        ),
        ("order_state_conflict", "not_refunded | shop>psp", None, "7 orders: not refunded (shop>psp)"),
        ("order_state_conflict", "unheard", "A-1", "Order A-1: unheard"),
        ("a_new_rule", "so", "this", "A new rule: this, so"),
    ],
)
def test_every_problem_is_a_sentence(rule: str, signature: str, subject: str | None, said: str) -> None:
    problem = replace(
        one(hit("a")), family=Family("shop", rule, signature), subject=subject, subjects_count=7
    )
    assert title(problem) == said
    if rule in ("promo_rejected", "promo_not_applied", "duplicate_order") and subject is not None:
        assert subject not in title(problem, outside=True)
    assert many(1, "session") == "1 session"
