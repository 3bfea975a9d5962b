"""When each view of each page was last before the customer's eyes, and how old what it shows is.

A view is a page load or, in a single-page shop, an address in it. It is seen until the next one, until the
page is left, or until another tab comes to the front.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort

from replay.model.events import PageLeft, PageLoaded, PageViewed, TabShown
from replay.model.timeline import Entry

__all__ = ["PLACES", "Views", "is_checkout", "place_of", "shape", "shape_of_words"]

PLACES = frozenset({PageLoaded, PageViewed, PageLeft, TabShown})
"""Facts that say what page is before the customer's eyes."""

SETTLED_MS = 10_000
"""How long a page may take to show what it asked for."""
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]*)([^?#]*)", re.IGNORECASE)
_SHAPE_MAX_CHARS = 200
_CHECKOUT = re.compile(r"checkout|payment|kasse|caisse|place-?order|/pay\b")
_PERSONAL = re.compile(r"[a-z][a-z0-9+.-]*://\S+|[\w.@/-]*\d[\w.@/-]*|[\w-]{25,}|•+", re.IGNORECASE)
_WORDS_MAX_CHARS = 120


def place_of(url: str) -> tuple[str, str]:
    """Origin and path of an address, both empty where it has none."""
    found = _ADDRESS.match(url)
    return (found[1].casefold(), found[2] or "/") if found else ("", "")


def is_checkout(path: str) -> bool:
    """Whether what is at this path, in whatever letters, belongs to the checkout."""
    return _CHECKOUT.search(path.casefold()) is not None


def shape(path: str) -> str:
    """A path without what differs from customer to customer."""
    parts = ("…" if re.search(r"\d", part) else part for part in path.split("/"))
    return "/".join(parts)[:_SHAPE_MAX_CHARS]


def shape_of_words(words: str) -> str:
    """Words, such as those of a script's failure, without numbers, names that hold one, addresses and long
    keys: all that differs from customer to customer."""
    return _PERSONAL.sub("…", words)[:_WORDS_MAX_CHARS]


class Views:
    """The views of one session, told apart by when they began: one may be stated after what it shows."""

    def __init__(self) -> None:
        self._begun: dict[str, list[tuple[float, str]]] = {}
        self._hidden: dict[str, float] = {}
        self._load_of: dict[str, str] = {}
        self._age_ms: dict[str, int] = {}
        """How long the document of a page load had been there, where that was long."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact."""
        fact, load = entry.event.fact, entry.load
        if isinstance(fact, PageLoaded | PageViewed):
            insort(self._begun.setdefault(load, []), (entry.t, fact.url))
            if isinstance(fact, PageLoaded) and fact.age_ms is not None:
                self._age_ms[load] = fact.age_ms
            earlier = self._load_of.get(entry.tab)
            if earlier is not None and earlier != load:
                self._hidden.setdefault(earlier, entry.t)
            self._load_of[entry.tab] = load
        elif isinstance(fact, TabShown):
            if fact.visible:
                self._hidden.pop(load, None)
            else:
                self._hidden.setdefault(load, entry.t)
        elif isinstance(fact, PageLeft):
            self._hidden.setdefault(load, entry.t)

    def number(self, load: str, t: float) -> int:
        """Which view of its page load showed what was seen at ``t``."""
        return bisect_right(self._begun.get(load, ()), (t, _LAST))

    def last_seen(self, load: str, t: float, now_ms: float) -> tuple[float, float]:
        """From when until when what was stated at ``t`` could last be seen.

        A price is stated once in a page load while it stays the same: who comes back to the same address of a
        single-page shop, and is told no other price there, sees the one that was.
        """
        begun = self._begun.get(load, [])
        at = bisect_right(begun, (t, _LAST))
        since, last = t, at
        if at > 0:
            for later in range(at, len(begun)):
                if begun[later][1] == begun[at - 1][1] and begun[later][0] <= now_ms:
                    since, last = begun[later][0], later + 1
        if last < len(begun):
            return since, min(now_ms, begun[last][0])
        return since, max(since, min(now_ms, self._hidden.get(load, now_ms)))

    def begun(self, load: str, t: float) -> float:
        """How old what was stated at ``t`` is: a page asks for what it shows when it is loaded or its address
        is come to, and what it shows later was asked for then."""
        begun = self._begun.get(load, [])
        at = bisect_right(begun, (t, _LAST))
        if at == 0 or t - begun[at - 1][0] > SETTLED_MS:
            return t
        return begun[at - 1][0] - (self._age_ms.get(load, 0) if at == 1 else 0)


_LAST = "\U0010ffff"
"""Behind every address."""
