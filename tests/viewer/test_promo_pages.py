"""The promo registry at the desk: read by everybody, changed by admins, with every fault beside its field."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.applications import Starlette

from replay.model.promo import Promise, Promo
from replay.ports import Store
from tests.viewer.conftest import PASSWORD, Clock, browse, log_in
from tests.viewer.visits import SITE
from viewer.accounts import Accounts

FORM = f"/promises/{SITE.key}"
SPRING = {"id": "spring-20", "title": "Spring <b>mail", "codes": "SPRING20\r\n", "percent": "20"}


@pytest.fixture
async def admin(desk: Starlette, accounts: Accounts, store: Store, clock: Clock) -> httpx.AsyncClient:
    await accounts.create(login="ada", name="Ada", password=PASSWORD, now_ms=clock(), role="admin")
    await store.put_site(SITE)
    client = browse(desk)
    await log_in(client, login="ada")
    return client


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return found[1]


async def send(client: httpx.AsyncClient, where: str, **typed: str) -> httpx.Response:
    page = await client.get(where)
    form = {"csrf": hidden(page, "csrf"), "seen": hidden(page, "seen"), **typed}
    return await client.post(where, data=form)


async def test_a_promise_is_registered_worded_anew_and_ended(
    admin: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    assert "Nothing is registered for this storefront" in (await admin.get("/promises")).text
    assert (await send(admin, FORM, **SPRING)).status_code == 303
    listed = (await admin.get("/promises")).text
    assert "Spring &lt;b&gt;mail" in listed
    assert "20 % off" in listed
    edit = f"{FORM}/spring-20"
    assert 'value="20"' in (await admin.get(edit)).text
    clock.ms += 1_000
    reworded = {**SPRING, "percent": "", "amount": "5", "currency": "USD"}
    assert (await send(admin, edit, **reworded)).status_code == 303
    (promo,) = await store.promos(SITE.key)
    assert [(one.basis_points, one.minor, one.by) for one in promo.promises] == [
        (2_000, None, "ada"),
        (None, 500, "ada"),
    ]
    assert promo.latest.since_ms == clock()
    clock.ms += 1_000
    csrf = hidden(await admin.get("/promises"), "csrf")
    assert (await admin.post(f"{edit}/end", data={"csrf": csrf})).status_code == 303
    assert (await admin.post(f"{edit}/end", data={"csrf": csrf})).status_code == 409
    assert 'data-state="over"' in (await admin.get("/promises")).text


async def test_what_does_not_do_is_said_beside_its_field_and_nothing_typed_is_lost(
    admin: httpx.AsyncClient, store: Store
) -> None:
    answer = await send(admin, FORM, **{**SPRING, "percent": "200", "until": "2026-04-30"})
    assert answer.status_code == 422
    assert re.search(r'id="percent"[^>]*value="200"[^>]*aria-describedby="fault-percent"', answer.text)
    assert 'id="fault-zone">A time zone such as Europe/Berlin' in answer.text
    assert "Spring &lt;b&gt;mail" in answer.text
    assert "SPRING20" in answer.text
    assert "What is promised is needed" in (await send(admin, FORM, id="x", title="X", codes="A1B")).text
    await send(admin, FORM, **SPRING)
    assert "There is a promo spring-20 already" in (await send(admin, FORM, **SPRING)).text
    assert len(await store.promos(SITE.key)) == 1


async def test_who_saw_an_older_wording_changes_nothing(
    admin: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    await send(admin, FORM, **SPRING)
    page = await admin.get(f"{FORM}/spring-20")
    clock.ms += 1_000
    await send(admin, f"{FORM}/spring-20", **{**SPRING, "percent": "10"})
    stale = {**SPRING, "percent": "30", "csrf": hidden(page, "csrf"), "seen": hidden(page, "seen")}
    answer = await admin.post(f"{FORM}/spring-20", data=stale)
    assert answer.status_code == 409
    assert "Somebody else changed" in answer.text
    (promo,) = await store.promos(SITE.key)
    assert promo.latest.basis_points == 1_000


async def test_agents_read_it_and_change_nothing(agent: httpx.AsyncClient, store: Store) -> None:
    await store.put_site(SITE)
    spring = Promo(id="spring", promises=(Promise(title="Spring", codes=("A1B",), basis_points=500),))
    assert await store.put_promo(SITE.key, spring, replaces=None)
    listed = (await agent.get("/promises")).text
    assert "5 % off" in listed
    assert "End now" not in listed
    for where in (FORM, f"{FORM}/spring", f"{FORM}/spring/end"):
        assert (await agent.post(where, data={})).status_code == 403
    assert (await agent.get(FORM)).status_code == 403
    assert await store.promos(SITE.key) == (spring,)


async def test_a_form_that_is_not_the_desks_own_is_refused(admin: httpx.AsyncClient, store: Store) -> None:
    assert (await admin.post(FORM, data=SPRING)).status_code == 403
    assert (await admin.get("/promises/other")).status_code == 404
    assert (await admin.get(f"{FORM}/none")).status_code == 404
    assert await store.promos(SITE.key) == ()
