"""What happened and what it looked like: the two tracks of every page load.

They are buffered, sent, numbered and kept apart, so that a picture too large for the line never holds up a
fact. Wire, store and desk know them by these numbers.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Track"]


class Track(IntEnum):
    """The two tracks of a page load, each numbered from 1. Facts go first and are dropped last."""

    FACTS = 0
    PICTURE = 1
