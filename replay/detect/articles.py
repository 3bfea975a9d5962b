"""Which article a price or a cart line is of.

By its number where both have one, else by exactly the same name, and only while no other article has been
seen under that name. What is left is not joined: a price of something else must never accuse a cart.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from replay.model.cart import Line, Text

__all__ = ["Article", "Articles", "fold_name", "key_of"]

_NAMES_MAX_COUNT = 10_000
_CACHED_COUNT = 8_192


@dataclass(frozen=True, slots=True)
class Article:
    """``key`` tells it from others in the session; ``said`` is what an agent calls it."""

    key: str
    said: str

    @property
    def subject(self) -> str:
        """Its number, or its name if that is all there is."""
        return self.key.removeprefix("#")


@lru_cache(maxsize=_CACHED_COUNT)
def fold_name(name: str) -> str:
    """A name as it compares: white space, case and forms of the same letters do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def key_of(sku: str | None, name: Text | None) -> str | None:
    """What tells an article from others, as far as that is known."""
    return f"#{sku}" if sku else (fold_name(name.raw) if name else "") or None


class Articles:
    """The articles that one session saw."""

    def __init__(self) -> None:
        self._skus: dict[str, set[str]] = {}
        self._named: dict[str, str] = {}

    def learn(self, sku: str | None, name: Text | None) -> None:
        """Take note of an article that was shown."""
        folded = fold_name(name.raw) if name else ""
        if folded and (folded in self._skus or len(self._skus) < _NAMES_MAX_COUNT):
            self._skus.setdefault(folded, set()).add(sku or "")
            if sku and name:
                self._named.setdefault(sku, name.raw)

    def of_line(self, line: Line) -> Article | None:
        """The article of a cart line, None if the line does not say."""
        if line.sku:
            name = line.name.raw if line.name else self._named.get(line.sku)
            return Article(f"#{line.sku}", f"{name} ({line.sku})" if name and name != line.sku else line.sku)
        return Article(fold_name(line.name.raw), line.name.raw) if line.name else None

    def other_numbers(self, line: Line) -> set[str]:
        """The numbers of other articles that were seen under the same name."""
        folded = fold_name(line.name.raw) if line.name else ""
        return self._skus.get(folded, set()) - {"", line.sku or ""}

    def keys(self, line: Line) -> tuple[str, ...] | str:
        """Under which keys the article of a line may have been seen elsewhere, or why that cannot be told."""
        folded = fold_name(line.name.raw) if line.name else ""
        skus = self._skus.get(folded, set()) - {""}
        if line.sku:
            # Stated once with its number and once without: the same, if nothing else has this name.
            return (f"#{line.sku}", folded) if folded and not skus - {line.sku} else (f"#{line.sku}",)
        if len(skus) > 1:
            return "several articles have this name"
        return (*(f"#{sku}" for sku in skus), folded)
