"""Every dataclass of the wire survives encoding and decoding, and nothing that does not fit comes in."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.bounds import Malformed
from replay.model.cart import CartState, Line, Text
from replay.model.events import KINDS, Mark, PageLoaded
from replay.model.readers import field_types
from replay.model.schema import decode, encode
from replay.model.site import PageSettings, ZoneRule
from tests.model.strategies import STEADY, instances, junk

ROOTS = [*KINDS.values(), PageSettings]


@STEADY
@given(st.one_of([instances(kind) for kind in ROOTS]))
def test_encode_and_decode_are_inverse(value: object) -> None:
    plain = encode(value)
    assert decode(type(value), plain) == value
    assert decode(type(value), json.loads(json.dumps(plain))) == value


@STEADY
@given(st.sampled_from(ROOTS), junk())
def test_junk_is_refused_or_read_but_never_raises_otherwise(kind: type, value: object) -> None:
    with suppress(Malformed):
        assert isinstance(decode(kind, value), kind)


@STEADY
@given(st.one_of([instances(kind) for kind in ROOTS if field_types(kind)]), st.data())
def test_one_wrong_field_is_named(value: object, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(field_types(type(value)))))
    with pytest.raises(Malformed) as raised:
        decode(type(value), {**encode(value), name: object()}, "here")
    assert raised.value.path == f"here.{name}"


def test_fields_at_their_default_are_left_out() -> None:
    assert encode(Line(sku="A", notes=())) == {"sku": "A"}
    assert encode(PageLoaded(url="/")) == {"url": "/"}
    assert encode(PageSettings(zones=(ZoneRule(selector="main", zone="cart"),))) == {
        "zones": [{"selector": "main", "zone": "cart"}]
    }


def test_the_path_leads_to_the_place() -> None:
    cart: dict[str, Any] = {"surface": "page", "source": "displayed"}
    cart["lines"] = [{}, {"name": {"raw": "x"}}, {"name": {"raw": "x", "node": "12"}}]
    with pytest.raises(Malformed) as raised:
        decode(CartState, cart)
    assert str(raised.value) == "lines[2].name.node: expected an integer, got a text of 2 characters"


def test_a_missing_field_is_named_by_itself() -> None:
    cart = {"surface": "page", "source": "displayed", "count": {"node": 1}}
    with pytest.raises(Malformed, match=r"^count\.raw: expected a value \(it is required\), got nothing$"):
        decode(CartState, cart)
    # The name of the field before it, which was fine, must not stick.
    with pytest.raises(Malformed, match=r"^source: "):
        decode(CartState, {"surface": "page", "node": 1.0})


def test_null_stands_for_unknown_only_where_that_can_be() -> None:
    assert decode(Line, {"sku": None, "name": None}) == Line()
    with pytest.raises(Malformed, match="notes: expected a list, got nothing"):
        decode(Line, {"notes": None})


def test_whole_floats_are_integers() -> None:
    node = decode(Text, {"raw": "x", "node": 7.0}).node
    assert node == 7
    assert type(node) is int


def test_map_values_cannot_be_changed_afterwards() -> None:
    given_data = {"a": 1}
    mark = decode(Mark, {"name": "step", "data": given_data})
    given_data["a"] = 2
    assert mark.data == {"a": 1}
