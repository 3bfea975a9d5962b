"""When each view of each page was last before the customer's eyes.

A view is a page load or, in a single-page shop, an address in it. It is seen until the next one, until the
page is left, or until another tab comes to the front.
"""

from __future__ import annotations

import re

from replay.model.events import PageLeft, PageLoaded, PageViewed, TabShown
from replay.model.timeline import Entry

__all__ = ["Views", "place_of", "shape"]

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]*)([^?#]*)", re.IGNORECASE)
_SHAPE_MAX_CHARS = 200


def place_of(url: str) -> tuple[str, str]:
    """Origin and path of an address, both empty where it has none."""
    found = _ADDRESS.match(url)
    return (found[1].casefold(), found[2] or "/") if found else ("", "")


def shape(path: str) -> str:
    """A path without what differs from customer to customer."""
    parts = ("…" if re.search(r"\d", part) else part for part in path.split("/"))
    return "/".join(parts)[:_SHAPE_MAX_CHARS]


class Views:
    """The views of one session, numbered within each page load."""

    def __init__(self) -> None:
        self._view: dict[str, int] = {}
        self._ended: dict[tuple[str, int], float] = {}
        self._hidden: dict[str, float] = {}

    def observe(self, entry: Entry) -> None:
        """Take the next fact."""
        fact, load = entry.event.fact, entry.load
        if isinstance(fact, PageLoaded | PageViewed):
            view = self._view.get(load, 0)
            self._ended[load, view] = entry.t
            self._view[load] = view + 1
        elif isinstance(fact, TabShown):
            if fact.visible:
                self._hidden.pop(load, None)
            else:
                self._hidden.setdefault(load, entry.t)
        elif isinstance(fact, PageLeft):
            self._hidden.setdefault(load, entry.t)

    def current(self, load: str) -> int:
        """The number of the view that ``load`` is in."""
        return self._view.get(load, 0)

    def seen_until(self, load: str, view: int, now_ms: float) -> float:
        """When that view was last to be seen: ``now_ms`` if it still is."""
        ended = self._ended.get((load, view)) if view != self.current(load) else None
        return min(now_ms, ended if ended is not None else self._hidden.get(load, now_ms))
