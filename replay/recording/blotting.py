"""Takes hidden promo codes out of a picture before it is served: what the page showed of them becomes dots.

A chunk of a session that hides codes, or whose page has a box for them, is opened, its events are read, and
wherever a code stands it gets a dot for each sign of it; nothing moves, and no other event changes. What
somebody could read on the screen is hidden whatever the code: texts, also where a code runs over several of
them, what attributes say, strings of styles. In what only makes the page (classes, ids, styles) a code of
letters and digits is hidden too, in the same way wherever it stands, so that styles still meet their
elements; one of letters alone stays there, or a code that is also a word would break the picture. A chunk
that cannot be opened could hold anything and is served empty.

The box for codes (the recorder marks it, ``rr_promo``) shows dots for all that begins no readable code, and
what was typed into it, or came with the page's address, counts as a code from then on: no event may have
named it yet, or ever will.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgpack

from replay.model.code_reading import MASK
from replay.model.personal_code import Codes
from replay.model.promo import parameters_of
from replay.recording.chunks import CHUNK_MAX_BYTES, Chunk, open_chunk, wrap_chunk
from replay.recording.glance import could_hide

__all__ = ["BOXED", "EMPTY", "Blotter", "blotted_events"]

_RAW_BYTES = 2
EMPTY: bytes = msgpack.packb(["rrweb-2/json", "none", 2, 0.0, 0.0, 1, False, b"[]"])

BOXED = "rr_promo"
"""The recorder's mark on what stands in the box for promo codes. Players ignore what begins with ``rr_``."""
TYPED_MAX_COUNT = 50
"""Texts typed into boxes that are remembered, the last ones."""

_STYLES = frozenset({"_cssText", "replace", "replaceSync", "rule", "style"})
_NAMES = frozenset({"class", "for", "headers", "id", "name", "part", "rel", "role", "slot", "type"})
"""Attributes that make the page and say nothing."""
_OF_A_CODE = re.compile(r"(?:coupon|voucher|promo|discount|code)s?[-_\[]", re.IGNORECASE)
"""Platforms put the code into names of the line that shows it: ``coupon-anna-4711``."""
_STRING = re.compile(r""""(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?""", re.DOTALL)
"""One that has no end goes on to the end: nothing is read twice."""
_TYPED_INTO = frozenset({"input", "textarea"})
_CHOSEN = frozenset({"button", "checkbox", "radio", "reset", "submit"})
"""Types of inputs that nobody types into: such a value may stand in the page's styles."""

_INCREMENTAL, _PAGE, _INPUT = 3, 4, 5
"""The recorder's numbers for a change of the page, for its address, and for a change that is typing."""
_OFFER_KEYS = frozenset({"coupon", "discount", "promo"})
"""Parameters of an address whose values the page's SDK takes for codes, too."""

Json = dict[str, object]


