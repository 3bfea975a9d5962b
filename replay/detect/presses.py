"""Presses that rules keep, and which of them a page's statement of an outcome is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from replay.model.events import Click, Outcome
from replay.model.finding import Evidence
from replay.model.timeline import Entry

__all__ = ["LED_ON_MS", "PRESSES_MAX_COUNT", "Press", "label_of", "press_of"]

LED_ON_MS = 15_000
"""How long the page that a press asks for may take to come."""
PRESSES_MAX_COUNT = 50
_CLOCK_MS = 1.0
"""How exactly an outcome names the time of its press."""


@dataclass(frozen=True, slots=True)
class Press:
    """A click on a control, and where."""

    entry: Entry
    path: str
    label: str
    node: int | None

    @property
    def shown(self) -> Evidence:
        """Where it can be seen."""
        return Evidence(
            role="press", load=self.entry.load, t=self.entry.t, node=self.node, raw=self.label or None
        )


_Press = TypeVar("_Press", bound=Press)


def label_of(fact: Click) -> str:
    """The words on what was pressed."""
    return fact.text.raw if fact.text else ""


def press_of(presses: Iterable[_Press], outcome: Outcome, t: float) -> _Press | None:
    """The press of which an outcome was stated at ``t``."""
    at = t - outcome.after_ms
    return next((one for one in presses if abs(one.entry.t - at) <= _CLOCK_MS), None)
