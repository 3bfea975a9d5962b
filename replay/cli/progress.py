"""Shows on a terminal how far something has come that takes long; scripts and files get nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from replay.cli.looked import Tell, tell_nobody

__all__ = ["show_progress"]


@contextmanager
def show_progress() -> Iterator[Tell]:
    """A bar for each thing that is told of, gone at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield tell_nobody
        return
    from rich.progress import Progress, TaskID  # noqa: PLC0415 (only where somebody looks)

    with Progress(console=console, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what)
            progress.update(bars[what], completed=done, total=of)

        yield tell
