"""Prints what came of a platform's webhooks: how much of it is kept, and what is not and why."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

__all__ = ["platform_told"]


def platform_told(console: Console, one: Any, last: str) -> None:
    """What one platform said since the server started."""
    console.print(
        f"\nWebhooks of {one['platform']} since the server started, the last {last}: {one['stored']} events "
        f"stored, {one['known']} known before, {one['topic']} deliveries of topics that are not read, "
        f"{one['refused']} events not kept.",
        style="bold red" if one["refused"] else None,
        highlight=False,
        soft_wrap=True,
    )
    for reason in one["reasons"]:
        console.print(
            f"  {reason['count']} ×  {escape(reason['field'])}: expected {escape(reason['expected'])}.",
            highlight=False,
            soft_wrap=True,
        )