class Blotter:
    """Blots the picture of one session, chunk after chunk."""

    def __init__(self) -> None:
        self._typed: dict[str, None] = {}
        """What was typed into boxes for codes, or came with a link, in order."""
        self._given = self._codes = Codes()
        """The codes that were told last, and with what was typed; the same as long as both are."""

    def blot(self, payload: bytes, codes: Codes) -> bytes:
        """The payload of a picture batch without the codes that are hidden; the same bytes where there are
        none in it. Raises ``RecursionError`` for a page that is nested deeper than calls may be."""
        chunk = open_chunk(payload, ratio_max=CHUNK_MAX_BYTES)
        if chunk is None:
            return payload if codes.is_open and not self._typed else EMPTY
        boxed = BOXED.encode() in chunk.events
        brings = boxed or _is_linked(chunk.events)
        if codes.is_open and not brings and not self._typed:
            return payload
        try:
            content = self._content(chunk.events, codes, boxed=boxed, brings=brings)
        except (ValueError, TypeError):
            return EMPTY
        if content is None:
            return payload
        header = (*chunk.header[:_RAW_BYTES], len(content), *chunk.header[_RAW_BYTES + 1 :])
        return wrap_chunk(Chunk(header, content))

    def _content(self, raw: bytes, codes: Codes, *, boxed: bool, brings: bool) -> bytes | None:
        """The events without what is hidden; None where nothing of them is."""
        events: object = None
        if brings:
            events = _read(raw)
            self._remember((*_linked_in(events), *_typed_in(events)))
        hidden = self._with_typed(codes)
        if not boxed and (hidden.is_open or not could_hide(hidden, raw)):
            return None
        events = _read(raw) if events is None else events
        blotted = blotted_events(events, hidden)
        return None if blotted == events else json.dumps(blotted, separators=(",", ":")).encode()

    def _with_typed(self, codes: Codes) -> Codes:
        if self._given is not codes:
            self._given, self._codes = codes, codes.with_typed(self._typed)
        return self._codes

    def _remember(self, typed: Iterable[str]) -> None:
        for text in typed:
            # Letter after letter: of these the longest is what was meant.
            if any(known.startswith(text) for known in self._typed):
                continue
            for begun in [known for known in self._typed if text.startswith(known)]:
                del self._typed[begun]
            self._typed[text] = None
            self._given = Codes()
            if len(self._typed) > TYPED_MAX_COUNT:
                del self._typed[next(iter(self._typed))]


def _read(raw: bytes) -> object:
    """Events as the player reads them."""
    return json.loads(raw.decode("utf-8-sig", errors="replace"))


def blotted_events(events: object, codes: Codes) -> object:
    """The events of a chunk without what these hide."""
    page = _Page(codes)
    return [page.event(event) for event in events] if isinstance(events, list) else events


def _is_linked(events: bytes) -> bool:
    """Whether an address may name a code."""
    plain = events.lower()
    return any(f"{before}{key}=".encode() in plain for key in _OFFER_KEYS for before in "?&")


def _linked_in(events: object) -> Iterator[str]:
    """What the addresses of pages name as codes."""
    for event in events if isinstance(events, list) else ():
        data = event.get("data") if isinstance(event, Mapping) and event.get("type") == _PAGE else None
        address = data.get("href") if isinstance(data, Mapping) else None
        if isinstance(address, str):
            given = parameters_of(address)
            yield from (code for key, code in given if key.lower() in _OFFER_KEYS and code.strip())


def _typed_in(value: object) -> Iterator[str]:
    """What stands in boxes for codes."""
    if isinstance(value, Mapping):
        typed = value.get("text", value.get("value")) if BOXED in value else None
        if isinstance(typed, str) and typed.strip(f" {MASK}"):
            yield typed
        for one in value.values():
            yield from _typed_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _typed_in(one)


