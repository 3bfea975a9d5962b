"""The disk is full, or fails: nothing is acknowledged that is not kept, and reading goes on.

Once there is room again, so does writing. After a failed sync only a store that is opened anew writes again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.committing import Place, violations
from tests.faults.disk import build

COMMANDED = """
import asyncio, random, resource, sys
from pathlib import Path
from replay.ports import StoreUnavailable
from storage.sqlite import open_store
from tests.faults.committing import SESSION, begin, group, operation

async def obey():
    store = await open_store(Path(sys.argv[1]))
    reached = await begin(store)
    places = []
    for line in sys.stdin:
        command, *arguments = line.split()
        try:
            if command == "commit":  # the same again after a failure, as a page does
                places = places or group(random.Random(sum(reached.values())), reached)
                await store.commit([operation(place) for place in places])
                print("kept", *(":".join(map(str, place)) for place in places), flush=True)
                places = []
            elif command == "read":
                print(*[len(await store.batches(SESSION, track)) for track in (0, 1)], flush=True)
            elif command == "probe":
                await store.probe()
                print("well", flush=True)
            elif command == "limit":
                hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
                resource.setrlimit(resource.RLIMIT_FSIZE, (int(arguments[0]) if arguments else hard, hard))
                print("limited", flush=True)
        except StoreUnavailable as error:
            print("unavailable", error, flush=True)
    await store.close()

asyncio.run(obey())
"""


class Commanded:
    """A process with an open store that does what it is told, one command at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.acknowledged: set[Place] = set()

    def ask(self, command: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def commits(self) -> bool:
        """Commit the next group; answer whether it was acknowledged."""
        answer, *rest = self.ask("commit").split()
        if answer == "kept":
            for place in rest:
                load, track, number = place.split(":")
                self.acknowledged.add(Place(load, int(track), int(number)))
        return answer == "kept"

    def counts(self) -> int:
        """How many batches can be read."""
        return sum(map(int, self.ask("read").split()))


class Disk:
    """The folder under test and what is wrong with its disk."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.database = folder / "disk" / "replay.db"
        self.database.parent.mkdir()
        self.full = folder / "full"
        self.broken = folder / "broken"
        self.environment = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "DISK_FOLDER": str(self.database.parent),
            "DISK_FULL": str(self.full),
            "DISK_BROKEN": str(self.broken),
        }

    @contextmanager
    def process(self) -> Iterator[Commanded]:
        with subprocess.Popen(
            [sys.executable, "-c", COMMANDED, str(self.database)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as process:
            yield Commanded(process)
        assert process.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path, build(tmp_path))


async def test_a_full_disk_keeps_nothing_new_and_loses_nothing(disk: Disk) -> None:
    with disk.process() as process:
        for _ in range(3):
            for _ in range(3):
                assert process.commits()
            disk.full.touch()
            for _ in range(3):
                assert not process.commits()
                assert process.counts() == len(process.acknowledged)
            assert "No room to write" in process.ask("commit")
            assert "No room to write" in process.ask("probe")
            disk.full.unlink()
            assert process.ask("probe") == "well"
            assert process.commits()
        acknowledged = process.acknowledged
    assert await violations(disk.database, acknowledged) == []


def test_a_full_disk_at_the_start_is_told(disk: Disk) -> None:
    disk.full.touch()
    failed = subprocess.run(
        [sys.executable, "-c", COMMANDED, str(disk.database)],
        env=disk.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert "StoreUnavailable: No room to write" in failed.stderr
    disk.full.unlink()
    with disk.process() as process:
        assert process.commits()


@pytest.mark.parametrize("more_bytes", [1, 3_000, 30_000, 100_000])
async def test_a_quota_is_no_worse_than_a_full_disk(disk: Disk, more_bytes: int) -> None:
    """The system's own limit, without our hand in it: a write may be cut short."""
    with disk.process() as process:
        assert process.commits()
        log = disk.database.with_name("replay.db-wal")
        process.ask(f"limit {log.stat().st_size + more_bytes}")
        for _ in range(60):
            if not process.commits():
                break
        else:
            pytest.fail("the limit was never reached")
        assert "No room to write" in process.ask("commit")
        assert process.counts() == len(process.acknowledged)
        process.ask("limit")
        assert process.commits()
        acknowledged = process.acknowledged
    assert await violations(disk.database, acknowledged) == []


async def test_after_a_failed_sync_nothing_is_acknowledged_until_it_is_opened_anew(disk: Disk) -> None:
    with disk.process() as process:
        assert process.commits()
        disk.broken.touch()
        assert "The disk under" in process.ask("commit")
        disk.broken.unlink()
        for _ in range(3):
            assert "The disk under" in process.ask("commit"), "the disk seems well, but who knows"
            assert "The disk under" in process.ask("probe")
        assert process.counts() == len(process.acknowledged)
        acknowledged = process.acknowledged
    assert await violations(disk.database, acknowledged) == []
    with disk.process() as process:
        assert process.commits()
        acknowledged |= process.acknowledged
    assert await violations(disk.database, acknowledged) == []
