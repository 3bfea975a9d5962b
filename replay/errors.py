"""Errors that a person reads.

    ProductError            says what is wrong and what to do
    ├── SettingError        an unknown setting, or a value that it does not take
    ├── CommandError        a command cannot be carried out
    └── MissingBuildError   the browser code has not been built

``StoreUnavailable`` (in ``replay.ports``) and ``Malformed`` (in ``replay.model.bounds``) are for programs.
"""

from __future__ import annotations

__all__ = ["CommandError", "MissingBuildError", "ProductError", "SettingError"]


class ProductError(Exception):
    """``what`` is wrong; ``do`` is what the reader can do about it."""

    def __init__(self, what: str, do: str) -> None:
        self.what = what
        self.do = do
        super().__init__(f"{what}\n{do}")


class SettingError(ProductError):
    """A setting is unknown or has a value that it does not take."""


class CommandError(ProductError):
    """A command cannot be carried out as asked."""


class MissingBuildError(ProductError):
    """Files that the package build makes from TypeScript are not there."""
