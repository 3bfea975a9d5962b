"""``replay agent``: people who may log in to the desk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from replay.cli import show
from replay.cli.asking import ask_and_print

__all__ = ["agent"]

agent = typer.Typer(no_args_is_help=True, help="People who may log in to the desk.")

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database.", show_default="replay-data")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@agent.command("add")
def agent_add(
    login: str,
    name: Annotated[str | None, typer.Option(help="Name shown in the desk.")] = None,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    replace: Annotated[bool, typer.Option(help="Set a new password for an existing agent.")] = False,
    role: Annotated[
        str | None, typer.Option(help="agent, or admin: who also says what was promised.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add a person who may log in; without --password-stdin a password is made and shown once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    parameters = {"login": login, "name": name, "password": password, "replace": replace, "role": role}
    ask_and_print("agent add", parameters, data, as_json, show.agent)


@agent.command("disable")
def agent_disable(login: str, data: Data = None, as_json: AsJson = False) -> None:
    """Shut a person out at once, also from what they are watching."""
    ask_and_print("agent disable", {"login": login}, data, as_json, show.agent_state)


@agent.command("enable")
def agent_enable(login: str, data: Data = None, as_json: AsJson = False) -> None:
    """Let a person in again."""
    ask_and_print("agent enable", {"login": login}, data, as_json, show.agent_state)


@agent.command("list")
def agent_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the people who may log in."""
    ask_and_print("agent list", {}, data, as_json, show.agents)
