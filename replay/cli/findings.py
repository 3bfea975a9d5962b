"""``findings rebuild``: judges sessions again, after rules or a site's currency changed, or an upgrade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from replay.cli.sessions import find_session
from replay.ports import Store, StoreUnavailable

if TYPE_CHECKING:
    from replay.collector.judging import Judge
    from replay.collector.verdict import Verdict

__all__ = ["rebuild_findings"]

PAGE_COUNT = 16
"""Sessions whose facts are read together."""


async def rebuild_findings(store: Store, judge: Judge, parameters: Mapping[str, object]) -> object:
    """``session``: an id or code, or None for all of them. How many were judged, and what was found. Raises
    ``StoreUnavailable``, after those were judged that can be read."""
    told: Counter[str] = Counter(sessions=0, changed=0, fail=0, cannot_tell=0)
    told["pass"] = 0
    if parameters["session"] is not None:
        session = await find_session(store, str(parameters["session"]))
        _count(told, await judge.judge([session.id], anew=True))
        return dict(told)
    failure: StoreUnavailable | None = None
    page = await store.session_ids("", PAGE_COUNT)
    while page:
        try:
            _count(told, await judge.judge(page, anew=True))
        except StoreUnavailable as error:
            failure = error
        page = await store.session_ids(page[-1], PAGE_COUNT)
    if failure is not None:
        raise failure
    await store.shown_prices_are_whole()
    return dict(told)


def _count(told: Counter[str], verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        told["sessions"] += 1
        told["changed"] += verdict.changed
        told.update(finding.outcome for finding in verdict.after)
