"""The rules about promotion codes: taken and without effect, and refused."""

from __future__ import annotations

import pytest

from replay.detect.promo_not_applied import PromoNotApplied
from replay.detect.promo_rejected import PromoRejected
from replay.model.cart import CartState, Text
from replay.model.events import Click, OrderPlaced, PromoSeen
from replay.model.finding import Finding
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, at, cart, gone, judged, left, line, page, price, promo, recorded

OFFERED = [at(0, page("/?coupon=SPRING20")), at(0, promo("offered", campaign="spring20"))]
TYPED = [at(0, page()), at(1, promo("entered"))]
LAPTOP = line("$379.00", total="$379.00")
ROWS = (("items", "$379.00"), ("total", "$379.00"))
LISTED = ("SPRING20", "SPRING20 20 % off your order", None)
TAKEN = cart(LAPTOP, totals=ROWS, promos=[LISTED])
EMPTY = cart(LAPTOP, totals=ROWS, promos=[])
GIVEN = cart(
    LAPTOP,
    totals=[("items", "$379.00"), ("discount", "−$75.80"), ("total", "$303.20")],
    promos=[("SPRING20", "SPRING20 20 % off your order", "−$75.80")],
)


def only(facts: list[Entry], *, now: float | None = None) -> Finding | None:
    """What is said of the code, None if nothing is."""
    found = judged(PromoNotApplied, facts, now=now)
    assert len(found) <= 1
    return found[0] if found else None


def outcome(facts: list[Entry], *, now: float | None = None) -> str | None:
    found = only(facts, now=now)
    return found.outcome if found else None


def test_a_code_that_is_taken_and_takes_nothing_off() -> None:
    found = only([*TYPED, at(2, TAKEN)])
    assert found is not None
    assert found.said == (
        "Gave the code SPRING20, which the cart showed as “SPRING20 20 % off your order”. "
        "Nothing was taken off; about $75.80 was due."
    )
    assert (found.outcome, found.severity, found.subject) == ("fail", "low", "SPRING20")
    assert (found.minor, found.currency) == (7_580, "USD")
    assert (found.shown[0].t, found.shown[0].raw) == (START_MS + 2_000, "SPRING20 20 % off your order")
    assert found.decided_ms == START_MS + 10_000


def test_prices_of_the_session_say_which_mark_parts_the_decimals() -> None:
    rows = (("items", "$1,250"), ("total", "$1,250"))
    taken = cart(line("$1,250", total="$1,250"), totals=rows, promos=[LISTED])
    assert outcome([*TYPED, at(2, taken)]) == "cannot_tell"
    found = only([*TYPED, at(1.5, price("$12.50", sku="A", name="A")), at(2, taken)])
    assert found is not None
    assert found.said.endswith("Nothing was taken off; about $250.00 was due.")


def test_the_code_of_a_link_that_is_not_in_the_cart() -> None:
    found = only([*OFFERED, at(5, EMPTY)])
    assert found is not None
    assert found.said == (
        "Came by a link with the code SPRING20 (campaign spring20). "
        "It was not in the cart, and nothing was taken off."
    )
    assert found.signature == "by link, not in the cart"


def test_it_may_still_come_for_eight_seconds() -> None:
    facts = [*OFFERED, at(5, EMPTY)]
    assert outcome(facts, now=12.9) is None
    assert outcome(facts, now=13.0) == "fail"
    detector = PromoNotApplied
    assert judged(detector, [*facts, at(12, GIVEN)])[0].outcome == "pass"


def test_the_time_of_several_pages_counts_together_and_that_of_two_carts_at_once_does_not() -> None:
    pages = [*OFFERED, at(5, EMPTY), at(9.5, left())]
    pages += [at(10, page(), load="2"), at(10, EMPTY, load="2")]
    assert outcome(pages, now=13.4) is None
    assert outcome(pages, now=13.6) == "fail"
    both = [*OFFERED, at(5, EMPTY), at(5, cart(LAPTOP, surface="page", totals=ROWS, promos=[]))]
    assert outcome(both, now=12.0) is None


