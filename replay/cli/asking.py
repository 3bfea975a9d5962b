"""How a typed command asks the store, and prints what it answers: for people, or with ``--json`` for scripts.

What a command works with is imported when it runs: the server's libraries take most of a second, and help or
a wrong argument need none of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from replay.cli import show
from replay.cli.logs import start_log
from replay.cli.looked import Tell, tell_nobody
from replay.errors import CommandError
from replay.settings import Settings, read_settings

__all__ = ["account", "ask_and_erase", "ask_and_print", "ask_store", "print_answer", "settings_of"]

FILE_WIDTH_CELLS = 500
"""How wide a table may be in a file or a pipe."""


def ask_and_print(
    command: str,
    parameters: Mapping[str, object],
    data: Path | None,
    as_json: bool,
    printer: show.Printer,
    *,
    none: str = "None yet",
) -> None:
    """Ask and print; ``none`` is said of an empty list."""
    answer = ask_store(command, parameters, data)
    if answer == [] and not as_json:
        where = escape(str(settings_of(data).data))
        Console().print(f"{none} in {where}.", highlight=False, soft_wrap=True)
    else:
        print_answer(answer, as_json, printer)


def ask_and_erase(
    command: str, parameters: Mapping[str, object], data: Path | None, as_json: bool, *, yes: bool
) -> None:
    """Say what would go, ask the person unless they said ``yes``, and print the receipt."""
    if not yes:
        told = ask_store(command, {**parameters, "confirmed": False}, data)
        # Standard output is the receipt's.
        show.erasing(Console(stderr=True), told)
        print("Erase for good? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was erased.", "Answer y, or give --yes.")
    confirmed = {**parameters, "confirmed": True, "by": account()}
    print_answer(ask_store(command, confirmed, data), as_json, show.erased)


def ask_store(
    command: str, parameters: Mapping[str, object], data: Path | None, tell: Tell = tell_nobody
) -> Any:
    """The plain answer. Raises ``ProductError``."""
    from replay.cli.admin import ask, database_of  # noqa: PLC0415 (see above)

    # What a store warns of is for who runs the server.
    start_log(level="error", form="text")
    settings = settings_of(data)
    is_new = not database_of(settings).exists()
    answer = asyncio.run(ask(settings, command, parameters, tell=tell))
    if is_new:
        # Whoever forgot --data would look for what they made in the store of their server.
        print(f"A new store was made in {settings.data.absolute()}.", file=sys.stderr)
    return answer


def settings_of(data: Path | None) -> Settings:
    """The settings of the environment, and the folder if one was named."""
    return read_settings(os.environ, data=data)


def print_answer(answer: Any, as_json: bool, printer: show.Printer) -> None:
    """For people or for scripts."""
    if as_json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        # Where nobody looks on there is no edge, at which an id in a table would be broken in two.
        is_seen = sys.stdout.isatty() or "COLUMNS" in os.environ
        printer(Console() if is_seen else Console(width=FILE_WIDTH_CELLS), answer)


def account() -> str:
    """Who asks, as this machine knows them."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"account {os.getuid()}"
