"""A PostgreSQL of a test's own: its data in a folder, reached through a socket there, and no port or service.

The server refuses to run as root, so that root runs it as nobody. Run as a script this module makes sure that
there is one, as ``tests.browser.chromium`` does for Chromium.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

__all__ = ["POSTGRES_MISSING", "USER", "Postgres", "find_postgres", "running_postgres"]

POSTGRES_MISSING = (
    "The soak test of EverShop needs PostgreSQL and there is none. Run `make soak` as root, which installs "
    "Debian's package, or `sudo apt-get install postgresql`, or put `initdb` and `pg_ctl` on the PATH."
)
USER = "postgres"
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version, beside the PATH."""
NO_SERVICE = Path("/etc/postgresql-common/createcluster.d/no-main-cluster.conf")
"""Debian's package makes and starts a server of its own while it is installed, unless this says no."""
APT_INSTALL = ("apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", "postgresql")
INSTALL_TIMEOUT_S = 900
TIMEOUT_S = 120


class Postgres:
    """The programs, run as somebody who is not root."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one program to its end. Raises ``CalledProcessError`` with what it said."""
        command = [self._programs / program, *arguments]
        user, group = ("nobody", "nogroup") if os.geteuid() == 0 else (None, None)
        with tempfile.TemporaryFile() as said:
            # A server that is started keeps what it was given, and a pipe would never end.
            done = subprocess.run(
                command,
                cwd="/",
                stdout=said,
                stderr=said,
                timeout=TIMEOUT_S,
                check=False,
                user=user,
                group=group,
                extra_groups=user and [],
            )
            if done.returncode:
                said.seek(0)
                raise subprocess.CalledProcessError(done.returncode, command, said.read().decode())


@cache
def find_postgres() -> Postgres | None:
    """Find the programs on the PATH or where Debian keeps the newest."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted((each / "bin" for each in DEBIAN.glob("[0-9]*")), reverse=True)
    return next((Postgres(each) for each in folders if (each / "initdb").exists()), None)


@contextmanager
def running_postgres(
    postgres: Postgres, filled: Path | None = None, *, keep: Path | None = None
) -> Iterator[Path]:
    """Run a server on a copy of the data in ``filled``, or on none, and yield the folder of its socket. What
    the data has become is copied into ``keep``."""
    # Not in a folder of the test: nobody may enter those of root, and the path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="replay-postgres-"))
    data = folder / "data"
    try:
        if filled:
            shutil.copytree(filled, data)
        _give_away(folder)
        if not filled:
            postgres.run(
                "initdb", "--pgdata", data, "--username", USER, "--encoding=UTF8", "--locale=C", "--no-sync"
            )
        settings = f"-c unix_socket_directories={folder} -c listen_addresses= -c fsync=off"
        postgres.run("pg_ctl", "start", "--wait", "--silent", "--pgdata", data, "-o", settings)
        try:
            yield folder
        finally:
            postgres.run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast", "--pgdata", data)
        if keep:
            shutil.copytree(data, keep)
    finally:
        shutil.rmtree(folder)


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")


def install_postgres() -> Postgres | None:
    """Bring Debian's package onto this machine, where that is possible."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    NO_SERVICE.parent.mkdir(parents=True, exist_ok=True)
    NO_SERVICE.write_text("create_main_cluster = false\n")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "--quiet=2"), APT_INSTALL):
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, timeout=INSTALL_TIMEOUT_S, check=False
        )
    find_postgres.cache_clear()
    return find_postgres()


def main() -> None:
    """Make sure that there is a PostgreSQL, or say what to do and fail."""
    if (find_postgres() or install_postgres()) is None:
        sys.exit(POSTGRES_MISSING)


if __name__ == "__main__":
    main()
