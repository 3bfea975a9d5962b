"""Every administrative command as a function of the store: parameters in, a plain answer out.

An answer is made of JSON values only, because it may travel over the owner's socket; ``replay.cli.app``
prints it for people or, with ``--json``, as it is.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from replay.cli.erasing import erase_customer, erase_sessions, list_erasures
from replay.cli.findings import rebuild_findings
from replay.cli.problems import list_problems, show_problem
from replay.cli.promos import change_promos
from replay.cli.sessions import list_sessions, show_session
from replay.cli.site_secrets import new_secret, new_webhook_secret, tell_secret
from replay.cli.site_settings import page_settings
from replay.cli.snippet import csp_lines, snippet
from replay.cli.transfer import export_session, import_session
from replay.errors import CommandError
from replay.model.schema import decode
from replay.model.site import PageSettings
from replay.ports import Objects, Site, Store
from replay.settings import Settings
from storage.eraser import Eraser
from viewer.accounts import Accounts, create_agent, normal_login

if TYPE_CHECKING:
    from replay.collector.judging import Judge
    from replay.collector.platforms_told import PlatformsTold

__all__ = ["COMMANDS", "Tools"]

UNDELIVERED_MAX_COUNT = 20
"""Notices that are told of one site, the oldest: the others wait for these."""
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a command works with."""

    store: Store
    objects: Objects
    settings: Settings
    eraser: Eraser
    public_url: str = ""
    """Where customers' browsers reach the collector; only a running one knows when its port was chosen."""
    judge: Judge | None = None
    """A running collector's."""
    platforms: PlatformsTold | None = None
    """What came of webhooks to a running collector."""


Parameters = Mapping[str, object]
Command = Callable[[Tools, Parameters], Awaitable[object]]


async def site_add(tools: Tools, parameters: Parameters) -> object:
    """Add a site under a new random key. ``name``: text, ``origins``: list of ``https://shop.example``."""
    site = Site(
        key=_key(str(parameters.get("key") or "site_" + secrets.token_hex(8))),
        name=_name(str(parameters["name"])),
        origins=_origins(parameters["origins"]),
        identify_secret=new_secret(),
        settings={},
        created_ms=_now_ms(),
        events_secret=new_secret(),
        webhook_secret=new_webhook_secret(),
    )
    if await tools.store.site(site.key) is not None:
        raise CommandError(
            f"There is a site with the key {site.key} already.",
            "Change it with `replay site set`, or leave out --key to get a new one.",
        )
    await tools.store.put_site(site)
    return {**await _described(tools, site), "identify_secret": site.identify_secret}


async def site_list(tools: Tools, parameters: Parameters) -> object:
    """All sites: key, name and origins."""
    return [
        {"key": site.key, "name": site.name, "origins": list(site.origins)}
        for site in await tools.store.sites()
    ]


async def site_show(tools: Tools, parameters: Parameters) -> object:
    """One site, with the snippet to paste and the lines its content security policy needs."""
    return await _described(tools, await _site(tools, str(parameters["key"])))


async def _described(tools: Tools, site: Site) -> dict[str, object]:
    public_url = (
        tools.public_url
        or tools.settings.public_url
        or f"http://{tools.settings.public_host}:{tools.settings.public_port}"
    )
    pasted = snippet(public_url, site.key, decode(PageSettings, dict(site.settings)))
    return {
        "key": site.key,
        "name": site.name,
        "origins": list(site.origins),
        "has_secret": bool(site.identify_secret),
        "settings": dict(site.settings),
        "public_url": public_url,
        "snippet": pasted,
        "csp": csp_lines(public_url, pasted),
        "undelivered": [
            {"created_ms": one.created_ms, "attempts": one.attempts_count, "failure": one.failure}
            for one in await tools.store.notices(site.key, UNDELIVERED_MAX_COUNT)
        ],
        "undelivered_count": await tools.store.notices_count(site.key),
        "platforms": tools.platforms.of(site.key) if tools.platforms else [],
    }


