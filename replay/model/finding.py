"""What a rule says of one session: the sentence for the agent, and where in the recording it can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Evidence", "Finding", "Judgement", "Outcome", "Severity"]

Outcome = Literal["fail", "pass", "cannot_tell"]
Severity = Literal["high", "medium", "low", "info"]


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
