"""kill -9 at any moment: what was acknowledged is there byte for byte, once, and the file is sound."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.faults.committing import Place, commit_on, violations

KILLS_COUNT = 50
LIVES_MS = 60
"""A process commits for up to this long before it is killed."""

# A server that has everything imported and forks: starting Python anew each time would take minutes.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.committing"])


def commit_until_killed(path: Path, acknowledged: Connection, seed: int, early: bool) -> None:
    asyncio.run(commit_on(path, acknowledged.send, seed=seed, early=early))


def live_and_die(path: Path, seed: int, *, early: bool) -> set[Place]:
    """Let a process commit until its first acknowledgement and a little longer; answer what it told."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=commit_until_killed, args=(path, theirs, seed, early))
    process.start()
    theirs.close()
    acknowledged: set[Place] = set()
    with ours:
        acknowledged.update(ours.recv())
        process.join(random.Random(seed).random() * LIVES_MS / 1_000)
        process.kill()
        process.join()
        try:
            while True:
                acknowledged.update(ours.recv())
        except (EOFError, OSError):  # the end, or a message that was cut by it
            pass
    assert process.exitcode == -9, "it was to go on until it was killed"
    process.close()
    return acknowledged


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "replay.db"


@pytest.mark.parametrize("kills", [KILLS_COUNT, pytest.param(500, marks=pytest.mark.soak)])
def test_what_was_acknowledged_survives_every_kill(database: Path, kills: int) -> None:
    acknowledged: set[Place] = set()
    for seed in range(kills):
        acknowledged |= live_and_die(database, seed, early=False)
    assert len(acknowledged) > 5 * kills
    assert asyncio.run(violations(database, acknowledged)) == []


def test_a_process_that_acknowledges_too_early_is_found_out(database: Path) -> None:
    """The control: the same check has to notice when the promise is broken."""
    acknowledged: set[Place] = set()
    for seed in range(KILLS_COUNT):
        acknowledged |= live_and_die(database, seed, early=True)
        found = asyncio.run(violations(database, acknowledged))
        if any(sentence.startswith("lost although acknowledged") for sentence in found):
            return
    pytest.fail(f"{KILLS_COUNT} kills, and nothing was lost that was acknowledged before it was committed")
