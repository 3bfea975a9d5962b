"""Things by the article that they are of, so that each is looked up and not compared with every other.

An article is known by its number where both have one, however that is written, and else by exactly the same
name. Numbers and names are folded once: a cart of many lines is held against many others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from replay.detect.articles import fold_name
from replay.model.cart import Text
from replay.model.identity import normalise

__all__ = ["ByArticle", "Numbers"]

T = TypeVar("T")


class Numbers(dict[str, str]):
    """Article numbers as they compare."""

    def __missing__(self, sku: str) -> str:
        folded = self[sku] = normalise("sku", sku, "")
        return folded


class ByArticle(Generic[T]):
    """Things by number and name of their article."""

    def __init__(self, numbers: Numbers, things: Iterable[tuple[str | None, Text | None, T]]) -> None:
        self._numbers = numbers
        self._numbered: dict[str, list[T]] = {}
        self._named: dict[str, list[tuple[bool, T]]] = {}
        for sku, name, thing in things:
            if sku:
                self._numbered.setdefault(numbers[sku], []).append(thing)
            if name and (folded := fold_name(name.raw)):
                self._named.setdefault(folded, []).append((bool(sku), thing))

    def of(self, sku: str | None, name: Text | None) -> Sequence[T]:
        """Those of the article; by its name only what has no number, or if it has none itself."""
        if sku and (found := self._numbered.get(self._numbers[sku])):
            return found
        named = self._named.get(fold_name(name.raw), ()) if name else ()
        return [thing for has_number, thing in named if not (has_number and sku)]
