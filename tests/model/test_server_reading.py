"""What a back office posts is read exactly or refused with a sentence that says what to change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.server_event import KINDS, Party, ServerEvent, ServerLine, content_of, digest_of, event_of
from replay.model.server_reading import Refused, Unreadable, read_batch, read_event

NOW_MS = 1_795_000_000_000
LEAST: dict[str, Any] = {
    "id": "e1",
    "kind": "order.created",
    "system": "shop",
    "occurred_at": "2026-11-01T10:04:12.5+01:00",
    "order": "1001",
}
PRICE = {**LEAST, "kind": "price.list", "order": None, "sku": "HP-15", "store": "Main St", "amount": "349"}


def read(**fields: object) -> ServerEvent:
    (value,) = read_batch(json.dumps({**LEAST, **fields}).encode())
    return read_event(value, NOW_MS)


def test_an_event_is_read_whole() -> None:
    event = read(
        customer={"email": "ana@shop.example", "phone": "+1 555 0100", "customer_id": "c7"},
        status_raw="paid",
        amount="499.00",
        currency="USD",
        lines=[{"sku": "HP-15", "name": "Laptop", "quantity": 2, "amount": "499.0"}, {"quantity": "1.50"}],
        ids={"erp": "A-1"},
    )
    assert event == ServerEvent(
        id="e1",
        kind="order.created",
        system="shop",
        occurred_ms=1_793_523_852_500,
        order="1001",
        ids={"erp": "A-1"},
        customer=Party(email="ana@shop.example", phone="+1 555 0100", customer_id="c7"),
        status_raw="paid",
        minor=49_900,
        currency="USD",
        lines=(
            ServerLine(sku="HP-15", name="Laptop", quantity="2", minor=49_900),
            ServerLine(quantity="1.5"),
        ),
    )
    assert event_of(content_of(event)) == event
    assert digest_of(read(amount="1.50", currency="USD")) == digest_of(read(amount="1.5", currency="USD"))
    assert read(occurred_at=1_793_523_852_500, amount="12.345", currency="KWD").minor == 12_345
    assert read_event({**PRICE, "currency": "JPY", "to": NOW_MS}, NOW_MS).minor == 349


@pytest.mark.parametrize(
    ("fields", "field", "got"),
    [
        ({"id": None}, "id", "nothing"),
        ({"id": 17}, "id", "the number 17"),
        ({"id": "x" * 121}, "id", "…"),
        ({"kind": "order.deleted"}, "kind", "“order.deleted”"),
        ({"order": None}, "order", "nothing"),
        ({"ammount": "4"}, "ammount", "one that is not"),
        ({"amount": 499.0, "currency": "USD"}, "amount", "the number 499.0"),
        ({"amount": 499, "currency": "USD"}, "amount", "the number 499"),
        ({"amount": float("nan"), "currency": "USD"}, "amount", "the number NaN"),
        ({"amount": "4.999", "currency": "USD"}, "amount", "“4.999”"),
        ({"amount": "-4.99", "currency": "USD"}, "amount", "“-4.99”"),
        ({"amount": "$4.99", "currency": "USD"}, "amount", "“$4.99”"),
        ({"amount": "9999999999999999", "currency": "USD"}, "amount", "“9999999999999999”"),
        (
            {"lines": [{"amount": "10000000000000.01"}], "currency": "USD"},
            "lines[0].amount",
            "“10000000000000.01”",
        ),
        ({"lines": [{"sku": "A"}], "lines_count": 1}, "lines_count", "the number 1"),
        ({"lines": [{"sku": "A"}], "lines_count": "2"}, "lines_count", "“2”"),
        ({"lines": [{"sku": "A"}] * 501}, "lines", "a list of 501"),
        ({"amount": "4.99"}, "currency", "nothing"),
        ({"amount": "4.99", "currency": "usd"}, "currency", "usd"),
        ({"kind": "payment.captured"}, "amount", "nothing"),
        ({"occurred_at": "2026-11-01T10:04:12"}, "occurred_at", "“2026-11-01T10:04:12”"),
        ({"occurred_at": 1_793_523_852}, "occurred_at", "the number 1793523852"),
        ({"occurred_at": NOW_MS + 90_000_000}, "occurred_at", "the number"),
        ({"occurred_at": 1e300}, "occurred_at", "the number 1e+300"),
        ({"customer": {}}, "customer", "none of them"),
        ({"customer": {"e-mail": "a@b.c"}}, "e-mail", "one that is not"),
        ({"lines": [{}, {"quantity": -1}]}, "lines[1].quantity", "the number -1"),
        ({"lines": [{"amount": 1.5}], "currency": "USD"}, "lines[0].amount", "the number 1.5"),
        ({"lines": {}}, "lines", "a map"),
        ({"sku": "HP-15"}, "sku", "“HP-15”"),
        ({"ids": {"erp": 1}}, "ids.erp", "the number 1"),
        ({"status_raw": "\ud800"}, "status_raw", "half a surrogate pair"),
        ({"kind": "email.sent", "order": None}, "order", "nothing"),
        ({"id": 10**30}, "id", "the number 1000"),
    ],
)
def test_a_field_that_does_not_fit_is_named_with_what_came(
    fields: dict[str, object], field: str, got: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(**fields)
    assert refused.value.field == field
    assert got in refused.value.got
    assert refused.value.expected
    assert refused.value.do


def test_a_currency_that_is_none_is_not_said_to_be_an_amount() -> None:
    with pytest.raises(Refused) as refused:
        read(amount="4.99", currency="usd")
    assert "ISO 4217" in refused.value.expected


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no UTF-8"),
        (b"[]", "a list of 0"),
        (b"7", "the number 7"),
        (b'{"events": []}', "0 events"),
        (b'{"events": {}}', "they are a list"),
        (b'{"events": [], "site": "x"}', "nothing can be given"),
        (b"[" * 100_000, "6 deep"),
        (b'{"events": ' + b"[" * 100_000, "6 deep"),
        (json.dumps({"events": [LEAST] * 501}).encode(), "501 events"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(body: bytes, what: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_batch(body)
    assert what in unreadable.value.what
    assert unreadable.value.do


def test_of_very_many_lines_the_first_are_sent_with_how_many_they_are() -> None:
    event = read(lines=[{"sku": "A"}] * 500, lines_count=612)
    assert (len(event.lines or ()), event.lines_count) == (500, 612)
    assert event_of(content_of(event)) == event


def test_a_field_that_comes_twice_is_refused_and_brackets_in_texts_do_not_count() -> None:
    (twice,) = read_batch(json.dumps(LEAST).encode()[:-1] + b', "id": "e2"}')
    with pytest.raises(Refused, match="each field once"):
        read_event(twice, NOW_MS)
    assert read(status_raw='[[[[[[[[[["\\"{{{{{{').status_raw == '[[[[[[[[[["\\"{{{{{{'


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*LEAST, "x"]), inner),
    max_leaves=12,
)


@given(fields=st.dictionaries(st.sampled_from([*LEAST, "amount", "currency", "lines", "customer"]), JSON))
def test_whatever_comes_is_read_or_refused(fields: dict[str, object]) -> None:
    try:
        (value,) = read_batch(json.dumps({**LEAST, **fields}).encode())
        event = read_event(value, NOW_MS)
    except (Unreadable, Refused) as error:
        sentence = str(error)
    else:
        sentence = content_of(event)
        assert event_of(sentence) == event
    # It goes out as JSON either way.
    assert sentence.encode()
