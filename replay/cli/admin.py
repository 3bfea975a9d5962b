"""Administration that works whether or not the store is in use.

Exactly one process owns the database. A command that finds it free opens it itself; one that finds it owned
asks the owner over the Unix socket beside it. Both run the same function from ``replay.cli.commands``, so an
answer never depends on who ran it. On the socket one line of JSON asks and one line answers; what takes long
tells in lines before that how far it has come.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from replay.cli.backup import make_backup
from replay.cli.commands import COMMANDS, Tools
from replay.cli.doctor import examine
from replay.cli.looked import Look, Looked, Tell, tell_nobody
from replay.errors import CommandError, ProductError
from replay.ports import Objects, StoreUnavailable
from replay.settings import BUCKET, Settings
from storage.eraser import Eraser
from storage.objects import FolderObjects, open_folder
from storage.owner import StoreOwned, owned
from storage.sqlite import open_store

__all__ = ["ask", "database_of", "open_objects", "owning", "require_store", "serve_admin"]

logger = logging.getLogger("replay.cli")

_MAKING = frozenset(("site add", "agent add", "session import"))
"""Commands with which a store may begin. To ask one that is not there is a mistake in the folder's name."""

LOOKS: Mapping[str, Look] = {"backup": make_backup, "doctor": examine}
"""Commands that read the files themselves."""

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
        return _remote(settings)
    return await open_folder(_folder(settings))


def _remote(settings: Settings) -> Objects:
    from storage.objects.remote import open_remote  # noqa: PLC0415 (large, and seldom wanted)

    return open_remote(settings.objects)


def _folder(settings: Settings) -> Path:
    return Path(settings.objects) if settings.objects else settings.data / "objects"


@asynccontextmanager
async def owning(settings: Settings) -> AsyncIterator[Tools]:
    """Own the data folder, made if missing, while inside. Raises ``StoreUnavailable``."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    objects = await open_objects(settings)
    store = await open_store(database_of(settings), objects=objects)
    try:
        eraser = Eraser(store, objects, now_ms=lambda: time.time_ns() // 1_000_000)
        yield Tools(store=store, objects=objects, settings=settings, eraser=eraser)
    finally:
        await store.close()
        await objects.close()


@asynccontextmanager
async def looking(settings: Settings, tell: Tell) -> AsyncIterator[Looked]:
    """Own the data folder while inside, and leave everything in it as it is. Raises ``StoreUnavailable``."""
    database = database_of(settings)
    with owned(database):
        # Not opened like those that are written to: what is not there is not made.
        remote = settings.objects.startswith(BUCKET)
        objects = _remote(settings) if remote else FolderObjects(_folder(settings))
        try:
            yield Looked(database=database, objects=objects, settings=settings, served=False, tell=tell)
        finally:
            await objects.close()


async def ask(
    settings: Settings, command: str, parameters: Mapping[str, object], *, tell: Tell = tell_nobody
) -> object:
    """Run a command on the store, directly or through its owner, and return its plain answer.

    Raises ``ProductError`` where the command says why it cannot be done.
    """
    if command not in _MAKING:
        require_store(settings)
    try:
        if command in LOOKS:
            async with looking(settings, tell) as looked:
                return await LOOKS[command](looked, parameters)
        async with owning(settings) as tools:
            return await COMMANDS[command](tools, parameters)
    except StoreOwned as error:
        return await _ask_owner(error.socket, command, parameters, tell)
    except StoreUnavailable as error:
        raise CommandError(str(error), "") from error


async def _ask_owner(socket: Path, command: str, parameters: Mapping[str, object], tell: Tell) -> object:
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
        while True:
            line = await reader.readline()
            if not line:
                raise CommandError("The owner of the database went away before it answered.", "Try again.")
            answer = json.loads(line)
            if "progress" not in answer:
                break
            tell(*answer["progress"])
    finally:
        writer.close()
    if "error" in answer:
        raise CommandError(answer["error"]["what"], answer["error"]["do"])
    result: object = answer["result"]
    return result


@asynccontextmanager
async def serve_admin(tools: Tools, socket: Path) -> AsyncIterator[None]:
    """Answer commands on the Unix socket (readable by the owner's user only) while the context is open."""
    socket.unlink(missing_ok=True)
    answering: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def tell(*progress: str | int) -> None:
            if writer.is_closing():
                raise ConnectionResetError("nobody waits for the answer any more")
            writer.write(json.dumps({"progress": progress}).encode() + b"\n")

        task = asyncio.current_task()
        if task is not None:
            answering.add(task)
            task.add_done_callback(answering.discard)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await _run(tools, line, tell)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError, asyncio.CancelledError):
            # The asker went away or sent a line longer than the limit, or we stop: it gets no answer and
            # says so.
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
        # The store is about to be closed: what takes long is given up, and may be asked for again.
        for task in answering:
            task.cancel()
        if answering:
            await asyncio.wait(answering)


async def _run(tools: Tools, line: bytes, tell: Tell) -> dict[str, object]:
    try:
        asked = json.loads(line)
        result = await _carry_out(tools, asked["command"], asked["parameters"], tell)
        # What it was about (an e-mail to look for, a new password) is in the parameters.
        logger.info("command", extra={"command": asked["command"]})
        return {"result": result}
    except ConnectionError:
        raise
    except ProductError as error:
        return {"error": {"what": error.what, "do": error.do}}
    except StoreUnavailable as error:
        return {"error": {"what": str(error), "do": ""}}
    except Exception as error:
        logger.exception("a command failed")
        return {"error": {"what": f"The command failed: {error!r}.", "do": "See the server's log."}}


async def _carry_out(tools: Tools, name: str, parameters: Mapping[str, object], tell: Tell) -> object:
    look = LOOKS.get(name)
    if look is not None:
        database = database_of(tools.settings)
        looked = Looked(
            database=database, objects=tools.objects, settings=tools.settings, served=True, tell=tell
        )
        return await look(looked, parameters)
    command = COMMANDS.get(name)
    if command is None:
        raise CommandError(
            f"The running server does not know the command {name!r}.",
            "Restart it with the version of this command.",
        )
    return await command(tools, parameters)
