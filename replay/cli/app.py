"""The command ``replay``: what can be typed, and how answers are printed.

Administrative commands work whether or not ``replay serve`` is running (see ``replay.cli.admin``); each
prints for people, or with ``--json`` exactly what a script needs. What a command works with is imported when
it runs: the server's libraries take most of a second, and help or a wrong argument need none of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape

from replay import __version__
from replay.cli import show
from replay.cli.agent_app import agent
from replay.cli.asking import ask_and_erase, ask_and_print, ask_store, print_answer, settings_of
from replay.cli.files import read_content, write_new
from replay.cli.lens import lens
from replay.cli.logs import start_log
from replay.cli.progress import show_progress
from replay.cli.promo_app import promo
from replay.errors import CommandError, ProductError
from replay.model.platforms.known import PLATFORMS
from replay.settings import read_settings

__all__ = ["app", "main"]

_HELP = """See what your customers' browsers showed.

Begin with `replay serve`, `replay site add` and `replay agent add`. Commands work beside a running server.
Settings are environment variables named REPLAY_…: see the README."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
)
site = typer.Typer(no_args_is_help=True, help="Storefronts: their keys, origins, settings and snippets.")
session = typer.Typer(no_args_is_help=True, help="Recorded visits.")
customer = typer.Typer(no_args_is_help=True, help="Those who were recorded.")
erasure = typer.Typer(no_args_is_help=True, help="Receipts of what was erased on request.")
findings = typer.Typer(no_args_is_help=True, help="What rules say of recorded visits.")
problem = typer.Typer(no_args_is_help=True, help="The same findings in many visits.")
app.add_typer(site, name="site")
app.add_typer(promo, name="promo")
app.add_typer(agent, name="agent")
app.add_typer(session, name="session")
app.add_typer(customer, name="customer")
app.add_typer(erasure, name="erasure")
app.add_typer(findings, name="findings")
app.add_typer(problem, name="problem")

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database.", show_default="replay-data")
]
DemoData = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database.", show_default="demo-data")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
PublicPort = Annotated[
    int | None,
    typer.Option(
        min=0, max=65_535, help="Port for customers' pages; 0 takes a free one.", show_default="8700"
    ),
]
DeskPort = Annotated[
    int | None,
    typer.Option(
        min=0, max=65_535, help="Port of the agents' desk; 0 takes a free one.", show_default="8701"
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
PublicHost = Annotated[
    str | None, typer.Option(help="Address for customers' pages.", show_default="127.0.0.1")
]
DeskHost = Annotated[str | None, typer.Option(help="Address of the agents' desk.", show_default="127.0.0.1")]


@app.command()
def serve(
    data: Data = None,
    public_host: PublicHost = None,
    public_port: PublicPort = None,
    desk_host: DeskHost = None,
    desk_port: DeskPort = None,
) -> None:
    """Run collector and desk until interrupted."""
    settings = read_settings(
        os.environ,
        data=data,
        public_host=public_host,
        public_port=public_port,
        desk_host=desk_host,
        desk_port=desk_port,
    )

    from replay.cli.serve import run, serve_product  # noqa: PLC0415 (see above)

    run(serve_product(settings, Console()), settings)


@app.command()
def demo(
    data: DemoData = None,
    public_port: PublicPort = None,
    desk_port: DeskPort = None,
    shop_port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the demo shop.")] = 8702,
    mode: Annotated[
        Literal["pages", "spa"], typer.Option(help="pages: a click loads a page; spa: a single-page shop.")
    ] = "pages",
) -> None:
    """Run collector, desk and a demo shop on this machine, and print where they are."""
    settings = read_settings(
        os.environ, data=data or Path("demo-data"), public_port=public_port, desk_port=desk_port
    )
    from replay.cli.demo import demo as run_demo  # noqa: PLC0415 (see above)
    from replay.cli.serve import run  # noqa: PLC0415 (see above)

    run(run_demo(settings, shop_port=shop_port, mode=mode, console=Console()), settings)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Folder for backups only; the server writes into it.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Copy database and objects into a folder, also while the server runs."""
    with show_progress() as tell:
        answer = ask_store("backup", {"folder": str(folder.resolve())}, data, tell)
    print_answer(answer, as_json, show.backed_up)
    raise SystemExit(1 if answer["lost"] else 0)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="Folder that `replay backup` wrote.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a store of a backup, in a data folder that is empty."""
    from replay.cli.admin import database_of, open_objects  # noqa: PLC0415 (see above)
    from replay.cli.backup import restore_backup  # noqa: PLC0415 (see above)

    start_log(level="error", form="text")
    settings = settings_of(data)
    with show_progress() as tell:
        restoring = restore_backup(
            settings, database_of(settings), lambda: open_objects(settings), folder.resolve(), tell
        )
        answer: Any = asyncio.run(restoring)
    print_answer(answer, as_json, show.restored)
    raise SystemExit(1 if answer["lost"] else 0)


@app.command()
def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Without reading what batches and objects hold.")
    ] = False,
    url: Annotated[
        str | None, typer.Option(help="Look at this page of a shop instead: why nothing arrives from it.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with a store, or with --url a page, and say what to do; nothing is changed."""
    if url is not None:
        from replay.cli.doctor_page import examine_page, print_page  # noqa: PLC0415 (see above)

        found = examine_page(url, data)
        print_answer(found, as_json, print_page)
        raise SystemExit(0 if found["works"] else 1)
    with show_progress() as tell:
        answer = ask_store("doctor", {"quick": quick}, data, tell)
    print_answer(answer, as_json, show.diagnosis)
    raise SystemExit(1 if answer["wrong"] else 0)


app.command()(lens)


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


@site.command("add")
def site_add(
    name: Annotated[str, typer.Argument(help="What agents see.")],
    origin: Annotated[list[str], typer.Option(help="Where its pages are, for example https://shop.example.")],
    key: Annotated[str | None, typer.Option(help="Public key; made up if left out.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add a storefront and print the snippet to paste."""
    ask_and_print("site add", {"name": name, "origins": origin, "key": key}, data, as_json, show.site)


@site.command("list")
def site_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the storefronts."""
    ask_and_print("site list", {}, data, as_json, show.sites)


@site.command("show")
def site_show(key: str, data: Data = None, as_json: AsJson = False) -> None:
    """Print a storefront's snippet, the CSP lines it needs and its settings."""
    ask_and_print("site show", {"key": key}, data, as_json, show.site)


@site.command("set")
def site_set(
    key: str,
    settings: Annotated[
        str | None, typer.Argument(help="JSON object that replaces the settings, or - for standard input.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What agents see.")] = None,
    origin: Annotated[list[str] | None, typer.Option(help="Where its pages are; replaces all.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Replace what is given: a storefront's name, its origins, the settings that its pages follow."""
    text = sys.stdin.read() if settings == "-" else settings
    try:
        parsed = None if text is None else json.loads(text)
    except json.JSONDecodeError as error:
        raise CommandError(
            f"The settings are not JSON: {error}.", 'For example: {"flush_ms": 2000}'
        ) from error
    parameters = {"key": key, "settings": parsed, "name": name, "origins": origin}
    ask_and_print("site set", parameters, data, as_json, show.site)


@site.command("secret")
def site_secret(
    key: str,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new one; the old one is void at once.")
    ] = False,
    events: Annotated[bool, typer.Option("--events", help="That of a back office.")] = False,
    webhook: Annotated[bool, typer.Option("--webhook", help="That by which a webhook is signed.")] = False,
    platform: Annotated[str | None, typer.Option(help=f"That of {' or '.join(PLATFORMS)}.")] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Take that of a platform from there.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print the secret with which a storefront's backend signs who its customers are."""
    given = sys.stdin.readline().strip() if stdin else None
    parameters = {"key": key, "rotate": rotate, "events": events, "webhook": webhook, "given": given}
    parameters["platform"] = platform
    ask_and_print("site secret", parameters, data, as_json, show.secret)


@session.command("list")
def session_list(
    find: Annotated[
        str | None, typer.Option(help="Code, e-mail, phone, customer id, order number, name …")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the newest visits, or those that --find leads to."""
    none = "None yet" if find is None else "Nothing like that"
    ask_and_print("session list", {"find": find, "limit": limit}, data, as_json, show.sessions, none=none)


@session.command("show")
def session_show(
    session: Annotated[str, typer.Argument(help="Id or support code.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print every event and cart state of a visit with tab, surface, source and raw texts."""
    ask_and_print("session show", {"session": session}, data, as_json, show.session)


@session.command("export")
def session_export(
    session: Annotated[str, typer.Argument(help="Id or support code.")],
    output: Annotated[
        Path | None, typer.Option(help="File to write; it must not exist yet.", show_default="<code>.replay")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write a visit into a file that another installation can import."""
    answer = ask_store("session export", {"session": session}, data)
    file = output or Path(f"{answer['code']}.replay")
    answer["file"], answer["file_bytes"] = str(file), write_new(file, answer.pop("content"))
    print_answer(answer, as_json, show.exported)


@session.command("import")
def session_import(
    file: Annotated[Path, typer.Argument(help="File that `replay session export` wrote.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Take in an exported visit, with its ids, support code and times."""
    ask_and_print("session import", {"content": read_content(file)}, data, as_json, show.imported)


@session.command("erase")
def session_erase(
    sessions: Annotated[list[str], typer.Argument(metavar="SESSION...", help="Ids or support codes.")],
    yes: Yes = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Erase visits for good, and print the receipt."""
    ask_and_erase("session erase", {"sessions": sessions}, data, as_json, yes=yes)


@customer.command("erase")
def customer_erase(
    email: Annotated[str | None, typer.Option(help="As it was typed or signed.")] = None,
    phone: Annotated[str | None, typer.Option(help="In any format.")] = None,
    customer_id: Annotated[str | None, typer.Option(help="The shop's own.")] = None,
    order: Annotated[str | None, typer.Option(help="An order's number.")] = None,
    site: Annotated[str | None, typer.Option(help="Key of the one site to look in.")] = None,
    claimed: Annotated[bool, typer.Option(help="Also visits where only the page said so.")] = False,
    yes: Yes = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Erase all visits that carry one of these, for good, and print the receipt."""
    given = {"email": email, "phone": phone, "customer_id": customer_id, "order": order, "site": site}
    ask_and_erase("customer erase", {**given, "claimed": claimed}, data, as_json, yes=yes)


@erasure.command("list")
def erasure_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the receipts of what was erased on request."""
    ask_and_print("erasure list", {}, data, as_json, show.erasures, none="Nothing was erased on request")


@findings.command("rebuild")
def findings_rebuild(
    session: Annotated[
        str | None, typer.Option(help="Id or support code of the only one.", show_default="all visits")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Judge recorded visits again, also sealed ones: after an upgrade, or when settings changed."""
    ask_and_print("findings rebuild", {"session": session}, data, as_json, show.rebuilt)


@problem.command("list")
def problem_list(
    closed: Annotated[bool, typer.Option("--closed", help="Those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    after: Annotated[str | None, typer.Option(help="Go on where the list before ended.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the problems that go on, the worst first."""
    asked = {"closed": closed, "limit": limit, "after": after}
    ask_and_print("problem list", asked, data, as_json, show.problems)


@problem.command("show")
def problem_show(
    problem: Annotated[str, typer.Argument(help="Id.")], data: Data = None, as_json: AsJson = False
) -> None:
    """Print a problem and the newest of its visits."""
    ask_and_print("problem show", {"problem": problem}, data, as_json, show.problem)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; errors are told in two lines, what is wrong and what to do."""
    try:
        app(arguments)
    except ProductError as error:
        console = Console(stderr=True, soft_wrap=True)
        told = f"[bold red]error[/] {escape(error.what)}\n{escape(error.do)}"
        console.print(told.rstrip(), highlight=False)
        raise SystemExit(1) from None
