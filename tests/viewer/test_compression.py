"""What is sent compressed: large answers, but none whose length could tell of a secret in it."""

from __future__ import annotations

from pathlib import Path

import httpx

from replay.model.events import Fact, Mark
from replay.ports import Store
from tests.viewer.visits import START_MS, Visit


async def test_only_what_is_large_and_repeats_nothing_is_compressed(
    agent: httpx.AsyncClient, store: Store, static: Path
) -> None:
    facts: list[tuple[float, Fact]] = [
        (START_MS + at, Mark(name="step", data={"at": at})) for at in range(200)
    ]
    await Visit(facts=facts).put(store)
    (static / "large.js").write_text("0;" * 10_000)
    for path, encoding in (
        ("/api/sessions/session-1", "gzip"),
        ("/static/large.js", "gzip"),
        ("/api/sessions/session-1/picture/load-1", None),
        ("/watch/session-1", None),
        ("/", None),
        ("/api/find?q=step", None),
    ):
        answer = await agent.get(path)
        assert answer.status_code == 200, path
        assert answer.headers.get("Content-Encoding") == encoding, path


async def test_who_refuses_a_coding_by_name_gets_none(agent: httpx.AsyncClient, static: Path) -> None:
    (static / "large.js").write_text("0;" * 10_000)
    for accepted, encoding in (("gzip;q=0", None), ("gzip;q=0.5, br", "gzip"), ("*", "gzip")):
        answer = await agent.get("/static/large.js", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding, accepted
        assert answer.headers["Vary"] == "Accept-Encoding"
