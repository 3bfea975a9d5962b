"""All rules over one session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from replay.model.finding import Judgement
from replay.model.timeline import Entry

__all__ = ["Detector", "Fold", "Shop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the rules may know of the site beside the session. ``currency``: ISO 4217, where it is stated."""

    currency: str | None = None


class Detector(Protocol):
    """One rule over one session."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact in the order of the timeline."""
        ...

    def judge(self, now_ms: float) -> Judgement:
        """What can be said at ``now_ms`` (milliseconds since 1970), which is not before any fact. Changes
        nothing: asked again at a later time it answers as if it had been asked only then."""
        ...


RULES: tuple[Callable[[Shop], Detector], ...] = ()
"""Every rule, in the order in which findings of one time are listed."""


class Fold:
    """Every rule over one session."""

    def __init__(self, shop: Shop) -> None:
        self._detectors = [rule(shop) for rule in RULES]

    def observe(self, entries: Iterable[Entry]) -> None:
        """Take the next facts."""
        for entry in entries:
            for detector in self._detectors:
                detector.observe(entry)

    def judge(self, now_ms: float) -> Judgement:
        """What all rules say now."""
        judgements = [detector.judge(now_ms) for detector in self._detectors]
        wakes = [one.wake_ms for one in judgements if one.wake_ms is not None]
        return Judgement(
            findings=tuple(finding for one in judgements for finding in one.findings),
            wake_ms=min(wakes, default=None),
        )
