"""Prints what came of a platform's webhooks: how much of it is kept, and what is not and why."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from replay.model.platforms.known import PLATFORMS
from replay.model.problem_words import many

__all__ = ["platform_told"]


def platform_told(console: Console, one: Any, last: str) -> None:
    """What one platform said since the server started."""
    unread, unsigned = (many(one[what], "delivery", "deliveries") for what in ("topic", "unsigned"))
    stored, refused = (many(one[what], "event") for what in ("stored", "refused"))
    console.print(
        f"\nWebhooks of {PLATFORMS[one['platform']]} since the server started, the last {last}: "
        f"{stored} stored, {one['known']} known before, {unread} of topics that are not read, "
        f"{unsigned} refused for the signature, {refused} not kept, or not wholly.",
        style="bold red" if one["refused"] or one["unsigned"] else None,
        highlight=False,
        soft_wrap=True,
    )
    for reason in one["reasons"]:
        console.print(
            f"  {reason['count']} ×  {escape(reason['field'])}: expected {escape(reason['expected'])}.",
            highlight=False,
            soft_wrap=True,
        )
