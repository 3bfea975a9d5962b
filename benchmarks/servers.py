"""The server under test and the bare limit beside it, each in a process of its own.

The product is the command ``replay serve`` as anybody runs it; the limit is the same uvicorn with the same
flags and an application that sends every message back. What a process costs is read from the kernel, by its
own CPU clock and its own resident pages (Linux).
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ECHO", "ORIGIN", "SITE_KEY", "Server", "echo_server", "product_server"]

ECHO = "echo"
SITE_KEY = "bench-shop"
ORIGIN = "https://shop.example"
_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 30
_CPU_CLOCK_SCHED = 2
"""Low bits of the id of a process's CPU clock; the rest is the process id, inverted."""
_REPLAY = ("-c", "from replay.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and what it has cost so far."""

    name: str
    pid: int
    host: str
    port: int

    def cpu_s(self) -> float:
        """CPU seconds of all its threads, user and system."""
        return time.clock_gettime((~self.pid << 3) | _CPU_CLOCK_SCHED)

    def resident_bytes(self) -> int:
        """Memory that it has in RAM."""
        status = Path(f"/proc/{self.pid}/statm").read_text()
        return int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def product_server(folder: Path, *, command: Sequence[str] = _REPLAY) -> AsyncIterator[Server]:
    """``replay serve`` over an empty database with one site; ``command``: how Python is to run `replay`."""
    replay = (sys.executable, *command)
    data = ("--data", str(folder / "data"))
    adding = await asyncio.create_subprocess_exec(
        *replay, "site", "add", "Bench", "--origin", ORIGIN, "--key", SITE_KEY, *data, "--json",
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if await adding.wait() != 0:
        raise RuntimeError("`replay site add` failed; its reason is above")
    serving = [*replay, "serve", *data, "--public-port", "0", "--desk-port", "0"]
    async with _running("replay serve", serving) as server:
        yield server


@asynccontextmanager
async def echo_server() -> AsyncIterator[Server]:
    """The bare limit."""
    async with _running(ECHO, [sys.executable, "-m", "benchmarks.echo"]) as server:
        yield server


@asynccontextmanager
async def _running(name: str, command: Sequence[str]) -> AsyncIterator[Server]:
    environment = {**os.environ, "REPLAY_LOG_LEVEL": "error", "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    try:
        host, port = await asyncio.wait_for(_address(process), _START_TIMEOUT_S)
        await _listening(host, port)
        yield Server(name, process.pid, host, port)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_S)


async def _address(process: asyncio.subprocess.Process) -> tuple[str, int]:
    """The first address that the process prints."""
    if process.stdout is None:
        raise RuntimeError("the server's output is not read")
    async for line in process.stdout:
        found = re.search(rb"http://([\w.]+):(\d+)", line)
        if found:
            return found[1].decode(), int(found[2])
    raise RuntimeError("the server ended before it listened; its reason is above")


async def _listening(host: str, port: int) -> None:
    """The socket is bound before the server answers: wait for an answer to anything."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()
