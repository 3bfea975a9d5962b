"""Divides what is to be read into portions that are held together without harm.

A page can make its session as large as its caps allow, and after a restart all sessions are new: what is read
together is bounded by what it holds, and by how many they are only beside that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["portions"]


def portions(
    wanted: Iterable[str], sizes: Mapping[str, int], *, most_bytes: int, most_count: int
) -> list[list[str]]:
    """In their order, as many together as hold no more than ``most_bytes``; one that is larger is alone. Of
    those that are not among ``sizes`` there is nothing to read."""
    found: list[list[str]] = []
    room_bytes = 0
    for one in wanted:
        size = sizes.get(one, 0)
        if not found or size > room_bytes or len(found[-1]) == most_count:
            found.append([])
            room_bytes = most_bytes
        found[-1].append(one)
        room_bytes -= size
    return found
