"""What came of the webhooks of each site's platform since the server started, for whoever looks at the site.

A platform shows its own developer only that a delivery was answered, and by then nobody looks: whether
anything is kept, and what is not and why, has to be where the site is set up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from replay.model.server_reading import Refused

__all__ = ["PlatformsTold", "field_of"]

_REASONS_MAX_COUNT = 50
"""Different reasons that are told of one platform of a site."""


def field_of(error: Refused) -> str:
    """Which field it was, whichever of a list."""
    return re.sub(r"\[\d+\]", "[]", error.field)


@dataclass(slots=True)
class _Told:
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    last_ms: int = 0


class PlatformsTold:
    """By site and platform. Nothing of what came is in it, only which fields were not as they should be."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Told] = {}

    def tell(
        self, site: str, platform: str, counts: Mapping[str, int], refused: Iterable[Refused], at_ms: int
    ) -> None:
        """A delivery was read."""
        told = self._of(site, platform, at_ms)
        told.counts.update(counts)
        for error in refused:
            told.counts["refused"] += 1
            reason = (field_of(error), error.expected)
            if reason in told.reasons or len(told.reasons) < _REASONS_MAX_COUNT:
                told.reasons[reason] += 1

    def topic(self, site: str, platform: str, at_ms: int) -> None:
        """A delivery was of a topic that is not read."""
        self._of(site, platform, at_ms).counts["topic"] += 1

    def unsigned(self, site: str, platform: str, at_ms: int) -> None:
        """A delivery was not signed by the secret that we have: anybody's, or the secret is wrong."""
        self._of(site, platform, at_ms).counts["unsigned"] += 1

    def of(self, site: str) -> list[dict[str, object]]:
        """What came for one site, a map for each platform."""
        return [
            {
                "platform": platform,
                "last_ms": told.last_ms,
                **{name: told.counts[name] for name in ("stored", "known", "topic", "unsigned", "refused")},
                "reasons": [
                    {"field": field, "expected": expected, "count": count}
                    for (field, expected), count in told.reasons.most_common()
                ],
            }
            for (own, platform), told in self._told.items()
            if own == site
        ]

    def _of(self, site: str, platform: str, at_ms: int) -> _Told:
        told = self._told.setdefault((site, platform), _Told())
        told.last_ms = at_ms
        return told