def test_it_is_worse_at_the_checkout_and_worst_with_the_order() -> None:
    facts = [
        *OFFERED,
        at(5, EMPTY),
        at(20, gone()),
        at(21, cart(LAPTOP, surface="summary", totals=ROWS, promos=[])),
    ]
    found = only(facts)
    assert found is not None
    assert (found.severity, found.shown[0].role, found.shown[0].t) == (
        "medium",
        "checkout",
        START_MS + 21_000,
    )
    found = only([*facts, at(22, OrderPlaced(id="1"))])
    assert found is not None
    assert (found.severity, found.decided_ms) == ("high", START_MS + 22_000)
    assert "nothing was taken off up to the order" in found.said
    quick = only([*OFFERED, at(5, EMPTY), at(6, OrderPlaced(id="1"))])
    assert quick is not None
    assert quick.severity == "high"


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(GIVEN, id="an amount of its own"),
        pytest.param(cart(LAPTOP, totals=[*ROWS, ("discount", "$75.80")], promos=[LISTED]), id="a discount"),
        pytest.param(
            cart(line("$379.00", total="$303.20"), totals=ROWS, promos=[LISTED]), id="a line lowered"
        ),
        pytest.param(cart(line("$303.20", total="$303.20"), promos=[]), id="less than the page said"),
        pytest.param(
            cart(LAPTOP, totals=[*ROWS, ("shipping", "Free")], promos=[("SPRING20", "Free shipping", None)]),
            id="the shipping that it is about",
        ),
    ],
)
def test_what_a_code_may_give(state: CartState) -> None:
    assert outcome([*OFFERED, at(1, price("$379.00")), at(5, state)]) == "pass"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (cart(LAPTOP, totals=[*ROWS, ("discount", "−$5.00")], promos=[]), "not said for what"),
        (cart(LAPTOP, totals=[*ROWS, ("shipping", "Free")]), "shipping was free"),
        (cart(LAPTOP, line("$0.00", sku="GIFT", name="Mug"), totals=ROWS, promos=[]), "Mug cost nothing"),
        (cart(line(None)), "no amounts"),
        (cart(LAPTOP, totals=ROWS, promos=[("SPRING20", "Not on sale items", None)]), "the cart said of it"),
        (
            cart(LAPTOP, totals=[*ROWS, ("shipping", "later")], promos=[("SPRING20", "Free shipping", None)]),
            "not known yet",
        ),
        (
            cart(
                LAPTOP,
                totals=[*ROWS, ("shipping", "$14.95")],
                promos=[("SPRING20", "Free standard shipping", None)],
            ),
            "another way of sending",
        ),
        (
            cart(
                LAPTOP,
                totals=[*ROWS, ("shipping", "$14.95")],
                labels={"shipping": "Express delivery"},
                promos=[("SPRING20", "Free shipping", None)],
            ),
            "another way of sending",
        ),
    ],
)
def test_what_cannot_be_told(state: CartState, reason: str) -> None:
    found = only([*OFFERED, at(5, state)])
    assert found is not None
    assert found.outcome == "cannot_tell"
    assert reason in found.said


def test_the_discount_of_another_code_is_not_that_of_this_one() -> None:
    promos = [LISTED, ("OTHER", None, "−$10.00")]
    assert (
        outcome([*OFFERED, at(5, cart(LAPTOP, totals=[*ROWS, ("discount", "−$10.00")], promos=promos))])
        == "fail"
    )


def test_a_code_that_was_refused_or_taken_out_or_given_without_an_answer_accuses_nobody() -> None:
    no = cart(LAPTOP, totals=ROWS, promos=[], messages=["SPRING20 needs a minimum spend of $500.00."])
    assert outcome([*OFFERED, at(5, no)]) is None
    assert outcome([*TYPED, at(2, TAKEN), at(4, EMPTY)]) is None
    assert outcome([*TYPED, at(2, EMPTY)]) == "cannot_tell"
    nothing = cart(promos=[], messages=["SPRING20 cannot be combined with OTHER."])
    assert outcome([*TYPED, at(2, nothing), at(3, EMPTY)]) is None
    other = cart(LAPTOP, totals=ROWS, promos=[LISTED], messages=["OTHER cannot be combined with SPRING20."])
    assert outcome([*TYPED, at(2, TAKEN), at(3, promo("entered", "OTHER")), at(4, other)]) == "fail"


def test_what_was_said_of_a_code_stays_when_it_is_taken_out_or_given_again_and_goes_when_it_is_refused() -> (
    None
):
    facts = [*TYPED, at(2, TAKEN), at(20, EMPTY)]
    assert outcome(facts) == "fail"
    ordered = [*TYPED, at(2, TAKEN), at(5, OrderPlaced(id="1")), at(9, promo("offered"))]
    (found,) = judged(PromoNotApplied, ordered)
    assert found.severity == "high"
    ended = cart(LAPTOP, totals=ROWS, promos=[], messages=["SPRING20 ended yesterday."])
    assert outcome([*OFFERED, at(5, EMPTY), at(30, promo("entered")), at(31, ended)]) is None


def test_a_yes_in_words_is_a_yes() -> None:
    yes = cart(LAPTOP, totals=ROWS, promos=[], messages=["SPRING20 applied: 20 % off your order."])
    assert outcome([*TYPED, at(2, yes)]) == "fail"


