"""The command ``replay`` in a folder of its own.

Servers are processes. A command that answers and ends is run in this one, unless how it is started is the
point: to start Python takes longer than all the rest.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

import httpx
import pytest

from replay.cli.admin import database_of, owning, serve_admin
from replay.cli.app import main
from replay.cli.logs import OURS
from replay.settings import Settings
from storage.owner import socket_path

REPLAY = Path(sys.executable).with_name("replay")
COMMAND_TIMEOUT_S = 60
"""Two busy cores take their time to start Python."""
STOP_TIMEOUT_S = 20
LOG = "server.log"
_URL = re.compile(r"http://[\w.]+:\d+")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Process:
    """A command that runs until it is told to stop."""

    process: subprocess.Popen[str]

    def stop(self) -> int:
        """SIGTERM, as a service manager sends it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_TIMEOUT_S)


@dataclass(frozen=True, slots=True)
class Server(Process):
    """A running ``replay serve``, and where it said that it is."""

    pages_url: str
    desk_url: str


@dataclass(frozen=True, slots=True)
class Demo(Process):
    """A running ``replay demo``, and what it said."""

    shop_url: str
    desk_url: str
    password: str


@dataclass(frozen=True, slots=True)
class Cli:
    """A folder in which commands are run; its data folder is in it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "replay-data"

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
        """Run a command to its end."""
        if arguments[0] in ("serve", "demo"):
            return self.start(*arguments, stdin=stdin, **environment)
        # In a thread, because a test may have an event loop of its own.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._call, arguments, stdin, environment).result()

    def _call(self, arguments: tuple[str, ...], stdin: str, environment: dict[str, str]) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with (
            chdir(self.folder),
            patch.dict(os.environ, _environment(environment), clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
            patch.object(sys, "stdin", io.StringIO(stdin)),
            own_log(),
            pytest.raises(SystemExit) as ended,
        ):
            main(arguments)
        code = ended.value.code
        assert isinstance(code, int)
        return Done(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
        """Run a command to its end as a process of its own."""
        done = subprocess.run(
            [REPLAY, *arguments],
            cwd=self.folder,
            env=_environment(environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str, stdin: str = "") -> str:
        """Run what has to succeed; what it printed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.code == 0, done.err
        return done.out

    def json(self, *arguments: str, stdin: str = "") -> Any:
        """Run what has to succeed, for a script."""
        return json.loads(self.ok(*arguments, "--json", stdin=stdin))

    def refused(self, *arguments: str, stdin: str = "", **environment: str) -> str:
        """Run what has to fail with an error for people; what it said."""
        done = self.run(*arguments, stdin=stdin, **environment)
        assert done.code == 1, done.out + done.err
        # A server logs before it fails; a command says nothing else.
        assert "error " in done.err if arguments[0] == "serve" else done.err.startswith("error ")
        assert "Traceback" not in done.err
        assert done.out == ""
        return done.err

    @contextmanager
    def serving(self, **environment: str) -> Iterator[Server]:
        """``replay serve`` on ports of its own; killed at the end if a test left it running."""
        arguments = ("serve", "--public-port", "0", "--desk-port", "0")
        with self._started(*arguments, **environment) as (process, lines):
            pages, desk = (_URL.findall(next(lines))[0] for _ in range(2))
            yield Server(process, pages, desk)

    @contextmanager
    def owned(self) -> Iterator[None]:
        """The store is in use by another, who answers commands as a server does."""
        opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

        async def own() -> None:
            settings = Settings(data=self.data)
            stop = asyncio.Event()
            async with owning(settings) as tools, serve_admin(tools, socket_path(database_of(settings))):
                opened.set_result((asyncio.get_running_loop(), stop))
                await stop.wait()

        with ThreadPoolExecutor(1) as thread:
            owner = thread.submit(asyncio.run, own())
            loop, stop = opened.result(STOP_TIMEOUT_S)
            try:
                yield
            finally:
                loop.call_soon_threadsafe(stop.set)
                owner.result(STOP_TIMEOUT_S)

    @contextmanager
    def demonstrating(self, mode: str) -> Iterator[Demo]:
        """``replay demo`` on ports of its own."""
        ports = ("--public-port", "0", "--desk-port", "0", "--shop-port", "0")
        with self._started("demo", "--mode", mode, "--data", "replay-data", *ports) as (process, lines):
            said = ""
            while "Ctrl-C" not in said:
                said += next(lines)
            shop, desk = _URL.findall(said)
            password = said.partition("password ")[2].split()[0]
            yield Demo(process, shop, desk, password)

    @contextmanager
    def _started(
        self, *arguments: str, **environment: str
    ) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
        with (self.folder / LOG).open("w") as log:
            process = subprocess.Popen(
                [REPLAY, *arguments],
                cwd=self.folder,
                env=_environment({"PYTHONUNBUFFERED": "1", **environment}),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            assert process.stdout is not None
            yield process, self._lines(process.stdout)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=STOP_TIMEOUT_S)

    def logged(self) -> list[dict[str, Any]]:
        """What the server has logged, which is JSON line by line; nothing that nobody foresaw is in it."""
        lines = [json.loads(line) for line in (self.folder / LOG).read_text().splitlines()]
        assert not [line for line in lines if "traceback" in line]
        return lines

    def _lines(self, said: IO[str]) -> Iterator[str]:
        yield from said
        pytest.fail((self.folder / LOG).read_text())


@contextmanager
def own_log() -> Iterator[None]:
    """A place to set up a log without disturbing that of the test run."""
    loggers = [logging.getLogger(name) for name in (None, *OURS)]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    loggers[0].handlers.clear()
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        for logger, level, handlers in before:
            logger.setLevel(level)
            logger.handlers[:] = handlers


def log_in(client: httpx.Client, login: str, password: str) -> bool:
    """Fill in the desk's form; whether it lets this agent in."""
    form = client.get("/login").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    fields = {**hidden, "login": login, "password": password}
    answer = client.post("/login", data=fields, headers={"Origin": str(client.base_url).rstrip("/")})
    return answer.status_code == 303


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLAY_")}
    return {**kept, "COLUMNS": "200", **more}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A folder with nothing in it."""
    assert REPLAY.exists(), f"{REPLAY} is missing: install the package into this environment"
    return Cli(tmp_path)


@pytest.fixture(params=["alone", "beside its owner"])
def anyhow(request: pytest.FixtureRequest, cli: Cli) -> Iterator[Cli]:
    """Commands that open the store themselves, and the same that ask its owner."""
    if request.param == "alone":
        yield cli
        return
    with cli.owned():
        yield cli
