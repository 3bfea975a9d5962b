"""Says of a text what makes it no CSS selector, as far as that is plain without a browser.

A browser that is given a wrong selector finds nothing and tells nobody, so a typing mistake would show only
as carts that are never seen. What browsers take grows, and this must never refuse what they do: brackets,
quotes and the places where a name has to follow are looked at, and of pseudo-classes only those that jQuery
alone knows.
"""

from __future__ import annotations

import re

__all__ = ["selector_fault"]

_JQUERY_ONLY = re.compile(
    "button|checkbox|contains|eq|even|file|first|gt|header|hidden|image|input|last|lt|odd|parent|password"
    "|radio|reset|selected|submit|text|visible",
    re.IGNORECASE,
)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:[0-9a-fA-F]{1,6}\s?|[^\n])")
_QUOTED = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'')
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_ATTRIBUTE = re.compile(r"\[\s*(?:[\w*-]*\|)?-?[^\W\d][\w-]*\s*(?:[~|^$*]?=\s*(?:q|[\w-]+)\s*[iIsS]?)?\s*\]")
_STRANGE = re.compile(r"[^\w\s.#:>+~,*()|&%^$=!-]|[%^$=!]")
_NAMELESS = re.compile(r"[.](?![\w-])|[.](?=\d|-\d)|#(?![\w-])|:(?![\w:-])|:::")
_EMPTY = re.compile(r"(?:^|,)\s*(?:,|$)|[>+~]\s*(?:[>+~,)]|$)")
_PSEUDO = re.compile(r"(?<!:):([\w-]+)")


def selector_fault(text: str) -> str | None:
    """What is wrong, as the end of a sentence ("it …"), or None if nothing plainly is."""
    if not text.strip():
        return "is empty"
    # What is quoted or escaped may be anything; one letter stands for it below.
    plain = _QUOTED.sub("q", _ESCAPED.sub("e", _COMMENT.sub(" ", text)))
    if '"' in plain or "'" in plain:
        return "has a quote that is not closed"
    for bracketed in _BRACKETED.findall(plain):
        if not _ATTRIBUTE.fullmatch(bracketed):
            return f"has {bracketed} where an attribute such as [data-sku] is expected"
    plain = _BRACKETED.sub(".b", plain)
    if "[" in plain or "]" in plain:
        return "has a square bracket without its other half"
    if not _closes(plain):
        return "has a round bracket without its other half"
    strange = _STRANGE.search(plain)
    if strange:
        return f"has “{strange[0]}” where no selector has it"
    nameless = _NAMELESS.search(plain)
    if nameless:
        return f"has “{nameless[0]}” without a name after it"
    if _EMPTY.search(plain):
        return "has nothing where an element is expected"
    foreign = next((name for name in _PSEUDO.findall(plain) if _JQUERY_ONLY.fullmatch(name)), None)
    return None if foreign is None else f"has :{foreign}, which browsers do not know"


def _closes(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
