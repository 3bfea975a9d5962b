"""The power is cut while a session is sealed: every batch is a row still, or in an object that is whole."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.committing import Place
from tests.faults.disk import Change, after_power_loss, build, changes
from tests.faults.sealed_visits import FIRST, LATE, finish

CUTS_COUNT = 30
ACKS = "acks"

RUN = """
import asyncio, os, sys
from pathlib import Path
from storage.objects import FolderObjects
from tests.faults.sealed_visits import FIRST, LATE, begin, opened, seal, send

folder = Path(sys.argv[1])
acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT)
if sys.argv[2] == "forgetful":
    FolderObjects._sync_way = lambda self, path: None

async def run():
    store, objects = await opened(folder)
    await begin(store)
    for places in (FIRST, LATE):
        await send(store, places)
        os.write(acks, "".join(f"{load} {track} {number}\\n" for load, track, number in places).encode())
        await seal(store, objects)
    # Not closed: what is only in memory is not to be written after all.
    os._exit(0)

asyncio.run(run())
"""


def run(tmp_path: Path, kind: str) -> list[Change]:
    """Everything that a process asked of its disk while it committed and sealed."""
    folder, log = tmp_path / "disk", tmp_path / "log"
    folder.mkdir()
    environment = {"LD_PRELOAD": str(build(tmp_path)), "DISK_FOLDER": str(folder), "DISK_LOG": str(log)}
    subprocess.run(
        [sys.executable, "-c", RUN, str(folder), kind],
        env={**os.environ, **environment},
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return changes(log)


def acknowledged(history: Sequence[Change]) -> list[Place]:
    told = b"".join(change.data for change in history if change.name == ACKS).decode()
    return [Place(load, int(track), int(number)) for load, track, number in map(str.split, told.splitlines())]


async def lost_by(history: Sequence[Change], draw: random.Random, folder: Path) -> list[str]:
    """What of the contract does not hold after the power was cut at that moment."""
    for name, content in after_power_loss(history, draw, keep=draw.choice([0, 0.5, 1])).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return await finish(folder, acknowledged(history))


def cuts(history: Sequence[Change]) -> list[int]:
    """Moments for the cut, evenly from the first acknowledgement to the end."""
    first = next(place for place, change in enumerate(history, start=1) if change.name == ACKS)
    step = (len(history) - first) / (CUTS_COUNT - 1)
    return [first + round(step * number) for number in range(CUTS_COUNT)]


async def test_a_power_cut_at_any_moment_of_sealing_loses_nothing(tmp_path: Path) -> None:
    history = run(tmp_path, "careful")
    assert acknowledged(history) == [*FIRST, *LATE]
    draw = random.Random(1)
    for cut in cuts(history):
        assert await lost_by(history[:cut], draw, tmp_path / str(cut)) == [], (
            f"cut at {cut} of {len(history)}"
        )


async def test_without_a_sync_of_the_folders_the_check_finds_the_loss(tmp_path: Path) -> None:
    """The control: rows that go before the object's name is durable are rows lost."""
    history = run(tmp_path, "forgetful")
    draw = random.Random(1)
    for cut in reversed(cuts(history)):
        found = await lost_by(history[:cut], draw, tmp_path / str(cut))
        if any(sentence.startswith("lost although acknowledged") for sentence in found):
            return
    pytest.fail(f"{CUTS_COUNT} cuts, and nothing was lost that was in an object whose name was not synced")
