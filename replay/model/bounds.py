"""What a field's annotation may ask for beyond its type, and the verdict on a value that does not fit.

``Annotated[str, MaxChars(120)]`` is checked where something comes in (``replay.model.readers``) and written
out for the browser (``replay.protocol.typescript``); everywhere else it is just a ``str``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SAFE_INTEGER", "Between", "Exceeded", "Malformed", "Matching", "MaxChars", "MaxItems"]

SAFE_INTEGER = 2**53 - 1
"""The largest integer that a browser holds exactly."""


@dataclass(frozen=True, slots=True)
class MaxChars:
    """Longest accepted text, in Unicode code points."""

    count: int


@dataclass(frozen=True, slots=True)
class MaxItems:
    """Most accepted items of a list or entries of a map."""

    count: int


@dataclass(frozen=True, slots=True)
class Between:
    """Smallest and largest accepted number."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Matching:
    """Text of which all has to match ``pattern``; ``means`` says to a person what that is."""

    pattern: str
    means: str


class Malformed(ValueError):
    """A value does not have the shape that its place asks for.

    ``path`` names the place (``lines[3].name``), ``expected`` and ``got`` say what was asked for and what
    came. Nothing of a text's content is repeated.
    """

    def __init__(self, path: str, expected: str, got: object) -> None:
        self.path = path
        self.expected = expected
        self.got = _describe(got)
        super().__init__(path, expected, self.got)

    def inside(self, outer: str) -> Malformed:
        """The same, seen from the value around it."""
        joint = "." if outer and self.path and not self.path.startswith("[") else ""
        self.path = f"{outer}{joint}{self.path}"
        return self

    def __str__(self) -> str:
        return f"{self.path or 'value'}: expected {self.expected}, got {self.got}"


class Exceeded(Malformed):
    """The shape is right, but a limit of length, count, depth or size is passed."""


def _describe(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > 2**64:
        # Python refuses to write integers of thousands of digits.
        return "a huge number"
    if isinstance(value, (int, float)):
        return f"the number {value!r}"
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, (tuple, dict)):
        return f"a map of {len(value)}"
    return type(value).__name__
