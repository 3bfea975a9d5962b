"""The pieces of findings that all rules make alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from replay.model.cart import Amount, Text
from replay.model.finding import Evidence, Finding

__all__ = ["Findings", "cannot_tell", "evidence"]


def evidence(role: str, load: str, t: float, what: Amount | Text | None = None) -> Evidence:
    """What the customer was shown, with its text where it had one."""
    return Evidence(
        role=role,
        load=load,
        t=t,
        node=what.node if what else None,
        raw=what.raw if what else None,
    )


def cannot_tell(
    rule: str, version: int, subject: str, said: str, shown: tuple[Evidence, ...], at: float
) -> Finding:
    """An answer that accuses nobody and says why."""
    return Finding(
        rule=rule,
        version=version,
        subject=subject,
        signature="cannot tell",
        outcome="cannot_tell",
        severity="info",
        said=said,
        shown=shown,
        decided_ms=at,
    )


@dataclass(slots=True)
class Findings:
    """What a rule has decided: every fail once, and of a subject without one the pass, else why not."""

    fails: dict[tuple[str, str], Finding] = field(default_factory=dict)
    others: dict[str, Finding] = field(default_factory=dict)

    def copy(self) -> Findings:
        """The same, to be added to without changing these."""
        return Findings(dict(self.fails), dict(self.others))

    def take(self, finding: Finding) -> None:
        """Add an answer; what was said first stands."""
        if finding.outcome == "fail":
            self.fails.setdefault((finding.subject, finding.signature), finding)
            return
        before = self.others.get(finding.subject)
        if before is None or (before.outcome != "pass" and finding.outcome == "pass"):
            self.others[finding.subject] = finding

    def all(self) -> tuple[Finding, ...]:
        """What there is to say."""
        failed = {subject for subject, _ in self.fails}
        return (*self.fails.values(), *(one for one in self.others.values() if one.subject not in failed))