async def site_set(tools: Tools, parameters: Parameters) -> object:
    """Replace what is given: ``name``, ``origins``, ``settings`` (a map as in ``PageSettings``)."""
    site = await _site(tools, str(parameters["key"]))
    name, origins, settings = (parameters.get(what) for what in ("name", "origins", "settings"))
    if name is None and not origins and settings is None:
        raise CommandError(
            "Nothing was given to set.",
            f"For example: replay site set {site.key} --origin https://shop.example",
        )
    if name is not None:
        site = replace(site, name=_name(str(name)))
    if origins:
        site = replace(site, origins=_origins(origins))
    if settings is not None:
        site = replace(site, settings=page_settings(settings))
        if site.problems_webhook is not None and not site.webhook_secret:
            site = replace(site, webhook_secret=new_webhook_secret())
    await tools.store.put_site(site)
    return await _described(tools, site)


async def site_secret(tools: Tools, parameters: Parameters) -> object:
    """One of a site's secrets; with ``rotate`` a new one."""
    return await tell_secret(tools.store, await _site(tools, str(parameters["key"])), parameters)


async def agent_add(tools: Tools, parameters: Parameters) -> object:
    """Add an agent. ``login``, ``name``, ``password`` (None: one is made and shown once), ``replace``: give
    one who is there already a new password, which ends every login with the old one."""
    login = normal_login(str(parameters["login"]))
    replaced = await tools.store.agent(login)
    if replaced is not None and not parameters.get("replace"):
        raise CommandError(f"There is an agent {login!r} already.", "Give --replace to set a new password.")
    given = parameters.get("password")
    password = secrets.token_urlsafe(12) if given is None else str(given)
    agent = await create_agent(
        tools.store,
        login=login,
        name=str(parameters.get("name") or (replaced.name if replaced else login)),
        password=password,
        now_ms=_now_ms(),
        role=str(parameters.get("role") or (replaced.role if replaced else "agent")),
        replace=replaced is not None,
    )
    return {"login": agent.login, "name": agent.name, "password": password if given is None else None}


async def agent_disable(tools: Tools, parameters: Parameters) -> object:
    """Shut an agent out at once, also from what they are watching now."""
    return await _set_disabled(tools, parameters, disabled=True)


async def agent_enable(tools: Tools, parameters: Parameters) -> object:
    """Let an agent in again."""
    return await _set_disabled(tools, parameters, disabled=False)


async def _set_disabled(tools: Tools, parameters: Parameters, *, disabled: bool) -> object:
    agent = await Accounts(tools.store).set_disabled(str(parameters["login"]), disabled=disabled)
    return {"login": agent.login, "name": agent.name, "role": agent.role, "disabled": agent.disabled}


async def agent_list(tools: Tools, parameters: Parameters) -> object:
    """All agents, without anything secret."""
    return [
        {"login": agent.login, "name": agent.name, "role": agent.role, "disabled": agent.disabled}
        for agent in await tools.store.agents()
    ]


async def session_list(tools: Tools, parameters: Parameters) -> object:
    """The newest sessions, or those that ``find`` leads to."""
    return await list_sessions(tools.store, tools.settings, parameters, _now_ms())


async def session_show(tools: Tools, parameters: Parameters) -> object:
    """Every event and cart state of one session, by id or support code."""
    return await show_session(tools.store, parameters, _now_ms())


async def session_export(tools: Tools, parameters: Parameters) -> object:
    """One session as a file, by id or support code."""
    region = tools.settings.phone_region
    return await export_session(tools.store, tools.objects, parameters, region, _now_ms())


async def session_import(tools: Tools, parameters: Parameters) -> object:
    """Take in such a file."""
    return await import_session(tools.store, tools.objects, parameters, _now_ms())


