"""Checks the settings that an operator gives a site, and says of a wrong one what it was and what would do.

What pages follow is read again whenever a page says hello, by the rules of ``replay.model.site``; here, where
a person is told, what no page could work with is refused, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

from replay.errors import CommandError
from replay.model.bounds import Malformed
from replay.model.schema import decode
from replay.model.selector import selector_fault
from replay.model.site import PageSettings, SiteSettings

__all__ = ["page_settings"]

_SHOWN_CHARS = 80
"""How much of a wrong value is repeated."""

_UNLIKE_SELECTORS = frozenset(("surface", "context", "sku_attribute", "zone"))
"""Fields of zones, carts and products that hold no selector."""

_STEP = re.compile(r"[^.\[\]]+")


def page_settings(settings: object) -> dict[str, object]:
    """The settings as they are kept. Raises ``CommandError``."""
    if not isinstance(settings, dict):
        raise CommandError("Settings must be a JSON object.", 'For example: {"flush_ms": 2000}')
    allowed = sorted(asdict(SiteSettings()))
    unknown = sorted(set(settings) - set(allowed))
    if unknown:
        raise CommandError(
            f"There is no site setting {unknown[0]!r}.", "The settings are: " + ", ".join(allowed) + "."
        )
    try:
        decoded = decode(SiteSettings, settings)
    except Malformed as error:
        raise _refuse(error.path, _written(settings, error.path, error.got), error.expected) from error
    for path, selector in _selectors(decoded):
        fault = selector_fault(selector)
        if fault is not None:
            raise _refuse(path, f"{_cut(selector)}: it {fault}", "a CSS selector")
    return settings


def _refuse(path: str, got: str, expected: str) -> CommandError:
    return CommandError(
        f"The site setting {path} must be {expected}, not {got}.",
        "Nothing was changed. Correct it and give the settings again.",
    )


def _written(settings: object, path: str, got: str) -> str:
    """The value at this place as it was given; ``got`` says what it is where it is not one value."""
    value = settings
    for step in _STEP.findall(path):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
    return got if value is None or isinstance(value, (dict, list)) else _cut(value)


def _cut(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…"


def _selectors(settings: PageSettings) -> Iterator[tuple[str, str]]:
    if settings.code_selector is not None:
        yield "code_selector", settings.code_selector
    for group in ("zones", "carts", "products"):
        for place, one in enumerate(getattr(settings, group)):
            for name, value in asdict(one).items():
                if isinstance(value, str) and name not in _UNLIKE_SELECTORS:
                    yield f"{group}[{place}].{name}", value
