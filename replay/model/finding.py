"""What a rule says of one session: the sentence for the agent, and where in the recording it can be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["FINDINGS_MAX_COUNT", "SEVERITIES", "Evidence", "Finding", "Judgement", "Outcome", "Severity"]
__all__ += ["in_order"]

Outcome = Literal["fail", "pass", "cannot_tell"]
Severity = Literal["high", "medium", "low", "info"]

FINDINGS_MAX_COUNT = 500
"""Most findings of one session: a page that shows a thousand articles a minute does not fill the store."""

_OUTCOMES: tuple[Outcome, ...] = ("fail", "cannot_tell", "pass")
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that the customer was shown: which (``role``, such as ``product`` or ``cart``), in which page
    load, when (corrected milliseconds since 1970), in which node of the recording, and the text verbatim."""

    role: str
    load: str
    t: float
    node: int | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer of one rule about one subject (such as an article) in one session.

    ``(rule, subject, signature)`` is its key in the session, the same however often it is judged.
    ``signature`` says what happened without saying to whom, so that the same fault in other sessions has the
    same. ``said`` is the whole sentence that the agent reads, a ``cannot_tell`` with its reason. ``shown`` is
    where it can be seen, the first being where the replay is to stand. ``minor`` and ``currency`` are what
    it cost the customer, where that is known. ``decided_ms`` is when there was enough to say so (corrected
    milliseconds since 1970).
    """

    rule: str
    version: int
    subject: str
    signature: str
    outcome: Outcome
    severity: Severity
    said: str
    shown: tuple[Evidence, ...]
    decided_ms: float
    minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that can be said now, and when to ask again though nothing new has come (None: never)."""

    findings: tuple[Finding, ...] = ()
    wake_ms: float | None = None


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """As they are to be read: what failed, then what cannot be told, then what is right; of each the most
    severe first, then by time."""
    return sorted(
        findings,
        key=lambda one: (
            _OUTCOMES.index(one.outcome),
            SEVERITIES.index(one.severity),
            one.decided_ms,
            one.rule,
            one.subject,
            one.signature,
        ),
    )
