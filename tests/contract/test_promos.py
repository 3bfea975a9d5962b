"""The promo registry: what is promised is kept as it is, one site's apart from another's."""

from __future__ import annotations

from dataclasses import replace

from replay.model.promo import Promise, Promo
from replay.ports import Site, Store
from tests.contract.given import NOW_MS

SPRING = Promise(
    title="Spring “20 %”",
    by="ana",
    codes=("SPRING20", "SPRING-******"),
    campaigns=("spring20", "promo=frühling"),
    basis_points=2_000,
    currency="USD",
    min_minor=10_000,
    only_skus=("HP-15",),
    except_skus=("GIFT",),
    first_order=True,
    from_ms=NOW_MS - 1,
    until_ms=NOW_MS + 1,
    zone="Europe/Berlin",
)
PROMO = Promo(id="spring", promises=(SPRING, replace(SPRING, since_ms=NOW_MS, basis_points=1_000)))
GIFT = Promo(id="gift", promises=(Promise(title="A mug", codes=("MUG",), gift_sku="MUG-1"),))


async def test_promos_are_kept_by_site_and_come_by_id(store: Store) -> None:
    assert await store.promos("pk_1") == ()
    assert await store.put_promo("pk_1", PROMO, replaces=None)
    assert await store.put_promo("pk_1", GIFT, replaces=None)
    assert await store.put_promo("pk_2", replace(GIFT, id="spring"), replaces=None)
    assert await store.promos("pk_1") == (GIFT, PROMO)


async def test_who_did_not_see_the_latest_wording_changes_nothing(store: Store) -> None:
    assert not await store.put_promo("pk_1", PROMO, replaces=GIFT)
    assert await store.put_promo("pk_1", PROMO, replaces=None)
    assert not await store.put_promo("pk_1", PROMO, replaces=GIFT)
    assert not await store.put_promo("pk_1", PROMO, replaces=None)
    ended = PROMO.reworded(replace(SPRING, since_ms=NOW_MS + 5, until_ms=NOW_MS + 5))
    assert await store.put_promo("pk_1", ended, replaces=PROMO)
    assert not await store.put_promo("pk_1", PROMO.reworded(SPRING), replaces=PROMO)
    assert await store.promos("pk_1") == (ended,)


async def test_several_changes_are_kept_wholly_or_not_at_all(store: Store) -> None:
    reworded = PROMO.reworded(replace(SPRING, since_ms=NOW_MS + 5))
    assert await store.put_promos("pk_1", [(PROMO, None), (GIFT, None)])
    assert not await store.put_promos("pk_1", [(reworded, PROMO), (replace(GIFT, id="new"), GIFT)])
    assert await store.promos("pk_1") == (GIFT, PROMO)
    assert await store.put_promos("pk_1", [(reworded, PROMO), (replace(GIFT, id="new"), None)])
    assert await store.promos("pk_1") == (GIFT, replace(GIFT, id="new"), reworded)


async def test_a_promo_is_dropped_once_and_stays_when_its_site_is_put_again(store: Store) -> None:
    site = Site(key="pk_1", name="Shop", origins=(), identify_secret="secret", settings={}, created_ms=NOW_MS)
    await store.put_site(site)
    assert await store.put_promo("pk_1", PROMO, replaces=None)
    await store.put_site(replace(site, name="Shoes"))
    assert await store.promos("pk_1") == (PROMO,)
    assert not await store.drop_promo("pk_2", "spring")
    assert await store.drop_promo("pk_1", "spring")
    assert not await store.drop_promo("pk_1", "spring")
    assert await store.promos("pk_1") == ()


async def test_codes_that_were_ever_registered_just_so_are_found_by_how_they_begin(store: Store) -> None:
    reworded = Promo(id="spring", promises=(*PROMO.promises, replace(SPRING, codes=("Spring-30",))))
    assert await store.put_promo("pk_1", PROMO, replaces=None)
    assert await store.put_promo("pk_1", reworded, replaces=PROMO)
    for site in ("pk_1", "pk_2"):
        assert await store.put_promo(site, GIFT, replaces=None)
    assert await store.registered_codes("spr", 9) == ["spring20", "spring30"]
    assert await store.registered_codes("spr", 1) == ["spring20"]
    assert await store.registered_codes("mug", 9) == ["mug"]
    assert await store.registered_codes("pring", 9) == []
    assert await store.drop_promo("pk_1", "spring")
    assert await store.drop_promo("pk_1", "gift")
    assert await store.registered_codes("spr", 9) == []
    assert await store.registered_codes("mug", 9) == ["mug"]
