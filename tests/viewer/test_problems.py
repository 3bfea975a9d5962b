"""The problems page: the worst first, in words, and each visit a link to its moment."""

from __future__ import annotations

import math
from dataclasses import replace

import httpx
import pytest

from replay.model.problem import CLOSE_MS, CONSEQUENCE_RULE, Family, Problem, consequence_of
from replay.ports import Counted, Store
from tests.viewer.conftest import Clock
from tests.viewer.test_pages import HOSTILE, read
from tests.viewer.visits import START_MS, Visit, found, judged
from viewer.problems import ROWS_COUNT

FOUND = found(rule="price_mismatch", signature="product>drawer ×1.316")
PROBLEM = Problem(
    family=Family("shop", FOUND.rule, FOUND.signature),
    subject="HP-15",
    subjects_count=1,
    severity="high",
    sessions_count=37,
    customers_count=12,
    anonymous_count=1_025,
    first_ms=START_MS,
    last_ms=START_MS + 5_000,
    is_burst=True,
    money=(("EUR", 100), ("USD", 444_000)),
    exposed_count=1_412,
    exposed_ms=START_MS + 6_000,
    opened_ms=START_MS + 7_000,
)


async def put(store: Store, *problems: Problem) -> None:
    families = {problem.family for problem in problems}
    for family in families:
        own = tuple(problem for problem in problems if problem.family == family)
        await store.put_counted(Counted(family=family, changes_count=0, problems=own))


async def test_problems_stand_in_words_the_worst_first(agent: httpx.AsyncClient, store: Store) -> None:
    assert "No problem goes on." in (await agent.get("/problems")).text
    mild = replace(PROBLEM, subject="mild", severity="low")
    over = replace(PROBLEM, subject="over", exposed_ms=PROBLEM.last_ms + CLOSE_MS, closed_ms=START_MS)
    single = replace(PROBLEM, subject="single", opened_ms=None)
    await put(store, mild, over, PROBLEM, single)
    page = (await agent.get("/problems")).text
    for words in ("37 of 1,412 sessions", "12 customers", "1,025 not identified", "4,440.00 USD", "1.00 EUR"):
        assert words in page
    links = [href for href in read(page).addresses if href.startswith("/problems/")]
    assert set(links) == {f"/problems/{PROBLEM.id}", f"/problems/{mild.id}"}
    assert page.index(PROBLEM.id) < page.index(mild.id)
    closed = (await agent.get("/problems", params={"show": "closed"})).text
    assert over.id in closed
    assert PROBLEM.id not in closed


async def test_a_long_list_goes_on_on_the_next_page(agent: httpx.AsyncClient, store: Store) -> None:
    count = ROWS_COUNT + 1
    skus = ("a" * number for number in range(count))
    await put(store, *(replace(PROBLEM, subject=sku, customers_count=len(sku)) for sku in skus))
    first = read((await agent.get("/problems")).text)
    (onward,) = [href for href in first.addresses if "after=" in href]
    last = read((await agent.get(onward)).text)
    found = [href for page in (first, last) for href in page.addresses if href.startswith("/problems/")]
    assert len(found) == len(set(found)) == count
    assert not [href for href in last.addresses if "after=" in href]
    assert (await agent.get("/problems", params={"after": "2"})).status_code == 404


async def test_nobody_knows_how_many_could_have_been_met(
    agent: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    error = replace(PROBLEM, family=Family("shop", "page_error", "500"), exposed_count=None, exposed_ms=None)
    await put(store, replace(error, last_ms=clock() - CLOSE_MS))
    page = (await agent.get("/problems")).text
    for words in ("37 sessions", "unknown number", ">quiet<"):
        assert words in page


async def test_a_problem_leads_to_its_visits_at_their_moments(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit().put(store)
    await judged(store, FOUND)
    await put(store, PROBLEM)
    page = (await agent.get(f"/problems/{PROBLEM.id}")).text
    assert FOUND.said in read(page).text
    assert f"/watch/session-1#t={math.ceil(FOUND.shown[0].t)}" in read(page).addresses
    assert (await agent.get("/problems/unknown")).status_code == 404
    assert await store.views("session-1") == []


async def test_carts_that_were_left_after_it_add_up_on_its_page(
    agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit().put(store)
    left = replace(
        FOUND,
        rule=CONSEQUENCE_RULE,
        subject=PROBLEM.subject or "",
        signature=consequence_of(PROBLEM.family.rule, PROBLEM.family.signature),
        minor=499_00,
        currency="USD",
    )
    await judged(store, FOUND, left)
    await put(store, PROBLEM)
    page = (await agent.get(f"/problems/{PROBLEM.id}")).text
    assert "1 cart was left after it and not ordered within a day, worth 499.00 USD." in page
    await judged(store, FOUND)
    assert "left after it" not in (await agent.get(f"/problems/{PROBLEM.id}")).text


async def test_a_visit_says_what_others_have_too(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit().put(store)
    await judged(store, FOUND)
    assert (await agent.get("/api/sessions/session-1/problems")).json() == []
    await put(store, PROBLEM)
    assert (await agent.get("/api/sessions/session-1/problems")).json() == [
        {
            "rule": FOUND.rule,
            "subject": FOUND.subject,
            "signature": FOUND.signature,
            "others": 36,
            "href": f"/problems/{PROBLEM.id}",
        }
    ]
    assert [view.what for view in await store.views("session-1")] == ["recording"]


async def test_a_found_visit_says_what_was_worst(agent: httpx.AsyncClient, store: Store) -> None:
    await Visit().put(store)
    await judged(store, FOUND, replace(FOUND, subject="other", severity="low", said="Less."))
    (match,) = (await agent.get("/api/find")).json()["matches"]
    assert match["worst"] == {"severity": "high", "said": FOUND.said}
    assert FOUND.said in read((await agent.get("/")).text).text


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_text_stays_text(agent: httpx.AsyncClient, store: Store, hostile: str) -> None:
    await Visit().put(store)
    evil = replace(PROBLEM, subject=hostile, family=Family("shop", "page_error", hostile))
    pages = {}
    for name, problem in (("plain", PROBLEM), ("evil", evil)):
        finding = replace(FOUND, rule=problem.family.rule, subject=problem.subject or "", said=hostile)
        await judged(store, replace(finding, signature=problem.family.signature))
        await put(store, problem)
        pages[name] = [
            read((await agent.get(path)).text) for path in ("/problems", f"/problems/{problem.id}")
        ]
        await put(store, replace(problem, opened_ms=None))
    for plain, markup in zip(pages["plain"], pages["evil"], strict=True):
        assert markup.names <= plain.names
        assert markup.attributes <= plain.attributes


async def test_only_who_is_signed_in_sees_them(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/problems")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fproblems")
