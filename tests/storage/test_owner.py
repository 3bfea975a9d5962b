"""Ownership: one process at a time, let go of however it ends, and errors that say who and where."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.owner import StoreOwned, lock_path, owned, socket_path

HOLD = """
import sys
from pathlib import Path
from storage.owner import owned
with owned(Path(sys.argv[1])):
    print("owned", flush=True)
    sys.stdin.read()
"""


def holder(database: Path) -> subprocess.Popen[str]:
    """Another process that owns the database until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "owned\n"
    return process


def test_who_owns_can_own_again_after_letting_go(tmp_path: Path) -> None:
    for _ in range(2):
        with owned(tmp_path / "replay.db"):
            pass


def test_a_second_owner_is_refused_and_told_who_and_where(tmp_path: Path) -> None:
    database = tmp_path / "replay.db"
    with holder(database) as process:
        with pytest.raises(StoreOwned) as refused, owned(database):
            pass
        assert refused.value.pid == process.pid
        assert refused.value.socket == tmp_path / "replay.db.sock"
        assert str(process.pid) in str(refused.value)
        assert str(refused.value.socket) in str(refused.value)
    with owned(database):
        pass


def test_the_same_process_cannot_own_twice(tmp_path: Path) -> None:
    with owned(tmp_path / "replay.db"):
        with pytest.raises(StoreOwned) as refused, owned(tmp_path / "replay.db"):
            pass
        assert refused.value.pid == os.getpid()


def test_a_killed_owner_owns_nothing(tmp_path: Path) -> None:
    database = tmp_path / "replay.db"
    with holder(database) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with owned(database):
        assert lock_path(database).read_text() == f"{os.getpid()}\n"


def test_a_link_leads_to_the_same_lock_and_socket(tmp_path: Path) -> None:
    real, link = tmp_path / "data" / "replay.db", tmp_path / "link.db"
    real.parent.mkdir()
    link.symlink_to(real)
    assert socket_path(link) == socket_path(real)
    with owned(real), pytest.raises(StoreOwned), owned(link):
        pass


def test_an_owner_that_could_not_be_read_is_still_an_owner(tmp_path: Path) -> None:
    database = tmp_path / "replay.db"
    with owned(database):
        lock_path(database).write_text("not a number")
        with pytest.raises(StoreOwned, match="another process") as refused, owned(database):
            pass
        assert refused.value.pid is None


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreUnavailable, match=r"none.*folder has to exist"),
        owned(tmp_path / "none" / "x.db"),
    ):
        pass


def test_the_lock_is_not_for_others_to_read(tmp_path: Path) -> None:
    with owned(tmp_path / "replay.db"):
        assert lock_path(tmp_path / "replay.db").stat().st_mode & 0o077 == 0
