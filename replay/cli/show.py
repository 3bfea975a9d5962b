"""Prints the answers of administrative commands for people. Scripts use ``--json`` instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape as escape_markup
from rich.table import Table

from replay.cli.show_platforms import platform_told
from replay.model.problem_words import many

__all__ = [
    "Printer",
    "agent",
    "agent_state",
    "agents",
    "backed_up",
    "diagnosis",
    "erased",
    "erasing",
    "erasures",
    "escape",
    "exported",
    "fact_words",
    "imported",
    "problem",
    "problems",
    "rebuilt",
    "restored",
    "secret",
    "session",
    "sessions",
    "site",
    "sites",
    "table",
]

_WHO = frozenset({"customer_id", "email", "phone", "name", "order"})
"""Kinds of identifiers that say whose visit it is; others say what was seen, and can be many."""
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

Printer = Callable[[Console, Any], None]


def escape(text: str) -> str:
    """Text as it is to be read. Much of it comes from pages, which have no say over this terminal."""
    return escape_markup(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))


def site(console: Console, answer: Any) -> None:
    """A storefront with everything its developer needs."""
    origins = ", ".join(answer["origins"]) or f"none yet: replay site set {answer['key']} --origin …"
    console.print(f"[bold]{escape(answer['name'])}[/]  key {answer['key']}  origins {origins}")
    console.print("\nPaste into the <head> of every page:\n", style="bold")
    # Printed plainly: it is to be copied, so it must not be wrapped or coloured.
    print(answer["snippet"])
    console.print("\nIf the shop sends a Content-Security-Policy, it must allow:\n", style="bold")
    for line in answer["csp"]:
        print(line)
    console.print("\nSecret for signing replay('identify', …), for the shop's backend only:\n", style="bold")
    # Shown when it is made and when it is asked for, and not to whoever looks at the settings.
    print(answer.get("identify_secret") or _how_to_get_secret(answer))
    if answer["settings"]:
        console.print("\nSettings:\n", style="bold")
        console.print_json(data=answer["settings"])
    waiting = answer.get("undelivered")
    if waiting:
        first = waiting[0]
        failure = escape(first["failure"] or "It is about to be tried.")
        console.print(
            f"\nNot delivered to the webhook yet: {answer['undelivered_count']}, "
            f"the first of {_time(first['created_ms'])}. Tried {first['attempts']} times. {failure}",
            style="bold red" if first["failure"] else None,
            highlight=False,
            soft_wrap=True,
        )
    for one in answer.get("platforms", ()):
        platform_told(console, one, _time(one["last_ms"]))


def _how_to_get_secret(answer: Any) -> str:
    command = f"replay site secret {answer['key']}"
    return f"printed by: {command}" if answer["has_secret"] else f"none yet: {command} --rotate"


def sites(console: Console, answer: Any) -> None:
    """A line a storefront."""
    table(
        console,
        ["key", "name", "origins"],
        [[one["key"], one["name"], " ".join(one["origins"])] for one in answer],
    )


def secret(console: Console, answer: Any) -> None:
    """The secret alone, to be piped to where it belongs."""
    print(next(value for name, value in answer.items() if name.endswith("_secret")))


def agent(console: Console, answer: Any) -> None:
    """The new agent, and the password if one was made."""
    console.print(f"Agent [bold]{escape(answer['login'])}[/] may log in.")
    if answer["password"]:
        console.print(f"Password (shown this once): [bold]{escape(answer['password'])}[/]", highlight=False)


def agent_state(console: Console, answer: Any) -> None:
    """Whether an agent may log in."""
    may = "is shut out" if answer["disabled"] else "may log in"
    console.print(f"Agent [bold]{escape(answer['login'])}[/] {may}.")


def agents(console: Console, answer: Any) -> None:
    """A line an agent."""
    rows = [[one["login"], one["name"], one["role"], "disabled" if one["disabled"] else ""] for one in answer]
    table(console, ["login", "name", "role", ""], rows)


def sessions(console: Console, answer: Any) -> None:
    """A line a visit."""
    rows = [
        [one["code"], _time(one["started_ms"]), _time(one["seen_ms"]), one["ended_why"] or "open", one["id"]]
        for one in answer
    ]
    table(console, ["code", "started", "last heard", "ended", "id"], rows)


def session(console: Console, answer: Any) -> None:
    """A visit's events, one a line; carts with every text they showed."""
    console.print(
        f"Session [bold]{answer['code']}[/] {answer['id']}, {answer['ended_why'] or 'open'}", highlight=False
    )
    seen: dict[str, list[str]] = {}
    for one in answer["identifiers"]:
        if one["kind"] in _WHO:
            proof = "verified" if one["verified"] else "claimed"
            console.print(f"  {one['kind']}: {escape(one['shown'])} ({proof})", highlight=False)
        else:
            seen.setdefault(one["kind"], []).append(one["shown"])
    for kind, shown in seen.items():
        console.print(f"  {kind}: {escape(' · '.join(shown))}", highlight=False)
    for gap in answer["gaps"]:
        console.print(
            f"  [yellow]gap[/] {gap['track']} {gap['first']}–{gap['last']} of page load {gap['load']}: "
            f"{escape(gap['reason'])}",
            highlight=False,
        )
    for one in answer["findings"]:
        console.print(f"  {_OUTCOMES[one['outcome']]} {escape(one['said'])}", highlight=False, soft_wrap=True)
    for one in answer["told"]:
        claimed = " [yellow](only claimed)[/]" if one["by"] == "claimed" else ""
        console.print(
            f"  {_time(one['occurred_ms'])}  {escape(one['system'])} says{claimed}: {one['title']}  "
            f"{escape(one['detail'])}",
            highlight=False,
            soft_wrap=True,
        )
    tabs: dict[str, int] = {}
    for event in answer["events"]:
        tab = tabs.setdefault(event["tab"], len(tabs) + 1)
        head = f"{_time(event['t'], parts=True)}  tab {tab}  {event['kind']:<10}"
        console.print(
            f"{head}{escape(fact_words(event['kind'], event['fields']))}", highlight=False, soft_wrap=True
        )


