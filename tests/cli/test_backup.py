"""Backup and restore from the command line, alone and beside a server."""

from __future__ import annotations

from pathlib import Path

import examples.samples
from replay.recording.archive import read_recording
from tests.cli.conftest import Cli

SAMPLE = Path(examples.samples.__path__[0]) / "price-mismatch.replay"


def answers(cli: Cli, data: str) -> list[object]:
    """What people and scripts are told of the store in a folder."""
    found = cli.json("session", "list", "--find", "(415) 555-0134", "--data", data)
    code = found[0]["code"]
    (cli.folder / "export.replay").unlink(missing_ok=True)
    cli.ok("session", "export", code, "--output", "export.replay", "--data", data)
    recording = read_recording((cli.folder / "export.replay").read_bytes())
    return [
        found,
        cli.json("session", "list", "--data", data),
        cli.json("session", "show", code, "--data", data),
        cli.json("site", "list", "--data", data),
        cli.json("agent", "list", "--data", data),
        (recording, recording.assets, recording.objects),
    ]


def test_a_store_is_backed_up_and_restored(anyhow: Cli) -> None:
    anyhow.ok("session", "import", str(SAMPLE))
    anyhow.ok("agent", "add", "ana")
    made = anyhow.json("backup", "copies/monday")
    assert (made["folder"], made["sessions"]) == (str(anyhow.folder / "copies" / "monday"), 1)
    assert made["copied"] == made["objects"] > 20
    assert anyhow.json("backup", "copies/monday")["copied"] == 0
    before = answers(anyhow, "replay-data")
    back = anyhow.json("restore", "copies/monday", "--data", "other")
    assert (back["sessions"], back["objects"], back["lost"]) == (1, made["objects"], [])
    assert answers(anyhow, "other") == before
    assert "There is a store in other already" in anyhow.refused(
        "restore", "copies/monday", "--data", "other"
    )
    assert "1 sessions of" in anyhow.ok("backup", "copies/tuesday")


def test_what_is_lost_is_told_by_name_and_by_the_exit_code(anyhow: Cli) -> None:
    anyhow.ok("session", "import", str(SAMPLE))
    first, second, *_ = sorted((anyhow.data / "objects" / "asset").iterdir())
    first.unlink()
    made = anyhow.run("backup", "copy")
    assert made.code == 1
    assert f"asset/{first.name}: it is missing" in made.out
    (anyhow.folder / "copy" / "objects" / "asset" / second.name).write_bytes(b"?")
    back = anyhow.run("restore", "copy", "--data", "other")
    assert back.code == 1
    assert f"asset/{second.name}: it is damaged in the backup" in back.out
    assert "2 objects" in back.out


def test_a_backup_that_cannot_be_made_or_restored_is_refused_in_a_sentence(anyhow: Cli) -> None:
    anyhow.ok("session", "import", str(SAMPLE))
    assert "is to be backed up" in anyhow.refused("backup", "replay-data/copy")
    assert "no backup is in it" in anyhow.refused("backup", ".")
    (anyhow.folder / "file").touch()
    assert "cannot be used" in anyhow.refused("backup", "file")
    assert "no whole backup" in anyhow.refused("restore", "missing", "--data", "other")
    assert not (anyhow.folder / "other").exists()
