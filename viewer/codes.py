"""What the desk may tell of the promo codes of sessions: decided anew for each answer, from what is stored
then.

Every route that shows anything of a session takes its ``Codes`` from here and lets what it shows pass through
them. Nobody at the desk sees a personal code, whatever their role: whoever is told it by the customer types
it into Find, and who has it from the shop needs it from nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from replay.model.code_reading import MASK
from replay.model.personal_code import Codes, is_public, seen_codes
from replay.model.problem import Problem
from replay.model.problem_words import title
from replay.model.promo import Registry
from replay.ports import Session, Store

__all__ = ["codes_of", "codes_of_all", "codes_of_problems"]


async def codes_of(store: Store, session: Session) -> Codes:
    """The codes of a session, and how each is told now."""
    return (await codes_of_all(store, [session]))[session.id]


async def codes_of_problems(store: Store, problems: Iterable[Problem]) -> Mapping[str, Codes]:
    """Of each problem, by its id, those of the newest visit with it, if it is about a code at all."""
    every = list(problems)
    newest = await store.newest_cases([one for one in every if MASK in title(one)])
    codes = await codes_of_all(store, newest.values())
    return {one.id: codes[newest[one.id].id] if one.id in newest else Codes() for one in every}


async def codes_of_all(store: Store, sessions: Iterable[Session]) -> Mapping[str, Codes]:
    """The same of several, by id."""
    by_id = {session.id: session for session in sessions}
    carried = await store.carried(list(by_id), frozenset({"promo"}))
    brought = await store.brought([key for key, edges in carried.items() if edges])
    registries: dict[str, Registry] = {}
    """By site."""
    own: dict[str, Registry] = {}
    """By session: one that was imported is held against what it brought along."""
    asked: dict[str, set[str]] = {}
    for key, edges in carried.items():
        if edges:
            site = by_id[key].site
            if key not in brought and site not in registries:
                registries[site] = Registry(promos=await store.promos(site))
            own[key] = Registry(promos=brought[key].promos) if key in brought else registries[site]
            unknown = {edge.value for edge in edges if not is_public(edge.shown, own[key])}
            asked.setdefault(site, set()).update(unknown)
    carriers = {site: await store.code_carriers(site, codes) for site, codes in asked.items()}
    return {
        key: seen_codes(edges, own[key], carriers[by_id[key].site]) if edges else Codes()
        for key, edges in carried.items()
    }
