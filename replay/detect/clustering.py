"""The same fault in many sessions is one problem: which findings belong together, and when it is one.

Findings are of one problem if site, rule, subject and signature are the same; where a signature comes with
many subjects, the subject is not what matters and they are one problem together. A problem is *systemic* when
it cannot be one customer's own doing any more, and it is over when customers come by whom it does not meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from replay.model.finding import SEVERITIES
from replay.model.problem import CONSEQUENCE_RULE, Change, Exposure, Family, Hit, Problem

__all__ = ["EXPOSING_RULES", "cluster", "exposed", "is_systemic", "stand"]

ROLL_UP_SUBJECTS_COUNT = 5
"""From so many subjects on with one signature these are one problem."""
SYSTEMIC_CUSTOMERS_COUNT = 5
BURST_COUNT = 3
BURST_MS = 60 * 60 * 1_000
"""Or so many different ones in such a time."""
EXPOSED_MIN_COUNT = 100
EXPOSED_PERCENT = 2
"""Or such a share of those who could have been met, once they are so many."""

EXPOSING_RULES = frozenset(
    {"price_mismatch", "promise_not_kept", "promo_not_applied", "store_price", "totals_dont_add_up"}
)
"""Rules that also say when something is as it should be, or that it cannot be told: of theirs it is known in
how many sessions they judged a subject. The others speak up only when something is wrong."""


def cluster(family: Family, hits: Iterable[Hit]) -> list[Problem]:
    """The problems that the hits of a family are; none where they only say what came of others."""
    if family.rule == CONSEQUENCE_RULE:
        return []
    by_subject: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_subject[hit.subject].append(hit)
    if len(by_subject) >= ROLL_UP_SUBJECTS_COUNT:
        every = [hit for own in by_subject.values() for hit in own]
        return [_problem(family, None, every, len(by_subject))]
    return [_problem(family, subject, own, 1) for subject, own in sorted(by_subject.items())]


def exposed(problem: Problem, exposure: Exposure) -> Problem:
    """The problem beside how many could have met it: never fewer than did, where some were erased between
    one count and the other."""
    count = max(exposure.sessions_count, problem.sessions_count)
    return replace(problem, exposed_count=count, exposed_ms=exposure.last_ms)


def is_systemic(problem: Problem) -> bool:
    """Whether it is more than single cases."""
    among = problem.exposed_count or 0
    return (
        problem.customers_count >= SYSTEMIC_CUSTOMERS_COUNT
        or problem.is_burst
        or (among >= EXPOSED_MIN_COUNT and 100 * problem.sessions_count >= EXPOSED_PERCENT * among)
    )


def stand(before: Problem | None, counted: Problem, now_ms: int) -> tuple[Problem, Change | None]:
    """The problem as it stands now, and what became of it since it was counted before. Once it was systemic
    it stays one until it is over: counts that move about a threshold are no news."""
    opened_ms = before.opened_ms if before else None
    closed_ms = before.closed_ms if before else None
    is_over = counted.state(now_ms) == "closed"
    change: Change | None = None
    if opened_ms is None:
        # One that was over before anybody counted it is no news either.
        if is_systemic(counted):
            opened_ms, closed_ms = now_ms, now_ms if is_over else None
            change = None if is_over else "opened"
    elif is_over and closed_ms is None:
        closed_ms, change = now_ms, "closed"
    elif not is_over and closed_ms is not None:
        closed_ms, change = None, "reopened"
    return replace(counted, opened_ms=opened_ms, closed_ms=closed_ms), change


def _problem(family: Family, subject: str | None, hits: Sequence[Hit], subjects_count: int) -> Problem:
    people = _people(hits)
    money: dict[str, int] = defaultdict(int)
    for hit in hits:
        if hit.minor is not None and hit.currency is not None:
            money[hit.currency] += hit.minor
    return Problem(
        family=family,
        subject=subject,
        subjects_count=subjects_count,
        severity=min((hit.severity for hit in hits), key=SEVERITIES.index),
        sessions_count=len({hit.session for hit in hits}),
        customers_count=len({who for who in people.values() if who is not None}),
        anonymous_count=sum(who is None for who in people.values()),
        first_ms=min(hit.at_ms for hit in hits),
        last_ms=max(hit.at_ms for hit in hits),
        is_burst=_is_burst(hits, people),
        money=tuple(sorted(money.items())),
    )


def _people(hits: Iterable[Hit]) -> dict[str, str | None]:
    """By session who it was, None if nobody is known: sessions that share any identity are one customer's,
    also by way of a third."""
    same: dict[str, str] = {}

    def root(identity: str) -> str:
        while (further := same.setdefault(identity, identity)) != identity:
            same[identity] = identity = same.setdefault(further, further)
        return identity

    one_of: dict[str, str | None] = {}
    for hit in hits:
        first = hit.identities[0] if hit.identities else None
        one_of[hit.session] = first
        for other in hit.identities[1:]:
            same[root(other)] = root(hit.identities[0])
    return {session: None if one is None else root(one) for session, one in one_of.items()}


def _is_burst(hits: Sequence[Hit], people: dict[str, str | None]) -> bool:
    """Whether enough different ones were met within the time: sessions of one customer count once."""
    latest: dict[tuple[bool, str], int] = {}
    for hit in sorted(hits, key=lambda one: one.at_ms):
        who = people[hit.session]
        latest[who is None, hit.session if who is None else who] = hit.at_ms
        # Only these can be near: the others are let go of.
        latest = {one: at_ms for one, at_ms in latest.items() if hit.at_ms - at_ms <= BURST_MS}
        if len(latest) >= BURST_COUNT:
            return True
    return False
