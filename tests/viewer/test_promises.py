"""The watch page is told what the shop promised for the codes of a visit, as it was worded then."""

from __future__ import annotations

from dataclasses import replace

import httpx

from replay.model.promo import Promise, Promo
from replay.ports import Store
from tests.viewer.visits import SITE, START_MS, Visit, edge

SPRING = Promise(
    title="Spring mail",
    codes=("SPRING20",),
    basis_points=2_000,
    except_skus=("MUG",),
    until_ms=START_MS - 1,
    zone="UTC",
)


async def test_each_code_is_told_with_what_was_registered_when_it_was_given(
    agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit(identifiers=[edge("promo", "SPRING20"), edge("promo", "TEN")]).put(store)
    assert (await agent.get("/api/sessions/session-1/promises")).json() == []
    promo = Promo(id="spring", promises=(SPRING,))
    promo = promo.reworded(replace(SPRING, since_ms=START_MS + 90_000, basis_points=100))
    assert await store.put_promo(SITE.key, promo, replaces=None)
    told = {one["code"]: one for one in (await agent.get("/api/sessions/session-1/promises")).json()}
    assert told["SPRING20"]["title"] == "Spring mail"
    assert told["SPRING20"]["promised"] == "20 % off"
    assert told["SPRING20"]["until"].endswith("(UTC)")
    assert told["SPRING20"]["notes"] == ["had ended then", "not for MUG"]
    assert told["TEN"]["promised"] is None
    assert [view.what for view in await store.views("session-1")] == ["recording"]
