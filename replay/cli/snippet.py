"""The lines that a shop's developer pastes: the snippet, and what a content security policy must allow."""

from __future__ import annotations

import base64
import hashlib
import json

from replay.collector.sdk import SCRIPT_PATH
from replay.model.site import PageSettings

__all__ = ["csp_lines", "snippet"]

_DEFAULTS = PageSettings()
_BEGIN, _END = "<script>", "</script>"

_LOADER = (
    "!function(w,d,u,k){w.replay=w.replay||function(){(w.replay.q=w.replay.q||[]).push([].slice.call(arguments))};"
    'var s=d.createElement("script");s.async=!0;s.src=u;s.dataset.site=k;'
    "(d.head||d.documentElement).appendChild(s)}"
)


def snippet(public_url: str, site_key: str, settings: PageSettings = _DEFAULTS) -> str:
    """The script element to paste into the head of every page. It queues calls until the SDK is there.

    It carries those settings that hold before any others can be fetched.
    """
    address = _script_text(public_url.rstrip("/") + SCRIPT_PATH)
    key = _script_text(site_key)
    early = "s.dataset.site=k;"
    if settings.consent != _DEFAULTS.consent:
        early += f"s.dataset.consent={_script_text(settings.consent)};"
    if settings.global_privacy_control != _DEFAULTS.global_privacy_control:
        early += f"s.dataset.gpc={_script_text(settings.global_privacy_control)};"
    loader = _LOADER.replace("s.dataset.site=k;", early)
    return f"{_BEGIN}{loader}(window,document,{address},{key}){_END}"


def csp_lines(public_url: str, pasted: str) -> list[str]:
    """What the shop's Content-Security-Policy must allow, one directive a line: the snippet as it was pasted,
    by its hash, what it loads, and where that sends."""
    base = public_url.rstrip("/")
    socket = base.replace("http", "ws", 1)
    inline = pasted.removeprefix(_BEGIN).removesuffix(_END)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return [f"script-src 'sha256-{digest}' {base}", f"connect-src {base} {socket}"]


def _script_text(text: str) -> str:
    # Inside a script element "</script>" would end it, and "<!--" would start a comment.
    return json.dumps(text).replace("<", "\\u003c")
