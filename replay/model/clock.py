"""How a page's clock stands to the collector's, and what follows for the order of events.

A page dates its events by its own clock: one anchor per page load plus the monotonic clock. A hello and its
answer give four times; as in NTP, the offset is what makes both ways equally long, and it is wrong by at most
half of the time that the messages were under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ClockOffset", "agree", "corrected", "measure"]


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


def agree(measured: Mapping[str, ClockOffset | None]) -> dict[str, ClockOffset]:
    """The best offset for each page load of one visit, out of what each of them measured.

    They share one device and so one clock, but a busy page answers late and measures badly. Where two
    measurements can both be right, the one with the smaller error is taken for both; where they cannot, the
    clock was set in between and each keeps its own. A page load without a measurement takes the best.
    """
    best_first = sorted((one for one in measured.values() if one is not None), key=lambda one: one.error_ms)
    agreed: dict[str, ClockOffset] = {}
    for load, own in measured.items():
        for other in best_first:
            if own is None or abs(own.offset_ms - other.offset_ms) <= own.error_ms + other.error_ms:
                agreed[load] = other
                break
    return agreed


def corrected(t: float, offset_ms: float | None) -> float:
    """A page-clock time by the collector's clock. A clock that was never measured counts as right."""
    return t + (offset_ms or 0.0)
