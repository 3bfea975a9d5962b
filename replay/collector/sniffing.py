"""What bytes are, whatever their server calls them: one of a closed list of types, or nothing that we keep.

The type under which the desk hands an asset to an agent's browser is found here, in the bytes. The server's
word has to agree as far as it says anything: a page of HTML that begins like a picture stays a page.
"""

from __future__ import annotations

import re

from replay.ports import AssetKind

__all__ = ["CSS", "Unwanted", "sniff"]

CSS = "text/css"

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x00\x01\x00\x00", "font/ttf"),
    (b"true", "font/ttf"),
    (b"OTTO", "font/otf"),
    (b"ttcf", "font/collection"),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_SVG_PROLOGUE = (("<?xml", "?>"), ("<!--", "-->"), ("<!doctype svg", ">"))
"""What may stand before the root of a picture."""
_SVG_HEAD_BYTES = 16 * 1024
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What servers say of files that they do not know."""
_CALLED = {
    "image": re.compile(r"image/.+"),
    "font": re.compile(r"font/.+|application/(x-)?font-.+|application/vnd\.ms-(fontobject|opentype)"),
}
_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "cp1252"}


class Unwanted(ValueError):
    """The bytes are nothing that we keep; the message says what they were called."""


def sniff(kind: AssetKind, content_type: str, data: bytes) -> tuple[str, bytes]:
    """The type of what was fetched as an asset of ``kind``, and the bytes to keep (of a style sheet: UTF-8).

    Raises ``Unwanted``.
    """
    called, _, parameters = content_type.lower().partition(";")
    called = called.strip()
    if kind == "style":
        if called != CSS:
            raise Unwanted(f"It is called {_shown(called)}, not {CSS}.")
        return CSS, _as_utf8(data, parameters)
    found = _magic(data, called)
    if found is None or not found.startswith(kind):
        raise Unwanted(f"It is called {_shown(called)} and does not begin as any {kind} does.")
    if called not in _UNSAID and _CALLED[kind].fullmatch(called) is None:
        raise Unwanted(f"It is called {_shown(called)}, not {kind}.")
    return found, data


def _magic(data: bytes, called: str) -> str | None:
    if called == "image/svg+xml":
        return "image/svg+xml" if _is_svg(data) else None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        brands = {data[at : at + 4] for at in range(8, min(64, len(data)), 4)}
        return "image/avif" if brands & _AVIF_BRANDS else None
    return next((found for start, found in _STARTS if data.startswith(start)), None)


def _is_svg(data: bytes) -> bool:
    rest = data[:_SVG_HEAD_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").lower().lstrip()
    while True:
        end = next((end for start, end in _SVG_PROLOGUE if rest.startswith(start)), None)
        if end is None:
            return rest.startswith("<svg") and rest[4:5] in (*" \t\r\n>", "/")
        _, found, rest = rest.partition(end)
        if not found:
            return False
        rest = rest.lstrip()


def _as_utf8(data: bytes, parameters: str) -> bytes:
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    codec = _CHARSETS.get(charset.group(1) if charset else "")
    if codec is None:
        raise Unwanted("Its text is in an encoding that is not kept.")
    try:
        return data.decode(codec).removeprefix("\ufeff").encode()
    except UnicodeDecodeError:
        raise Unwanted("Its text is not what its encoding says.") from None


def _shown(called: str) -> str:
    """What a stranger's server called it, fit for a sentence."""
    return called[:60] if re.fullmatch(r"[\w.+/-]+", called) else "nothing known" if called else "nothing"