def exported(console: Console, answer: Any) -> None:
    """Where the session is now."""
    console.print(
        f"Session [bold]{answer['code']}[/] is in {escape(answer['file'])}: {answer['batches']} batches, "
        f"{answer['file_bytes']} bytes. It holds what the customer's browser showed; keep it as such.",
        highlight=False,
        soft_wrap=True,
    )


def rebuilt(console: Console, answer: Any) -> None:
    """What was found in how many sessions."""
    console.print(
        f"Sessions judged: {answer['sessions']}, of which {answer['changed']} have other findings now. "
        f"Found: {answer['fail']} fail, {answer['cannot_tell']} cannot be told, {answer['pass']} pass.",
        highlight=False,
        soft_wrap=True,
    )


def problems(console: Console, answer: Any) -> None:
    """A row each, the worst first."""
    if not answer["problems"]:
        console.print("None.", style="dim")
        return
    rows = [
        [
            one["id"],
            one["severity"] if one["state"] == "open" else f"{one['severity']}, {one['state']}",
            one["title"],
            one["met"],
            _time(one["last_ms"]),
            "\n".join(amount["shown"] for amount in one["money"]),
        ]
        for one in answer["problems"]
    ]
    table(console, ["id", "severity", "problem", "met", "last", "money"], rows)
    if answer["next"]:
        console.print(f"More come after these: --after {answer['next']}", highlight=False, soft_wrap=True)


