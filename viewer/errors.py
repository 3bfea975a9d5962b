"""What the desk answers when it cannot do what was asked: one exception, one JSON shape, one page.

Every refusal says what is wrong, what was expected and what came where that is known, and what to do next.
Whatever goes wrong outside the desk's own code (no such path, store unavailable, a bug) is turned into the
same exception first, so that a caller meets one shape only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException

from replay.ports import StoreUnavailable

__all__ = ["DeskError", "as_desk_error", "error_body", "not_found"]

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class DeskError(Exception):
    """A refusal: its HTTP status and what the reader needs to go on."""

    status: int
    what: str
    do: str
    expected: str | None = None
    got: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status}: {self.what} {self.do}"


def error_body(error: DeskError) -> dict[str, object]:
    """The JSON of every refusal."""
    return {
        "error": {"what": error.what, "expected": error.expected, "got": error.got, "do": error.do},
    }


def not_found(what: str) -> DeskError:
    """The same answer for what is not there and for what may not be seen."""
    return DeskError(404, what, "Look the customer up again on the Find page.")


def as_desk_error(error: Exception) -> DeskError:
    """Whatever was raised, as the refusal that the reader gets. Unforeseen errors give nothing away."""
    match error:
        case DeskError():
            return error
        case StoreUnavailable():
            return DeskError(
                503,
                "The desk cannot read or write its store now.",
                f"Try again in a moment. For the operator: {error}",
                headers={"Retry-After": "5"},
            )
        case HTTPException(status_code=404):
            return DeskError(404, "There is no such page.", "Go back to the Find page.")
        case HTTPException(status_code=405):
            headers = dict(error.headers or {})
            allowed = headers.get("Allow")
            return DeskError(
                405,
                "This address does not take this method.",
                "Use another method.",
                allowed,
                headers=headers,
            )
        case HTTPException():
            phrase = HTTPStatus(error.status_code).phrase
            return DeskError(error.status_code, f"{phrase}.", "Go back and try again.")
        case _:
            _log.error("A request failed", exc_info=error)
            return DeskError(
                500,
                "Something went wrong in the desk itself.",
                "Try again. If it stays, tell the operator the time; the log has the cause.",
            )
