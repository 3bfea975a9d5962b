"""The headers that every answer of the desk carries, whatever route or error made it.

A recording is hostile input. The content security policy of the page that replays it is also the policy of
the replay's frame (``about:blank`` inherits it), so this one keeps recorded markup from reaching any network.
Nothing but the desk's own code and style files, and what is named by its hash, may be kept by a cache.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CONTENT_SECURITY_POLICY", "SecureHeaders", "secure"]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # The replayer writes the customer's own style sheets into its frame, which inherits this policy.
        "style-src 'unsafe-inline' 'self'",
        "img-src data: blob: 'self'",
        "font-src data: 'self'",
        "media-src data:",
        "connect-src 'self'",
        "frame-src 'none'",
        "child-src 'none'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types 'none'"
"""Added where no third-party code builds markup: everywhere but on the watch page."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Governs what a content security policy does not (preconnect, DNS prefetch), where it is understood. The
    # only redirects here are our own.
    "Connection-Allowlist": "(response-origin);redirects=allow;webrtc=block",
}
ASSET_POLICY = "default-src 'none'; sandbox"
"""Of what strangers' servers gave: opened by itself, nothing in it runs, loads or knows the desk."""
_IMMUTABLE = "public, max-age=31536000, immutable"


class SecureHeaders:
    """ASGI middleware: adds the headers to every answer, also to one that refuses a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                secure(MutableHeaders(scope=message), scope["path"], message["status"])
            await send(message)

        await self.app(scope, receive, send_secured)


def secure(headers: MutableHeaders, path: str, status: int) -> None:
    """Put the headers for ``path`` in place."""
    for name, value in _ALWAYS.items():
        headers[name] = value
    replays = path.startswith("/watch/")
    policy = CONTENT_SECURITY_POLICY + ("" if replays else TRUSTED_TYPES)
    headers["Content-Security-Policy"] = ASSET_POLICY if path.startswith("/assets/") else policy
    # Browsers send "Origin: null" with the forms of a page whose policy is no-referrer, and the desk asks of
    # every form where it came from. The pages with forms therefore name themselves, to the desk alone.
    headers["Referrer-Policy"] = "same-origin" if path in ("/", "/login") else "no-referrer"
    keepable = path.startswith(("/static/", "/assets/")) and status in (200, 304)
    headers["Cache-Control"] = _IMMUTABLE if keepable else "no-store"
