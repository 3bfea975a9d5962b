"""Bundles scripts with esbuild, by the settings of the SDK's own build."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

__all__ = ["ROOT", "bundle", "search_path"]

ROOT = Path(__file__).parents[1]


def search_path() -> str:
    """Where programs are looked for: first where Python is, beside which Node is installed."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


@cache
def bundle(entry: Path, *, lenses: bool = True) -> bytes:
    """The script that a page would load for this entry, a path from the root of the checkout; of the SDK also
    as it would be without lenses and adapters."""
    node = shutil.which("node", path=search_path())
    if node is None:
        raise RuntimeError("Node is needed to bundle scripts: run `make install`.")
    command = [node, str(ROOT / "benchmarks" / "bundle.mjs"), str(ROOT / entry)]
    if not lenses:
        command.append("without-lenses")
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
