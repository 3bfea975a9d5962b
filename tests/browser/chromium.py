"""Finds a Chromium for the browser tests and, run as a script, installs one where there is none.

In this order: a Chromium or Chrome of the machine, the one that Playwright downloads, Debian's package. Each
is tried by starting it, because a file that is there may still lack its libraries. Where all fails, the last
word is a sentence naming the command to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

__all__ = ["CHROMIUM_MISSING", "CHROMIUM_OPTIONS", "find_chromium"]

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
CHROMIUM_MISSING = (
    "The browser tests need Chromium and there is none that starts. Run `make test`, which installs one, "
    "or `sudo apt-get install chromium`, or put a Chromium or Google Chrome on the PATH."
)
CHROMIUM_OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # The tests own the network: nothing but the pages under test may use it.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium refuses its sandbox to root, who runs CI.
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),
)
PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
APT_INSTALL = ("apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends")
# Beside Chromium a font, without which no text has a width, and what Playwright's own Node is linked against.
DEBIAN_PACKAGES = ("chromium", "fonts-dejavu-core", "libatomic1")
START_TIMEOUT_S = 60
INSTALL_TIMEOUT_S = 900


@cache
def find_chromium() -> Path | None:
    """Find a Chromium that starts, the machine's own first."""
    named = (shutil.which(name) for name in NAMES)
    of_the_machine = [*(Path(path) for path in named if path), *APPLICATIONS]
    return next((path for path in chain(of_the_machine, _of_playwright()) if _starts(path)), None)


def install_chromium() -> Path | None:
    """Bring a Chromium onto this machine by whichever way works here."""
    for commands in _ways_to_install():
        if all(_succeeds(command) for command in commands):
            find_chromium.cache_clear()
            found = find_chromium()
            if found is not None:
                return found
    return None


def _ways_to_install() -> list[list[list[str]]]:
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.append([["apt-get", "update", "--quiet=2"], [*APT_INSTALL, *DEBIAN_PACKAGES]])
    return ways


def _of_playwright() -> Iterator[Path]:
    # In a process of its own: Playwright's blocking interface refuses to start under a running event loop.
    command = [sys.executable, "-c", PLAYWRIGHT_PATH]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        yield Path(answer.stdout.strip())


def _starts(path: Path) -> bool:
    return path.exists() and _succeeds([str(path), "--version"], quiet=True, timeout_s=START_TIMEOUT_S)


def _succeeds(command: list[str], *, quiet: bool = False, timeout_s: float = INSTALL_TIMEOUT_S) -> bool:
    output = subprocess.DEVNULL if quiet else None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        result = subprocess.run(
            command,
            check=False,
            env=environment,
            stderr=output,
            stdin=subprocess.DEVNULL,
            stdout=output,
            timeout=timeout_s,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def main() -> None:
    """Make sure that there is a Chromium, or say what to do and fail."""
    found = find_chromium() or install_chromium()
    if found is None:
        sys.exit(CHROMIUM_MISSING)
    sys.stdout.write(f"Chromium for the browser tests: {found}\n")


if __name__ == "__main__":
    main()