def test_a_discount_that_the_checkout_no_longer_has() -> None:
    facts = [*TYPED, at(2, GIVEN), at(9, gone())]
    lost = cart(LAPTOP, surface="summary", totals=ROWS, promos=[])
    found = only([*facts, at(10, lost), at(30, OrderPlaced(id="1"))])
    assert found is not None
    assert (found.outcome, found.signature) == ("fail", "taken off and lost again")
    fewer = cart(line("$9.00", total="$9.00"), surface="summary", totals=[("items", "$9.00")], promos=[])
    assert outcome([*facts, at(10, fewer), at(30, OrderPlaced(id="1"))]) == "pass"


def test_what_another_tab_still_shows_says_nothing_of_a_newer_code() -> None:
    stale = at(0.5, cart(LAPTOP, surface="page", totals=ROWS, promos=[]), load="2", tab="2")
    assert outcome([at(0, page()), stale, at(1, promo("entered")), at(2, GIVEN)]) == "pass"


# Refused


def rejected(facts: list[Entry]) -> list[Finding]:
    return list(judged(PromoRejected, facts))


def no(words: str) -> CartState:
    return cart(LAPTOP, totals=ROWS, promos=[], messages=[words])


def test_a_refusal_in_the_shops_own_words() -> None:
    (found,) = rejected([*TYPED, at(2, no("SPRING20 ended on November 2, 2026."))])
    assert found.said == "Typed the code SPRING20; the shop answered “SPRING20 ended on November 2, 2026”."
    assert (found.outcome, found.severity, found.signature) == ("fail", "low", "… ended on november #, #.")
    assert (found.shown[0].t, found.shown[0].node) == (START_MS + 2_000, 13)


INVALID = no("This code is invalid.")
PRESSED = Click(text=Text(raw="Remove"))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([*TYPED, at(12, INVALID)], id="too late"),
        pytest.param([at(0, INVALID), at(1, promo("entered")), at(2, INVALID)], id="stood before"),
        pytest.param([*TYPED, at(2, no("SPRING20 applied: 20 % off."))], id="a yes"),
        pytest.param([at(2, INVALID)], id="no code was given"),
        pytest.param([*TYPED, at(2, no("Only 2 left of HP 15 laptop."))], id="of something else"),
        pytest.param([*TYPED, at(3, PRESSED), at(4, INVALID)], id="something else was pressed meanwhile"),
        pytest.param([*TYPED, at(2, promo("applied")), at(4, INVALID)], id="taken before"),
    ],
)
def test_what_is_no_refusal(facts: list[Entry]) -> None:
    assert not rejected(facts)


def test_a_code_that_is_taken_later_was_not_refused_in_the_end() -> None:
    (found,) = rejected([*TYPED, at(2, no("SPRING20 needs a minimum spend.")), at(60, TAKEN)])
    assert (found.outcome, found.severity) == ("pass", "info")


def test_a_code_that_is_in_the_cart_already_is_not_refused() -> None:
    again = cart(LAPTOP, totals=ROWS, promos=[LISTED], messages=["SPRING20 is in your cart already."])
    assert [one.outcome for one in rejected([*TYPED, at(2, again)])] == ["pass"]


def test_typing_errors_are_one_attempt_and_three_attempts_are_worse() -> None:
    def tried(*codes: str) -> Finding:
        facts = []
        for n, code in enumerate(codes):
            facts += [
                at(10 * n + 1, promo("entered", code)),
                at(10 * n + 2, no(f"{code} is not a code we know.")),
            ]
        return rejected(facts)[-1]

    assert tried("SPRNG20", "SPRIGN20", "SPRING2O").severity == "low"
    assert tried("SPRING20", "WINTER99", "AUTUMN11").severity == "medium"
    twice = tried("SPRING20", "SPRING20")
    assert twice.said.startswith("Typed the code SPRING20 2 times;")


def test_the_code_that_a_link_promised_weighs_more_unless_it_is_over() -> None:
    assert (
        rejected([*OFFERED, at(1, promo("entered")), at(2, no("SPRING20 is invalid."))])[0].severity == "high"
    )
    assert (
        rejected([*OFFERED, at(1, promo("entered")), at(2, no("SPRING20 has expired."))])[0].severity == "low"
    )


def test_what_the_shops_code_states_counts_at_once() -> None:
    stated = PromoSeen(source="declared", state="rejected", code="SPRING20", reason="expired")
    (found,) = rejected([at(0, page()), at(1, stated)])
    assert found.said == "Gave the code SPRING20; the shop answered “expired”."


@pytest.mark.parametrize("mode", ["pages", "spa"])
def test_the_demo_shop_refuses_two_codes(mode: str) -> None:
    said = [one.said for one in rejected(recorded(f"coupon_refused-{mode}"))]
    assert said[0].startswith("Typed the code WINTER25; the shop answered “WINTER25 ended on ")
    assert said[1].startswith("Typed the code AUTUMN30; the shop answered “AUTUMN30 starts on ")