def problem(console: Console, answer: Any) -> None:
    """What is known of it, and its visits."""
    console.print(f"[bold]{escape(answer['title'])}[/]", highlight=False, soft_wrap=True)
    told = {
        "site": answer["site"],
        "severity": answer["severity"],
        "state": "single cases so far" if answer["opened_ms"] is None else answer["state"],
        "met": answer["met"],
        "customers": f"{answer['customers']:,} known, {answer['not_identified']:,} sessions not identified",
        "first": _time(answer["first_ms"]),
        "last": _time(answer["last_ms"]),
        "money": ", ".join(amount["shown"] for amount in answer["money"]) or "not known",
        "then": answer["carts_left"]["said"] or "nobody is known to have left a cart after it",
    }
    for name, value in told.items():
        console.print(f"  {name:<10} {escape(value)}", highlight=False, soft_wrap=True)
    for case in answer["cases"]:
        console.print(
            f"{_time(case['seen_ms'])}  {case['code']}  {escape(case['said'])}",
            highlight=False,
            soft_wrap=True,
        )


def imported(console: Console, answer: Any) -> None:
    """Whether the session is new here."""
    done = "was taken in" if answer["imported"] else "was here already, with the same content"
    console.print(f"Session [bold]{answer['code']}[/] {done}: {answer['batches']} batches.", highlight=False)


def backed_up(console: Console, answer: Any) -> None:
    """What is in the folder now, and what of it is new."""
    console.print(
        f"{escape(answer['folder'])} holds {answer['sessions']} sessions of "
        f"{_time(answer['began_ms'])} UTC:\n"
        f"  database   {decimal(answer['database_bytes'])}\n"
        f"  objects    {answer['objects']}, {decimal(answer['object_bytes'])}; "
        f"{answer['copied']} are new, {answer['removed']} were removed\n"
        f"in {answer['seconds']} s. It holds what customers' browsers showed; keep it as such.",
        highlight=False,
        soft_wrap=True,
    )
    _lost(console, answer["lost"], len(answer["lost"]), "The store has lost")


def diagnosis(console: Console, answer: Any) -> None:
    """What is wrong first, and what to do; then what is good to know."""
    for one in sorted(answer["findings"], key=lambda one: str(one["level"] != "wrong")):
        mark = "[bold red]wrong[/]" if one["level"] == "wrong" else "[yellow]note[/] "
        console.print(f"{mark} {escape(one['what'])}", highlight=False, soft_wrap=True)
        if one["do"]:
            console.print(f"      {escape(one['do'])}", highlight=False, soft_wrap=True)
    by = "a server works on it" if answer["served"] else "no server works on it"
    how = " What batches and objects hold was not read (--quick)." if answer["quick"] else ""
    found = f"Wrong in {{}}: {answer['wrong']}" if answer["wrong"] else "Nothing is wrong in {}"
    console.print(f"{found.format(escape(answer['data']))}; {by}.{how}", highlight=False, soft_wrap=True)


def restored(console: Console, answer: Any) -> None:
    """What is in the data folder now."""
    console.print(
        f"{answer['sessions']} sessions of {_time(answer['began_ms'])} UTC are in {escape(answer['data'])}, "
        f"with {answer['objects']} objects. What was erased since came back with them: erase it again.",
        highlight=False,
        soft_wrap=True,
    )
    _lost(console, answer["lost"], answer["lost_count"], "Not restored:")


def _lost(console: Console, lost: list[Any], count: int, said: str) -> None:
    if lost:
        console.print(f"[bold red]{said}[/] {count} objects; what they held shows as damaged.")
    for one in lost:
        console.print(f"  {escape(one['name'])}: {escape(one['why'])}", highlight=False, soft_wrap=True)


