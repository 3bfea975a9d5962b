"""The README names every setting, command, SDK call and attribute: a new one without a word fails here."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import typer.main

from replay.cli.app import app
from replay.detect.fold import RULES
from replay.model.adapters import ADAPTERS
from replay.model.problem import CONSEQUENCE_RULE
from replay.model.problem_words import SAID
from replay.model.server_event import KINDS
from replay.model.server_reading import FIELDS, read_batch, read_event
from replay.model.site import SiteSettings
from replay.settings import Settings, variable_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SDK = ROOT / "sdk_js" / "src"


def commands() -> list[str]:
    """Every command of the command line as it is typed after ``replay``."""
    found: list[str] = []
    group = typer.main.get_group(app)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in inner] if inner else [name]
    return found


def sdk_calls() -> list[str]:
    """Every command that ``replay()`` takes, from the interface that the npm package publishes."""
    return re.findall(r'\(command: "(\w+)"', (SDK / "command.ts").read_text())


def rules() -> list[str]:
    """Every rule, by the name of its file."""
    return [rule.__module__.rpartition(".")[2] for rule in RULES]


def adapters() -> list[str]:
    """Every adapter of a shop platform, by the name of its file: what the SDK looks for on a page."""
    found = (SDK / "platforms.ts").read_text().partition("SIGNS = {")[2].partition("}")[0]
    return re.findall(r"^ +(\w+):", found, re.MULTILINE)


def attributes() -> set[str]:
    """Every ``data-replay-…`` attribute that the SDK reads or writes."""
    text = "".join(file.read_text() for file in SDK.rglob("*.ts"))
    return set(re.findall(r"data-replay-[a-z]+(?:-[a-z]+)*", text))


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_operator_setting_is_documented(field: dataclasses.Field[object]) -> None:
    assert f"`{variable_of(field.name)}`" in README


@pytest.mark.parametrize("field", dataclasses.fields(SiteSettings), ids=lambda field: field.name)
def test_every_site_setting_is_documented(field: dataclasses.Field[object]) -> None:
    assert f"`{field.name}`" in README


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"`(?:replay )?{command}\b", README)


@pytest.mark.parametrize("call", sdk_calls())
def test_every_sdk_call_is_documented(call: str) -> None:
    assert f"`replay('{call}'" in README


@pytest.mark.parametrize("rule", rules())
def test_every_rule_is_documented_and_has_words_for_its_problems(rule: str) -> None:
    assert f"`{rule}`" in README
    assert rule in SAID or rule == CONSEQUENCE_RULE


@pytest.mark.parametrize("attribute", sorted(attributes()))
def test_every_attribute_is_documented(attribute: str) -> None:
    assert re.search(rf"`{attribute}[`=]", README)


@pytest.mark.parametrize("adapter", adapters())
def test_every_adapter_is_documented_and_says_how_it_was_seen_to_work(adapter: str) -> None:
    assert (SDK / "adapters" / f"{adapter}.ts").is_file()
    assert f'import("./adapters/{adapter}")' in (SDK / "index.ts").read_text()
    row = re.search(rf"^\| `{adapter}` \|.*$", README, re.MULTILINE)
    assert row
    assert row[0].endswith(f"| {ADAPTERS[adapter].label} |")


@pytest.mark.parametrize("word", [*KINDS, *FIELDS])
def test_every_kind_and_field_of_a_server_event_is_documented(word: str) -> None:
    assert f"`{word}`" in README.partition("**What the back office says.**")[2]


def test_the_server_events_that_it_shows_are_taken() -> None:
    example = re.search(r"-d '(\{\"events\".*?)'\n", README, re.DOTALL)
    assert example
    events = [read_event(one, 1_795_400_000_000) for one in read_batch(example[1].encode())]
    assert [(one.kind, one.minor) for one in events] == [
        ("order.cancelled", None),
        ("payment.captured", 49_900),
        ("price.list", 34_900),
    ]


def test_every_adapter_is_looked_for() -> None:
    shared = re.compile(r"adapter|reading|\w+_theme")
    files = {file.stem for file in (SDK / "adapters").glob("*.ts") if not shared.fullmatch(file.stem)}
    assert files == set(adapters())


def test_the_pictures_it_shows_are_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_it_gets_a_newcomer_going_within_forty_lines() -> None:
    assert "make demo" in README.splitlines()[:40]
