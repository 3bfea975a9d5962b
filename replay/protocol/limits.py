"""Every bound of the wire in one place, each with its unit in its name. The values are passed in, so that a
test (or a site with other needs) can use its own."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the collector accepts from one page."""

    message_bytes: int = 2 * 1024 * 1024
    """Largest message; also the largest HTTP body."""
    facts_bytes: int = 512 * 1024
    """Largest payload of a facts batch."""
    chunk_raw_bytes: int = 64 * 1024 * 1024
    """Largest inflated size that a chunk may state."""
    style_bytes: int = 1024 * 1024
    """Largest text of one style sheet."""
    number_max_count: int = 1_000_000
    """Most batches of one track of one page load."""
    frames_count: int = 1_000
    """Most messages in one HTTP body."""
    hello_deadline_ms: int = 5_000
    """Time from connecting to the first message."""
    body_deadline_ms: int = 120_000
    """Time for an HTTP body to arrive. The largest one takes as long at 17 KB a second."""
