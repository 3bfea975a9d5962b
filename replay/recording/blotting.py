"""Takes hidden promo codes out of a picture before it is served: what the page showed of them becomes dots.

A chunk of a session that hides codes is opened, its events are read, and each text of the page in which a
code stands gets a dot for each sign of it; nothing moves, and no other event changes. What makes a page what
it is (tags, styles, most classes) stays, or a code that is also a word would break the picture. Of what is
typed also the beginning of a code is hidden. A chunk that cannot be opened could hold anything and is served
empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import msgpack

from replay.model.personal_code import Codes
from replay.recording.chunks import CHUNK_MAX_BYTES, Chunk, open_chunk, wrap_chunk

__all__ = ["blot_picture"]

_RAW_BYTES = 2
_EMPTY: bytes = msgpack.packb(["rrweb-2/json", "none", 2, 0.0, 0.0, 1, False, b"[]"])

_STRUCTURE = frozenset({"_cssText", "for", "rel", "role", "style", "tagName", "type"})
"""Attributes and fields that make the page and say nothing."""
_NAMES = frozenset({"class", "id", "name"})
_OF_A_CODE = re.compile(r"(?:coupon|voucher|promo|discount|code)s?[-_\[]", re.IGNORECASE)
"""Platforms put the code into names of the line that shows it: ``coupon-anna-4711``."""
_TYPED_INTO = frozenset({"input", "textarea"})
_CHOSEN = frozenset({"button", "checkbox", "radio", "reset", "submit"})
"""Types of inputs that nobody types into: such a value may stand in the page's styles."""

_INCREMENTAL, _INPUT = 3, 5
"""The recorder's numbers for a change of the page, and for one that is typing."""


def blot_picture(payload: bytes, codes: Codes) -> bytes:
    """The payload of a picture batch without the codes that are hidden; the same bytes where there are none
    in it."""
    if codes.is_open:
        return payload
    chunk = open_chunk(payload, ratio_max=CHUNK_MAX_BYTES)
    if chunk is None:
        return _EMPTY
    try:
        events = json.loads(chunk.events)
        blotted = [_event(event, codes) for event in events] if isinstance(events, list) else events
    except (ValueError, RecursionError):
        return _EMPTY
    if blotted == events:
        return payload
    content = json.dumps(blotted, separators=(",", ":")).encode()
    header = (*chunk.header[:_RAW_BYTES], len(content), *chunk.header[_RAW_BYTES + 1 :])
    return wrap_chunk(Chunk(header, content))


def _event(event: object, codes: Codes) -> object:
    told = _told(event, "", codes)
    if isinstance(told, dict) and told.get("type") == _INCREMENTAL:
        data = told.get("data")
        if isinstance(data, dict) and data.get("source") == _INPUT and isinstance(data.get("text"), str):
            data["text"] = codes.blot_typed(data["text"])
    return told


def _told(value: object, name: str, codes: Codes) -> object:
    if isinstance(value, str):
        if name in _STRUCTURE:
            return value
        if name in _NAMES:
            words = value.split(" ")
            return " ".join(codes.blot(word) if _OF_A_CODE.search(word) else word for word in words)
        return codes.blot(value)
    if isinstance(value, Mapping):
        if value.get("isStyle"):
            return value
        told = {key: _told(one, key, codes) for key, one in value.items()}
        _blot_typed(told, codes)
        return told
    if isinstance(value, list):
        return [_told(one, name, codes) for one in value]
    return value


def _blot_typed(told: dict[str, object], codes: Codes) -> None:
    """Of an element what is being typed: a snapshot has it as ``value``, frameworks set it at each key."""
    attributes, tag = told.get("attributes"), told.get("tagName")
    if not isinstance(attributes, dict) or not (tag is None or tag in _TYPED_INTO):
        return
    typed = attributes.get("value")
    if isinstance(typed, str) and attributes.get("type") not in _CHOSEN:
        attributes["value"] = codes.blot_typed(typed)
