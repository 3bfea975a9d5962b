"""A second real shop that is not ours: EverShop from npm, on a PostgreSQL of its own.

It is made once under ``build/``, installed at pinned versions, built for production and filled, and used
again while nothing that it is made of changes. Each trip runs on a copy of its data.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from tests.soak.postgres import POSTGRES_MISSING, USER, Postgres, find_postgres, running_postgres

__all__ = ["EverShop", "install_evershop", "url_of"]

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
SHOP = Path(__file__).parent / "evershop_shop"
EXTENSION = ROOT / "examples" / "platforms" / "evershop" / "extension"
"""What a developer puts into an EverShop to paste the snippet."""
NODE = Path(sys.executable).parent
DATABASE = "postgres"
LAST_ARTICLE = "/office/article-6"
NPM_INSTALL = (
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    # None of it is needed to run a shop, and what is downloaded so comes from no package index.
    "--ignore-scripts",
    # Pins what EverShop itself is made of, without a list of its 860 packages.
    "--before=2026-11-20",
)
OFFLINE = "EverShop could not be installed; the soak test needs npm's registry, the first time it runs:\n"
INSTALL_TIMEOUT_S = 900
START_TIMEOUT_S = 240
ASK_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class EverShop:
    """An installed shop and its filled database, to be copied."""

    folder: Path
    filled: Path
    postgres: Postgres

    @contextmanager
    def serving(self, bound: socket.socket, pasted: str) -> Iterator[None]:
        """Run the shop on a copy of its data, with what a developer has pasted. Its pages hold its address,
        which has to be known before: so it gets its socket from outside."""
        with (
            running_postgres(self.postgres, self.filled) as database,
            _shop(self.folder, database, bound, {"replay": {"snippet": pasted}}),
        ):
            yield


def url_of(bound: socket.socket) -> str:
    """The address of the shop on a socket."""
    return f"http://localhost:{bound.getsockname()[1]}"


@contextmanager
def _shop(folder: Path, database: Path, bound: socket.socket, config: Mapping[str, object]) -> Iterator[None]:
    url = url_of(bound)
    log = database / "shop.log"
    env = _env(database) | {
        "PORT": str(bound.getsockname()[1]),
        "SHOP_SOCKET": str(bound.fileno()),
        "NODE_CONFIG": json.dumps({"shop": {"homeUrl": url}, **config}),
    }
    with log.open("wb") as said:
        # It has children of its own, which a signal to it alone leaves behind.
        shop = subprocess.Popen(
            ["node", "run.mjs"],
            cwd=folder,
            env=env,
            pass_fds=(bound.fileno(),),
            start_new_session=True,
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(f"{url}/cart", shop, log)
        yield
    finally:
        os.killpg(shop.pid, signal.SIGKILL)
        shop.wait()


def _wait_for(page: str, shop: subprocess.Popen[bytes], log: Path) -> None:
    """Until the shop answers: it migrates its database before it does."""
    last = monotonic() + START_TIMEOUT_S
    why: Exception | None = None
    while monotonic() < last and shop.poll() is None:
        try:
            httpx.get(page, timeout=START_TIMEOUT_S).raise_for_status()
            return
        except httpx.HTTPError as error:
            why = error
            # Before it listens the connection waits; this is a shop that answers in error.
            if isinstance(error, httpx.HTTPStatusError):
                break
    pytest.fail(f"the shop did not start: {why}\n{log.read_text()[-5_000:]}", pytrace=False)


def _env(database: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
        "DB_HOST": str(database),
        "DB_NAME": DATABASE,
        "DB_USER": USER,
        "NODE_ENV": "production",
    }


def _run(*command: str, folder: Path, env: Mapping[str, str], why: str = "") -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=INSTALL_TIMEOUT_S,
    )
    if done.returncode:
        pytest.fail(f"{why}{' '.join(command)}\n{done.stdout[-5_000:]}{done.stderr[-5_000:]}", pytrace=False)


def _fill(folder: Path, database: Path) -> None:
    """Build the shop, and fill its database while it runs: it makes the addresses of its goods itself."""
    env = _env(database)
    _run("nice", "node", "node_modules/.bin/evershop", "build", folder=folder, env=env)
    with socket.create_server(("localhost", 0)) as bound, _shop(folder, database, bound, {}):
        _run("node", "seed.mjs", folder=folder, env=env)
        last = monotonic() + START_TIMEOUT_S
        while not httpx.get(url_of(bound) + LAST_ARTICLE).is_success:
            if monotonic() > last:
                pytest.fail("the shop that was filled does not show its goods", pytrace=False)
            # It makes the addresses between two answers, and has one thread for both.
            sleep(ASK_AGAIN_S)


def _digest(*folders: Path) -> str:
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def install_evershop() -> EverShop:
    """The shop, installed, built and filled."""
    postgres = find_postgres()
    if postgres is None:
        pytest.fail(POSTGRES_MISSING, pytrace=False)
    folder = BUILD / f"evershop-{_digest(SHOP, EXTENSION)}"
    filled, whole = folder / "data", folder / "whole"
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SHOP, folder)
        shutil.copytree(EXTENSION, folder / "extensions" / "replay-snippet")
        _run(*NPM_INSTALL, folder=folder, env=_env(folder), why=OFFLINE)
        with running_postgres(postgres, keep=filled) as database:
            _fill(folder, database)
        whole.touch()
    return EverShop(folder, filled, postgres)
