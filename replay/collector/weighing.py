"""Findings about carts that were left: one that is among the dearest of its shop weighs one level more.

No session knows what other carts come to, so rules cannot say it. It is looked up where findings are kept, of
the few that it can change, and from carts that were shown before, so that to judge again says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from replay.collector.verdict import Verdict
from replay.model.finding import Finding, in_order
from replay.model.problem import CONSEQUENCE_RULE
from replay.ports import Store

__all__ = ["CARTS_MIN_COUNT", "is_dear", "weighed_findings"]

CARTS_MIN_COUNT = 100
"""Of fewer carts nobody can tell which are dear."""
DEAREST_SHARE_COUNT = 10
"""One part in so many are the dearest."""


async def weighed_findings(store: Store, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts, with what dear carts add to them."""
    weighed = []
    for verdict in verdicts:
        if any(_may_rise(one) for one in verdict.after):
            found = [await _weighed(store, verdict.session, one) for one in verdict.after]
            verdict = replace(verdict, after=tuple(in_order(found)))  # noqa: PLW2901
        weighed.append(verdict)
    return weighed


def is_dear(minor: int, totals: Sequence[int]) -> bool:
    """Whether it is more than nine of ten of these are, if they are enough to tell."""
    less = sum(total < minor for total in totals)
    return len(totals) >= CARTS_MIN_COUNT and DEAREST_SHARE_COUNT * (len(totals) - less) <= len(totals)


def _may_rise(finding: Finding) -> bool:
    # What is high already can be no higher.
    is_left = finding.rule == CONSEQUENCE_RULE and finding.outcome == "fail"
    return is_left and finding.severity == "medium" and finding.minor is not None and bool(finding.shown)


async def _weighed(store: Store, session: str, finding: Finding) -> Finding:
    if not _may_rise(finding) or finding.minor is None or finding.currency is None:
        return finding
    # The last that is shown of it is the cart.
    totals = await store.cart_totals(session, finding.currency, before_ms=int(finding.shown[-1].t))
    if not is_dear(finding.minor, totals):
        return finding
    said = f"{finding.said} The cart was among the dearest tenth of this shop's."
    return replace(finding, severity="high", said=said)
