"""``replay promo``: what can be typed of a site's promo registry, and how it is printed for people."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from replay.cli.asking import account, ask_and_print
from replay.cli.show import escape, table
from replay.errors import CommandError

__all__ = ["promo"]

promo = typer.Typer(no_args_is_help=True, help="What a storefront promised its customers.")

_STATES = {"open": "holds", "early": "to come", "over": "over"}

Site = Annotated[str, typer.Argument(help="Key of the storefront.")]
Id = Annotated[str, typer.Argument(help="Short name, such as spring-20.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database.", show_default="replay-data")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Many = list[str] | None
Text = str | None


@promo.command("add")
def promo_add(
    site: Site,
    id: Id,
    title: Annotated[str, typer.Option(help="What agents call it.")],
    code: Annotated[
        Many, typer.Option(help="A code; * stands for any letter or digit: SPRING-******.")
    ] = None,
    campaign: Annotated[
        Many, typer.Option(help="Value of utm_campaign, or another parameter: promo=spring.")
    ] = None,
    percent: Annotated[Text, typer.Option(help="What is taken off, in percent: 20.")] = None,
    amount: Annotated[Text, typer.Option(help="What is taken off: 10.00.")] = None,
    free_shipping: Annotated[bool, typer.Option("--free-shipping", help="Shipping costs nothing.")] = False,
    gift: Annotated[Text, typer.Option(help="Article number of what is given.")] = None,
    currency: Annotated[Text, typer.Option(help="Of amounts.", show_default="the site's")] = None,
    min: Annotated[Text, typer.Option(help="What the goods have to come to: 100.00.")] = None,
    only_sku: Annotated[Many, typer.Option(help="An article that it is for, and for no others.")] = None,
    except_sku: Annotated[Many, typer.Option(help="An article that it is not for.")] = None,
    first_order: Annotated[bool, typer.Option("--first-order", help="For first orders only.")] = False,
    since: Annotated[Text, typer.Option("--from", help="When it begins: 2026-04-01T09:00.")] = None,
    until: Annotated[Text, typer.Option(help="When it ends; a day is meant to its end: 2026-04-30.")] = None,
    zone: Annotated[Text, typer.Option(help="Time zone of these: Europe/Berlin.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Word one that is there anew, from now on.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Register what was promised, so that visits are held against it."""
    given = {
        "title": title,
        "codes": code,
        "campaigns": campaign,
        "percent": percent,
        "amount": amount,
        "free_shipping": free_shipping,
        "gift": gift,
        "currency": currency,
        "min": min,
        "only_skus": only_sku,
        "except_skus": except_sku,
        "first_order": first_order,
        "from": since,
        "until": until,
        "zone": zone,
    }
    parameters = {"site": site, "id": id, "given": given, "replace": replace, "by": account()}
    ask_and_print("promo add", parameters, data, as_json, _registered)


@promo.command("list")
def promo_list(site: Site, data: Data = None, as_json: AsJson = False) -> None:
    """List what was promised."""
    ask_and_print("promo list", {"site": site}, data, as_json, _listed, none="Nothing is registered")


@promo.command("show")
def promo_show(site: Site, id: Id, data: Data = None, as_json: AsJson = False) -> None:
    """Print one promise with all its conditions, and how it was worded before."""
    ask_and_print("promo show", {"site": site, "id": id}, data, as_json, _shown)


@promo.command("end")
def promo_end(site: Site, id: Id, data: Data = None, as_json: AsJson = False) -> None:
    """Let a promise hold no more from now on; visits of before are held against it still."""
    ask_and_print("promo end", {"site": site, "id": id, "by": account()}, data, as_json, _registered)


@promo.command("remove")
def promo_remove(site: Site, id: Id, data: Data = None, as_json: AsJson = False) -> None:
    """Forget a promise that was registered by mistake, with everything that it ever was."""
    ask_and_print("promo remove", {"site": site, "id": id, "by": account()}, data, as_json, _removed)


@promo.command("import")
def promo_import(
    site: Site,
    file: Annotated[
        Path, typer.Argument(help="JSON list as `promo list --json` prints it, or - for standard input.")
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Register all promises of a file: new ones are added, known ones worded anew from now on."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        entries = json.loads(text)
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.", "Nothing was changed.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON: {error}.", "Nothing was changed.") from error
    parameters = {"site": site, "entries": entries, "by": account()}
    ask_and_print("promo import", parameters, data, as_json, _listed, none="There is no promo in the file")


def _registered(console: Console, answer: Any) -> None:
    state = _STATES[answer["state"]]
    console.print(f"[bold]{escape(answer['id'])}[/] {escape(answer['promised'])}: {state}.", highlight=False)


def _removed(console: Console, answer: Any) -> None:
    console.print(f"Removed [bold]{escape(answer['id'])}[/] ({escape(answer['promised'])}).", highlight=False)


def _listed(console: Console, answer: Any) -> None:
    rows = []
    for one in answer:
        known_by = " ".join([*one.get("codes", ()), *one.get("campaigns", ())])
        until = one.get("until", "")[: len("2026-04-30T23:59")].replace("T", " ")
        rows.append([one["id"], one["title"], one["promised"], known_by, until, _STATES[one["state"]]])
    table(console, ["id", "title", "promised", "codes and campaigns", "until", ""], rows)


def _shown(console: Console, answer: Any) -> None:
    _registered(console, answer)
    for name, value in answer.items():
        if name not in ("id", "promised", "state", "since_ms", "by", "earlier"):
            said = ", ".join(value) if isinstance(value, list) else "yes" if value is True else str(value)
            console.print(f"  {name}: {escape(said)}", highlight=False)
    for one in (answer, *answer["earlier"]):
        since = datetime.fromtimestamp(one["since_ms"] / 1_000, UTC)
        when = f"since {since:%Y-%m-%d %H:%M} UTC" if one["since_ms"] else "at first"
        by = f" by {escape(one['by'])}" if one["by"] else ""
        console.print(f"{when}{by}: {escape(one['promised'])}", highlight=False)
