"""The real command ``replay``, run as a process of its own in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPLAY = Path(sys.executable).with_name("replay")
COMMAND_TIMEOUT_S = 60
"""Two busy cores take their time to start Python."""
STOP_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Done:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Server:
    """A running ``replay serve``, and where it said that it is."""

    process: subprocess.Popen[str]
    pages_url: str
    desk_url: str

    def stop(self) -> int:
        """SIGTERM, as a service manager sends it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_TIMEOUT_S)


@dataclass(frozen=True, slots=True)
class Cli:
    """A folder in which commands are run; its data folder is in it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "replay-data"

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
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
    def serving(self, *arguments: str) -> Iterator[Server]:
        """``replay serve`` on ports of its own; killed at the end if a test left it running."""
        log = self.folder / "serve.log"
        with log.open("w") as errors:
            process = subprocess.Popen(
                [REPLAY, "serve", "--public-port", "0", "--desk-port", "0", *arguments],
                cwd=self.folder,
                env=_environment({"PYTHONUNBUFFERED": "1"}),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        try:
            assert process.stdout is not None
            said = process.stdout.readline() + process.stdout.readline()
            addresses = re.findall(r"http://[\d.]+:\d+", said)
            assert len(addresses) == 2, said + log.read_text()
            yield Server(process, *addresses)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=STOP_TIMEOUT_S)


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLAY_")}
    return {**kept, "COLUMNS": "200", **more}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A folder with nothing in it."""
    assert REPLAY.exists(), f"{REPLAY} is missing: install the package into this environment"
    return Cli(tmp_path)


@pytest.fixture(params=["alone", "beside a server"])
def anyhow(request: pytest.FixtureRequest, cli: Cli) -> Iterator[Cli]:
    """Commands that open the store themselves, and the same that ask its owner."""
    if request.param == "alone":
        yield cli
        return
    with cli.serving():
        yield cli
