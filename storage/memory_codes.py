"""Promo codes under their hashes, as plain values: the part of the in-memory store that is compared with the
database's."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from replay.model.personal_code import CARRIERS_MAX_COUNT, QUOTING
from replay.ports import CodeIndex
from storage.codes import KEY_BYTES, WHO, hashed, without_codes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from replay.ports import AppendBatch
    from storage.memory_visit import Visit

__all__ = ["MemoryCodes"]


class MemoryCodes(CodeIndex):
    """What ``MemoryStore`` does about promo codes."""

    _visits: dict[str, Visit]

    def __init__(self) -> None:
        self._code_key = secrets.token_bytes(KEY_BYTES)

    async def code_carriers(
        self, site: str, codes: Collection[str]
    ) -> Mapping[str, Sequence[AbstractSet[str]]]:
        visits = [visit for visit in self._visits.values() if visit.session.site == site]
        visits.sort(key=lambda visit: (visit.session.seen_ms, visit.session.id), reverse=True)
        newest = {
            code: [visit for visit in visits if ("promo", code) in visit.identifiers][:CARRIERS_MAX_COUNT]
            for code in codes
        }
        return {
            code: [who for visit in carriers if (who := _verified(visit))]
            for code, carriers in newest.items()
        }

    def reword_texts(self, visit: Visit) -> None:
        """Take the codes of a visit out of the texts that it is found by."""
        codes = [one for one in visit.identifiers.values() if one.kind == "promo"]
        texts = [one for one in visit.identifiers.values() if one.kind in QUOTING]
        told = without_codes(texts, codes)
        if told != tuple(texts):
            for text in texts:
                del visit.identifiers[text.kind, text.value]
            for text in told:
                visit.carry(text)

    def hash_codes(self, visit: Visit, operation: AppendBatch) -> AppendBatch:
        """The batch with what it brings as it is indexed."""
        carried = [one for one in visit.identifiers.values() if one.kind == "promo"]
        return replace(operation, identifiers=hashed(operation.identifiers, carried, self._code_key))


def _verified(visit: Visit) -> frozenset[str]:
    """Whom the session was verified to be."""
    known = visit.identifiers.items()
    return frozenset(f"{kind}\0{value}" for (kind, value), one in known if kind in WHO and one.verified)
