"""The wheel, built as pip builds it: it carries the built JavaScript and no sources of the desk."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names in the wheel. Hatchling is taken from this environment, so that no registry is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_the_wheel_carries_every_built_file(contents: frozenset[str]) -> None:
    pages = {f"viewer/static/{page.stem}.js" for page in (ROOT / "viewer/web/src/pages").glob("*.ts")}
    styles = {f"viewer/static/{sheet.name}" for sheet in (ROOT / "viewer/web/styles").glob("*.css")}
    assert pages
    assert styles
    assert {"replay/collector/static/replay.js"} | pages | styles <= contents


def test_the_wheel_carries_what_the_packages_read(contents: frozenset[str]) -> None:
    suffixes = {".py", ".html", ".sql", ".typed"}
    needed = {
        str(path.relative_to(ROOT))
        for package in ("replay", "storage", "viewer")
        for path in (ROOT / package).rglob("*")
        if path.suffix in suffixes and not path.is_relative_to(ROOT / "viewer/web")
    }
    assert needed <= contents


def test_the_wheel_carries_nothing_else(contents: frozenset[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in contents} == {
        "replay",
        "replay_desk",
        "storage",
        "viewer",
    }
    assert not [name for name in contents if name.startswith("viewer/web/") or "node_modules" in name]
