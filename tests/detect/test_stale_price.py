"""The rule that finds prices which pages still showed after they were over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from replay.detect.fold import Fold, Rule
from replay.detect.offers import end_ms
from replay.detect.price_mismatch import PriceMismatch
from replay.detect.shop import Shop
from replay.detect.stale_price import StalePrice
from replay.model.cart import Amount
from replay.model.events import OrderLine, OrderPlaced, PageLoaded, PageViewed, PriceShown
from replay.model.finding import Finding
from replay.model.promo import Promise, Promo, Registry
from replay.model.server_event import Concerning, ServerEvent
from replay.model.timeline import Entry
from tests.detect.facts import START_MS, USD, at, cart, fails, gone, line, page, price

HOUR_S = 3_600.0
DEARER = cart(line("$499.00"))


def when(seconds: float) -> str:
    """A time as pages state it."""
    return datetime.fromtimestamp(START_MS / 1_000 + seconds, UTC).isoformat()


def stated(until: str, amount: str = "379.00") -> PriceShown:
    return PriceShown(
        source="declared",
        context="product",
        role="current",
        sku="HP-15",
        amount=Amount(raw=amount, currency="USD"),
        until=until,
    )


def listed(minor: int, *, since_s: float, to_s: float | None = None, store: str = "online") -> Concerning:
    event = ServerEvent(
        id=f"{store} {since_s}",
        kind="price.list",
        system="catalogue",
        occurred_ms=round(START_MS + since_s * 1_000),
        sku="hp-15",
        store=store,
        minor=minor,
        currency="USD",
        to_ms=None if to_s is None else round(START_MS + to_s * 1_000),
    )
    return Concerning(event=event, received_ms=event.occurred_ms, by="price")


def judged(
    facts: Sequence[Entry],
    *,
    rule: Rule = StalePrice,
    told: Sequence[Concerning] = (),
    shop: Shop = USD,
) -> list[Finding]:
    """What fails, a minute after the last fact."""
    fold = Fold(shop, [rule])
    fold.observe(facts)
    fold.hear(told, None)
    found = fails(fold.judge(facts[-1].t + 60_000).findings)
    assert not fold.failures
    return found


def visit(*stated_too: PriceShown, then: float = 20) -> list[Entry]:
    """A page that shows the laptop for $379.00, and a cart that charges $499.00."""
    first = [at(0, page("/p/HP-15")), at(0.1, price("$379.00"))]
    return [*first, *(at(0.2, one) for one in stated_too), at(then, DEARER)]


def test_an_offer_that_ended_is_still_on_the_page_and_the_cart_is_dearer() -> None:
    facts = visit(stated(when(-2 * HOUR_S)))
    (found,) = judged(facts)
    assert found.said == (
        "The product page still showed $379.00 for HP 15 laptop (HP-15) 2 hours after that price ended (by "
        "the page itself); the cart charged $499.00, $120.00 more."
    )
    assert (found.rule, found.subject, found.severity) == ("stale_price", "HP-15", "medium")
    assert (found.minor, found.currency) == (120_00, "USD")
    assert (found.shown[0].raw, found.shown[1].raw) == ("$499.00", "$379.00")
    assert not judged(facts, rule=PriceMismatch)


def test_it_is_worse_where_it_was_ordered() -> None:
    facts = visit(stated(when(-2 * HOUR_S)))
    for lines, severity in ((None, "high"), ("HP-15", "high"), ("MO-1", "medium")):
        own = None if lines is None else (OrderLine(sku=lines),)
        (found,) = judged([*facts, at(60, gone()), at(61, OrderPlaced(id="1", lines=own))])
        assert found.severity == severity


@pytest.mark.parametrize(
    "until",
    [
        when(-4 * 60),
        when(60),
        when(-2 * HOUR_S)[:10].replace("-0", "-1") + "nonsense",
        "",
        "2999-12-31",
        "9999-12-31",
        when(-6 * HOUR_S)[:19],
        when(-6 * HOUR_S)[:10],
    ],
)
def test_what_has_not_ended_everywhere_for_five_minutes_is_a_mismatch(until: str) -> None:
    facts = visit(stated(until))
    assert not judged(facts)
    assert len(judged(facts, rule=PriceMismatch)) == 1


def test_an_end_by_itself_says_nothing() -> None:
    old = stated("2020-01-01")
    assert not judged([*visit(old)[:-1], at(20, cart(line("$379.00")))])
    assert not judged([*visit(old)[:-1], at(20, cart(line("$299.00")))])
    assert not judged(visit(stated("2020-01-01", "359.00")))
    assert not judged(visit(old, stated(when(HOUR_S))))
    # Explained on screen, or of nobody who was on a page.
    assert not judged([*visit(old)[:-1], at(20, cart(line("$499.00", total="$379.00")))])
    assert not judged([at(0, old), at(20, DEARER)])


def test_a_date_lasts_until_its_day_ends_where_days_end_last() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1_000
    assert end_ms("2026-11-22") == noon
    assert end_ms("2026-11-22T12:00:00") == datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1_000
    assert end_ms("2026-11-22T12:00:00+01:00") == datetime(2026, 11, 22, 11, tzinfo=UTC).timestamp() * 1_000
    assert end_ms("22.11.2026") is None


def test_the_zone_that_the_shop_words_its_promises_with_is_its_own() -> None:
    facts = visit(stated(when(-6 * HOUR_S)[:19]))
    promise = Promise(title="Any", codes=("ANY",), basis_points=500, zone="UTC")
    shop = Shop(currency="USD", promised=Registry(promos=(Promo(id="any", promises=(promise,)),)))
    assert len(judged(facts, shop=shop)) == 1


def test_a_price_that_is_listed_again_goes_on() -> None:
    """Platforms send an article's price anew whenever anything of the article changes, such as its stock."""
    begun = listed(379_00, since_s=-9 * HOUR_S)
    again, dearer = listed(379_00, since_s=-HOUR_S), listed(499_00, since_s=-2 * HOUR_S)
    for told in ([begun, again], [begun, dearer, again]):
        assert not judged(visit(), told=told)
        assert len(judged(visit(), rule=PriceMismatch, told=told)) == 1
    (found,) = judged(visit(), told=[begun, listed(379_00, since_s=-3 * HOUR_S), dearer])
    assert "2 hours after that price ended" in found.said
    # One that is to come back was over all the same.
    (found,) = judged(visit(), told=[begun, dearer, listed(379_00, since_s=HOUR_S)])
    assert "2 hours after that price ended" in found.said


