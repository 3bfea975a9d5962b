"""How long the desk's server takes to find among a million sessions what an agent typed.

Asked is the very function behind the Find page, with every reading of what was typed, up to 20 sessions of a
kind and who each customer is; one question after another, once with nothing else to do and once while batches
come in through the collector's writer. The sessions are made up once and kept under ``build``; what is
measured is a copy, warm in the system's memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import finding_data
from benchmarks.finding_data import NOW_MS, REGION, Past, batch, fill, opened
from benchmarks.report import Row, Spread, percentile
from replay.collector.writer import Writer
from replay.model.identity import IdentifierKind
from replay.ports import Identifier, Store
from storage.bus import LocalBus
from storage.sqlite import open_store
from storage.sqlite.schema import migrations
from viewer.finding import GROUP_MAX_COUNT, Found, find, recent

__all__ = ["ROWS", "measure"]

SESSIONS_COUNT = 1_000_000
SEED = 1
IDENTIFIERS_MS = 20.0
TEXT_MS = 50.0
ROUNDS_COUNT = 3
QUESTIONS_COUNT = 60
"""Of each sort in each round."""
BATCHES_PER_S = 100.0
PAYLOAD_BYTES = 2_000
VISITS_COUNT = 120
VISIT_BATCHES_COUNT = 12
AGAIN_COUNT = 8
"""Most identifiers of a batch: about two new ones, the others said again."""
SAMPLE_COUNT = 4_000
"""Sessions whose identifiers are asked for."""
_LONG_CHARS, _TYPED_CHARS = 5, 3
CACHE = Path(__file__).parent.parent / "build" / "bench"

_EXACT: Mapping[str, IdentifierKind] = {
    "a support code": "code",
    "a customer id": "customer_id",
    "an e-mail address": "email",
    "a phone number": "phone",
    "an order number": "order",
    "an article number": "sku",
    "a promo code": "promo",
}
_TYPED = "an identifier while it is typed"
_NOBODY = "an identifier that nobody has"
_WORD, _WORDS, _COMMON = "a word", "two words", "one of the ten commonest words"
_BEGUN, _BEGUN_WORDS = "a word while it is typed", "two words while they are typed"
_MESSAGE, _ERROR = "a message of the shop", "an error on the page"
_NO_WORD, _SLIP = "a word that nobody has", "a misspelt word"
_NEWEST = "the newest sessions"

TARGETS_MS: Mapping[str, float] = {
    **dict.fromkeys((*_EXACT, _TYPED, _NOBODY), IDENTIFIERS_MS),
    **dict.fromkeys(
        (_WORD, _WORDS, _COMMON, _BEGUN, _BEGUN_WORDS, _MESSAGE, _ERROR, _NO_WORD, _SLIP), TEXT_MS
    ),
    _NEWEST: TEXT_MS,
}
_LOADS = ("idle", f"at {BATCHES_PER_S:.0f} batches a second")
SIZE = "database of a session, beside what it sent"
COMMIT = "a batch is committed while agents find, p95"
ROWS = (*(f"find {name}, {load}, p95" for load in _LOADS for name in TARGETS_MS), COMMIT, SIZE)


Sample = Mapping[IdentifierKind, Sequence[str]]
"""What some of the sessions carry, as it was shown."""
Ask = Callable[[random.Random], str]


async def measure(folder: Path) -> list[Row]:
    """Make up the sessions where they are not there yet; ask, and ask again while batches come in."""
    past = Past(SEED, SESSIONS_COUNT)
    file = CACHE / f"finding-{SESSIONS_COUNT}-{_version()}.db"
    if not file.exists():
        for older in CACHE.glob("finding-*"):
            older.unlink()
        await asyncio.to_thread(fill, file, past)
    copy = folder / "replay.db"
    await asyncio.to_thread(shutil.copyfile, file, copy)
    store = await open_store(copy)
    try:
        asks = await _asks(store)
        idle = await _ask_all(store, asks)
        async with _batches(store, past) as committed_ms:
            began = time.perf_counter()
            busy = await _ask_all(store, asks)
            committed_per_s = len(committed_ms) / (time.perf_counter() - began)
    finally:
        await store.close()
    return [
        *(
            _row(f"find {name}, {load}, p95", TARGETS_MS[name], rounds[name])
            for load, rounds in zip(_LOADS, (idle, busy), strict=True)
            for name in TARGETS_MS
        ),
        _row(COMMIT, None, [committed_ms], f"; {committed_per_s:.0f} a second"),
        Row(name=SIZE, unit="B", target=None, spread=Spread.of([file.stat().st_size / SESSIONS_COUNT])),
    ]


def _version() -> str:
    """Other sessions are needed when the schema changes or what is made up."""
    made = [*migrations(), Path(finding_data.__file__).read_text()]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()[:12]


async def _asks(store: Store) -> Mapping[str, Ask]:
    """How a question of each sort is thought up."""
    draw = random.Random(SEED)
    sample: dict[IdentifierKind, list[str]] = {}
    words: Counter[str] = Counter()
    for number in draw.sample(range(SESSIONS_COUNT), SAMPLE_COUNT):
        carried = await store.identifiers(f"session-{number}")
        words.update({word for one in carried if one.kind == "product" for word in one.value.split()})
        for one in carried:
            sample.setdefault(one.kind, []).append(one.shown)
    commonest = [word for word, _ in words.most_common(10)]
    named: Sequence[IdentifierKind] = ("name", "product")
    numbered: Sequence[IdentifierKind] = ("email", "customer_id", "order", "sku", "promo")

    def shown(kind: IdentifierKind) -> Ask:
        return lambda draw: draw.choice(sample[kind])

    def two(draw: random.Random) -> list[str]:
        return draw.sample(draw.choice(sample[draw.choice(named)]).split(), 2)

    def long(draw: random.Random) -> str:
        return next(word for word in iter(lambda: draw.choice(two(draw)), "") if len(word) >= _LONG_CHARS)

    def begun(draw: random.Random, text: str) -> str:
        shortest = next(
            end for end in itertools.count(1) if sum(map(str.isalnum, text[:end])) >= _TYPED_CHARS
        )
        return text[: draw.randint(shortest, len(text))]

    def begun_words(draw: random.Random) -> str:
        first, second = two(draw)
        return f"{first} {second[: draw.randint(1, len(second))]}"

    def misspelt(draw: random.Random) -> str:
        word = long(draw)
        place = draw.randrange(1, len(word))
        return word[:place] + "x" + word[place + 1 :]

    return {
        **{name: shown(kind) for name, kind in _EXACT.items()},
        _TYPED: lambda draw: begun(draw, draw.choice(sample[draw.choice(numbered)])),
        _NOBODY: lambda draw: f"C-9{draw.randrange(10**8)}",
        _WORD: long,
        _WORDS: lambda draw: " ".join(two(draw)),
        _COMMON: lambda draw: draw.choice(commonest),
        _BEGUN: lambda draw: begun(draw, long(draw)),
        _BEGUN_WORDS: begun_words,
        _MESSAGE: lambda draw: " ".join(draw.choice(sample["message"]).split()[-4:]),
        _ERROR: shown("error"),
        _NO_WORD: lambda draw: "".join(draw.choices("qxcy", k=8)),
        _SLIP: misspelt,
        _NEWEST: lambda draw: "",
    }


async def _ask_all(store: Store, asks: Mapping[str, Ask]) -> dict[str, list[list[float]]]:
    """Milliseconds of each answer, by sort and round. Rounds take turns, so that a slow minute of the machine
    does not fall on one sort."""
    bus, draw = LocalBus(), random.Random(SEED)
    took: dict[str, list[list[float]]] = {name: [] for name in asks}
    for _ in range(ROUNDS_COUNT):
        for name, ask in asks.items():
            times: list[float] = []
            for _ in range(QUESTIONS_COUNT):
                typed = ask(draw)
                began = time.perf_counter()
                found = await (find(store, bus, typed, REGION) if typed else recent(store, bus))
                times.append((time.perf_counter() - began) * 1_000)
                _check(name, typed, found)
            took[name].append(times)
    return took


def _check(name: str, typed: str, found: Found) -> None:
    """An answer that is quick because it is empty would be no figure."""
    expected = name not in (_NOBODY, _NO_WORD, _SLIP)
    if any(len(group.rows) > GROUP_MAX_COUNT for group in found.groups) or (expected and not found.groups):
        raise RuntimeError(f"{name}: “{typed}” was answered with {len(found.groups)} groups")


@asynccontextmanager
async def _batches(store: Store, past: Past) -> AsyncIterator[list[float]]:
    """Batches come in until the end, each when it is due; yields how long each took to be committed."""
    writer, took = Writer(store), list[float]()
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(writer.run())
        sending = tasks.create_task(_send(writer, past, took))
        try:
            yield took
        finally:
            sending.cancel()
            await asyncio.wait([sending])
            writer.close()
            await writing


async def _send(writer: Writer, past: Past, took: list[float]) -> None:
    """Visits that go on side by side and take turns; each batch brings a few things that are new and says
    again what was there before, as the states of a cart do. A visit that is over makes room for another."""
    payload, carried = random.Random(SEED).randbytes(PAYLOAD_BYTES), dict[int, tuple[Identifier, ...]]()

    async def commit(place: int, due: float) -> None:
        turn, side = divmod(place, VISITS_COUNT)
        before = side % VISIT_BATCHES_COUNT  # as if some had begun earlier: not all end at once
        started, number = divmod(turn + before, VISIT_BATCHES_COUNT)
        visit, at_ms = started * VISITS_COUNT + side, NOW_MS + int(place * 1_000 / BATCHES_PER_S)
        if visit not in carried:
            carried[visit] = past.carried(SESSIONS_COUNT + visit, at_ms)
            name = f"visit-{visit}"
            await writer.submit(*opened(name, name, at_ms))
        so_far = len(carried[visit]) * (number + 1) // VISIT_BATCHES_COUNT
        brought = carried[visit][:so_far][-AGAIN_COUNT:]
        sent = number if started else number - before
        await writer.append(batch(f"visit-{visit}", sent + 1, at_ms, brought, payload))
        took.append((time.perf_counter() - due) * 1_000)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as commits:
        for place in itertools.count():
            due = began + place / BATCHES_PER_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            commits.create_task(commit(place, due))


def _row(name: str, target: float | None, rounds: Sequence[Sequence[float]], more: str = "") -> Row:
    every = [one for round_ in rounds for one in round_]
    p50, p99 = percentile(every, 0.5), percentile(every, 0.99)
    return Row(
        name=name,
        unit="ms",
        target=target,
        spread=Spread.of([percentile(round_, 0.95) for round_ in rounds]),
        note=f"p50 {p50:.1f}, p99 {p99:.1f} ms of {len(every):,}{more}",
    )
