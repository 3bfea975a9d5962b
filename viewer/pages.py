"""The pages' contexts as dataclasses, and their rendering.

A template sees exactly two names: ``chrome`` (what every page shows around its content) and ``page`` (one of
the classes below). Everything is escaped; there is no way to mark text as safe markup. Addresses of scripts
and styles carry a hash of their contents, so that browsers may keep them for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import jinja2

from replay.errors import MissingBuildError
from viewer.finding import Found

if TYPE_CHECKING:
    from viewer.problems import Case, ProblemRow
    from viewer.promo_pages import PromoRow, SitePromos

__all__ = ["Chrome", "ErrorPage", "FindPage", "LoginPage", "OnwardPage", "Page", "Pages", "ProblemPage"]
__all__ += ["ProblemsPage", "PromoFormPage", "PromosPage", "WatchPage"]

_BUILD = "Run `make build`, or install the wheel."

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """Around every page: who is signed in (None before login), the token of forms and the chosen theme."""

    agent_name: str | None = None
    csrf: str = ""
    theme: Theme | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage:
    """``problem`` says why the last attempt did not succeed; ``next`` is where the agent wanted to go."""

    TEMPLATE: ClassVar[str] = "login.html"
    login: str = ""
    next: str = "/"
    problem: str | None = None
    wait_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardPage:
    """Opens ``target`` once more from the desk itself, so that the browser sends the cookie along."""

    TEMPLATE: ClassVar[str] = "onward.html"
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPage:
    """The one box and what it found."""

    TEMPLATE: ClassVar[str] = "find.html"
    found: Found
    collector_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """The frame of the watch page; everything recorded is fetched by its script."""

    TEMPLATE: ClassVar[str] = "watch.html"
    session_id: str
    code: str
    site: str
    site_name: str
    started_ms: int
    seen_ms: int
    ended_ms: int | None
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsPage:
    """The same faults in many visits: those that go on, or those that are over."""

    TEMPLATE: ClassVar[str] = "problems.html"
    rows: tuple[ProblemRow, ...]
    show: Literal["open", "closed"]
    open_count: int
    closed_count: int
    is_first: bool
    next: str | None
    """The place behind which the next page begins; None: this is the last."""
    has_sites: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """One of them, with its visits."""

    TEMPLATE: ClassVar[str] = "problem.html"
    row: ProblemRow
    cases: tuple[Case, ...]
    left_off_count: int
    left: str
    """Of the carts that were left after it; empty where nobody is known to have left one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromosPage:
    """What each site promised."""

    TEMPLATE: ClassVar[str] = "promises.html"
    sites: tuple[SitePromos, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoFormPage:
    """One promise as it is typed, ``row`` being what is registered; ``faults`` say by field what does not do.
    ``seen``: since when the wording holds that is changed."""

    TEMPLATE: ClassVar[str] = "promise.html"
    site: str
    site_name: str
    row: PromoRow | None
    typed: Mapping[str, str]
    seen: str
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """A refusal in words."""

    TEMPLATE: ClassVar[str] = "error.html"
    status: int
    what: str
    do: str


Page = (
    LoginPage
    | OnwardPage
    | FindPage
    | WatchPage
    | ProblemsPage
    | ProblemPage
    | PromosPage
    | PromoFormPage
    | ErrorPage
)


class Pages:
    """Renders pages; knows the built scripts and styles in ``static``."""

    def __init__(self, static: Path) -> None:
        self._versions = _versions(static)
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals["static"] = self.static_url
        self.environment.filters["iso"] = _iso
        self.environment.filters["utc"] = _utc

    def render(self, page: Page, chrome: Chrome) -> str:
        """The page's HTML."""
        return self.environment.get_template(page.TEMPLATE).render(chrome=chrome, page=page)

    def static_url(self, name: str) -> str:
        """The address of a built file, with its version."""
        if name not in self._versions:
            raise MissingBuildError(f"The desk's {name} has not been built.", _BUILD)
        return f"/static/{name}?v={self._versions[name]}"


def _versions(static: Path) -> Mapping[str, str]:
    files = sorted(path for path in static.glob("*") if path.suffix in (".js", ".css"))
    if not files:
        raise MissingBuildError("The desk's scripts and styles have not been built.", _BUILD)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).isoformat(timespec="milliseconds")


def _utc(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