def test_a_price_list_tells_ends_too() -> None:
    ended = listed(379_00, since_s=-9 * HOUR_S, to_s=-HOUR_S)
    (found,) = judged(visit(), told=[ended])
    assert "60 minutes after that price ended (by the price list of online)" in found.said
    followed = [listed(379_00, since_s=-9 * HOUR_S), listed(499_00, since_s=-HOUR_S)]
    assert judged(visit(), told=followed)[0].said == found.said
    assert not judged(visit(), told=followed, rule=PriceMismatch)
    for others in (
        [listed(379_00, since_s=-9 * HOUR_S)],
        [ended, listed(379_00, since_s=-9 * HOUR_S, store="Main Street", to_s=HOUR_S)],
        [listed(359_00, since_s=-9 * HOUR_S, to_s=-HOUR_S)],
    ):
        assert not judged(visit(), told=others)


def test_a_promise_that_is_over_and_takes_off_just_that_much() -> None:
    until_ms = round(START_MS - HOUR_S * 1_000)
    promise = Promise(
        title="Week of laptops", basis_points=1_000, only_skus=("HP-15",), until_ms=until_ms, campaigns=("l",)
    )
    shop = Shop(currency="USD", promised=Registry(promos=(Promo(id="l", promises=(promise,)),)))
    was = [at(0.1, price("$421.11", role="was"))]
    (found,) = judged([*visit()[:2], *was, *visit()[2:]], shop=shop)
    assert "by the promise “Week of laptops”" in found.said
    was = [at(0.1, price("$499.00", role="was"))]
    assert not judged([*visit()[:2], *was, *visit()[2:]], shop=shop)


