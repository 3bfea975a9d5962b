"""Administration that works whether or not the store is in use.

Exactly one process owns the database. A command that finds it free opens it itself; one that finds it owned
asks the owner over the Unix socket beside it. Both run the same function from ``replay.cli.commands``, so an
answer never depends on who ran it. On the socket one line of JSON asks and one line answers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from replay.cli.commands import COMMANDS, Tools
from replay.errors import CommandError, ProductError
from replay.ports import Objects, StoreUnavailable
from replay.settings import BUCKET, Settings
from storage.objects import open_folder
from storage.owner import StoreOwned
from storage.sqlite import open_store

__all__ = ["ask", "database_of", "open_objects", "owning", "require_store", "serve_admin"]

logger = logging.getLogger("replay.cli")

_MAKING = frozenset(("site add", "agent add", "session import"))
"""Commands with which a store may begin. To ask one that is not there is a mistake in the folder's name."""

_LINE_BYTES = 256 * 1024 * 1024
"""Longest line either way: an exported session is one."""


def database_of(settings: Settings) -> Path:
    """The database file in the data folder."""
    return settings.data / "replay.sqlite3"


def require_store(settings: Settings) -> None:
    """Raise ``CommandError`` if there is no store in the data folder."""
    if not database_of(settings).exists():
        raise CommandError(
            f"There is no store in {settings.data}.",
            "Name its folder with --data or REPLAY_DATA. `replay serve` makes one where there is none.",
        )


async def open_objects(settings: Settings) -> Objects:
    """Where objects are kept. Whoever owns the database owns them, too. Raises ``StoreUnavailable``."""
    if settings.objects.startswith(BUCKET):
        from storage.objects.remote import open_remote  # noqa: PLC0415 (large, and seldom wanted)

        return open_remote(settings.objects)
    return await open_folder(Path(settings.objects) if settings.objects else settings.data / "objects")


@asynccontextmanager
async def owning(settings: Settings) -> AsyncIterator[Tools]:
    """Own the data folder, made if missing, while inside. Raises ``StoreUnavailable``."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    objects = await open_objects(settings)
    store = await open_store(database_of(settings), objects=objects)
    try:
        yield Tools(store=store, objects=objects, settings=settings)
    finally:
        await store.close()
        await objects.close()


async def ask(settings: Settings, command: str, parameters: Mapping[str, object]) -> object:
    """Run a command on the store, directly or through its owner, and return its plain answer.

    Raises ``ProductError`` where the command says why it cannot be done.
    """
    if command not in _MAKING:
        require_store(settings)
    try:
        async with owning(settings) as tools:
            return await COMMANDS[command](tools, parameters)
    except StoreOwned as error:
        return await _ask_owner(error.socket, command, parameters)
    except StoreUnavailable as error:
        raise CommandError(str(error), "") from error


async def _ask_owner(socket: Path, command: str, parameters: Mapping[str, object]) -> object:
    try:
        reader, writer = await asyncio.open_unix_connection(os.fspath(socket), limit=_LINE_BYTES)
    except OSError as error:
        raise CommandError(
            f"The database is in use, and its owner does not answer on {socket} ({error.strerror}).",
            "If the owner is just starting or stopping, try again; else restart `replay serve`.",
        ) from error
    try:
        writer.write(json.dumps({"command": command, "parameters": parameters}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise CommandError("The owner of the database went away before it answered.", "Try again.")
    answer = json.loads(line)
    if "error" in answer:
        raise CommandError(answer["error"]["what"], answer["error"]["do"])
    result: object = answer["result"]
    return result


@asynccontextmanager
async def serve_admin(tools: Tools, socket: Path) -> AsyncIterator[None]:
    """Answer commands on the Unix socket (readable by the owner's user only) while the context is open."""
    socket.unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await _run(tools, line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            # The asker went away, or sent a line longer than the limit: it gets no answer and says so.
            pass
        finally:
            writer.close()

    mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, os.fspath(socket), limit=_LINE_BYTES)
    finally:
        os.umask(mask)
    try:
        yield
    finally:
        server.close()
        socket.unlink(missing_ok=True)


async def _run(tools: Tools, line: bytes) -> dict[str, object]:
    try:
        asked = json.loads(line)
        command = COMMANDS.get(asked["command"])
        if command is None:
            raise CommandError(
                f"The running server does not know the command {asked['command']!r}.",
                "Restart it with the version of this command.",
            )
        result = await command(tools, asked["parameters"])
        # What it was about (an e-mail to look for, a new password) is in the parameters.
        logger.info("command", extra={"command": asked["command"]})
        return {"result": result}
    except ProductError as error:
        return {"error": {"what": error.what, "do": error.do}}
    except StoreUnavailable as error:
        return {"error": {"what": str(error), "do": ""}}
    except Exception as error:
        logger.exception("a command failed")
        return {"error": {"what": f"The command failed: {error!r}.", "do": "See the server's log."}}
