"""Writes the wire out for the browser: ``python -m replay.protocol.typescript``.

The dataclasses of ``replay.model`` and ``replay.protocol`` are the only definition of what travels. This
turns them into ``sdk_js/src/wire.gen.ts``: types that cost the page nothing, constants that a bundler drops
when they are not used, and for each message the list that stands for it. A field that has a default is
optional, since ``replay.model.schema`` leaves it out and fills it in.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import json
import re
import textwrap
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Literal, Union

from replay.model import cart, events, session, site
from replay.model.adapters import ADAPTERS
from replay.model.bounds import SAFE_INTEGER, Between, Matching, MaxChars, MaxItems
from replay.model.readers import field_types
from replay.model.track import Track
from replay.protocol import messages
from replay.protocol.chunk import Chunk
from replay.protocol.limits import Limits

__all__ = ["OUTPUT", "generate", "main"]

OUTPUT = Path(__file__).parents[2] / "sdk_js" / "src" / "wire.gen.ts"

_LINE_WIDTH = 110
_HEAD = """
The wire between page and collector. Written by ``python -m replay.protocol.typescript`` from the dataclasses
of replay/model and replay/protocol; do not edit. A field that may be left out has a default: unknown, empty
or false. Lengths are Unicode code points (a text's ``length`` is never less); what is longer is refused.
"""
_SCALAR: dict[object, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    bytes: "Bytes",
    object: "unknown",
}
_WORDS = {"Surface": cart.Surface, "Source": cart.Source, "Zone": site.Zone}
"""Choices that have a name of their own."""
_FACT_TEXTS = {"WORD": cart.Word, "SENTENCE": cart.Sentence, "URL": events.Url}
_MESSAGE_TEXTS = {"ID": messages.Id}
"""Bounds that many fields share; those of one field are named after it."""


def generate() -> str:
    """The whole TypeScript module."""
    return _comment(_HEAD) + "\n".join(_blocks())


def main() -> None:
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(generate(), encoding="utf-8")


def _blocks() -> Iterator[str]:
    yield from _constants()
    yield _comment("A number is finite.") + "export type Scalar = string | number | boolean | null;\n"
    yield "export type Bytes = Uint8Array<ArrayBuffer>;\n"
    for name, choice in _WORDS.items():
        yield f"export type {name} = {_choices(choice)};\n"
    facts = list(_with_parts(events.KINDS.values()))
    settings = [kind for kind in _with_parts([site.PageSettings]) if kind is not site.PageSettings]
    for kind in [*facts, *settings]:
        yield from _interface(kind)
    yield from _interface(site.PageSettings, complete=True)
    yield _default_settings()
    yield _adapters()
    yield _events()
    yield from _interface(Chunk)
    yield _list_of(Chunk)
    yield _read_chunk()
    for number, kind in messages.CLIENT_MESSAGES.items():
        yield from _interface(kind)
        yield _list_of(kind, number)
    for kind in messages.SERVER_MESSAGES.values():
        yield from _interface(kind)
    yield _read_server_message()


def _constants() -> Iterator[str]:
    yield f"export const PROTOCOL_VERSION = {messages.PROTOCOL_VERSION};\n"
    yield _number(
        "IDLE_MS", session.IDLE_MS, "A session ends after this long without anything from its pages."
    )
    yield _number("SAFE_INTEGER", SAFE_INTEGER, "The largest integer, and the largest number of any kind.")
    yield _number("MAX_EVENTS_COUNT", events.MAX_EVENTS_COUNT, "Most events of one batch.")
    notes = _member_docs(Limits)
    for field in dataclasses.fields(Limits):
        if not field.name.endswith("_ms"):  # deadlines are the collector's own affair
            name = "MAX_" + field.name.replace("_max", "").upper()
            yield _number(name, field.default, notes.get(field.name))
    for name, annotation in {**_FACT_TEXTS, **_MESSAGE_TEXTS}.items():
        (bound,) = [note for note in typing.get_args(annotation)[1:] if isinstance(note, MaxChars)]
        yield _number(f"{name}_MAX_CHARS", bound.count)
    for kind in _with_parts(events.KINDS.values()):
        yield from _own_bounds(kind, _FACT_TEXTS)
    for kind in messages.CLIENT_MESSAGES.values():
        yield from _own_bounds(kind, _MESSAGE_TEXTS)
    yield _enum(Track)
    yield _enum(messages.CloseCode)


def _own_bounds(kind: type, shared: Mapping[str, object]) -> Iterator[str]:
    for name, annotation in field_types(kind).items():
        for option in (annotation, *typing.get_args(annotation)):
            if typing.get_origin(option) is not Annotated or option in shared.values():
                continue
            for bound in typing.get_args(option)[1:]:
                if not isinstance(bound, (MaxChars, MaxItems)):
                    continue
                unit = "CHARS" if isinstance(bound, MaxChars) else "COUNT"
                yield _number(f"{_upper(kind.__name__)}_{name.upper()}_MAX_{unit}", bound.count)


def _number(name: str, value: object, note: str | None = None) -> str:
    return f"{_comment(note)}export const {name} = {value};\n"


def _enum(kind: type[IntEnum]) -> str:
    notes = _member_docs(kind)
    members = "".join(
        f"{_comment(notes.get(item.name), '  ')}  {item.name}: {item.value},\n" for item in kind
    )
    name = kind.__name__
    return (
        f"{_comment(inspect.getdoc(kind))}export const {name} = {{\n{members}}} as const;\n"
        f"export type {name} = (typeof {name})[keyof typeof {name}];\n"
    )


def _with_parts(kinds: Iterable[type]) -> Iterator[type]:
    """The dataclasses, each after the ones that its fields are made of, and each once."""
    seen: dict[type, None] = {}
    for kind in kinds:
        _collect(kind, seen)
    yield from seen


def _collect(annotation: object, seen: dict[type, None]) -> None:
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        if annotation not in seen:
            for part in field_types(annotation).values():
                _collect(part, seen)
            seen[annotation] = None
    else:
        for part in typing.get_args(annotation):
            _collect(part, seen)


def _interface(kind: type, *, complete: bool = False) -> Iterator[str]:
    """``complete``: what has a default other than None is always there."""
    if not dataclasses.fields(kind):
        note = _comment(inspect.getdoc(kind))
        yield f"{note}export type {kind.__name__} = Readonly<Record<string, never>>;\n"
        return
    notes = _member_docs(kind)
    hints = field_types(kind)
    head = f"{_comment(inspect.getdoc(kind))}export interface {kind.__name__} {{"
    fields = []
    for field in dataclasses.fields(kind):
        needed = field.default is dataclasses.MISSING or (complete and field.default is not None)
        mark = "" if needed else "?"
        written = f"  readonly {field.name}{mark}: {_field_type(kind, field.name, hints[field.name])};\n"
        said = notes.get(field.name) or _range(hints[field.name])
        fields.append(_comment(said, "  ") + written)
    yield f"{head}\n{''.join(fields)}}}\n"


def _range(annotation: object) -> str | None:
    """What a type of TypeScript cannot say of a number or a text."""
    for option in (annotation, *typing.get_args(annotation)):
        for note in typing.get_args(option)[1:] if typing.get_origin(option) is Annotated else ():
            if isinstance(note, Between):
                return f"From {note.low} to {note.high}."
            if isinstance(note, Matching):
                return f"{note.means[0].upper()}{note.means[1:]}."
    return None


def _field_type(kind: type, name: str, annotation: object) -> str:
    # The list of a message or chunk holds plain integers where Python has an enum, and any map as settings.
    if (kind, name) == (messages.Welcome, "settings"):
        return "Partial<PageSettings>"
    if (kind.__module__, name) == (messages.__name__, "track"):
        return "Track"
    return _type(annotation)


def _type(annotation: object) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation == events.Scalar:
        return "Scalar"
    if origin is Annotated:
        return _type(arguments[0])
    if origin in (Union, types.UnionType):
        return " | ".join("null" if option is types.NoneType else _type(option) for option in arguments)
    if origin is Literal:
        named = [name for name, choice in _WORDS.items() if choice == annotation]
        return named[0] if named else _choices(annotation)
    if origin is tuple:
        return f"readonly {_type(arguments[0])}[]"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"Readonly<Record<{_type(arguments[0])}, {_type(arguments[1])}>>"
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return annotation.__name__
    return _SCALAR[annotation]


def _choices(literal: object) -> str:
    return " | ".join(json.dumps(option) for option in typing.get_args(literal))


def _default_settings() -> str:
    fields = []
    for field in dataclasses.fields(site.PageSettings):
        if field.default is not None:
            value = list(field.default) if isinstance(field.default, tuple) else field.default
            fields.append(f"{field.name}: {json.dumps(value)}")
    return "/** What a `Welcome` leaves out: `{ ...DEFAULT_SETTINGS, ...welcome.settings }`. */\n" + _wrapped(
        "export const DEFAULT_SETTINGS: PageSettings = ", "{", fields, "}", ";", broken=True
    )


def _adapters() -> str:
    rows = [f"{name}: {json.dumps([each.title, each.label])}" for name, each in ADAPTERS.items()]
    return "/** What an adapter is called to an agent, and how it was seen to work. */\n" + _wrapped(
        "export const ADAPTERS: Readonly<Record<string, readonly [title: string, label: string]>> = ",
        "{",
        rows,
        "}",
        ";",
        broken=True,
    )


def _events() -> str:
    rows = "".join(f"  readonly {name}: {kind.__name__};\n" for name, kind in events.KINDS.items())
    return (
        "/** The fields of an event by its kind. */\n"
        f"export interface Facts {{\n{rows}}}\n"
        "export type Kind = keyof Facts;\n\n"
        "/** An event as it travels; `t` is page-clock milliseconds since 1970, of the cause. */\n"
        "export type EventList<K extends Kind = Kind> = {\n"
        "  [kind in K]: readonly [kind: kind, t: number, fields: Facts[kind]];\n"
        "}[K];\n"
    )


def _list_of(kind: type, number: int | None = None) -> str:
    name = kind.__name__
    variable = name[0].lower()
    items = [] if number is None else [str(number)]
    for field in dataclasses.fields(kind):
        missing = "" if field.default is dataclasses.MISSING else " ?? null"
        items.append(f"{variable}.{field.name}{missing}")
    start = f"export const {name[0].lower()}{name[1:]}List = ({variable}: {name}): readonly unknown[] => "
    return _wrapped(start, "[", items, "]", ";")


def _read_chunk() -> str:
    rows = "".join(f"  {row},\n" for row in _read_fields(Chunk, 0))
    return (
        "/** A stored picture payload's list with its names; trusted, since the collector checked it. */\n"
        f"export const readChunk = (list: readonly unknown[]): Chunk => ({{\n{rows}}});\n"
    )


def _read_server_message() -> str:
    kinds = messages.SERVER_MESSAGES
    union = ""
    for kind in kinds.values():
        tag = f'{{ readonly type: "{kind.__name__}" }}'
        union += f"\n  | ({tag} & {kind.__name__})" if dataclasses.fields(kind) else f"\n  | {tag}"
    cases = ""
    for number, kind in kinds.items():
        fields = [f'type: "{kind.__name__}"', *_read_fields(kind, 1)]
        wide = len(fields) > 3
        cases += f"    case {number}:\n"
        cases += textwrap.indent(_wrapped("return ", "{", fields, "}", ";", broken=wide), "      ")
    return (
        f"export type ServerMessage ={union};\n\n"
        "/** The message that a list from the collector stands for; null for one newer than this page. */\n"
        "export const readServerMessage = (list: readonly unknown[]): ServerMessage | null => {\n"
        f"  switch (list[0]) {{\n{cases}    default:\n      return null;\n  }}\n}};\n"
    )


def _read_fields(kind: type, first: int) -> list[str]:
    hints = field_types(kind)
    return [
        f"{name}: list[{index}] as {_field_type(kind, name, annotation)}"
        for index, (name, annotation) in enumerate(hints.items(), start=first)
    ]


def _wrapped(start: str, left: str, items: list[str], right: str, end: str, *, broken: bool = False) -> str:
    space = " " if left == "{" else ""
    line = f"{start}{left}{space}{', '.join(items)}{space}{right}{end}\n"
    if not broken and len(line) <= _LINE_WIDTH:
        return line
    return start + left + "\n" + "".join(f"  {item},\n" for item in items) + right + end + "\n"


def _upper(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _comment(note: str | None, indent: str = "") -> str:
    if note is None:
        return ""
    text = " ".join(note.replace("``", "`").replace("*/", "* /").split())
    text = text.replace("None", "null").replace("True", "true")
    if len(f"{indent}/** {text} */") <= _LINE_WIDTH:
        return f"{indent}/** {text} */\n"
    lines = textwrap.wrap(text, _LINE_WIDTH - len(indent) - 3, break_long_words=False, break_on_hyphens=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


def _member_docs(kind: type) -> dict[str, str]:
    """The text below each field or enum member, which Python itself forgets."""
    statements = [node for node in ast.walk(ast.parse(inspect.getsource(kind))) if isinstance(node, ast.stmt)]
    notes: dict[str, str] = {}
    for statement, following in itertools.pairwise(statements[1:]):
        if isinstance(statement, ast.AnnAssign):
            target: ast.expr = statement.target
        elif isinstance(statement, ast.Assign):
            target = statement.targets[0]
        else:
            continue
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            notes[ast.unparse(target)] = str(following.value.value)
    return notes


if __name__ == "__main__":
    main()
