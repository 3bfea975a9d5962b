"""Making agents and checking their passwords."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher

from replay.ports import Store
from tests.viewer.conftest import LOGIN, PASSWORD, Clock, renew
from viewer.accounts import AccountError, Accounts, create_agent


async def test_a_password_is_kept_as_argon2id_and_nothing_else(accounts: Accounts, store: Store) -> None:
    agent = await store.agent(LOGIN)
    assert agent is not None
    assert agent.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(agent)
    assert agent.role == "agent"


async def test_only_the_right_password_of_a_known_agent_is_right(accounts: Accounts) -> None:
    assert (await accounts.verify(LOGIN, PASSWORD)) is not None
    assert (await accounts.verify(" MIA ", PASSWORD)) is not None
    for login, password in (
        (LOGIN, ""),
        (LOGIN, PASSWORD + "x"),
        ("nobody", PASSWORD),
        ("x" * 1_000, PASSWORD),
    ):
        assert await accounts.verify(login, password) is None


async def test_nobody_has_the_password_of_nobody(accounts: Accounts) -> None:
    assert await accounts.verify("nobody", "the password of nobody") is None


async def test_composed_and_decomposed_letters_are_the_same_password(
    accounts: Accounts, clock: Clock
) -> None:
    await accounts.create(login="zoe", name="Zoë", password="Zo\u00eb isst K\u00e4se", now_ms=clock())
    assert await accounts.verify("zoe", "Zoe\u0308 isst Ka\u0308se") is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("login", ""),
        ("login", "two words"),
        ("login", "x" * 121),
        ("login", "tab\there"),
        ("name", " "),
        ("password", "1234567"),
        ("password", "x" * 513),
        ("password", "my login is NEW-agent"),
        ("role", "emperor"),
    ],
)
async def test_what_does_not_do_is_said(accounts: Accounts, clock: Clock, field: str, value: str) -> None:
    given = {"login": "new-agent", "name": "New", "password": PASSWORD, "role": "agent"} | {field: value}
    with pytest.raises(AccountError) as error:
        await accounts.create(**given, now_ms=clock(), replace=False)
    assert error.value.what
    assert error.value.do
    assert PASSWORD not in str(error.value)


async def test_a_login_is_given_once_unless_it_is_to_be_replaced(
    accounts: Accounts, store: Store, clock: Clock
) -> None:
    with pytest.raises(AccountError):
        await accounts.create(login="Mia", name="Other", password=PASSWORD, now_ms=clock())
    await accounts.create(login="Mia", name="Other", password="another one", now_ms=clock(), replace=True)
    assert await accounts.verify(LOGIN, PASSWORD) is None
    assert [agent.name for agent in await store.agents()] == ["Other"]


async def test_a_new_password_ends_the_old_one(accounts: Accounts) -> None:
    await renew(accounts, "battery staple")
    assert await accounts.verify(LOGIN, PASSWORD) is None
    assert await accounts.verify(LOGIN, "battery staple") is not None


async def test_a_hash_of_older_settings_is_made_anew_at_login(
    store: Store, accounts: Accounts, clock: Clock
) -> None:
    before = await store.agent(LOGIN)
    stronger = Accounts(store, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert await stronger.verify(LOGIN, PASSWORD) is not None
    after = await store.agent(LOGIN)
    assert before is not None
    assert after is not None
    assert before.password_hash != after.password_hash
    assert "m=16,t=2,p=1" in after.password_hash
    assert await stronger.verify(LOGIN, PASSWORD) is not None


async def test_many_checks_at_once_do_not_disturb_one_another(accounts: Accounts) -> None:
    passwords = [PASSWORD if number % 2 else "wrong" for number in range(40)]
    found = await asyncio.gather(*(accounts.verify(LOGIN, password) for password in passwords))
    assert [agent is not None for agent in found] == [bool(number % 2) for number in range(40)]


async def test_the_command_line_makes_agents_with_the_strong_settings(store: Store, clock: Clock) -> None:
    agent = await create_agent(store, login="ana", name="Ana", password=PASSWORD, now_ms=clock())
    assert "m=65536,t=3,p=4" in agent.password_hash
    assert await Accounts(store).verify("ana", PASSWORD) == agent
