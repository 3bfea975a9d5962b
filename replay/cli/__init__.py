"""The one command line, and the only place that wires storage, collector and desk together."""

from replay.cli.app import main

__all__ = ["main"]
