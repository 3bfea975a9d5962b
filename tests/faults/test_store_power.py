"""The power is cut: whatever was acknowledged before had been synced, and the file opens.

A run writes down all that it asked of the disk; then the power is cut in the thick of it, again and again.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.committing import Place, violations
from tests.faults.disk import Change, after_power_loss, build, changes

CUTS_COUNT = 60
GROUPS_COUNT = 40
ACKS = "acks"

RUN = """
import asyncio, os, sys
from pathlib import Path
from tests.faults.committing import commit_on

folder = Path(sys.argv[1])
acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT)

def acknowledge(places):
    os.write(acks, "".join(f"{load} {track} {number}\\n" for load, track, number in places).encode())

asyncio.run(
    commit_on(folder / "replay.db", acknowledge, seed=1, synchronous=sys.argv[2], groups=int(sys.argv[3]))
)
"""


def run(tmp_path: Path, synchronous: str) -> list[Change]:
    """Everything that a process asked of its disk while it committed."""
    folder, log = tmp_path / "disk", tmp_path / "log"
    folder.mkdir()
    environment = {"LD_PRELOAD": str(build(tmp_path)), "DISK_FOLDER": str(folder), "DISK_LOG": str(log)}
    subprocess.run(
        [sys.executable, "-c", RUN, str(folder), synchronous, str(GROUPS_COUNT)],
        env={**os.environ, **environment},
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return changes(log)


def acknowledged(history: Sequence[Change]) -> list[Place]:
    """What the process had told before the cut."""
    told = b"".join(change.data for change in history if change.name == ACKS).decode()
    return [Place(load, int(track), int(number)) for load, track, number in map(str.split, told.splitlines())]


def cuts(history: Sequence[Change], draw: random.Random) -> list[int]:
    """Moments for the cut: right after acknowledgements, where most is at stake, and anywhere else."""
    told = [place + 1 for place, change in enumerate(history) if change.name == ACKS]
    first = told[0]
    return [
        draw.choice(told) if draw.random() < 0.5 else draw.randint(first, len(history))
        for _ in range(CUTS_COUNT)
    ]


async def lost_by(history: Sequence[Change], cut: int, draw: random.Random, folder: Path) -> list[str]:
    """What of the contract does not hold after the power was cut at that moment."""
    folder.mkdir()
    files = after_power_loss(history[:cut], draw, keep=draw.choice([0, 0.5, 0.95, 1]))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return await violations(folder / "replay.db", acknowledged(history[:cut]))


async def test_what_was_acknowledged_survives_a_power_cut_at_any_moment(tmp_path: Path) -> None:
    history = run(tmp_path, "FULL")
    draw = random.Random(1)
    assert len(acknowledged(history)) > GROUPS_COUNT
    assert any(change.name == "replay.db" for change in history[-len(history) // 2 :]), (
        "no checkpoint was run"
    )
    for number, cut in enumerate(cuts(history, draw)):
        assert await lost_by(history, cut, draw, tmp_path / str(number)) == [], f"cut {number} at {cut}"


async def test_without_a_sync_at_each_commit_the_check_finds_the_loss(tmp_path: Path) -> None:
    """The control: SQLite's own default for a write-ahead log does not keep the promise."""
    history = run(tmp_path, "NORMAL")
    draw = random.Random(1)
    for number, cut in enumerate(cuts(history, draw)):
        found = await lost_by(history, cut, draw, tmp_path / str(number))
        if any(sentence.startswith("lost although acknowledged") for sentence in found):
            return
    pytest.fail(f"{CUTS_COUNT} cuts, and nothing was lost that was acknowledged before it was synced")
