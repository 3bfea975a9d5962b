"""The rules of the layout as functions of a source text, so that each can be shown to catch what it forbids.

Which part may import which is a table, not a convention: the pure heart knows no I/O, the edges know the
heart and the ports but not each other, and only the command line wires them together. A rule takes a module's
name and its text, and returns the sentences that a person needs to put it right.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

__all__ = [
    "FOLDERS",
    "LINES_MAX_COUNT",
    "PARTS",
    "import_violations",
    "imports",
    "impurities",
    "missing_docstring",
    "part_of",
    "too_long",
]

LINES_MAX_COUNT = 400

FOLDERS = frozenset({".ci", "benchmarks", "examples", "replay", "sdk_js", "storage", "tests", "viewer"})

HEART = frozenset({"replay.model", "replay.recording", "replay.ports", "replay.errors", "replay.settings"})
"""What every edge may know."""

PARTS: dict[str, frozenset[str]] = {
    "replay": frozenset(),
    "replay.errors": frozenset(),
    "replay.model": frozenset(),
    "replay.protocol": frozenset({"replay.model"}),
    "replay.recording": frozenset({"replay.model"}),
    "replay.detect": frozenset({"replay.model"}),
    "replay.settings": frozenset({"replay.errors", "replay.model"}),
    "replay.ports": frozenset({"replay.errors", "replay.model"}),
    "replay.promo_registry": frozenset({"replay.errors", "replay.model", "replay.ports"}),
    "replay.collector": HEART | {"replay.protocol", "replay.detect"},
    "storage": HEART,
    "viewer": HEART | {"replay.detect", "replay.promo_registry"},
    "replay.cli": HEART
    | {"replay.protocol", "replay.detect", "replay.promo_registry", "replay.collector"}
    | {"storage", "viewer", "examples"},
    "examples": frozenset(),
}
"""Each part with the other parts of ours that it may import; everything may import itself."""

PURE = frozenset({"replay.model", "replay.protocol", "replay.recording", "replay.detect"})
PURE_LIBRARIES = frozenset({"msgpack", "phonenumbers", "zstandard"})
"""``phonenumbers`` is the world's numbering plans as tables: no rule of ours could stand in for them."""
IMPURE_MODULES = frozenset(
    {"asyncio", "random", "secrets", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time"}
)
IMPURE_NAMES = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "urandom"})
OURS = frozenset({"replay", "storage", "viewer", "examples", "tests", "benchmarks"})


def part_of(name: str) -> str | None:
    """Find the part that a dotted name lies in: the longest entry of the table that is a prefix of it."""
    words = name.split(".")
    prefixes = (".".join(words[:length]) for length in range(len(words), 0, -1))
    return next((prefix for prefix in prefixes if prefix in PARTS), None)


def imports(module: str, text: str, *, is_package: bool = False) -> Iterator[str]:
    """Yield the full dotted name of everything that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -(node.level - is_package) or None]
                base = ".".join([*parents, base] if base else parents)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def import_violations(module: str, text: str, *, is_package: bool = False) -> list[str]:
    """Say which imports of a module cross the layout."""
    part = part_of(module)
    if part is None:
        return []
    found = []
    for name in imports(module, text, is_package=is_package):
        root = name.split(".")[0]
        if root in OURS:
            target = part_of(name)
            if target is None or target not in PARTS[part] | {part, "replay"}:
                found.append(f"{module} imports {name}, but {part} may not import {target or root}")
        elif part in PURE and root not in PURE_LIBRARIES | sys.stdlib_module_names:
            known = ", ".join(sorted(PURE_LIBRARIES))
            found.append(f"{module} imports {name}, but {part} is pure: standard library, {known}")
    return found


def impurities(module: str, text: str) -> list[str]:
    """Say where a pure module reads a clock, draws randomness or does I/O, which are all arguments."""
    if part_of(module) not in PURE:
        return []
    found = [
        f"{module} imports {name}: time, ids and randomness are arguments of pure code, I/O is not its own"
        for name in imports(module, text)
        if name.split(".")[0] in IMPURE_MODULES or name.rsplit(".", 1)[-1] in IMPURE_NAMES
    ]
    for node in ast.walk(ast.parse(text)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in IMPURE_NAMES:
            found.append(f"{module}:{called.lineno} calls {called.attr}(): take it as an argument")
        if isinstance(called, ast.Name) and called.id in {"open", "print", "input"}:
            found.append(f"{module}:{called.lineno} calls {called.id}(): pure code does no I/O")
    return found


def missing_docstring(path: str, text: str) -> list[str]:
    """Say whether a module keeps to itself what it is for."""
    return [] if ast.get_docstring(ast.parse(text)) else [f"{path} has no docstring saying what it is for"]


def too_long(path: str, text: str) -> list[str]:
    """Say whether a file does more than one thing, judged by its length."""
    count = text.count("\n") + (not text.endswith("\n"))
    return (
        [f"{path} has {count} lines, at most {LINES_MAX_COUNT}: split it"] if count > LINES_MAX_COUNT else []
    )
