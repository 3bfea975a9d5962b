"""Doubts about the clock, before anything is erased for its age: what went too early does not come back.

A clock that leaps ahead makes everything too old at once, and from the inside it looks like a server that was
off for so long. So neither is believed at once: for a day of running nothing goes, and whoever reads the log
can set the clock. While it runs, the clock is compared with time that cannot be set. When it begins, with
what is stored: neither was anything recorded in the week that ended a day ago, though there is something
before it, nor did a process look at the clock since. The last day of recordings does not count, so that the
visits that came since a leap do not hide it; each look is kept with what is left of a doubt, so that a server
that is started again every day goes on with it, and a shop where nothing is recorded any more waits for one
day of running in all.
"""

from __future__ import annotations

from replay.ports import ClockLook

__all__ = ["DOUBT_S", "LEAP_MS", "RECENT_MS", "ClockWatch"]

LEAP_MS = 6 * 24 * 60 * 60 * 1_000
"""How far the clock has to be ahead of what could be known."""
RECENT_MS = 24 * 60 * 60 * 1_000
"""What was recorded in so short a time may have been recorded by a wrong clock."""
DOUBT_S = 24 * 60 * 60.0
"""For how long the clock is doubted: somebody is to have the time to read the log."""


class ClockWatch:
    """Looks at the clock whenever it is told what it says."""

    def __init__(self, last: ClockLook | None) -> None:
        """``last``: how the process before this one saw it."""
        self._last = last
        self._looked_s: float | None = None

    def look(self, now_ms: int, uptime_s: float, recorded_ms: int | None) -> ClockLook:
        """What is known of the clock now. ``uptime_s`` cannot be set; ``recorded_ms`` is when something was
        last recorded before the last ``RECENT_MS``."""
        last, passed_s = self._last, 0.0
        if last is not None and self._looked_s is not None:
            passed_s = uptime_s - self._looked_s
            since_ms = last.looked_ms
            leapt_ms = now_ms - since_ms - round(passed_s * 1_000)
        else:
            if last is not None and last.looked_ms - now_ms > LEAP_MS:
                # It was set right while nobody looked.
                last = None
            known_ms = (recorded_ms, last.looked_ms if last else None)
            since_ms = max((ms for ms in known_ms if ms is not None), default=now_ms - RECENT_MS)
            leapt_ms = now_ms - RECENT_MS - since_ms
        if leapt_ms > LEAP_MS:
            look = ClockLook(looked_ms=now_ms, doubt_s=DOUBT_S, from_ms=since_ms, to_ms=now_ms)
        elif last is None or last.doubt_s <= passed_s or leapt_ms < -LEAP_MS:
            # Nothing is wrong with it, or it was doubted for long enough, or set right.
            look = ClockLook(looked_ms=now_ms)
        else:
            look = ClockLook(
                looked_ms=now_ms, doubt_s=last.doubt_s - passed_s, from_ms=last.from_ms, to_ms=last.to_ms
            )
        self._last, self._looked_s = look, uptime_s
        return look
