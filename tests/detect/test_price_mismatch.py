"""The rule that compares what pages and carts said an article costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.detect.fold import Fold
from replay.detect.price_mismatch import PriceMismatch
from replay.detect.shop import Shop
from replay.model.events import Click, Event, Identified, PageViewed, TabShown
from replay.model.finding import Finding
from replay.model.timeline import Entry, entries, timeline
from replay.model.track import Track
from replay.recording.archive import read_recording
from tests.detect.facts import (
    START_MS,
    USD,
    at,
    cart,
    fails,
    gone,
    judged,
    left,
    line,
    page,
    price,
    recorded,
    text,
)

SAMPLE = Path(__file__).parents[2] / "examples" / "samples" / "price-mismatch.replay"
SEEN = [at(0, page("/p/HP-15")), at(0.1, price("$379.00"))]


def one(facts: list[Entry], *, shop: Shop = USD, now: float | None = None) -> Finding:
    """The only finding there is."""
    (found,) = judged(PriceMismatch, facts, shop=shop, now=now)
    return found


def test_the_sentence_and_where_it_can_be_seen() -> None:
    found = one([*SEEN, at(5, cart(line("$499.00")))])
    assert found.said == (
        "The product page showed $379.00 for HP 15 laptop (HP-15); the cart charged $499.00, $120.00 more. "
        "Nothing on screen explained it."
    )
    assert (found.outcome, found.severity, found.subject) == ("fail", "high", "HP-15")
    assert (found.minor, found.currency, found.signature) == (12_000, "USD", "product>drawer ×1.317")
    assert found.decided_ms == START_MS + 7_000
    cart_shown, page_shown = found.shown
    assert (cart_shown.role, cart_shown.raw, cart_shown.node) == ("cart", "$499.00", 9)
    assert (cart_shown.load, cart_shown.t) == ("load-1", START_MS + 5_000)
    assert (page_shown.role, page_shown.raw, page_shown.node) == ("product", "$379.00", 7)
    assert page_shown.t == START_MS + 100


def test_what_it_cost_counts_every_piece() -> None:
    found = one([*SEEN, at(5, cart(line("$499.00", quantity="3", total="$1,497.00")))])
    assert found.minor == 36_000
    assert "$120.00 more each" in found.said


def test_the_same_price_passes() -> None:
    found = one([*SEEN, at(5, cart(line("$379.00")))])
    assert found.outcome == "pass"
    assert (
        found.said == "The product page and the cart showed the same price for HP 15 laptop (HP-15): $379.00."
    )


def test_a_price_that_was_right_is_held_against_what_a_page_shows_later() -> None:
    same = cart(line("$379.00"))
    facts = [*SEEN, at(5, same), at(8, gone()), at(9, same), at(12, gone())]
    assert not fails(judged(PriceMismatch, facts))
    lower = at(13, price("$349.00"), load="2")
    (found,) = fails(
        judged(PriceMismatch, [*facts, at(12.5, page(), load="2"), lower, at(20, same, load="2")])
    )
    assert "showed $349.00" in found.said


def test_nothing_is_said_before_the_price_has_rested() -> None:
    facts = [*SEEN, at(5, cart(line("$499.00")))]
    fold = Fold(USD, [PriceMismatch])
    fold.observe(facts)
    early = fold.judge(START_MS + 6_000)
    assert early.findings == ()
    assert early.wake_ms == START_MS + 7_000
    assert fold.judge(START_MS + 7_000).findings[0].outcome == "fail"


@pytest.mark.parametrize(
    "end",
    [
        pytest.param([at(6.5, cart(line("$379.00")))], id="replaced"),
        pytest.param([at(6.5, gone())], id="closed"),
        pytest.param([at(6.5, left())], id="left"),
        pytest.param([at(6.5, TabShown(visible=False))], id="another tab in front"),
        pytest.param([at(6.5, page("/cart"), load="load-2")], id="another page in the tab"),
    ],
)
def test_what_stood_for_an_instant_was_not_shown(end: list[Entry]) -> None:
    assert not fails(judged(PriceMismatch, [*SEEN, at(5, cart(line("$499.00"))), *end]))


def test_what_stood_for_an_instant_on_each_of_several_pages_was_shown() -> None:
    facts = [*SEEN, at(5, cart(line("$499.00"))), at(6.5, left())]
    facts += [at(6.6, page(), load="load-2"), at(6.7, cart(line("$499.00")), load="load-2")]
    found = one(facts)
    assert (found.outcome, found.decided_ms) == ("fail", START_MS + 7_200)


def test_a_sum_that_changes_does_not_unsettle_the_price_and_it_is_told_as_it_was_first_seen() -> None:
    facts = [*SEEN, at(5, cart(line("$499.00", total="$499.00")))]
    found = one([*facts, at(6, cart(line("$499.00", quantity="2", total="$998.00")))])
    assert (found.minor, found.shown[0].t, found.decided_ms) == (12_000, START_MS + 5_000, START_MS + 7_000)


def test_the_checkout_is_held_to_the_cart_where_no_page_was_seen() -> None:
    facts = [at(0, page()), at(1, cart(line("$379.00"))), at(9, gone())]
    found = one([*facts, at(10, cart(line("$499.00"), surface="summary"))])
    assert found.said.startswith(
        "The cart showed $379.00 for HP 15 laptop (HP-15); the checkout charged $499.00"
    )
    assert found.signature == "drawer>summary ×1.317"


def test_one_price_is_reported_once_on_whatever_surfaces_it_stands() -> None:
    facts = [*SEEN, at(5, cart(line("$499.00"))), at(9, cart(line("$499.00"), surface="page"))]
    assert (
        one([*facts, at(15, cart(line("$499.00"), surface="summary"))]).signature == "product>drawer ×1.317"
    )


@pytest.mark.parametrize(
    ("page_raw", "cart_raw", "severity"),
    [
        ("$379.00", "$499.00", "high"),
        ("$100.00", "$106.00", "high"),
        ("$1000.00", "$1010.00", "high"),
        ("$300.00", "$305.00", "medium"),
        ("$300.00", "$302.00", "low"),
        ("$499.00", "$379.00", "info"),
    ],
)
def test_how_bad_it_is(page_raw: str, cart_raw: str, severity: str) -> None:
    found = one([at(0, page()), at(0.1, price(page_raw)), at(5, cart(line(cart_raw)))])
    assert (found.outcome, found.severity) == ("fail", severity)


@pytest.mark.parametrize(
    ("seen", "state", "reason"),
    [
        (price("$1,299"), cart(line("$1,499")), "can be read in two ways"),
        (price("€379.00"), cart(line("$499.00")), "different currencies"),
        (price("$37.90"), cart(line("$379.00")), "round factor"),
        (price("$3.79"), cart(line("$379.00")), "round factor"),
        (price("from $379.00"), cart(line("$499.00")), "no price to compare with (from)"),
        (price("$379 – $399"), cart(line("$499.00")), "is a range"),
        (price("3 for $10.00"), cart(line("$4.00")), "no price to compare with (count)"),
        (price("$379.00"), cart(line(None, quantity="2", total="$998.00")), "no price of one piece"),
        (price("$379.00"), cart(line("$758.00", quantity="2")), "is what all 2 of them cost"),
        (price("$379.00 excl. VAT"), cart(line("$451.01")), "same tax"),
        (price("$379.00"), cart(line("$499.00"), promos=[("X", None, "−$150.00")]), "may make up"),
        (price("$379.00", sku="OTHER", name="Another"), cart(line("$499.00")), "no page"),
        (price("$379.00", sku="V-1"), cart(line("$499.00")), "under another number"),
        (price("$379.00", role="was"), cart(line("$499.00")), "no page"),
        (price("$379.00", context="store"), cart(line("$499.00")), "no page"),
    ],
)
def test_what_cannot_be_told(seen: object, state: object, reason: str) -> None:
    found = one([at(0, page()), at(0.1, seen), at(5, state)])  # type: ignore[arg-type]
    assert found.outcome == "cannot_tell"
    assert reason in found.said, found.said


@pytest.mark.parametrize(
    ("languages", "outcome"), [(["en-US"], "fail"), (["en-US", "de"], "cannot_tell"), ([None], "cannot_tell")]
)
def test_what_pages_are_written_in_says_which_mark_parts_decimals(
    languages: list[str | None], outcome: str
) -> None:
    pages = [at(0, page(language=language)) for language in languages]
    assert one([*pages, at(0.1, price("$1,299")), at(5, cart(line("$1,499")))]).outcome == outcome


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(cart(line("$499.00", total="$379.00")), id="the line charges it"),
        pytest.param(cart(line("$499.00"), promos=[("X", None, "−$120.00")]), id="a code makes up for it"),
        pytest.param(
            cart(line("$499.00"), totals=[("discount", "-$120.00")]), id="a discount makes up for it"
        ),
        pytest.param(cart(line("$299.00", was="$379.00")), id="it is reduced"),
    ],
)
def test_what_the_screen_explains_passes(state: object) -> None:
    found = one([*SEEN, at(5, state)])  # type: ignore[arg-type]
    assert (found.outcome, found.signature) == ("pass", "explained")


@pytest.mark.parametrize(
    ("totals", "label"),
    [
        ([("items", "$379.00"), ("tax", "$72.01")], "VAT 19 %"),
        ([("items", "$451.01"), ("tax", "$72.01")], "Tax"),
    ],
)
def test_a_tax_that_one_leaves_out_is_no_alarm(totals: list[tuple[str, str]], label: str) -> None:
    found = one([*SEEN, at(5, cart(line("$451.01"), totals=totals, labels={"tax": label}))])
    assert (found.severity, found.signature) == ("info", "product>drawer ×tax")


@pytest.mark.parametrize(
    ("page_raw", "cart_raw", "label", "is_tax"),
    [
        ("€100.00", "€119.00", "Total incl. VAT", True),
        ("€100.00", "€125.00", "Total incl. VAT", False),
        ("€100.00", "€119.00", "Total", False),
        ("€100.00", "€119.00", "VAT 7 %", False),
        ("$100.00", "$120.00", "Tax", False),
    ],
)
def test_a_tax_without_a_rate_is_one_that_is_usual_there(
    page_raw: str, cart_raw: str, label: str, is_tax: bool
) -> None:
    state = cart(line(cart_raw), totals=[("x", "not known yet")], labels={"x": label})
    found = one([at(0, page()), at(0.1, price(page_raw)), at(5, state)])
    assert found.signature.endswith("×tax") == is_tax
    assert (found.outcome, found.severity) == ("fail", "info" if is_tax else "high")


def test_articles_without_a_number_join_by_name_alone() -> None:
    seen = at(0.1, price("$379.00", sku=None, name="HP  15 Laptop"))
    found = one([at(0, page()), seen, at(5, cart(line("$499.00", sku=None, name="HP 15 laptop")))])
    assert (found.outcome, found.subject) == ("fail", "hp 15 laptop")


def test_a_name_of_two_articles_joins_nothing() -> None:
    seen = [at(0.1, price("$379.00", sku="A")), at(0.2, price("$399.00", sku="B"))]
    found = one([at(0, page()), *seen, at(5, cart(line("$499.00", sku=None)))])
    assert found.outcome == "cannot_tell"
    assert "several articles have this name" in found.said


def test_a_cut_name_joins_nothing() -> None:
    seen = at(0.1, price("$379.00", sku=None, name="HP 15 lap…"))
    assert one([at(0, page()), seen, at(5, cart(line("$499.00", sku=None)))]).outcome == "cannot_tell"


def test_a_price_that_the_page_showed_too_may_be_that_of_another_version() -> None:
    seen = [at(0.1, price("$499.00")), at(2, price("$379.00"))]
    found = one([at(0, page()), *seen, at(5, cart(line("$499.00")))])
    assert found.outcome == "cannot_tell"
    assert "the page showed both" in found.said


def test_a_price_that_changed_since_another_visit_of_the_page_is_held_against_the_cart() -> None:
    seen = [
        at(0.1, price("$499.00")),
        at(60, PageViewed(url="https://shop.example/p")),
        at(61, price("$379.00")),
    ]
    assert one([at(0, page()), *seen, at(65, cart(line("$499.00")))]).outcome == "fail"


def test_a_page_holds_for_half_an_hour_after_it_was_last_seen() -> None:
    away = [at(60, PageViewed(url="https://shop.example/c"))]
    found = one([*SEEN, *away, at(60 + 1_801, cart(line("$499.00")))])
    assert found.outcome == "cannot_tell"
    assert "30 minutes before" in found.said
    assert one([*SEEN, *away, at(60 + 1_799, cart(line("$499.00")))]).outcome == "fail"
    found = one([*SEEN, at(60 + 1_801, cart(line("$499.00")))])
    assert found.outcome == "cannot_tell"
    assert "out of date" in found.said
    assert one([*SEEN, at(60 + 1_801, cart(line("$299.00")))]).outcome == "fail"


def test_who_comes_back_to_a_page_that_says_nothing_new_sees_what_it_said() -> None:
    product, listing = (PageViewed(url=f"https://shop.example{path}") for path in ("/p/HP-15", "/c"))
    facts = [*SEEN, at(9, listing), at(9.1, price("$399.00", context="listing"))]
    found = one([*facts, at(19, product), at(21, cart(line("$499.00")))])
    assert found.signature == "product>drawer ×1.317"
    found = one([*SEEN, at(9, listing), at(4_000, product), at(4_001, cart(line("$499.00")))])
    assert found.outcome == "fail"


def test_a_view_may_be_stated_after_what_it_shows() -> None:
    late = [
        at(9, PageViewed(url="https://shop.example/c")),
        at(2_009, page("/other"), tab="tab-2", load="load-2"),
    ]
    view = Entry(
        "load-1", "tab-1", 1, 0, START_MS + 5_000, Event(0, PageViewed(url="https://shop.example/p"))
    )
    facts = [at(0, page()), at(5.1, price("$379.00")), view]
    assert one([*facts, at(1_700, cart(line("$499.00")))]).outcome == "fail"
    assert one([*facts, *late, at(2_010, cart(line("$499.00")))]).outcome == "cannot_tell"


def test_who_signs_in_may_get_another_price() -> None:
    named, charged = at(3, Identified(customer_id="C-1")), at(5, cart(line("$499.00")))
    found = one([*SEEN, at(2, Click(text=text("Sign in"))), named, charged])
    assert found.outcome == "cannot_tell"
    assert "signed in" in found.said
    assert one([*SEEN, named, charged]).outcome == "fail", "who came signed in was named a moment later"
    laptop, other = (PageViewed(url=f"https://shop.example/p/{sku}") for sku in ("HP-15", "OTHER"))
    back = [*SEEN, at(2, other), at(3, Identified(customer_id="C-1")), at(4, laptop)]
    assert one([*back, at(5, cart(line("$499.00")))]).outcome == "fail"
    again = [at(0, Identified(customer_id="C-1")), *SEEN, at(3, Identified(customer_id="C-1"))]
    assert one([*again, at(5, cart(line("$499.00")))]).outcome == "fail"


def test_without_a_currency_the_same_sign_compares() -> None:
    found = one([*SEEN, at(5, cart(line("$499.00")))], shop=Shop())
    assert (found.outcome, found.minor, found.currency) == ("fail", None, None)
    assert "$120.00 more" in found.said


def test_other_prices_of_the_session_tell_how_to_read_one() -> None:
    facts = [at(0, page()), at(0.1, price("$1,299")), at(0.2, price("$4.99", sku="B", name="B"))]
    assert one([*facts, at(5, cart(line("$1,499")))]).outcome == "fail"


@pytest.mark.parametrize("mode", ["pages", "spa"])
def test_the_demo_shop_with_its_fault(mode: str) -> None:
    found = one(recorded(f"price_mismatch-{mode}"))
    assert found.said.startswith(
        "The product page showed $379.00 for HP 15 laptop (HP-15); the cart charged $499.00"
    )
    assert (found.outcome, found.severity, found.minor) == ("fail", "high", 12_000)


def test_the_sample_that_the_demo_starts_with() -> None:
    recording = read_recording(SAMPLE.read_bytes())
    facts = [batch for batch in recording.batches if batch.track == Track.FACTS]
    loads = (
        entries(
            load.id, load.tab, load.offset_ms, [(b.number, b.payload) for b in facts if b.load == load.id]
        )
        for load in recording.loads
    )
    assert one(timeline(loads), shop=Shop()).said == (
        "The product page showed $379.00 for HP 15 laptop (HP-15); the cart charged $499.00, $120.00 more. "
        "Nothing on screen explained it."
    )
