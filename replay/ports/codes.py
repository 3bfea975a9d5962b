"""What the store knows of promo codes: who carries one, and nothing by which a code could be guessed.

A store keeps a promo code of a session (an identifier of kind ``promo``) under a keyed hash of its normalised
value, made with a key that it made for itself and tells nobody. ``commit`` takes the value as
``replay.model.identity`` normalises it, and so do ``find`` and ``find_any``, which find it whole and never by
its beginning; in every answer ``value`` is the hash. Where the shop's messages, errors on its pages or names
of products quote a code of the same session, they are kept and found without it, also those that came before
it, and no session is found by a code as by an article's number. The key goes with the store and its backups;
a store that lost it could find nothing by codes from before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

__all__ = ["CodeIndex"]


class CodeIndex(Protocol):
    """The part of the store that tells who carries a code."""

    async def code_carriers(
        self, site: str, codes: Collection[str]
    ) -> Mapping[str, Sequence[AbstractSet[str]]]:
        """Of each of the codes (by its hash), for those of the newest ``CARRIERS_MAX_COUNT`` of the site's
        sessions with it that are of somebody verified, in any order, who that is: opaque, the same for the
        same customer id, e-mail address or phone number."""
        ...
