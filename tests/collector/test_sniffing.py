"""What bytes are, whatever they are called."""

from __future__ import annotations

import pytest

from replay.collector.sniffing import Unwanted, sniff
from replay.ports import AssetKind
from tests.collector.asset_server import PNG

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("kind", "called", "data", "found"),
    [
        ("image", "image/png", PNG, "image/png"),
        ("image", "Image/PNG; charset=x", PNG, "image/png"),
        ("image", "image/jpeg", PNG, "image/png"),
        ("image", "", PNG, "image/png"),
        ("image", OCTETS, b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("image", "image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("image", "image/avif", b"\x00\x00\x00\x20ftypmif1\x00\x00\x00\x00mif1avif", "image/avif"),
        ("image", "image/gif", b"GIF89a", "image/gif"),
        ("image", "image/svg+xml", SVG, "image/svg+xml"),
        (
            "image",
            "image/svg+xml",
            b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- a -- > --><!DOCTYPE svg>" + SVG,
            None,
        ),
        ("font", "font/woff2", b"wOF2\x00", "font/woff2"),
        ("font", "application/font-woff", b"wOFF\x00", "font/woff"),
        ("font", "application/x-font-ttf", b"\x00\x01\x00\x00\x00", "font/ttf"),
        ("font", OCTETS, b"OTTO\x00", "font/otf"),
        ("style", "text/css; charset=utf-8", b"a{}", "text/css"),
    ],
)
def test_what_is_kept(kind: AssetKind, called: str, data: bytes, found: str | None) -> None:
    assert sniff(kind, called, data) == (found or "image/svg+xml", data)


@pytest.mark.parametrize(
    ("kind", "called", "data"),
    [
        ("image", "text/html", PNG),
        ("image", "text/html", b"<html>"),
        ("image", "image/png", b"<html>"),
        ("image", "image/png", b""),
        ("image", "application/json", b'{"role":"admin"}'),
        ("image", "image/png", SVG),
        ("image", "text/xml", SVG),
        ("image", "image/svg+xml", b"<html><svg/></html>"),
        ("image", "image/svg+xml", b"<!--"),
        ("image", "image/svg+xml", b"<!---->" * 10_000 + SVG),
        ("image", "image/svg+xml", b"<svgx/>"),
        ("image", "image/heic", b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00mif1heic"),
        ("image", "font/woff2", b"wOF2\x00"),
        ("font", "image/png", PNG),
        ("font", "text/plain", b"wOF2\x00"),
        ("style", "text/html", b"a{}"),
        ("style", "", b"a{}"),
        ("style", "text/css", b"\xff{}"),
        ("style", "text/css; charset=utf-7", b"a{}"),
    ],
)
def test_what_is_not(kind: AssetKind, called: str, data: bytes) -> None:
    with pytest.raises(Unwanted):
        sniff(kind, called, data)


def test_a_style_sheet_is_kept_as_utf8() -> None:
    assert (
        sniff("style", "text/css; charset=iso-8859-1", b"a{content:'\xe9'}")[1] == "a{content:'é'}".encode()
    )
    assert sniff("style", "text/css", b"\xef\xbb\xbfa{}")[1] == b"a{}"


def test_a_servers_word_is_repeated_only_where_it_is_plain() -> None:
    with pytest.raises(Unwanted, match="It is called text/html, not text/css"):
        sniff("style", "text/html", b"")
    with pytest.raises(Unwanted, match="It is called nothing known, not text/css"):
        sniff("style", "<script>", b"")