class _Page:
    """Says events of a page anew."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._texts: list[tuple[Json, str]] = []
        """Texts in the order of the page that are yet to be said: where they stand, and under which name."""
        self._keys: dict[str, str] = {}
        """Names of fields and of attributes, of which there are few."""

    def event(self, event: object) -> object:
        told = self._told(event, "")
        self._say_texts()
        if isinstance(told, dict) and told.get("type") == _INCREMENTAL:
            data = told.get("data")
            if isinstance(data, dict) and data.get("source") == _INPUT and isinstance(data.get("text"), str):
                boxed = BOXED in data
                data["text"] = (self._codes.blot_boxed if boxed else self._codes.blot_typed)(data["text"])
        return told

    def _say_texts(self) -> None:
        blotted = self._codes.blot_across([str(holder[key]) for holder, key in self._texts])
        for (holder, key), text in zip(self._texts, blotted, strict=True):
            holder[key] = text
        self._texts.clear()

    def _told(self, value: object, name: str) -> object:
        if isinstance(value, str):
            return self._style(value) if name in _STYLES else self._codes.blot(value)
        if isinstance(value, Mapping):
            return self._holder(value, name)
        if isinstance(value, list):
            if name == "adds":
                return self._added(value)
            return [self._told(one, name) for one in value]
        return value

    def _holder(self, value: Mapping[str, object], name: str) -> Json:
        told: Json = {}
        for key, one in value.items():
            if key == "textContent" and isinstance(one, str):
                told[key] = self._style(one) if value.get("isStyle") else one
                if not value.get("isStyle"):
                    self._texts.append((told, key))
            elif name == "texts" and key == "value" and isinstance(one, str):
                told[key] = one
                self._texts.append((told, key))
            elif key == "tagName":
                told[key] = one
            elif key == "attributes" and isinstance(one, Mapping):
                told[key] = self._attributes(one, value.get("tagName"))
            elif name in ("set", "style"):
                # A declaration that a script changes.
                told[self._key(key)] = self._told(one, "style")
            else:
                told[self._key(key)] = self._told(one, key)
        return told

    def _key(self, name: str) -> str:
        if name not in self._keys:
            self._keys[name] = self._codes.blot_name(name)
        return self._keys[name]

    def _added(self, adds: Sequence[object]) -> list[object]:
        """Nodes that came, each as it stands in the list, read as they stand in the page."""
        told: dict[int, object] = {}
        self._say_texts()
        for at in _in_page_order(adds):
            told[at] = self._told(adds[at], "")
        self._say_texts()
        return [told[at] for at in range(len(adds))]

    def _attributes(self, attributes: Mapping[str, object], tag: object) -> Json:
        told: Json = {}
        for name, value in attributes.items():
            # A dot is no part of an attribute's name.
            said = self._key(name).replace(MASK, "x")
            is_typed = name == "value" and (tag is None or tag in _TYPED_INTO)
            if not isinstance(value, str):
                told[said] = self._told(value, name)
            elif is_typed and BOXED in attributes:
                told[said] = self._codes.blot_boxed(value)
            elif is_typed and attributes.get("type") not in _CHOSEN:
                told[said] = self._codes.blot_typed(value)
            elif name in _NAMES:
                told[said] = " ".join(map(self._word, value.split(" ")))
            else:
                told[said] = self._told(value, name)
        return told

    def _word(self, word: str) -> str:
        return self._codes.blot(word) if _OF_A_CODE.search(word) else self._codes.blot_name(word)

    def _style(self, css: str) -> str:
        """What a style would print is read; the rest of it are names."""
        return self._codes.blot_name(_STRING.sub(lambda found: self._codes.blot(found[0]), css))


def _in_page_order(adds: Sequence[object]) -> Iterator[int]:
    """The recorder lists nodes that came in no order of the page's, each with its parent and what follows."""
    ids: dict[object, int] = {}
    for at, one in enumerate(adds):
        node = one.get("node") if isinstance(one, Mapping) else None
        if isinstance(node, Mapping) and isinstance(node.get("id"), int):
            ids[node["id"]] = at
    before: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    tops: list[int] = []
    for at, one in enumerate(adds):
        following = ids.get(one.get("nextId")) if isinstance(one, Mapping) else None
        parent = ids.get(one.get("parentId")) if isinstance(one, Mapping) else None
        if following is not None:
            before[following] = at
        if parent is None:
            tops.append(at)
        else:
            children.setdefault(parent, []).append(at)
    seen: set[int] = set()
    waiting = list(reversed(_lined_up(tops, before)))
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            yield at
            waiting += reversed(_lined_up(children.get(at, ()), before))
    yield from (at for at in range(len(adds)) if at not in seen)


def _lined_up(siblings: Sequence[int], before: Mapping[int, int]) -> list[int]:
    """Siblings, each after the one that stands before it; ``before``: of a node the one before it."""
    lined: dict[int, None] = {}
    for at in siblings:
        run: list[int] = []
        step: int | None = at
        while step is not None and step not in lined and len(run) <= len(siblings):
            run.append(step)
            step = before.get(step)
        lined.update(dict.fromkeys(reversed(run)))
    return list(lined)
