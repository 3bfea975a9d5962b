"""Promo codes as they are indexed: under a keyed hash, and out of the texts that quote them.

Both stores work by these; the key is the store's own (see ``replay.ports.codes``).
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from replay.model.identity import normalise
from replay.model.personal_code import QUOTING, seen_codes
from replay.model.promo import Registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replay.ports import Identifier, IdentifierKind

__all__ = ["KEY_BYTES", "WHO", "code_hash", "hashed", "sought", "without_codes"]

KEY_BYTES = 32
HASH_CHARS = 32

WHO: tuple[IdentifierKind, ...] = ("customer_id", "email", "phone")
"""What tells customers apart, where the shop's backend signed it."""

_NOTHING_REGISTERED = Registry()


def code_hash(key: bytes, value: str) -> str:
    """What stands for a normalised code."""
    return hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256").hex()[:HASH_CHARS]


def hashed(new: Iterable[Identifier], carried: Iterable[Identifier], key: bytes) -> tuple[Identifier, ...]:
    """What a session newly carries, as it is indexed. ``carried``: the codes that it carries already, as they
    are."""
    identifiers = tuple(
        replace(one, value=code_hash(key, one.value)) if one.kind == "promo" else one for one in new
    )
    if not any(one.kind in QUOTING for one in identifiers):
        return identifiers
    return without_codes(identifiers, (*carried, *identifiers))


def without_codes(identifiers: Sequence[Identifier], carried: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """The same with no code of those carried in any text."""
    codes = seen_codes(carried, _NOTHING_REGISTERED, {})
    if codes.is_open:
        return tuple(identifiers)
    known = {normalise("promo", one.given, "") for one in codes.codes if not one.is_readable}
    told = []
    for one in identifiers:
        if one.kind == "sku":
            # Whoever types it finds the session by the code.
            told.extend([] if one.value in known else [one])
            continue
        shown = codes.conceal(one.shown) if one.kind in QUOTING else one.shown
        if shown != one.shown:
            value = normalise(one.kind, codes.blot(one.shown), "")
            told.extend([replace(one, value=value, shown=shown)] if value else [])
        else:
            told.append(one)
    return tuple(told)


def sought(kind: IdentifierKind, value: str, prefix: bool, key: bytes) -> str:
    """What is looked for where a value was given: "" for what nothing is found by."""
    if kind != "promo" or not value:
        return value
    return "" if prefix else code_hash(key, value)
