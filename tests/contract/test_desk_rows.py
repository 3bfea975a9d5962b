"""Sites, agents, logins and the log of views."""

from __future__ import annotations

from dataclasses import replace

from replay.ports import Agent, Login, Site, Store, View
from tests.contract.given import NOW_MS

SITE = Site(
    key="pk_1",
    name="Shop",
    origins=("https://shop.example", "https://www.shop.example"),
    identify_secret="secret",
    settings={"flush_ms": 500, "zones": [{"selector": ".card", "zone": "catalogue"}], "ratio": 0.1},
    created_ms=NOW_MS,
)
AGENT = Agent(login="ana", name="Ana", password_hash="$argon2id$…", role="agent", created_ms=NOW_MS)
LOGIN = Login(token_hash=b"\x00\xff", agent="ana", csrf="token", created_ms=NOW_MS, seen_ms=NOW_MS)


async def test_what_was_never_put_is_not_there(store: Store) -> None:
    assert await store.site("pk_1") is None
    assert await store.sites() == []
    assert await store.agent("ana") is None
    assert await store.agents() == []
    assert await store.login(b"\x00\xff") is None
    assert await store.views("visit") == []
    await store.drop_login(b"\x00\xff")


async def test_a_site_is_kept_and_replaced(store: Store) -> None:
    await store.put_site(SITE)
    assert await store.site("pk_1") == SITE
    changed = replace(SITE, name="Shoes", origins=(), settings={})
    await store.put_site(changed)
    assert await store.sites() == [changed]


async def test_a_site_shares_nothing_with_who_put_it(store: Store) -> None:
    settings: dict[str, object] = {"zones": ["a"]}
    await store.put_site(replace(SITE, settings=settings))
    settings["zones"] = "changed"
    kept = await store.site("pk_1")
    assert kept is not None
    assert kept.settings == {"zones": ["a"]}


async def test_sites_come_by_name(store: Store) -> None:
    for key, name in (("1", "b"), ("2", "c"), ("3", "a"), ("0", "c")):
        await store.put_site(replace(SITE, key=key, name=name))
    assert [site.key for site in await store.sites()] == ["3", "1", "0", "2"]


async def test_an_agent_is_kept_and_replaced(store: Store) -> None:
    await store.put_agent(AGENT)
    assert await store.agent("ana") == AGENT
    disabled = replace(AGENT, disabled=True, name="Ana B.")
    await store.put_agent(disabled)
    assert await store.agents() == [disabled]


async def test_agents_come_by_login(store: Store) -> None:
    for login in ("c", "a", "b"):
        await store.put_agent(replace(AGENT, login=login))
    assert [agent.login for agent in await store.agents()] == ["a", "b", "c"]


async def test_a_login_is_kept_replaced_and_dropped(store: Store) -> None:
    other = replace(LOGIN, token_hash=b"\x00\xfe")
    await store.put_login(LOGIN)
    await store.put_login(other)
    assert await store.login(LOGIN.token_hash) == LOGIN
    seen = replace(LOGIN, seen_ms=NOW_MS + 1)
    await store.put_login(seen)
    assert await store.login(LOGIN.token_hash) == seen
    await store.drop_login(LOGIN.token_hash)
    assert await store.login(LOGIN.token_hash) is None
    assert await store.login(other.token_hash) == other


async def test_views_of_a_session_come_oldest_first_and_none_is_lost(store: Store) -> None:
    first = View(agent="ana", session="visit", what="watch", at_ms=NOW_MS)
    later = replace(first, at_ms=NOW_MS + 1, agent="ben")
    for view in (later, first, first, replace(first, session="other")):
        await store.log_view(view)
    assert await store.views("visit") == [first, first, later]
