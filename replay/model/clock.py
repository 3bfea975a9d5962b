"""How a page's clock stands to the collector's, and what follows for the order of events.

A page dates its events by its own clock: one anchor per page load plus the monotonic clock. A hello and its
answer give four times; as in NTP, the offset is what makes both ways equally long, and it is wrong by at most
half of the time that the messages were under way.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ClockOffset", "corrected", "measure"]


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """Add ``offset_ms`` to a page-clock time for the collector's; it is off by at most ``error_ms``."""

    offset_ms: float
    error_ms: float


def measure(
    *, sent_ms: float, arrived_ms: float, answered_ms: float, received_ms: float
) -> ClockOffset | None:
    """The offset from one exchange: ``sent_ms`` and ``received_ms`` by the page's clock, the two between by
    the collector's. None if the page received the answer before it asked."""
    if received_ms < sent_ms:
        return None
    # A page clock that was set back meanwhile can make the round trip shorter than our own part of it.
    under_way_ms = max(0.0, (received_ms - sent_ms) - (answered_ms - arrived_ms))
    offset_ms = ((arrived_ms - sent_ms) + (answered_ms - received_ms)) / 2
    return ClockOffset(offset_ms, under_way_ms / 2)


def corrected(t: float, offset_ms: float | None) -> float:
    """A page-clock time by the collector's clock. A clock that was never measured counts as right."""
    return t + (offset_ms or 0.0)
