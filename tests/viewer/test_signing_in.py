"""Logging in and out, and what keeps guessing slow."""

from __future__ import annotations

import hashlib

import httpx
import pytest
from starlette.applications import Starlette

from replay.ports import Store
from tests.viewer.conftest import LOGIN, PASSWORD, Clock, MakeDesk, browse, log_in, renew
from viewer.accounts import Accounts
from viewer.logins import ABSOLUTE_MS, IDLE_MS


async def test_the_right_password_leads_to_where_the_agent_wanted_to_go(visitor: httpx.AsyncClient) -> None:
    refused = await visitor.get("/watch/abc?x=1")
    assert refused.status_code == 303
    assert refused.headers["location"] == "/login?next=%2Fwatch%2Fabc%3Fx%3D1"
    form = await visitor.get(refused.headers["location"])
    assert form.status_code == 200
    assert 'method="post">' in form.text  # no action: the address, with its #moment, is kept
    answer = await log_in(visitor, next="/watch/abc?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/watch/abc?x=1"
    assert (await visitor.get("/")).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/watch/../../\\evil",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/logout",
        "/api/find?q=x",
        "",
        "/watch/a\r\nSet-Cookie: x=y",
    ],
)
async def test_login_never_leads_to_another_place(visitor: httpx.AsyncClient, elsewhere: str) -> None:
    answer = await log_in(visitor, next=elsewhere)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: httpx.AsyncClient) -> None:
    cookie = (await log_in(visitor)).headers["set-cookie"]
    assert cookie.startswith("desk=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}


async def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(make_desk: MakeDesk) -> None:
    desk = make_desk(desk_url="https://desk.example")
    async with browse(desk, Host="desk.example", Origin="https://desk.example") as client:
        cookie = (await log_in(client)).headers["set-cookie"]
    assert cookie.startswith("__Host-desk=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


async def test_the_store_knows_only_the_hash_of_the_cookie(visitor: httpx.AsyncClient, store: Store) -> None:
    await log_in(visitor)
    value = visitor.cookies["desk"]
    assert len(value) >= 43  # 256 bits
    assert await store.login(value.encode()) is None
    kept = await store.login(hashlib.sha256(value.encode()).digest())
    assert kept is not None
    assert kept.agent == LOGIN


async def test_each_login_has_a_cookie_of_its_own_and_ends_the_former(visitor: httpx.AsyncClient) -> None:
    await log_in(visitor)
    former = visitor.cookies["desk"]
    await log_in(visitor)
    assert visitor.cookies["desk"] != former
    async with browse(visitor._transport.app, Cookie=f"desk={former}") as other:  # type: ignore[attr-defined]
        assert (await other.get("/")).status_code == 303


async def test_wrong_login_wrong_password_and_shut_out_get_one_answer(
    visitor: httpx.AsyncClient, accounts: Accounts, clock: Clock
) -> None:
    await accounts.create(login="gone", name="Gone", password=PASSWORD, now_ms=clock())
    await accounts.set_disabled("gone", disabled=True)
    answers = [
        await log_in(visitor, login=login, password=password)
        for login, password in ((LOGIN, "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("", ""))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert all("do not belong together" in answer.text for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_a_login_ends_after_twelve_idle_hours(agent: httpx.AsyncClient, clock: Clock) -> None:
    clock.ms += IDLE_MS
    assert (await agent.get("/")).status_code == 200
    clock.ms += IDLE_MS + 1
    assert (await agent.get("/")).status_code == 303


async def test_a_login_ends_after_seven_days_in_any_case(agent: httpx.AsyncClient, clock: Clock) -> None:
    for _ in range(ABSOLUTE_MS // IDLE_MS):
        clock.ms += IDLE_MS
        assert (await agent.get("/")).status_code == 200
    clock.ms += 1
    assert (await agent.get("/")).status_code == 303


async def test_a_shut_out_agent_is_out_at_once(agent: httpx.AsyncClient, accounts: Accounts) -> None:
    await accounts.set_disabled(LOGIN, disabled=True)
    assert (await agent.get("/api/find")).status_code == 401
    await accounts.set_disabled(LOGIN, disabled=False)
    assert (await agent.get("/api/find")).status_code == 200


async def test_a_new_password_ends_every_login(agent: httpx.AsyncClient, accounts: Accounts) -> None:
    await renew(accounts, "battery staple")
    assert (await agent.get("/api/find")).status_code == 401
    await renew(accounts, PASSWORD)
    assert (await agent.get("/api/find")).status_code == 401


async def test_logging_out_needs_the_token_of_the_form_and_ends_the_login(agent: httpx.AsyncClient) -> None:
    page = (await agent.get("/")).text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    assert len(token) >= 43
    cookie = agent.cookies["desk"]
    assert (await agent.post("/logout", data={"csrf": "x"})).status_code == 403
    assert (await agent.post("/logout")).status_code == 403
    assert (await agent.get("/")).status_code == 200
    answer = await agent.post("/logout", data={"csrf": token})
    assert answer.status_code == 303
    assert "desk" not in agent.cookies
    assert (await agent.get("/", headers={"Cookie": f"desk={cookie}"})).status_code == 303


async def test_guessing_at_one_name_is_slowed_and_the_page_says_how_long(
    visitor: httpx.AsyncClient, clock: Clock
) -> None:
    for _ in range(5):
        assert (await log_in(visitor, password="wrong")).status_code == 401
    sixth = await log_in(visitor, password="wrong")
    assert sixth.status_code == 401
    assert "<b>2</b>" in sixth.text
    # While the wait lasts the right password does not help, and asking does not make it longer.
    for _ in range(3):
        blocked = await log_in(visitor)
        assert blocked.status_code == 429
        assert blocked.headers["retry-after"] == "2"
        assert "Try again in <b>2</b>" in blocked.text
    clock.ms += 2_000
    assert (await log_in(visitor, password="wrong")).headers.get("retry-after") is None
    assert (await log_in(visitor)).headers["retry-after"] == "4"
    clock.ms += 4_000
    assert (await log_in(visitor)).status_code == 303
    assert (await log_in(visitor, password="wrong")).status_code == 401


async def test_a_name_is_slowed_however_it_is_spelt(visitor: httpx.AsyncClient) -> None:
    for name in ("mia", "MIA", " mia", "Mia ", "mIa", "ｍｉａ"):
        await log_in(visitor, login=name, password="wrong")
    assert (await log_in(visitor)).status_code == 429


async def test_guessing_at_many_names_from_one_address_is_slowed(desk: Starlette, clock: Clock) -> None:
    async with browse(desk) as client:
        answers = [await log_in(client, login=f"name-{number}", password="wrong") for number in range(32)]
    assert [answer.status_code for answer in answers] == [401] * 31 + [429]
    elsewhere = httpx.ASGITransport(desk, client=("192.0.2.8", 5555))
    async with browse(desk) as client:
        client._transport = elsewhere
        assert (await log_in(client)).status_code == 303


async def test_an_ipv6_caller_cannot_change_address_within_its_network(desk: Starlette) -> None:
    for number in range(31):
        async with browse(desk) as client:
            client._transport = httpx.ASGITransport(desk, client=(f"2001:db8::{number:x}", 5555))
            await log_in(client, login=f"name-{number}", password="wrong")
    async with browse(desk) as client:
        client._transport = httpx.ASGITransport(desk, client=("2001:db8::ffff", 5555))
        assert (await log_in(client)).status_code == 429
        client._transport = httpx.ASGITransport(desk, client=("2001:db8:0:1::1", 5555))
        assert (await log_in(client)).status_code == 303


async def test_an_agent_who_is_signed_in_is_not_asked_again(agent: httpx.AsyncClient) -> None:
    answer = await agent.get("/login", params={"next": "/watch/abc"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/watch/abc"


async def test_a_form_that_is_not_one_is_refused(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/login", content=b"x" * 20_000)).status_code == 413
    assert (await visitor.post("/login", content=b"\xff\xfe")).status_code == 400
    assert (await visitor.post("/login", content=b"&".join(b"a=1" for _ in range(50)))).status_code == 400


async def test_the_typed_name_comes_back_as_text(visitor: httpx.AsyncClient) -> None:
    answer = await log_in(visitor, login='"><script>alert(1)</script>', password="wrong")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


async def test_use_is_put_on_record_at_most_once_a_minute(
    agent: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    begun_ms = clock.ms
    for seconds, recorded_ms in ((60, begun_ms), (61, begun_ms + 61_000), (62, begun_ms + 61_000)):
        clock.ms = begun_ms + seconds * 1_000
        await agent.get("/")
        kept = await store.login(hashlib.sha256(agent.cookies["desk"].encode()).digest())
        assert kept is not None
        assert kept.seen_ms == recorded_ms
        assert kept.created_ms == begun_ms
