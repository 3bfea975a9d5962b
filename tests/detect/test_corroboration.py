"""What else is known of a displayed amount: the same, another, or why they do not compare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.detect.corroboration import Mark, corroborated
from replay.model.cart import Amount, CartState, Surface
from replay.model.server_event import Concerning, Relation, ServerEvent, ServerLine
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, at, cart, line, page, price

SHOWN = cart(line("$499.00", total="$499.00"), totals=[("items", "$499.00"), ("total", "$499.00")])


def stated(state: CartState, *, surface: Surface = "network") -> CartState:
    return replace(state, source="network", surface=surface)


def told(by: Relation = "customer", seconds: float = 60, **fields: object) -> Concerning:
    t = int(START_MS + seconds * 1_000)
    event = ServerEvent(**{"id": "e", "kind": "order.created", "system": "erp", "occurred_ms": t, **fields})  # type: ignore[arg-type]
    return Concerning(event=event, received_ms=t, by=by)


def listed(minor: int, *, seconds: float = -60, **fields: object) -> Concerning:
    of = {"kind": "price.list", "sku": "hp15", "store": "Shelf 9", "minor": minor, "currency": "USD"}
    return told("price", seconds, **{**of, **fields})


def marks(*facts: Entry, of: int = 0, told: tuple[Concerning, ...] = ()) -> tuple[Mark, ...]:
    numbered = [replace(entry, number=number) for number, entry in enumerate(facts)]
    place = (numbered[of].load, of, 0)
    return corroborated(numbered, told, "USD", [place])[place]


def short(found: tuple[Mark, ...]) -> list[tuple[str, str, str, str | None]]:
    return [(one.at, one.outcome, one.who, one.amount) for one in found]


def test_the_shops_answer_says_the_same_or_another_amount_of_each() -> None:
    said = stated(cart(line("$379.00", total="$499.00"), totals=[("total", "$499")]))
    found = marks(at(1, SHOWN), at(1.4, said))
    assert short(found) == [
        ("line 0 unit", "other", "network", "$379.00"),
        ("line 0 total", "same", "network", "$499.00"),
        ("total 1", "same", "network", "$499"),
    ]
    assert found[0].since_ms == START_MS + 1_400


@pytest.mark.parametrize(
    ("shown_at", "said_at", "count"), [(40, 11, 3), (40, 9, 0), (40, 41.9, 3), (40, 42.1, 0)]
)
def test_only_what_was_said_near_that_moment_counts(shown_at: float, said_at: float, count: int) -> None:
    facts = sorted([at(shown_at, SHOWN), at(said_at, stated(SHOWN))], key=lambda one: one.t)
    assert len(marks(*facts, of=int(shown_at > said_at))) == count


def test_what_was_said_of_another_state_of_the_cart_is_left_out() -> None:
    other = cart(line("$499.00", quantity="2", total="$998.00"), totals=[("total", "$998.00")])
    assert marks(at(0, other), at(-1, stated(other)), at(5, SHOWN), of=2) == ()
    assert marks(at(0, SHOWN), at(1, other), at(1.5, stated(other))) == ()
    # The same cart shown again is no other state of it.
    again = marks(at(0, SHOWN), at(0.2, stated(SHOWN)), at(9, SHOWN), of=2)
    assert [one.outcome for one in again] == ["same"] * 3


def test_sources_are_never_merged_and_of_each_the_nearest_counts() -> None:
    old, new = stated(cart(line("$1.00"))), stated(cart(line("$499.00")))
    data_layer = stated(cart(line("$2.00")), surface="data_layer")
    found = marks(at(0, old), at(8, new), at(8, data_layer), at(9, cart(line("$499.00"))), of=3)
    assert [(one.who, one.outcome, one.amount) for one in found] == [
        ("network", "same", "$499.00"),
        ("data_layer", "other", "$2.00"),
    ]


@pytest.mark.parametrize(
    ("shown", "said", "why"),
    [
        (line("€499.00"), line("$499.00"), "may be of different currencies"),
        (line("$499.00 incl. tax"), line("$499.00"), "do not speak of the same tax"),
        (line("$1,299"), line("$1,299.00"), ""),
        (line("from $499.00"), line("$499.00"), "no price to compare with"),
    ],
)
def test_what_does_not_compare_says_why(shown: object, said: object, why: str) -> None:
    (found,) = marks(at(0, cart(shown)), at(0.1, stated(cart(said))))  # type: ignore[arg-type]
    if why:
        assert (found.outcome, why in (found.why or "")) == ("unclear", True), found
    else:
        assert found.outcome in ("same", "unclear")


@pytest.mark.parametrize(("others", "outcome"), [((), "same"), (("CAD",), "unclear")])
def test_a_sign_is_of_the_currency_that_the_shop_says_if_that_is_one(
    others: tuple[str, ...], outcome: str
) -> None:
    facts = [at(0, cart(line("$499.00")))]
    for currency in ("USD", *others):
        of = replace(line("499.00"), unit=Amount(raw="499.00", minor=49_900, currency=currency))
        facts.append(at(0.1, stated(cart(of))))
    numbered = [replace(entry, number=number) for number, entry in enumerate(facts)]
    (found,) = corroborated(numbered, (), None, [("load-1", 0, 0)])["load-1", 0, 0]
    assert found.outcome == outcome, found


def test_two_lines_of_one_article_are_not_guessed_at() -> None:
    found = marks(at(0, cart(line("$499.00"))), at(0.1, stated(cart(line("$499.00"), line("$379.00")))))
    assert [(one.outcome, one.why) for one in found] == [("unclear", "several lines are of this article")]


def test_an_article_is_known_by_its_name_only_where_numbers_are_missing() -> None:
    nameless = stated(cart(line("$499.00", sku=None, name="HP 15 LAPTOP")))
    assert short(marks(at(0, cart(line("$499.00"))), at(0.1, nameless)))[0][1] == "same"
    other = stated(cart(line("$499.00", sku="OTHER")))
    assert marks(at(0, cart(line("$499.00"))), at(0.1, other)) == ()


def test_price_lists_that_were_in_force_stand_beside_each_by_its_store() -> None:
    lists = (
        listed(49_900, seconds=-90),
        listed(37_900, seconds=-60),
        listed(49_900, store="Web"),
        listed(1, store="Ended", to_ms=START_MS),
        listed(2, store="Later", from_ms=START_MS + 9_000),
        listed(49_900, store="Abroad", currency="EUR"),
        listed(3, store="Others", sku="TAB-11"),
    )
    found = marks(at(1, page()), at(2, price("$499.00")), of=1, told=lists)
    assert [(one.at, one.outcome, one.who) for one in found] == [
        ("price", "other", "Shelf 9 (erp)"),
        ("price", "same", "Web (erp)"),
        ("price", "unclear", "Abroad (erp)"),
    ]
    assert found[0].amount == "$379.00"
    assert found[0].since_ms == START_MS - 60_000
    in_cart = marks(at(2, SHOWN), told=lists[:1])
    assert short(in_cart) == [("line 0 unit", "same", "Shelf 9 (erp)", "$499.00")]


def test_stores_with_one_price_since_one_time_say_it_together() -> None:
    few = [listed(49_900, store=f"S{at}") for at in range(2)]
    many = [listed(37_900, store=f"T{at}", seconds=-50) for at in range(4)]
    assert short(marks(at(1, price("$499.00")), told=(*few, *many))) == [
        ("price", "same", "S0, S1 (erp)", "$499.00"),
        ("price", "other", "4 stores (erp)", "$379.00"),
    ]


def test_the_order_that_followed_is_held_against_the_last_cart_of_a_verified_customer() -> None:
    lines = (ServerLine(sku="hp15", quantity="1", minor=37_900),)
    order = told(minor=49_900, currency="USD", lines=lines)
    found = short(marks(at(50, SHOWN), told=(order,)))
    assert found == [
        ("line 0 unit", "other", "erp", "$379.00"),
        ("line 0 total", "other", "erp", "$379.00"),
        ("total 1", "same", "erp", "$499.00"),
    ]
    assert marks(at(50, SHOWN), told=(replace(order, by="claimed"),)) == ()
    first = told(minor=49_900, currency="USD", lines=lines, lines_count=612)
    assert short(marks(at(50, SHOWN), told=(first,))) == found[2:]
    assert marks(at(61, SHOWN), told=(order,)) == ()
    two = replace(order, event=replace(order.event, lines=(replace(lines[0], quantity="2"),)))
    assert [one.why for one in marks(at(50, SHOWN), told=(two,))] == ["it is of 2 of them"] * 2 + [None]
    changed = cart(line("$1.00"))
    assert marks(at(50, SHOWN), at(55, changed), told=(order,)) == ()


def test_a_product_page_is_held_against_what_it_states_itself() -> None:
    declared = replace(price("379.00"), source="declared", amount=Amount(raw="379.00", currency="USD"))
    found = marks(at(0, price("$379.00")), at(0.1, declared))
    assert short(found) == [("price", "same", "declared", "379.00")]
