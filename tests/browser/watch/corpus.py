"""The hostile corpus of the desk's unit tests, made into a recording, and a trap that it would run into."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

__all__ = ["Trap", "hostile", "recording", "trap"]

HOSTILE = Path(__file__).parents[3] / "viewer/web/test/player/hostile.ts"
HOST = "https://evil.example"
PRINT = f"""
import {{ ELEMENTS, EVENTS }} from {json.dumps(HOSTILE.as_uri())};
const made = (all) => Object.fromEntries(Object.entries(all).map(([name, make]) => [name, make()]));
console.log(JSON.stringify({{ elements: made(ELEMENTS), events: made(EVENTS) }}));
"""

Json = dict[str, Any]


class Trap:
    """A server that nothing may reach. Counts connections, and the vectors that asked it for something."""

    def __init__(self) -> None:
        self.connections = 0
        self.vectors: Counter[str] = Counter()
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            line = (await reader.readline()).decode("latin-1").split(" ")
            if len(line) > 1:
                self.vectors[line[1].split("/")[1].split("?")[0]] += 1
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def trap() -> AsyncIterator[Trap]:
    made = Trap()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()


def hostile(address: str) -> tuple[dict[str, Json], dict[str, Json]]:
    """The corpus' elements and events by name, each asking ``address`` under a path of its own."""
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    assert node, "the build needs Node, so that there is one"
    # Node runs TypeScript whose types can be left out; older ones have to be told.
    command = [node, "--no-warnings", "--experimental-strip-types", "--input-type=module", "--eval", PRINT]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(printed.stdout)

    def own(name: str, vector: Json) -> Json:
        slug = "".join(character if character.isalnum() else "-" for character in name)
        text = (
            json.dumps(vector)
            .replace(HOST, f"{address}/{slug}")
            .replace("//evil.example", f"{address}/{slug}")
        )
        made: Json = json.loads(text)
        return made

    elements = {name: own(name, vector) for name, vector in found["elements"].items()}
    events = {name: own(name, vector) for name, vector in found["events"].items()}
    return elements, events


class _Ids:
    def __init__(self) -> None:
        self.last = 10

    def fresh(self, node: Json, **more: object) -> Json:
        """A copy of a node under new ids."""
        self.last += 1
        children = [self.fresh(child) for child in node.get("childNodes", [])]
        return {**node, "id": self.last, "childNodes": children} | more


def recording(elements: dict[str, Json], events: dict[str, Json], start_ms: int) -> list[Json]:
    """Recorder events that bring every vector in every way: in the snapshot, in a shadow root, in a frame's
    document, by addition, by change of attributes, and as events of their own."""
    ids = _Ids()

    def element(tag: str, children: list[Json], **more: object) -> Json:
        return ids.fresh({"type": 2, "tagName": tag, "attributes": {}, **more}) | {"childNodes": children}

    copies = [ids.fresh(vector) for vector in elements.values()]
    shadow = element(
        "div", [ids.fresh(vector, isShadow=True) for vector in elements.values()], isShadowHost=True
    )
    frame = element("iframe", [])
    body = element("body", [*copies, shadow, frame])
    html = element("html", [element("head", []), body])
    page = {"type": 0, "id": 1, "childNodes": [{"type": 1, "id": 2, "name": "html"}, html]}
    inner_body = element("body", [ids.fresh(vector) for vector in elements.values()])
    inner = {"type": 0, "id": 3, "childNodes": [element("html", [element("head", []), inner_body])]}
    adds = [
        {"parentId": body["id"], "nextId": None, "node": ids.fresh(vector)} for vector in elements.values()
    ]
    bare = [
        {
            "parentId": body["id"],
            "nextId": None,
            "node": ids.fresh(vector) | {"attributes": {}, "childNodes": []},
        }
        for vector in elements.values()
    ]
    changes = [
        {"id": add["node"]["id"], "attributes": vector.get("attributes", {})}
        for add, vector in zip(bare, elements.values(), strict=True)
    ]
    nothing: Json = {"source": 0, "adds": [], "removes": [], "texts": [], "attributes": []}
    data = [
        nothing
        | {"adds": [{"parentId": frame["id"], "nextId": None, "node": inner}], "isAttachIframe": True},
        nothing | {"adds": adds},
        nothing | {"adds": bare},
        nothing | {"attributes": changes},
        *events.values(),
    ]
    return [
        {"type": 4, "timestamp": start_ms, "data": {"href": "", "width": 1_000, "height": 700}},
        {"type": 2, "timestamp": start_ms, "data": {"node": page, "initialOffset": {"top": 0, "left": 0}}},
        *(
            {"type": 3, "timestamp": start_ms + 200 * at, "data": each}
            for at, each in enumerate(data, start=1)
        ),
    ]
