"""What judging came to for one session."""

from __future__ import annotations

from dataclasses import dataclass

from replay.model.finding import Finding
from replay.model.shown_price import ShownPrice
from replay.ports import Judged

__all__ = ["Verdict", "nothing_new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was said of a session before and what is now, on the facts of ``changes_count``."""

    session: str
    changes_count: int
    judge_ms: int | None
    before: tuple[Finding, ...]
    after: tuple[Finding, ...]
    has_news: bool = False
    """Whether its shop's systems said something new."""
    shown: tuple[ShownPrice, ...] | None = None
    """The prices that it was shown, if they are others than before."""

    @property
    def changed(self) -> bool:
        """Whether anything is to be kept."""
        return self.before != self.after

    def judged(self) -> Judged:
        """What is to be kept."""
        return Judged(
            session=self.session,
            changes_count=self.changes_count,
            judge_ms=self.judge_ms,
            findings=self.after if self.changed else None,
            shown=self.shown,
        )


def nothing_new(session: str, changes_count: int) -> Verdict:
    """Nothing is said on these facts that was not said before."""
    return Verdict(session=session, changes_count=changes_count, judge_ms=None, before=(), after=())
