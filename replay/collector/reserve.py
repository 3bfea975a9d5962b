"""The part of the disk that new sessions may not fill.

What is under way goes on below the reserve, for as long as there is room, and the desk, a backup and whatever
else shares the disk still work; but nobody new is let in, and health turns red while there is time to act.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from replay.collector.quota import OverQuota
from replay.protocol.messages import CloseCode

__all__ = ["Reserve"]

logger = logging.getLogger("replay.collector")


class Reserve:
    """Looks at the disk whenever it is asked, and tells the log when the answer changes."""

    def __init__(self, free_bytes: Callable[[], int], reserve_bytes: int) -> None:
        self.free_bytes = free_bytes
        self._reserve_bytes = reserve_bytes
        self._reached = False

    def reached(self) -> bool:
        """Whether less than the reserve is free."""
        reached = self.free_bytes() < self._reserve_bytes
        if reached != self._reached:
            self._reached = reached
            event = "disk reserve reached" if reached else "disk reserve free again"
            logger.warning(event, extra={"reserve_bytes": self._reserve_bytes})
        return reached

    def require(self) -> None:
        """Raise ``OverQuota`` when no new session may be opened."""
        if self.reached():
            raise OverQuota(
                "disk_reserve", "Nothing new can be kept now: come again later.", code=CloseCode.CANNOT_STORE
            )
