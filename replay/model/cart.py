"""A cart as one surface showed it or one source stated it, at one time.

States are never merged: not those of two surfaces, not those of two sources. What a surface does not show is
``None`` (unknown), which is not the same as empty or zero. Amounts keep the text that the customer read and
the replay node it stood in; ``minor`` is set only where the shop itself gave an exact amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from replay.model.bounds import Between, MaxChars, MaxItems

__all__ = ["Amount", "CartGone", "CartState", "Line", "Node", "PromoShown", "Sentence", "Source", "Surface"]
__all__ += ["Text", "Total", "Word"]

Word = Annotated[str, MaxChars(120)]
Sentence = Annotated[str, MaxChars(600)]
Node = Annotated[int, Between(1, 2**31 - 1)]
"""An element of the recording, by the number that the recorder gave it."""

Surface = Literal["drawer", "page", "summary", "mini", "network", "data_layer", "api"]
Source = Literal["displayed", "declared", "network", "server"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Rendered text, white space folded, with the recording's node id of the element it was read from."""

    raw: Sentence
    node: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Money as given: ``raw`` verbatim, ``minor`` in ISO 4217 minor units only if the shop stated it so."""

    raw: Annotated[str, MaxChars(160)] | None = None
    node: Node | None = None
    currency: Annotated[str, MaxChars(3)] | None = None
    minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a cart. ``quantity_typed`` is a number in the box that is not in force yet."""

    id: Word | None = None
    sku: Word | None = None
    name: Text | None = None
    quantity: Text | None = None
    quantity_typed: Text | None = None
    unit: Amount | None = None
    was: Amount | None = None
    total: Amount | None = None
    total_was: Amount | None = None
    notes: Annotated[tuple[Text, ...], MaxItems(8)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoShown:
    """A promotion that the surface shows as applied."""

    code: Word | None = None
    text: Text | None = None
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One row of the totals: ``key`` says which, ``label`` is what the customer read beside it."""

    key: Word
    label: Text | None = None
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartState:
    """A whole snapshot of one cart surface from one source. ``node`` is the surface's own replay node."""

    surface: Surface
    source: Source
    node: Node | None = None
    cart_id: Word | None = None
    currency: Annotated[str, MaxChars(3)] | None = None
    lines: Annotated[tuple[Line, ...], MaxItems(500)] | None = None
    lines_cut: bool = False
    """True when the surface showed more lines than a state can hold."""
    count: Text | None = None
    promos: Annotated[tuple[PromoShown, ...], MaxItems(32)] | None = None
    totals: Annotated[tuple[Total, ...], MaxItems(32)] = ()
    messages: Annotated[tuple[Text, ...], MaxItems(32)] = ()
    empty: Text | None = None
    via: Word | None = None
    """The adapter that read it, where one did: a key of ``replay.model.adapters.ADAPTERS``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CartGone:
    """A displayed cart surface left the screen (closed, removed or hidden)."""

    surface: Surface