async def session_erase(tools: Tools, parameters: Parameters) -> object:
    """Erase sessions, by id or support code; unless it is confirmed, say what would go."""
    return await erase_sessions(tools.store, tools.eraser, parameters)


async def customer_erase(tools: Tools, parameters: Parameters) -> object:
    """Erase all sessions of a customer; unless it is confirmed, say what would go."""
    return await erase_customer(tools.store, tools.eraser, tools.settings, parameters)


async def erasure_list(tools: Tools, parameters: Parameters) -> object:
    """The receipts of everything that was erased on request."""
    return await list_erasures(tools.store)


async def findings_rebuild(tools: Tools, parameters: Parameters) -> object:
    """Judge one session or all of them again, also sealed ones."""
    return await rebuild_findings(tools.store, tools.judge or _judge(tools.store), parameters)


async def problem_list(tools: Tools, parameters: Parameters) -> object:
    """The same faults in many sessions: those that go on, or with ``closed`` those that are over."""
    return await list_problems(tools.store, parameters, _now_ms())


async def problem_show(tools: Tools, parameters: Parameters) -> object:
    """One of them, by its id, with its sessions."""
    return await show_problem(tools.store, parameters, _now_ms())


def _judge(store: Store) -> Judge:
    """Where no collector runs, there is nobody to tell."""
    from replay.collector.judging import Judge  # noqa: PLC0415 (large, and seldom wanted)
    from replay.collector.metrics import Metrics  # noqa: PLC0415
    from storage.bus import LocalBus  # noqa: PLC0415

    return Judge(store, LocalBus(), Metrics(), now_ms=_now_ms)


def _promo(command: str) -> Command:
    """A command about the promo registry of one ``site``."""

    async def carry_out(tools: Tools, parameters: Parameters) -> object:
        site = await _site(tools, str(parameters["site"]))
        return await change_promos(command, tools.store, site, parameters, _now_ms())

    return carry_out


COMMANDS: Mapping[str, Command] = {
    "site add": site_add,
    "site list": site_list,
    "site show": site_show,
    "site set": site_set,
    "site secret": site_secret,
    "promo add": _promo("add"),
    "promo list": _promo("list"),
    "promo show": _promo("show"),
    "promo end": _promo("end"),
    "promo remove": _promo("remove"),
    "promo import": _promo("import"),
    "agent add": agent_add,
    "agent list": agent_list,
    "agent disable": agent_disable,
    "agent enable": agent_enable,
    "session list": session_list,
    "session show": session_show,
    "session export": session_export,
    "session import": session_import,
    "session erase": session_erase,
    "customer erase": customer_erase,
    "erasure list": erasure_list,
    "findings rebuild": findings_rebuild,
    "problem list": problem_list,
    "problem show": problem_show,
}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


async def _site(tools: Tools, key: str) -> Site:
    site = await tools.store.site(key)
    if site is None:
        raise CommandError(f"There is no site with the key {key!r}.", "`replay site list` shows the keys.")
    return site


def _key(given: str) -> str:
    # It stands in the snippet, in addresses and in commands.
    if not _KEY.fullmatch(given):
        raise CommandError(
            f"“{given}” cannot be a site's key.",
            "Use up to 64 letters of a to z, digits, _ and -, or leave out --key to get one.",
        )
    return given


def _name(given: str) -> str:
    name = given.strip()
    if not name:
        raise CommandError(
            "A site needs a name.", 'For example: replay site add "My shop" --origin https://shop.example'
        )
    return name


def _origins(given: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_origin(str(origin)) for origin in cast("list[object]", given)))


def _origin(text: str) -> str:
    scheme, separator, host = text.rstrip("/").lower().partition("://")
    if scheme not in ("http", "https") or not separator or not host or "/" in host:
        raise CommandError(
            f"{text!r} is not an origin.", "An origin is scheme and host, for example https://shop.example"
        )
    return f"{scheme}://{host}"
