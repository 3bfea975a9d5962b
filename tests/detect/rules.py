"""Rules that depend on every fact, its time and its place: what tests of folding and judging fold with."""

from __future__ import annotations

from replay.detect.fold import Shop
from replay.model.events import kind_of
from replay.model.finding import Evidence, Finding, Judgement
from replay.model.timeline import Entry

__all__ = ["REST_MS", "Careless", "Everything", "finding"]

REST_MS = 2_000


def finding(said: str, *, subject: str = "all", t: float = 0.0, load: str = "load") -> Finding:
    return Finding(
        rule="everything",
        version=1,
        subject=subject,
        signature="seen",
        outcome="fail",
        severity="low",
        said=said,
        shown=(Evidence(role="fact", load=load, t=t),),
        decided_ms=t,
    )


class Everything:
    """Says what came, in the order in which it came, as soon as it has rested."""

    def __init__(self, shop: Shop) -> None:
        self._seen: list[Entry] = []

    def observe(self, entry: Entry) -> None:
        self._seen.append(entry)

    def judge(self, now_ms: float) -> Judgement:
        rested = [one for one in self._seen if one.t + REST_MS <= now_ms]
        told = " ".join(f"{one.load}/{one.number}/{kind_of(one.event.fact)}@{one.t}" for one in rested)
        last = rested[-1] if rested else None
        return Judgement(
            findings=(finding(told, t=last.t, load=last.load),) if last else (),
            wake_ms=min((one.t + REST_MS for one in self._seen if one not in rested), default=None),
        )


class Careless:
    """Finds something in every fact, and cannot cope with an empty name."""

    def __init__(self, shop: Shop) -> None:
        self._found: list[Finding] = []

    def observe(self, entry: Entry) -> None:
        name = getattr(entry.event.fact, "name", "x")
        if not name:
            raise ValueError("what the customer typed")
        self._found.append(finding("careless", subject=f"{len(self._found)}"))

    def judge(self, now_ms: float) -> Judgement:
        return Judgement(findings=tuple(self._found))
