"""References to assets as plain dictionaries: the part of the memory store that knows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replay.ports import Asset, AssetIndex, AssetKind, SessionAsset, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["MemoryAssets"]


class MemoryAssets(AssetIndex):
    """What ``MemoryStore`` answers of assets."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], AssetKind] = {}
        """By site and reference."""
        self._versions: dict[tuple[str, str], dict[int, Asset]] = {}
        self._named: dict[str, tuple[str, set[str]]] = {}
        """By session, its site and what it referred to."""

    def note_sightings(self, session: str, site: str, sightings: Iterable[Sighting]) -> None:
        """Keep what the session referred to, each once."""
        _, named = self._named.setdefault(session, (site, set()))
        for sighting in sightings:
            named.add(sighting.ref)
            self._kinds.setdefault((site, sighting.ref), sighting.kind)

    async def put_asset(self, asset: Asset) -> None:
        key = asset.site, asset.ref
        kind = self._kinds.setdefault(key, asset.kind)
        self._versions.setdefault(key, {})[asset.fetched_ms] = replace(asset, kind=kind)

    async def is_named(self, site: str, ref: str) -> bool:
        return any(site == owner and ref in named for owner, named in self._named.values())

    async def latest_assets(self, site: str, refs: Sequence[str]) -> Mapping[str, Asset]:
        return {ref: self._history(site, ref)[-1] for ref in refs if self._history(site, ref)}

    async def session_assets(self, session: str, until_ms: int) -> list[SessionAsset]:
        site, named = self._named.get(session, ("", set()))
        return [
            SessionAsset(ref=ref, kind=self._kinds[site, ref], asset=_at(self._history(site, ref), until_ms))
            for ref in sorted(named)
        ]

    async def asset_type(self, hash: str) -> str | None:
        every = (asset for versions in self._versions.values() for asset in versions.values())
        return next((asset.type for asset in every if asset.hash == hash), None)

    async def unknown_assets(self, limit: int) -> list[tuple[str, Sighting]]:
        unknown = [
            (site, Sighting(ref=ref, kind=kind))
            for (site, ref), kind in self._kinds.items()
            if kind != "text" and (site, ref) not in self._versions
        ]
        return unknown[:limit]

    def _history(self, site: str, ref: str) -> list[Asset]:
        """What the reference stood for, oldest first."""
        return [asset for _, asset in sorted(self._versions.get((site, ref), {}).items())]


def _at(history: Sequence[Asset], until_ms: int) -> Asset | None:
    had = [asset for asset in history if asset.hash is not None]
    by_then = [asset for asset in had if asset.fetched_ms <= until_ms]
    if by_then:
        return by_then[-1]
    return had[0] if had else next(reversed(history), None)
