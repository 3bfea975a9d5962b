"""What the shop registered as promised, held against what carts showed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from replay.detect.fold import RULES, Fold
from replay.detect.promise_not_kept import PromiseNotKept
from replay.detect.promo_not_applied import PromoNotApplied
from replay.detect.shop import Shop
from replay.model.cart import CartState
from replay.model.events import Circumstances, OrderPlaced, PageLoaded, PageViewed, PromoSeen
from replay.model.finding import Finding
from replay.model.promo import Promise, Promo, Registry
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, at, cart, fails, judged, left, line, page, price, promo, recorded

MAIL = Promise(
    title="Spring mail", codes=("SPRING20",), campaigns=("spring20",), basis_points=2_000, zone="UTC"
)
BANNER = replace(MAIL, codes=())
COME = at(
    0,
    PageLoaded(
        url="https://shop.example/?utm_campaign=spring20",
        circumstances=Circumstances(campaign={"utm_source": "email", "utm_campaign": "Spring20"}),
    ),
)
ENTERED = at(1, promo("entered"))
LAPTOP = line("$379.00", total="$379.00")
ROWS = (("items", "$379.00"), ("total", "$379.00"))
PLAIN = cart(LAPTOP, totals=ROWS, promos=[])
AT_CHECKOUT = cart(LAPTOP, surface="summary", totals=ROWS, promos=[])


def shop(*promises: Promise, currency: str | None = "USD") -> Shop:
    return Shop(currency=currency, promised=Registry(promos=(Promo(id="spring", promises=promises),)))


def only(
    facts: Iterable[Entry], promise: Promise = MAIL, *, now: float | None = None, currency: str | None = "USD"
) -> Finding | None:
    found = judged(PromiseNotKept, facts, now=now, shop=shop(promise, currency=currency))
    assert len(found) <= 1
    return found[0] if found else None


def said(facts: Iterable[Entry], promise: Promise = MAIL, *, currency: str | None = "USD") -> tuple[str, str]:
    """The outcome, and the sentence behind how the customer came."""
    found = only(facts, promise, currency=currency)
    assert found is not None
    return found.outcome, found.said.split(". ", 1)[1]


def held(state: CartState, promise: Promise = MAIL) -> tuple[str, str]:
    return said([ENTERED, at(2, state)], promise)


def with_off(raw: str, *, total: str, code: str = "SPRING20") -> CartState:
    rows = [("items", "$379.00"), ("discount", raw), ("total", total)]
    return cart(LAPTOP, totals=rows, promos=[(code, None, raw)])


def test_who_came_by_the_campaign_and_got_nothing() -> None:
    found = only([COME, at(5, AT_CHECKOUT)], BANNER)
    assert found is not None
    assert found.said == (
        "Came from Spring20, which promised 20 % off. "
        "By the checkout nothing was taken off; about $75.80 was due."
    )
    assert (found.outcome, found.severity, found.subject) == ("fail", "medium", "spring")
    assert (found.minor, found.currency) == (7_580, "USD")
    assert found.signature == "by campaign, nothing taken off"
    assert (found.shown[0].role, found.shown[0].t) == ("checkout", START_MS + 5_000)
    assert (found.shown[1].role, found.shown[1].raw) == ("campaign", "Spring20")
    assert found.decided_ms == START_MS + 13_000


def test_who_gave_the_code_and_got_less() -> None:
    facts = [ENTERED, at(2, with_off("−$10.00", total="$369.00"))]
    assert said(facts) == ("fail", "In the cart the discount was $10.00; about $75.80 was due.")
    found = only([*facts, at(4, OrderPlaced(id="1"))])
    assert found is not None
    assert (found.severity, found.decided_ms) == ("high", START_MS + 4_000)
    assert found.said.endswith("By the order the discount was $10.00; about $75.80 was due.")


def test_it_may_still_come_for_eight_seconds_and_then_was_kept() -> None:
    facts = [ENTERED, at(2, PLAIN)]
    assert only(facts, now=9.9) is None
    assert said(facts)[0] == "fail"
    late = [*facts, at(11, with_off("−$75.80", total="$303.20"))]
    assert said(late) == ("pass", "$75.80 was taken off.")
    assert said([*late, at(30, AT_CHECKOUT)])[0] == "fail"


@pytest.mark.parametrize(
    ("state", "promise", "why"),
    [
        pytest.param(
            PLAIN,
            replace(MAIL, min_minor=50_000, currency="USD"),
            "it is from $500.00, and the cart came to $379.00",
            id="min spend not met",
        ),
        pytest.param(
            PLAIN,
            replace(MAIL, except_skus=("hp-15",)),
            "it is for none of the articles in the cart",
            id="excluded",
        ),
        pytest.param(
            PLAIN,
            replace(MAIL, only_skus=("X",)),
            "it is for none of the articles in the cart",
            id="others only",
        ),
        pytest.param(
            PLAIN,
            replace(MAIL, until_ms=int(START_MS) - 1),
            "it had ended on 2026-11-18 11:06 (UTC)",
            id="ended",
        ),
        pytest.param(
            PLAIN,
            replace(MAIL, from_ms=int(START_MS) + 90_000),
            "it begins on 2026-11-18 11:08 (UTC)",
            id="not begun",
        ),
    ],
)
def test_what_is_not_due_is_said_with_the_condition(state: CartState, promise: Promise, why: str) -> None:
    assert held(state, promise) == ("pass", f"It was not due: {why}.")


OTHER = [("items", "$379.00"), ("discount", "−$20.00"), ("total", "$359.00")]


@pytest.mark.parametrize(
    ("state", "promise", "why"),
    [
        pytest.param(PLAIN, replace(MAIL, first_order=True), "first order", id="first order"),
        pytest.param(
            cart(line("$379.00", sku=None), totals=ROWS),
            replace(MAIL, only_skus=("A",)),
            "number",
            id="no sku",
        ),
        pytest.param(
            PLAIN, replace(MAIL, basis_points=None, minor=1_000, currency="EUR"), "cart in USD", id="currency"
        ),
        pytest.param(
            cart(LAPTOP, totals=OTHER, promos=[("TEN", None, "−$20.00")]), MAIL, "another code", id="two"
        ),
        pytest.param(
            cart(line("$299.00", total="$299.00", was="$379.00"), totals=[("items", "$299.00")]),
            MAIL,
            "may hold it already",
            id="inside the line",
        ),
        pytest.param(
            cart(LAPTOP, totals=[("items", "$379.00"), ("shipping", "$9.00"), ("total", "$312.20")]),
            MAIL,
            "may hold it already",
            id="inside the total",
        ),
        pytest.param(
            cart(LAPTOP, totals=[*ROWS, ("discount", "20 % off")]),
            MAIL,
            "cannot be read",
            id="unread discount",
        ),
        pytest.param(cart(line(None), totals=()), MAIL, "no amounts", id="no amounts"),
        pytest.param(
            cart(LAPTOP, totals=[*ROWS, ("shipping", "Calculated at checkout")]),
            replace(MAIL, basis_points=None, free_shipping=True),
            "not known yet",
            id="shipping unknown",
        ),
        pytest.param(
            cart(LAPTOP, totals=OTHER, promos=[]),
            replace(MAIL, min_minor=37_000, currency="USD"),
            "not spelt out",
            id="min spend after a discount",
        ),
    ],
)
def test_what_the_cart_does_not_spell_out_accuses_nobody(
    state: CartState, promise: Promise, why: str
) -> None:
    outcome, sentence = held(state, promise)
    assert outcome == "cannot_tell"
    assert why in sentence


@pytest.mark.parametrize(
    ("state", "promise"),
    [
        pytest.param(with_off("−$75.80", total="$303.20"), MAIL, id="exactly"),
        pytest.param(with_off("−$75.79", total="$303.21"), MAIL, id="rounded"),
        pytest.param(
            cart(LAPTOP, totals=[*ROWS, ("discount", "−$90.00")], promos=[]), MAIL, id="a better one"
        ),
        pytest.param(
            with_off("−$379.00", total="$0.00"),
            replace(MAIL, basis_points=None, minor=50_000, currency="USD"),
            id="no more than the goods",
        ),
        pytest.param(
            cart(LAPTOP, totals=[*ROWS, ("shipping", "Free")]),
            replace(MAIL, basis_points=None, free_shipping=True),
            id="free shipping",
        ),
        pytest.param(
            cart(LAPTOP, line("$0.00", sku="MUG", name="Mug"), totals=ROWS),
            replace(MAIL, basis_points=None, gift_sku="mug"),
            id="the gift",
        ),
    ],
)
def test_what_was_given_was_kept(state: CartState, promise: Promise) -> None:
    assert held(state, promise)[0] == "pass"


def test_shipping_and_gifts_that_were_not_given() -> None:
    rows = [*ROWS, ("shipping", "$9.90")]
    shipped = replace(MAIL, basis_points=None, free_shipping=True)
    assert held(cart(LAPTOP, totals=rows), shipped) == (
        "fail",
        "In the cart shipping cost $9.90; about $9.90 was due.",
    )
    assert (
        held(cart(LAPTOP, totals=rows), replace(shipped, title="Free standard shipping"))[0] == "cannot_tell"
    )
    mug = replace(MAIL, basis_points=None, gift_sku="MUG")
    assert held(PLAIN, mug) == ("fail", "In the cart the gift was not in the cart.")


def test_what_is_for_some_articles_is_of_what_they_cost() -> None:
    two = cart(
        LAPTOP,
        line("$100.00", sku="CABLE", name="Cable", total="$200.00", quantity="2"),
        totals=[("items", "$579.00"), ("total", "$579.00")],
        promos=[],
    )
    assert held(two, replace(MAIL, except_skus=("CABLE",)))[1].endswith("about $75.80 was due.")
    assert held(two, replace(MAIL, only_skus=("CABLE",)))[1].endswith("about $40.00 was due.")


def test_what_a_page_showed_may_be_inside_the_price_of_the_cart() -> None:
    cheaper = cart(line("$303.20", total="$303.20"), totals=[("items", "$303.20"), ("total", "$303.20")])
    assert said([ENTERED, at(1, price("$379.00")), at(2, cheaper)])[0] == "cannot_tell"


def test_a_first_order_that_the_shop_took_the_code_for() -> None:
    taken = cart(LAPTOP, totals=ROWS, promos=[("SPRING20", "SPRING20", None)])
    assert held(taken, replace(MAIL, first_order=True))[0] == "fail"


def test_a_code_that_was_not_given_is_said_and_one_that_was_refused_is_anothers_business() -> None:
    outcome, sentence = said([COME, at(5, PLAIN)])
    assert (outcome, "none of its codes was given (such as SPRING20)" in sentence) == ("cannot_tell", True)
    refused = cart(LAPTOP, totals=ROWS, promos=[], messages=["The code SPRING20 has expired."])
    assert only([ENTERED, at(2, refused), at(20, PLAIN)]) is None
    assert only([ENTERED, at(2, promo("rejected")), at(3, PLAIN)]) is None


def test_a_banner_brings_nobody_and_an_address_inside_the_page_does() -> None:
    seen = PromoSeen(source="declared", state="offered", campaign="spring20", code="SPRING20")
    assert only([at(0, page()), at(1, seen), at(2, PLAIN)]) is None
    viewed = PageViewed(url="https://shop.example/sale?utm_campaign=spring20")
    assert said([at(0, page()), at(1, viewed), at(2, PLAIN)], BANNER)[0] == "fail"


def test_the_wording_of_the_visit_counts_and_other_codes_are_left_to_another_rule() -> None:
    changed = replace(MAIL, basis_points=5_000, since_ms=int(START_MS) + 1_500)
    (found,) = judged(PromiseNotKept, [ENTERED, at(2, PLAIN)], shop=shop(MAIL, changed))
    assert "about $75.80 was due" in found.said
    unknown = [at(1, promo("applied", "OTHER")), at(2, PLAIN)]
    assert judged(PromiseNotKept, unknown, shop=shop(MAIL)) == ()
    assert len(fails(judged(PromoNotApplied, unknown, shop=shop(MAIL)))) == 1
    assert judged(PromoNotApplied, [ENTERED, at(2, PLAIN)], shop=shop(MAIL)) == ()


def test_a_page_that_was_left_too_soon_says_nothing() -> None:
    assert only([ENTERED, at(2, PLAIN), at(6, left())]) is None


@pytest.mark.parametrize("mode", ["pages", "spa"])
@pytest.mark.parametrize(
    ("trip", "outcome"),
    [
        ("coupon_not_deducted", "fail"),
        ("coupon_link_ignored", "fail"),
        ("coupon_typed_not_deducted", "fail"),
        ("coupon_by_link", "pass"),
    ],
)
def test_trips_through_the_demo_shop(trip: str, outcome: str, mode: str) -> None:
    facts = recorded(f"{trip}-{mode}")
    fold = Fold(shop(MAIL), RULES)
    fold.observe(facts)
    findings = fold.judge(facts[-1].t + 60_000).findings
    about = [one for one in findings if one.rule in ("promise_not_kept", "promo_not_applied")]
    assert [(one.rule, one.outcome) for one in about] == [("promise_not_kept", outcome)]
    assert not fold.failures
    if outcome == "fail":
        assert about[0].said.endswith("nothing was taken off; about $75.80 was due.")
