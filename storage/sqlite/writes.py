"""The small writes beside a session's commits: sites, agents, logins and who viewed what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from replay.ports import Agent, Login, Site, View

__all__ = ["drop_login", "log_view", "probe", "put_agent", "put_login", "put_site"]


def probe(db: sqlite3.Connection) -> None:
    """Write the database's first page as it is."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    db.execute(f"PRAGMA user_version = {version:d}")


def put_site(db: sqlite3.Connection, site: Site) -> None:
    db.execute(
        "INSERT OR REPLACE INTO site (key, name, origins, identify_secret, settings, created_ms,"
        " events_secret, webhook_secret, shopify_secret, woocommerce_secret)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            site.key,
            site.name,
            json.dumps(site.origins),
            site.identify_secret,
            json.dumps(dict(site.settings)),
            site.created_ms,
            site.events_secret,
            site.webhook_secret,
            site.shopify_secret,
            site.woocommerce_secret,
        ),
    )


def put_agent(db: sqlite3.Connection, agent: Agent) -> None:
    db.execute(
        "INSERT OR REPLACE INTO agent (login, name, password_hash, role, created_ms, disabled)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (agent.login, agent.name, agent.password_hash, agent.role, agent.created_ms, agent.disabled),
    )


def put_login(db: sqlite3.Connection, login: Login) -> None:
    db.execute(
        "INSERT OR REPLACE INTO login (token_hash, agent, csrf, created_ms, seen_ms) VALUES (?, ?, ?, ?, ?)",
        (login.token_hash, login.agent, login.csrf, login.created_ms, login.seen_ms),
    )


def drop_login(db: sqlite3.Connection, token_hash: bytes) -> None:
    db.execute("DELETE FROM login WHERE token_hash = ?", (token_hash,))


def log_view(db: sqlite3.Connection, view: View) -> None:
    db.execute(
        "INSERT INTO view (agent, session, what, at_ms) VALUES (?, ?, ?, ?)",
        (view.agent, view.session, view.what, view.at_ms),
    )
