"""The snippet is small, safe to paste, and says where and who."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from replay.cli.snippet import csp_lines, snippet
from replay.model.site import PageSettings


def test_it_stays_under_one_kilobyte() -> None:
    text = snippet("https://a-rather-long-collector-name.shop.example/under/a/path", "site_0123456789abcdef")
    assert len(text.encode()) < 1024


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--", '"),alert("1', "\\"])
def test_nothing_in_it_can_end_the_script(hostile: str) -> None:
    text = snippet("https://c.example/" + hostile, hostile)
    inside = text.removeprefix("<script>").removesuffix("</script>")
    assert "<" not in inside
    assert text.count("alert") == 0 or '\\"' in text or "\\u003c" in text


def test_what_holds_before_settings_can_be_fetched_is_in_the_snippet() -> None:
    settings = PageSettings(consent="managed", global_privacy_control="ignore")
    text = snippet("https://c.example", "k", settings)
    assert 's.dataset.consent="managed"' in text
    assert 's.dataset.gpc="ignore"' in text
    plain = snippet("https://c.example", "k", PageSettings(flush_ms=1))
    assert "consent" not in plain
    assert "gpc" not in plain


def test_a_policy_must_allow_the_script_and_both_carriers() -> None:
    pasted = snippet("https://c.example/", "k")
    inline = re.fullmatch(r"<script>(.*)</script>", pasted)
    assert inline is not None
    digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
    assert csp_lines("https://c.example/", pasted) == [
        f"script-src 'sha256-{digest}' https://c.example",
        "connect-src https://c.example wss://c.example",
    ]
