"""The browser's copy of the wire is what the dataclasses say now."""

from __future__ import annotations

import dataclasses
import re

from replay.model import events, site
from replay.model.session import IDLE_MS
from replay.protocol import messages
from replay.protocol.chunk import Chunk
from replay.protocol.typescript import OUTPUT, generate


def test_committed_file_is_current() -> None:
    assert OUTPUT.read_text(encoding="utf-8") == generate(), "run: python -m replay.protocol.typescript"


def test_every_kind_has_its_fields() -> None:
    written = generate()
    for name, kind in events.KINDS.items():
        assert f"  readonly {name}: {kind.__name__};" in written
        for field in dataclasses.fields(kind):
            assert re.search(rf"  readonly {field.name}\??: ", written)


def test_messages_are_lists_of_their_fields_in_order() -> None:
    written = generate()
    for number, kind in messages.CLIENT_MESSAGES.items():
        (body,) = re.findall(rf"{kind.__name__.lower()}List = .*?=> \[(.*?)\]", written, re.DOTALL)
        items = [item.strip() for item in body.split(",") if item.strip()]
        assert items[0] == str(number)
        fields = [field.name for field in dataclasses.fields(kind)]
        assert [re.sub(r"^\w\.| \?\? null$", "", item) for item in items[1:]] == fields
    for index, field in enumerate(dataclasses.fields(Chunk)):
        assert f"  {field.name}: list[{index}] as " in written


def test_constants_are_those_of_python() -> None:
    written = generate()
    assert f"PROTOCOL_VERSION = {messages.PROTOCOL_VERSION};" in written
    assert f"IDLE_MS = {IDLE_MS};" in written
    for code in messages.CloseCode:
        assert f"  {code.name}: {code.value}," in written


def test_settings_that_are_left_out_have_their_default() -> None:
    written = generate()
    (defaults,) = re.findall(r"DEFAULT_SETTINGS: PageSettings = \{\n(.*?)\n\};", written, re.DOTALL)
    expected = {field.name for field in dataclasses.fields(site.PageSettings) if field.default is not None}
    assert set(re.findall(r"^  (\w+): ", defaults, re.MULTILINE)) == expected


def test_lines_fit_the_formatter() -> None:
    assert [line for line in generate().splitlines() if len(line) > 110] == []
