"""Doubts about the clock, before anything is erased for its age: what went too early does not come back.

A clock that leaps ahead makes everything too old at once, and from the inside it looks like a server that was
off for so long. So neither is believed at once: for a day of running nothing goes, and whoever reads the log
can set the clock. While it runs, the clock is compared with time that cannot be set. When it begins, with
what was recorded: nothing in the week that ended a day ago, though there is something before it. The last day
does not count, so that the visits that came since a leap do not hide it from a process that is started again.
A shop where nothing is recorded any more waits for that one day, and then its visits go as they should.
"""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["DOUBT_S", "LEAP_MS", "RECENT_MS", "ClockWatch"]

LEAP_MS = 6 * 24 * 60 * 60 * 1_000
"""How far the clock has to be ahead of what could be known."""
RECENT_MS = 24 * 60 * 60 * 1_000
"""What was recorded in so short a time may have been recorded by a wrong clock."""
DOUBT_S = 24 * 60 * 60.0
"""For how long the clock is doubted: somebody is to have the time to read the log."""


class ClockWatch:
    """Looks at the clock whenever it is told what it says."""

    def __init__(self) -> None:
        self._looked: tuple[int, float] | None = None
        self._doubt = ""
        self._doubted_until_s = float("-inf")

    def look(self, now_ms: int, uptime_s: float, recorded_ms: int | None) -> str | None:
        """Why the clock is doubted, if it is. ``uptime_s`` cannot be set; ``recorded_ms`` is when something
        was last recorded before the last ``RECENT_MS``."""
        if self._looked is None:
            since_ms = now_ms - RECENT_MS if recorded_ms is None else recorded_ms
            leapt_ms = now_ms - RECENT_MS - since_ms
        else:
            since_ms, since_s = self._looked
            leapt_ms = now_ms - since_ms - round((uptime_s - since_s) * 1_000)
        self._looked = now_ms, uptime_s
        if leapt_ms > LEAP_MS:
            self._doubt = f"it went from {_told(since_ms)} to {_told(now_ms)}"
            self._doubted_until_s = uptime_s + DOUBT_S
        elif leapt_ms < -LEAP_MS:
            # It was set right.
            self._doubted_until_s = uptime_s
        return self._doubt if uptime_s < self._doubted_until_s else None


def _told(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
