"""Counts problems: whenever findings of a family changed, and from time to time those that go on.

What has to be counted was committed with the findings, so that a restart forgets nothing. A family whose
findings are many is counted less often, and all reading is done beside the commits.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from replay.collector.metrics import Metrics
from replay.detect.clustering import EXPOSING_RULES, cluster, exposed, stand
from replay.model.problem import Change, Family, Problem
from replay.model.problem_words import figures, title
from replay.ports import Counted, Notice, Store, StoreUnavailable

__all__ = ["ProblemCounter"]

EVERY_S = 2.0
"""How often to look what has changed."""
CHANGED_MAX_COUNT = 256
"""Families that are looked at in one go."""
RECOUNT_MS = 5 * 60 * 1_000
"""How often problems are counted again of which no finding changed: who could have been met, and whether
they are over."""
SHARE_COUNT = 20
"""Counting a family takes no more than one part in so many of a processor."""
_ID_BYTES = 16
AGAIN_S = 5.0
"""How long to wait when the store cannot be used."""

logger = logging.getLogger("replay.collector")


class ProblemCounter:
    """Counts the problems of ``store``."""

    def __init__(
        self, store: Store, metrics: Metrics, *, now_ms: Callable[[], int], desk_url: str = ""
    ) -> None:
        """``desk_url`` is where agents find what the web team is told of."""
        self._store = store
        self._metrics = metrics
        self._now_ms = now_ms
        self._desk_url = desk_url.rstrip("/")
        self._rest_until_ms: dict[Family, float] = {}
        self._recount_ms = 0

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            try:
                await self.count_changed()
                await asyncio.sleep(EVERY_S)
            except StoreUnavailable:
                # Whoever keeps what pages send says so in the log.
                await asyncio.sleep(AGAIN_S)
            except Exception:
                logger.exception("counting problems failed")
                await asyncio.sleep(AGAIN_S)

    async def count_changed(self) -> None:
        """Count what has changed, and when it is time also what has not. Raises ``StoreUnavailable``."""
        now_ms = self._now_ms()
        self._rest_until_ms = {one: ms for one, ms in self._rest_until_ms.items() if ms > now_ms}
        changed = await self._store.changed_families(CHANGED_MAX_COUNT)
        await self._count_each(changed, now_ms)
        if now_ms >= self._recount_ms:
            self._recount_ms = now_ms + RECOUNT_MS
            after: Family | None = None
            while families := await self._store.ongoing_families(CHANGED_MAX_COUNT, after):
                await self._count_each({one: 0 for one in families if one not in changed}, now_ms)
                after = families[-1]

    async def _count_each(self, families: Mapping[Family, int], now_ms: int) -> None:
        for family, changes_count in families.items():
            if family not in self._rest_until_ms:
                try:
                    await self.count(family, changes_count)
                except StoreUnavailable:
                    raise
                except Exception:
                    # Those behind it are not to wait for one that cannot be counted.
                    logger.exception("a problem cannot be counted", extra={"rule": family.rule})
                    self._rest_until_ms[family] = now_ms + RECOUNT_MS

    async def count(self, family: Family, changes_count: int) -> None:
        """Count one family, which has changed so often. Raises ``StoreUnavailable``."""
        began_s = time.perf_counter()
        before = {one.id: one for one in await self._store.family_problems(family)}
        hits = await self._store.hits(family)
        problems: list[Problem] = []
        changes: list[tuple[Problem, Change]] = []
        for counted in await asyncio.to_thread(cluster, family, hits):
            problem, change = stand(before.get(counted.id), await self._beside(counted), self._now_ms())
            problems.append(problem)
            if change is not None:
                changes.append((problem, change))
        kept = {one.id for one in problems}
        for problem in before.values():
            # Its findings are gone, or are now part of a wider one.
            if problem.id not in kept and problem.opened_ms is not None and problem.closed_ms is None:
                changes.append((replace(problem, closed_ms=self._now_ms()), "closed"))
        if changes_count or set(problems) != set(before.values()):
            await self._store.put_counted(
                Counted(
                    family=family,
                    changes_count=changes_count,
                    problems=tuple(problems),
                    notices=await self._notices(family.site, changes),
                )
            )
        for problem, change in changes:
            self._metrics.problems.labels(change).inc()
            about = {"change": change, "problem": problem.id, "rule": problem.family.rule}
            logger.info("problem", extra=about)
        took_ms = (time.perf_counter() - began_s) * 1_000
        self._rest_until_ms[family] = self._now_ms() + took_ms * SHARE_COUNT

    async def _beside(self, problem: Problem) -> Problem:
        """The problem with how many could have met it, where that is known."""
        if problem.family.rule not in EXPOSING_RULES:
            return problem
        exposure = await self._store.exposure(problem.family, problem.subject, problem.first_ms)
        return problem if exposure is None else exposed(problem, exposure)

    async def _notices(self, site_key: str, changes: Sequence[tuple[Problem, Change]]) -> tuple[Notice, ...]:
        """What the site's web team is to be told, if it wants to."""
        site = await self._store.site(site_key) if changes else None
        if site is None or site.problems_webhook is None:
            return ()
        now_ms = self._now_ms()
        return tuple(
            [
                Notice(
                    id=f"msg_{secrets.token_hex(_ID_BYTES)}",
                    site=site.key,
                    body=json.dumps(
                        {"type": f"problem.{change}", "at_ms": now_ms, "problem": await self._told(problem)},
                        ensure_ascii=False,
                    ),
                    created_ms=now_ms,
                    due_ms=now_ms,
                )
                for problem, change in changes
            ]
        )

    async def _told(self, problem: Problem) -> dict[str, object]:
        """The problem for those outside: nothing of any customer's."""
        left = await self._store.carts_left(problem)
        return {
            **figures(problem),
            "url": f"{self._desk_url}/problems/{problem.id}" if self._desk_url else None,
            "title": title(problem, outside=True),
            "money": _told_money(problem.money),
            "carts_left": left.sessions_count,
            "carts_left_money": _told_money(left.money),
        }


def _told_money(money: Iterable[tuple[str, int]]) -> list[dict[str, object]]:
    return [{"currency": currency, "minor": minor} for currency, minor in money]
