"""All rules over random visits: a right shop is accused of nothing, a wrong one of what went wrong."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.detect.fold import RULES, Fold
from replay.detect.shop import Shop
from replay.model.cart import Amount, CartGone, CartState, Line, PromoShown, Text, Total
from replay.model.events import (
    Click,
    Event,
    Fact,
    Identified,
    OrderPlaced,
    Outcome,
    PageLeft,
    PageLoaded,
    PageViewed,
    PriceShown,
    PromoSeen,
    RequestFailed,
    ScriptError,
    TabShown,
)
from replay.model.finding import Finding, Judgement
from replay.model.promo import Promise, Promo, Registry
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, fails, recorded
from tests.detect.trips import CODE, FAULTS, Fault, trip

RULE_OF: dict[Fault, str] = {
    "price": "price_mismatch",
    "code": "promo_not_applied",
    "link": "promo_not_applied",
    "total": "totals_dont_add_up",
    "gone": "cart_changed_without_customer_action",
}
MINUTE_MS = 60_000
LEAST = Promise(title="Save", codes=(CODE,), basis_points=500)
"""The least that the code gives in any of the shops."""
PROMISED = Shop(promised=Registry(promos=(Promo(id="save", promises=(LEAST,)),)))
SHOPS = (Shop(), Shop(currency="USD"), Shop(currency="EUR"), PROMISED)


def judged(facts: Iterable[Entry], shop: Shop) -> Judgement:
    fold = Fold(shop, RULES)
    taken = list(facts)
    fold.observe(taken)
    assert not fold.failures
    return fold.judge(max((entry.t for entry in taken), default=START_MS) + MINUTE_MS)


@given(st.integers(0, 2**32), st.sampled_from(SHOPS))
@settings(max_examples=80, deadline=None)
def test_a_right_shop_is_accused_of_nothing(seed: int, shop: Shop) -> None:
    found = fails(judged(trip(seed), shop).findings)
    assert not found, [one.said for one in found]


@pytest.mark.parametrize("fault", FAULTS)
@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_wrong_one_is_accused_of_what_went_wrong_and_where(fault: Fault, seed: int) -> None:
    facts = trip(seed, fault)
    found = fails(judged(facts, Shop()).findings)
    assert {one.rule for one in found} == {RULE_OF[fault]}, [one.said for one in found]
    carts = {(entry.load, entry.t): entry.event.fact for entry in facts}
    for one in found:
        state = carts[one.shown[0].load, one.shown[0].t]
        assert isinstance(state, CartState)
        if fault == "price":
            assert any(line.unit and line.unit.raw == one.shown[0].raw for line in state.lines or ())
            assert one.subject in ("ART-0", "ART-1", "ART-2", "ART-3") or one.subject.startswith("thing no.")
        elif fault == "gone":
            assert one.subject in ("ART-9", "a thing that nobody looked at")
        elif fault == "total":
            assert one.subject == state.surface
        else:
            assert one.subject == CODE


@pytest.mark.parametrize("fault", ["code", "link"])
@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_a_code_that_is_registered_is_held_against_what_was_promised_and_once(
    fault: Fault, seed: int
) -> None:
    found = fails(judged(trip(seed, fault), PROMISED).findings)
    assert {(one.rule, one.subject) for one in found} == {("promise_not_kept", "save")}


@given(
    st.integers(0, 2**32),
    st.sampled_from([None, *FAULTS]),
    st.randoms(use_true_random=False),
    st.sampled_from([Shop(), PROMISED]),
)
@settings(max_examples=25, deadline=None)
def test_asking_in_between_changes_nothing(
    seed: int, fault: Fault | None, dice: random.Random, shop: Shop
) -> None:
    facts = trip(seed, fault)
    asked, silent = Fold(shop, RULES), Fold(shop, RULES)
    for entry in facts:
        asked.observe([entry])
        silent.observe([entry])
        if dice.random() < 0.4:
            asked.judge(entry.t + dice.choice([0.0, 1_999.0, 2_000.0, 9_000.0, 10 * MINUTE_MS]))
    for later in (0.0, 1_500.0, 8_500.0, MINUTE_MS):
        assert asked.judge(facts[-1].t + later) == silent.judge(facts[-1].t + later)


@given(st.integers(0, 2**32), st.sampled_from(FAULTS), st.sampled_from([Shop(), PROMISED]))
@settings(max_examples=30, deadline=None)
def test_who_asks_when_told_to_misses_nothing(seed: int, fault: Fault, shop: Shop) -> None:
    """What is said at the time of the last wish to be asked again is what is said ever after."""
    facts = trip(seed, fault)
    fold = Fold(shop, RULES)
    fold.observe(facts)
    now = facts[-1].t
    while (judgement := fold.judge(now)).wake_ms is not None:
        assert now < judgement.wake_ms <= facts[-1].t + 30 * MINUTE_MS
        now = judgement.wake_ms
    assert fails(judgement.findings) == fails(fold.judge(now + MINUTE_MS).findings)


RAWS = st.one_of(
    st.sampled_from(
        [
            "$1,299",
            "$12.99",
            "—",
            "Free",
            "10 %",
            "$0.00",
            "−$5.00",
            "9" * 30,
            "1.2.3",
            "$",
            "",
            "0",
            "x 2",
            "1,5",
        ]
    ),
    st.text(max_size=12),
)
WORDS = st.one_of(
    st.none(), st.sampled_from(["", "A", "SAVE", "tax", "total", "items", "discount"]), st.text(max_size=8)
)
TEXTS = st.one_of(st.none(), st.builds(Text, raw=RAWS))
AMOUNTS = st.one_of(
    st.none(),
    st.builds(Amount, raw=st.one_of(st.none(), RAWS), currency=st.sampled_from([None, "USD", "JPY", "XX"])),
    st.builds(Amount, minor=st.integers(), currency=st.sampled_from([None, "USD", "KWD", "ZZZ"])),
)
LINES = st.builds(Line, sku=WORDS, name=TEXTS, quantity=TEXTS, unit=AMOUNTS, was=AMOUNTS, total=AMOUNTS)
STATES = st.builds(
    CartState,
    surface=st.sampled_from(["drawer", "page", "summary", "mini", "network"]),
    source=st.sampled_from(["displayed", "displayed", "network", "declared"]),
    lines=st.one_of(st.none(), st.lists(LINES, max_size=3).map(tuple)),
    promos=st.one_of(
        st.none(),
        st.lists(st.builds(PromoShown, code=WORDS, text=TEXTS, amount=AMOUNTS), max_size=2).map(tuple),
    ),
    totals=st.lists(
        st.builds(Total, key=WORDS.map(lambda word: word or "total"), label=TEXTS, amount=AMOUNTS), max_size=4
    ).map(tuple),
    messages=st.lists(st.builds(Text, raw=RAWS), max_size=2).map(tuple),
)
URLS = st.sampled_from(
    ["https://shop.example/checkout", "https://shop.example/account/1", "", "about:blank", "//[x"]
)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    STATES,
    STATES,
    st.builds(CartGone, surface=st.sampled_from(["drawer", "page"])),
    st.builds(
        PriceShown,
        source=st.just("displayed"),
        context=st.sampled_from(["product", "listing", "x"]),
        role=st.sampled_from(["current", "was", "from"]),
        sku=WORDS,
        name=TEXTS,
        amount=AMOUNTS.map(lambda amount: amount or Amount()),
    ),
    st.builds(
        PromoSeen,
        source=st.just("displayed"),
        state=st.sampled_from(["offered", "entered", "applied", "rejected", "removed"]),
        code=WORDS,
        text=TEXTS,
    ),
    st.builds(OrderPlaced, id=st.just("1")),
    st.builds(Click, control=st.sampled_from(["button", "a", None]), text=TEXTS),
    st.builds(Click, control=st.just("button"), text=st.just(Text(raw="Pay"))),
    st.builds(
        Outcome,
        what=st.sampled_from(["nothing", "message", "disabled"]),
        after_ms=st.integers(0, 4_000),
        text=TEXTS,
        presses=st.integers(1, 4),
    ),
    st.builds(RequestFailed, method=st.just("POST"), url=URLS, status=st.sampled_from([None, 0, 404, 500])),
    st.builds(ScriptError, message=st.text(max_size=9), where=st.one_of(st.none(), URLS)),
    st.builds(PageLoaded, url=URLS),
    st.builds(PageViewed, url=URLS),
    st.builds(PageLeft, picture_complete=st.booleans()),
    st.builds(TabShown, visible=st.booleans()),
    st.builds(Identified, customer_id=WORDS),
)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("tu"), st.integers(0, 4_000), FACTS), max_size=12
    )
)
@settings(max_examples=120, deadline=None)
def test_nothing_makes_a_rule_fail(rows: list[tuple[str, str, int, Fact]]) -> None:
    t, facts = START_MS, []
    for number, (load, tab, later, fact) in enumerate(rows):
        t += later
        facts.append(Entry(load, tab, number, 0, t, Event(t, fact)))
    for shop in SHOPS:
        places = {(entry.load, entry.t) for entry in facts}
        for one in judged(facts, shop).findings:
            assert one.said
            assert (one.shown[0].load, one.shown[0].t) in places
            assert one.decided_ms >= one.shown[0].t


@pytest.mark.parametrize("mode", ["pages", "spa"])
@pytest.mark.parametrize("name", ["purchase", "coupon_by_link", "return", "track"])
def test_the_demo_shop_in_order_is_accused_of_nothing(name: str, mode: str) -> None:
    for shop in SHOPS:
        assert not fails(judged(recorded(f"{name}-{mode}"), shop).findings)


def only_fail(name: str) -> Finding:
    (found,) = fails(judged(recorded(name), Shop(currency="USD")).findings)
    return found


@pytest.mark.parametrize("mode", ["pages", "spa"])
@pytest.mark.parametrize(
    ("name", "rule", "signature", "severity"),
    [
        ("price_mismatch", "price_mismatch", "product>drawer ×1.317", "high"),
        ("coupon_not_deducted", "promo_not_applied", "accepted, nothing taken off", "high"),
        ("coupon_typed_not_deducted", "promo_not_applied", "accepted, nothing taken off", "low"),
        ("coupon_link_ignored", "promo_not_applied", "by link, not in the cart", "high"),
    ],
)
def test_each_fault_of_the_demo_shop_has_its_finding(
    name: str, rule: str, signature: str, severity: str, mode: str
) -> None:
    found = only_fail(f"{name}-{mode}")
    assert (found.rule, found.signature, found.severity) == (rule, signature, severity)