def test_a_page_that_stood_open_while_the_price_changed() -> None:
    first = [at(0, page("/p/HP-15")), at(0.1, price("$379.00"))]
    other = [
        at(60, page("/p/HP-15"), load="load-2", tab="tab-2"),
        at(60.1, price("$499.00"), load="load-2", tab="tab-2"),
    ]
    back = [
        at(90, PageLoaded(url="https://shop.example/p/HP-15", how="resumed", age_ms=90_000), load="load-3"),
        at(90.1, price("$379.00"), load="load-3"),
    ]
    facts = [*first, *other, *back, at(95, DEARER, load="load-3")]
    (found,) = judged(facts)
    assert found.signature == "changed while the page was open | drawer"
    assert "and a page that was loaded after it the new price; the cart charged $499.00" in found.said
    assert not judged(facts, rule=PriceMismatch)
    # Loaded anew it shows what it shows now.
    anew = [at(90, page("/p/HP-15"), load="load-3"), at(90.1, price("$379.00"), load="load-3")]
    assert not judged([*first, *other, *anew, at(95, DEARER, load="load-3")])


def test_a_page_that_is_half_an_hour_old() -> None:
    (found,) = judged(visit(then=45 * 60))
    assert found.signature == "page open for long | drawer"
    assert found.said == (
        "The product page still showed $379.00 for HP 15 laptop (HP-15) 45 minutes after it was opened; the "
        "cart charged $499.00, $120.00 more."
    )
    assert not judged(visit(then=29 * 60))
    again = PageLoaded(url="https://shop.example/p/HP-15", how="restarted", age_ms=int(9 * HOUR_S * 1_000))
    (found,) = judged([at(0, again), at(0.1, price("$379.00")), at(20, DEARER)])
    assert "9 hours after it was opened" in found.said


def test_what_a_page_shows_later_or_under_another_address_is_not_as_old_as_it() -> None:
    late = [at(0, page("/c")), at(45 * 60, price("$379.00", context="quickview"))]
    assert not judged([*late, at(46 * 60, DEARER)])
    viewed = [
        at(0, page("/")),
        at(45 * 60, PageViewed(url="https://shop.example/p")),
        at(2_701, price("$379.00")),
    ]
    assert not judged([*viewed, at(46 * 60, DEARER)])


def test_one_look_at_a_fresh_page_makes_it_a_mismatch() -> None:
    fresh = [at(46 * 60, page("/p/HP-15"), load="load-2"), at(2_760.1, price("$379.00"), load="load-2")]
    facts = [*visit(then=45 * 60), *fresh, at(47 * 60, DEARER, load="load-2")]
    assert not judged(facts)
    assert len(judged(facts, rule=PriceMismatch)) == 1


def test_asking_in_between_changes_nothing() -> None:
    facts = visit(stated(when(-2 * HOUR_S)))
    asked = Fold(USD, [PriceMismatch, StalePrice])
    for entry in facts:
        asked.observe([entry])
        asked.judge(entry.t)
    assert asked.judge(facts[-1].t).wake_ms == facts[-1].t + 2_000
    told = [listed(379_00, since_s=-9 * HOUR_S, to_s=-3 * HOUR_S)]
    asked.hear(told, None)
    anew = Fold(USD, [PriceMismatch, StalePrice])
    anew.observe(facts)
    anew.hear(told, None)
    assert asked.judge(facts[-1].t + 2_000) == anew.judge(facts[-1].t + 2_000)
