"""A real shop that is not ours: django-oscar from PyPI, in an environment of its own under ``build/``.

It is made once, installed at pinned versions and filled, and used again while nothing that it is made of
changes. Each trip runs on a copy of its data.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["Oscar", "install_oscar"]

SHOP = Path(__file__).parent / "oscar_shop"
BUILD = Path(__file__).parents[2] / "build"
OFFLINE = (
    "django-oscar could not be installed; the soak test needs a package index, the first time it runs:\n"
)


@dataclass(frozen=True, slots=True)
class Oscar:
    """An installed shop: its interpreter, and a filled folder of data to be copied."""

    python: Path
    filled: Path

    @contextmanager
    def serving(self, data: Path) -> Iterator[str]:
        """Run the shop on a copy of its data in ``data``, and yield its address."""
        shutil.copytree(self.filled, data)
        with (data / "errors.log").open("wb") as errors:
            shop = subprocess.Popen(
                [self.python, "run.py"], cwd=SHOP, env=_env(data), stdout=subprocess.PIPE, stderr=errors
            )
            try:
                assert shop.stdout is not None
                port = shop.stdout.readline().strip()
                if not port:
                    pytest.fail("the shop did not start:\n" + (data / "errors.log").read_text())
                yield f"http://localhost:{int(port)}"
            finally:
                shop.kill()
                shop.communicate()


def _env(data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SHOP_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": str(SHOP),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, check=False, env=env, cwd=SHOP, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}", pytrace=False)


def _installed(folder: Path) -> Path:
    """The interpreter of the environment in ``folder``, made where it is not yet whole."""
    python, whole = folder / "bin" / "python", folder / "whole"
    if not whole.exists():
        _run(sys.executable, "-m", "venv", "--clear", folder)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--requirement",
            SHOP / "requirements.txt",
        ]
        # The versions of this project are none of the shop's business.
        env = {name: value for name, value in os.environ.items() if not name.endswith("_CONSTRAINT")}
        done = subprocess.run(pip, check=False, env=env, capture_output=True, text=True)
        if done.returncode:
            pytest.fail(OFFLINE + done.stderr, pytrace=False)
        whole.touch()
    return python


def install_oscar() -> Oscar:
    """The shop, installed and filled."""
    sources = sorted(file for file in SHOP.rglob("*") if file.is_file())
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:12]
    requirements = hashlib.sha256((SHOP / "requirements.txt").read_bytes()).hexdigest()[:12]
    python = _installed(BUILD / f"oscar-{requirements}")
    filled = BUILD / f"oscar-data-{digest}"
    if not filled.exists():
        data = BUILD / "oscar-data-unfinished"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        django = (python, "-m", "django")
        _run(*django, "migrate", "-v0", env=_env(data))
        _run(*django, "shell", "-v0", "-c", "import seed; seed.fill()", env=_env(data))
        _run(*django, "update_index", "-v0", env=_env(data))
        data.rename(filled)
    return Oscar(python, filled)