def erasing(console: Console, answer: Any) -> None:
    """What would go for good."""
    rows = [
        [one["code"], _time(one["started_ms"]), _time(one["seen_ms"]), one["site"], _proof(one), one["id"]]
        for one in answer["sessions"]
    ]
    table(console, ["code", "started", "last heard", "site", "", "id"], rows)
    if answer["claimed"]:
        console.print(
            f"{answer['claimed']} more only claim it and stay; --claimed erases them, too.", highlight=False
        )
    if answer["server_events"]:
        console.print(f"Server events of it and of its orders: {answer['server_events']}", highlight=False)
    for one in answer["also"]:
        console.print(
            f"Verified in them: {one['kind']} {escape(one['shown'])}, which {one['sessions']} more carry.",
            highlight=False,
        )


def _proof(one: Any) -> str:
    return "" if one.get("verified", True) else "only claimed"


def erased(console: Console, answer: Any) -> None:
    """The receipt."""
    sessions, batches = many(len(answer["sessions"]), "session"), many(answer["batches"], "batch", "batches")
    objects, told = many(answer["objects"], "object"), many(answer["server_events"], "server event")
    said = f"Erased: {sessions}, {batches} and {objects}, {decimal(answer['bytes'])}; {told}."
    console.print(f"{said} Receipt [bold]{answer['id']}[/]", highlight=False, soft_wrap=True)


def erasures(console: Console, answer: Any) -> None:
    """A line a receipt."""
    rows = [
        [
            one["id"],
            _time(one["asked_ms"]),
            one["asked_by"],
            one["command"],
            str(len(one["sessions"])),
            decimal(one["bytes"]),
            _time(one["finished_ms"]) if one["finished_ms"] else f"not yet, {len(one['condemned'])} to go",
        ]
        for one in answer
    ]
    table(console, ["receipt", "asked", "by", "command", "sessions", "size", "finished"], rows)


_OUTCOMES = {"fail": "[red]fails[/]", "cannot_tell": "[yellow]cannot tell[/]", "pass": "[green]passes[/]"}
_LINE_LABELS = {
    "sku": "",
    "name": "",
    "quantity": "",
    "quantity_typed": "typed, not in force: ",
    "unit": "",
    "was": "was ",
    "total": "total ",
    "total_was": "total was ",
}


def fact_words(kind: str, fields: dict[str, Any]) -> str:
    if kind != "cart":
        return "  ".join(f"{name}={_plain(value)}" for name, value in fields.items())
    parts = [f"{fields['surface']} · {fields['source']}"]
    lines = fields.get("lines")
    count = "lines unknown" if lines is None else f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}"
    parts.append(count + (" and more" if fields.get("lines_cut") else ""))
    for line in lines or ():
        shown = [
            f"{label}{_plain(line[name])}"
            for name, label in _LINE_LABELS.items()
            if line.get(name) is not None
        ]
        parts.append("\n      " + " | ".join([*shown, *(_plain(note) for note in line.get("notes") or ())]))
    for name, label in (("count", "number of items"), ("empty", "empty")):
        if fields.get(name) is not None:
            parts.append(f"\n      {label}: {_plain(fields[name])}")
    for total in fields.get("totals", ()):
        parts.append(f"\n      {_plain(total.get('label')) or total['key']}: {_plain(total.get('amount'))}")
    for name in ("promos", "messages"):
        for item in fields.get(name) or ():
            parts.append(f"\n      {name[:-1]}: {_plain(item)}")
    return "".join(parts[:1]) + ", " + "".join(parts[1:])


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value["raw"]) if "raw" in value else " ".join(_plain(item) for item in value.values())
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _time(ms: float, *, parts: bool = False) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.strftime("%H:%M:%S.%f")[:-3] if parts else moment.strftime("%Y-%m-%d %H:%M")


def table(console: Console, heads: list[str], rows: list[list[str]]) -> None:
    """One list in every command's manner."""
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for head in heads:
        # An id that is cut or broken cannot be copied: where there is room for it, others make way.
        drawn.add_column(head, overflow="fold", no_wrap=head in ("id", "receipt") and console.width >= 80)
    for row in rows:
        drawn.add_row(*(escape(str(cell)) for cell in row))
    console.print(drawn)
