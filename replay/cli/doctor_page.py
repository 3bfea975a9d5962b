"""``doctor --url``: opens a page in a Chromium and says why nothing arrives from it, or that it does."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

from rich.console import Console

from replay.cli.asking import ask_store
from replay.cli.browsing import address_of
from replay.cli.page_diagnosis import Known, diagnose
from replay.cli.page_seen import Seen, see_page
from replay.cli.show import escape
from replay.errors import ProductError

__all__ = ["examine_page", "print_page"]


def examine_page(url: str, data: Path | None) -> dict[str, Any]:
    """The answer, as ``--json`` prints it. Raises ``ProductError``."""
    seen = asyncio.run(see_page(address_of(url)))
    findings = diagnose(seen, _known(seen, data))
    wrong = sum(one.level == "wrong" for one in findings)
    return {
        "url": seen.url,
        "works": seen.acknowledged and not wrong,
        "code": seen.code,
        "wrong": wrong,
        "findings": [{"check": "page", **dataclasses.asdict(one)} for one in findings],
    }


def _known(seen: Seen, data: Path | None) -> Known:
    """A page can be looked at from a machine that has no store."""
    try:
        sites = ask_store("site list", {}, data)
    except ProductError:
        return Known()
    origins = {site["key"]: site["origins"] for site in sites}
    arrived = None
    if seen.acknowledged:
        arrived = bool(ask_store("session list", {"find": seen.code, "limit": 1}, data))
    public_url = ask_store("site show", {"key": sites[0]["key"]}, data)["public_url"] if sites else ""
    return Known(origins=origins, public_url=public_url, arrived=arrived)


def print_page(console: Console, answer: Any) -> None:
    """What is wrong first, then what is good to know, then whether it works."""
    for one in sorted(answer["findings"], key=lambda one: str(one["level"] != "wrong")):
        mark = "[bold red]wrong[/]" if one["level"] == "wrong" else "[yellow]note[/] "
        console.print(f"{mark} {escape(one['what'])}", highlight=False, soft_wrap=True)
        if one["do"]:
            console.print(f"      {escape(one['do'])}", highlight=False, soft_wrap=True)
    said = f"Nothing arrives in this store from {answer['url']}."
    if answer["works"]:
        code = str(answer["code"])
        said = f"It works: session {code[:3]}-{code[3:]} arrived from {answer['url']}."
    console.print(escape(said), highlight=False, soft_wrap=True)
