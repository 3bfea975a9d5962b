"""Holds the layout: who may import whom, what the pure heart may not do, and how long a file may be.

Every rule runs twice: over the whole tree, which must pass, and over a text made to break it, which must not.
A rule that cannot fail holds nothing.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from tests import layout

ROOT = Path(__file__).resolve().parent.parent
MEASURED_SUFFIXES = {".py", ".ts", ".css", ".html", ".mjs"}


@cache
def files() -> tuple[str, ...]:
    """Every file of the project as git sees it, those not yet added included, those ignored not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file()))


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def modules() -> list[tuple[str, str, bool]]:
    """Every Python file as its dotted name, its path, and whether it is a package's own module."""
    found = []
    for path in files():
        if path.endswith(".py"):
            name = path.removesuffix(".py").replace("/", ".")
            found.append((name.removesuffix(".__init__"), path, name.endswith(".__init__")))
    return found


def test_no_part_imports_what_it_may_not() -> None:
    found = []
    for module, path, is_package in modules():
        found += layout.import_violations(module, text_of(path), is_package=is_package)
    assert not found, "\n".join(found)


def test_the_pure_heart_has_no_clock_no_dice_and_no_io() -> None:
    found = []
    for module, path, _ in modules():
        found += layout.impurities(module, text_of(path))
    assert not found, "\n".join(found)


def test_every_module_says_what_it_is_for() -> None:
    found = []
    for _, path, _ in modules():
        found += layout.missing_docstring(path, text_of(path))
    assert not found, "\n".join(found)


def test_no_file_is_longer_than_one_thing() -> None:
    found = []
    for path in files():
        if Path(path).suffix in MEASURED_SUFFIXES and not path.endswith(".gen.ts"):
            found += layout.too_long(path, text_of(path))
    assert not found, "\n".join(found)


def test_the_top_level_holds_the_known_folders_only() -> None:
    assert {path.split("/")[0] for path in files() if "/" in path} <= layout.FOLDERS


def test_every_part_of_replay_is_in_the_table() -> None:
    parts = {".".join(module.split(".")[:2]) for module, path, _ in modules() if path.startswith("replay/")}
    assert parts <= layout.PARTS.keys()


def test_lock_files_name_versions_and_no_addresses() -> None:
    assert not re.findall(r'"resolved": "https?:[^"]*"', text_of("package-lock.json"))
    for line in text_of("constraints.txt").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line), line


def test_the_lock_file_pins_every_direct_dependency() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    needed = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in needed}
    pinned = {line.split("==")[0] for line in text_of("constraints.txt").splitlines()}

    def plain(given: set[str]) -> set[str]:
        return {re.sub(r"[-_.]+", "-", name).lower() for name in given}

    assert plain(names) <= plain(pinned) | {project["name"]}


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("replay.model.money", "from replay.protocol import codec"),
        ("replay.model.money", "from replay import protocol"),
        ("replay.model.money", "from ..protocol import codec"),
        ("replay.model.money", "from .. import settings"),
        ("replay.model.money", "import httpx"),
        ("replay.protocol.codec", "import starlette.requests"),
        ("replay.protocol.codec", "from replay.recording import seal"),
        ("replay.recording.seal", "from replay.ports import Store"),
        ("replay.detect.price", "def late():\n    from replay.collector import writer"),
        ("replay.ports", "import storage.sqlite"),
        ("replay.collector.writer", "import storage"),
        ("replay.collector.writer", "from replay.cli import serve"),
        ("storage.sqlite", "from viewer import find"),
        ("storage.sqlite", "from replay.protocol import messages"),
        ("viewer.find", "from storage.sqlite import Store"),
        ("viewer.find", "import replay.collector.live"),
        ("viewer.find", "from tests.layout import imports"),
        ("viewer.find", "import examples.storefront"),
        ("examples.storefront.shop", "from replay.model.cart import Amount"),
    ],
)
def test_a_forbidden_import_is_caught(module: str, text: str) -> None:
    assert len(layout.import_violations(module, text)) == 1


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("replay.model.money", "import re, msgpack\nfrom decimal import Decimal\nfrom .cart import Amount"),
        ("replay.protocol.codec", "import zstandard\nfrom replay.model.cart import Amount"),
        ("replay.collector.writer", "import asyncio\nfrom replay.ports import Store"),
        ("storage.sqlite", "import aiosqlite\nfrom replay.model import session\nfrom storage import schema"),
        ("replay.cli.serve", "import storage\nfrom viewer.app import desk\nfrom replay import collector"),
        ("examples.storefront.shop", "import starlette\nfrom examples.storefront.money import display"),
        ("tests.storage.test_sqlite", "from storage.sqlite import Store"),
    ],
)
def test_an_allowed_import_passes(module: str, text: str) -> None:
    assert layout.import_violations(module, text) == []


def test_a_relative_import_in_a_package_counts_from_the_package() -> None:
    text = "from .cart import Amount\nfrom ..protocol import codec"
    assert list(layout.imports("replay.model", text, is_package=True)) == [
        "replay.model.cart.Amount",
        "replay.protocol.codec",
    ]
    assert len(layout.import_violations("replay.model", text, is_package=True)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "from time import time_ns",
        "import random",
        "import asyncio",
        "from uuid import uuid4",
        "import uuid\nfresh = uuid.uuid4()",
        "import datetime\nat = datetime.datetime.now(datetime.UTC)",
        "from datetime import date\nday = date.today()",
        "import os\nkey = os.urandom(16)",
        "def load(path):\n    with open(path) as file:\n        return file.read()",
    ],
)
def test_an_impure_text_is_caught_in_the_heart_only(text: str) -> None:
    assert layout.impurities("replay.detect.price", text)
    assert layout.impurities("replay.collector.writer", text) == []


def test_pure_time_arithmetic_passes() -> None:
    text = (
        "from datetime import UTC, datetime\n\ndef day(at_ms):\n    return datetime.fromtimestamp(at_ms, UTC)"
    )
    assert layout.impurities("replay.model.clock", text) == []


def test_a_module_without_docstring_is_caught() -> None:
    assert layout.missing_docstring("replay/x.py", "import re\n'not a docstring'")
    assert layout.missing_docstring("replay/x.py", '"""What it is for."""') == []


def test_a_long_file_is_caught() -> None:
    at_most = "x = 1\n" * layout.LINES_MAX_COUNT
    assert layout.too_long("replay/x.py", at_most) == []
    assert layout.too_long("replay/x.py", at_most + "x = 2\n")
    assert layout.too_long("replay/x.py", at_most + "x = 2")
