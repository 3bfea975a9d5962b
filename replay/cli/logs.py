"""The server's log: one JSON object a line, or lines for people where standard error is a terminal.

A log travels further than the database (files, collectors of logs, support), so nothing of a customer may get
into it. Our own modules log an event by a fixed name with fields beside it (``logger.info("session opened",
extra={"session": id})``) and choose what they say. Libraries do not know what is private: of them only
warnings are kept, without the values that they mention, and of any exception only its kind and where it came
from, because the message of a decoding error quotes what could not be decoded.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

__all__ = ["FORMS", "Form", "log_unforeseen", "start_log"]

Form = Literal["auto", "json", "text"]
FORMS: tuple[Form, ...] = ("auto", "json", "text")

OURS = frozenset({"replay", "storage", "viewer", "examples"})
"""First words of the names of our own loggers."""

REPEATS_COUNT = 10
"""How often the same warning is written in a minute: who is refused can come back without end."""
_MINUTE_S = 60.0
_FRAMES_COUNT = 20
"""Innermost frames of an exception that are written."""
_CAUSES_COUNT = 5

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_ADDED = frozenset({"left_out_count"})
"""Fields that are put in here."""

logger = logging.getLogger("replay")


def start_log(*, level: str, form: Form, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process to standard error, and nowhere else."""
    stream = stream or sys.stderr
    for_people = form == "text" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Text() if for_people else _Json())
    handler.addFilter(_Sparing())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())


def log_unforeseen(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """A loop's exception handler: its own would write tasks and callbacks with their arguments."""
    error = context.get("exception")
    if error is None:
        logger.error("unforeseen", extra={"what": context["message"]})
    else:
        logger.error("unforeseen", exc_info=error)


class _Json(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), **_told(record)}
        return json.dumps(line, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    """A line for people, in their own time zone; below it where an exception came from."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        told = _told(record)
        event, traceback = told.pop("event"), told.pop("traceback", ())
        fields = "".join(f"  {name}={value}" for name, value in told.items())
        below = "".join(f"\n    {frame}" for frame in traceback)
        return f"{at} {record.levelname.lower():<8} {event}{fields}{below}"


class _Sparing(logging.Filter):
    """Lets each warning pass a few times a minute; the next one then says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0.0
        self._seen: dict[str, int] = {}
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        minute = time.monotonic() // _MINUTE_S
        if minute != self._minute:
            self._minute = minute
            self._left_out = {
                key: count - REPEATS_COUNT for key, count in self._seen.items() if count > REPEATS_COUNT
            }
            self._seen.clear()
        key = json.dumps([_event(record), {**_fields(record), "session": None}], default=str)
        self._seen[key] = self._seen.get(key, 0) + 1
        left_out = self._left_out.pop(key, 0)
        if left_out:
            record.left_out_count = left_out
        return self._seen[key] <= REPEATS_COUNT


def _told(record: logging.LogRecord) -> dict[str, Any]:
    """Everything that is written of a record beside its time and level."""
    told = {"event": _event(record), **_fields(record)}
    if not _is_ours(record):
        told["logger"] = record.name
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        told["traceback"] = list(_traceback(error))
    return told


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _event(record: logging.LogRecord) -> str:
    return record.getMessage() if _is_ours(record) else str(record.msg).strip()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return given if _is_ours(record) else {name: given[name] for name in _ADDED & given.keys()}


def _traceback(error: BaseException) -> Iterator[str]:
    """Kind and place of an exception and of what led to it, the last of each first; never what it says."""
    following: list[BaseException] = [error]
    for _ in range(_CAUSES_COUNT):
        if not following:
            return
        error = following.pop(0)
        yield type(error).__qualname__
        frames = []
        here = error.__traceback__
        while here is not None:
            code = here.tb_frame.f_code
            frames.append(f"{code.co_filename}:{here.tb_lineno} {code.co_qualname}")
            here = here.tb_next
        yield from reversed(frames[-_FRAMES_COUNT:])
        if isinstance(error, BaseExceptionGroup):
            following += error.exceptions
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            following.append(cause)
