"""`python -m benchmarks.unjudged …`: the product's own command, but no session is ever due to be judged.

What is left out is all that detectors bring about: when a session is due is not stored, its facts are not
held for it, no rule is led over them, no finding is stored and no problem counted.
"""

from __future__ import annotations

from replay.cli import main
from replay.collector.judging import Judge

__all__: list[str] = []


class _NoJudge(Judge):
    """In the place of the judge's own words about new facts."""

    def due_ms(self, *_: object) -> None:
        """No session is due for any fact."""

    def hear(self, *_: object) -> None:
        """Nobody is going to read them."""


if __name__ == "__main__":
    for name in ("due_ms", "hear"):
        setattr(Judge, name, getattr(_NoJudge, name))
    main()
