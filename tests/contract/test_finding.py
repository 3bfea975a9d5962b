"""Finding: exact, by beginning and by words; newest first; one match a session; never more than asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from replay.model.identity import TEXTS_MAX_COUNT, Reading
from replay.ports import Identifier, IdentifierKind, Match, Operation, Store
from tests.contract.given import NOW_MS, batch, code_of, identifier, opened

MINUTE_MS = 60_000


async def visit(store: Store, name: str, *carried: Identifier, seen_ms: int = NOW_MS) -> None:
    """A session with one batch that carries the identifiers."""
    await store.commit(
        [
            *opened(session=name, started_ms=min(NOW_MS, seen_ms)),
            batch(1, *carried, session=name, received_ms=seen_ms),
        ]
    )


def ids(matches: list[Match]) -> list[str]:
    return [match.session.id for match in matches]


@pytest.mark.parametrize("kind", get_args(IdentifierKind))
async def test_every_kind_is_found_by_its_value_and_no_other(store: Store, kind: IdentifierKind) -> None:
    wanted = identifier(kind, "value7", shown="Value 7")
    await visit(store, "a", wanted)
    (match,) = await store.find(kind, "value7")
    assert match.session == await store.session("a")
    # Of a code, `test_codes.py` says how.
    assert match.identifier == (replace(wanted, value=match.identifier.value) if kind == "promo" else wanted)
    assert await store.find(kind, "value") == []
    assert await store.find(kind, "VALUE7") == []
    others = [await store.find(other, "value7") for other in get_args(IdentifierKind) if other != kind]
    assert others == [[]] * (len(get_args(IdentifierKind)) - 1)


async def test_a_session_is_found_by_its_code_from_the_start(store: Store) -> None:
    await store.commit([*opened(session="a"), *opened(session="b")])
    (match,) = await store.find("code", code_of("b"))
    assert match.session.id == "b"
    assert match.identifier.verified


async def test_the_beginning_is_enough_only_if_it_is_asked_for(store: Store) -> None:
    await visit(store, "a", identifier("email", "ana@example.com"))
    await visit(store, "b", identifier("email", "anna@example.com"))
    assert ids(await store.find("email", "ana", prefix=True)) == ["a"]
    assert ids(await store.find("email", "an", prefix=True)) == ["b", "a"]
    assert ids(await store.find("email", "ana@example.com", prefix=True)) == ["a"]
    assert ids(await store.find("email", "na@example.com", prefix=True)) == []
    assert ids(await store.find("email", "an")) == []


async def test_an_empty_value_matches_nothing(store: Store) -> None:
    await visit(store, "a", identifier("email", "ana@example.com"), identifier("name", "ana"))
    for kind in get_args(IdentifierKind):
        assert await store.find(kind, "", prefix=True) == []
    assert await store.find("name", "  ", prefix=True) == []


async def test_signs_with_a_meaning_elsewhere_have_none_here(store: Store) -> None:
    await visit(store, "a", identifier("sku", "10%_off*"), identifier("product", "a\"b 'c"))
    assert ids(await store.find("sku", "10%_", prefix=True)) == ["a"]
    assert ids(await store.find("sku", "10%%", prefix=True)) == []
    assert ids(await store.find("sku", "10*", prefix=True)) == []
    assert ids(await store.find("product", "'c a\"", prefix=True)) == ["a"]


@pytest.mark.parametrize(
    "text", ["a\0b", "\0", 'say "no"', "back\\slash", "line\nline", "😀 é", "\x7f\x1b", "{}", "\u2028"]
)
async def test_any_text_comes_back_as_it_is(store: Store, text: str) -> None:
    for kind in ("sku", "message"):
        some = identifier(kind, text.replace(" ", "-"), shown=text)
        await visit(store, kind, some)
        (match,) = await store.find(kind, some.value)
        assert match.identifier == some
        assert some in await store.identifiers(kind)
        assert list((await store.carried([kind], {kind}))[kind]) == [some]
        assert ids(await store.find(kind, some.value[:-1], prefix=True)) == (
            [kind] if some.value[:-1] else []
        )


@pytest.mark.parametrize("last", ["a", "\x7f", "\ud7ff", "\ue000", "\uffff", "\U0010fffe", "\U0010ffff"])
async def test_a_beginning_ends_where_its_last_character_ends(store: Store, last: str) -> None:
    await visit(store, "a", identifier("sku", f"x{last}"), seen_ms=NOW_MS + 1)
    await visit(store, "b", identifier("sku", f"x{last}{last}z"), seen_ms=NOW_MS + 2)
    await visit(store, "c", identifier("sku", "x"), identifier("sku", "y"), identifier("sku", f"w{last}"))
    assert ids(await store.find("sku", f"x{last}", prefix=True)) == ["b", "a"]
    assert ids(await store.find("sku", last, prefix=True)) == []


@pytest.mark.parametrize("kind", ["name", "product", "message", "error"])
async def test_words_are_found_each_for_itself_in_any_order(store: Store, kind: IdentifierKind) -> None:
    await visit(store, "a", identifier(kind, "hp pavilion laptop 15"))
    await visit(store, "b", identifier(kind, "hp laserjet printer"))
    assert ids(await store.find(kind, "laptop")) == ["a"]
    assert ids(await store.find(kind, "15 hp")) == ["a"]
    assert ids(await store.find(kind, "hp")) == ["b", "a"]
    assert ids(await store.find(kind, "la")) == []
    assert ids(await store.find(kind, "la", prefix=True)) == ["b", "a"]
    assert ids(await store.find(kind, "la pav", prefix=True)) == ["a"]
    assert ids(await store.find(kind, "la pav printer", prefix=True)) == []
    assert ids(await store.find(kind, "hp pavilion laptop 15")) == ["a"]


async def test_a_word_twice_is_the_word_once(store: Store) -> None:
    await visit(store, "a", identifier("product", "duo duo pack"))
    assert ids(await store.find("product", "duo duo")) == ["a"]


@pytest.mark.parametrize(
    "typed", ["laptop", "laptpo", "lapto", "lapptop", "laptob", "kaptop", "laptop pavillion"]
)
async def test_one_slip_a_word_is_near_if_that_is_asked_for(store: Store, typed: str) -> None:
    await visit(store, "a", identifier("product", "hp pavilion laptop 15"), identifier("sku", "laptop"))
    assert ids(await store.find("product", typed, near=True)) == ["a"]
    assert ids(await store.find("product", typed, prefix=True, near=True)) == ["a"]
    assert ids(await store.find("product", typed)) == (["a"] if typed == "laptop" else [])


@pytest.mark.parametrize("typed", ["alpotp", "lept", "laptop 16", "po", "laptop printer"])
async def test_more_than_one_slip_short_words_and_numbers_are_not_near(store: Store, typed: str) -> None:
    await visit(store, "a", identifier("product", "hp pro laptop 15"), identifier("sku", "laptop"))
    assert await store.find("product", typed, near=True) == []
    assert await store.find("sku", "laptpo", near=True) == []


async def test_letters_of_other_scripts_are_near_too(store: Store) -> None:
    await visit(store, "a", identifier("name", "ольга петрова"), identifier("name", "ελενη"))
    assert ids(await store.find("name", "олга петрава", near=True)) == ["a"]
    assert ids(await store.find("name", "ελεμη", near=True)) == ["a"]


async def test_a_session_keeps_a_number_of_texts_and_everything_else(store: Store) -> None:
    """The first that came, in however many batches; one that is kept already can still come again."""
    await store.commit(opened())
    texts = [identifier("error", f"oops {place}") for place in range(TEXTS_MAX_COUNT + 2)]
    await store.commit([batch(1, *texts[:-3])])
    again = identifier("error", "oops 0", at_ms=NOW_MS - 1)
    skus = [identifier("sku", f"x{place}") for place in range(TEXTS_MAX_COUNT + 2)]
    await store.commit(
        [batch(2, *texts[-3:], again, identifier("message", "oops"), *skus), batch(3, texts[-1])]
    )
    assert len(await store.find("error", "oops")) == 1
    kept = await store.identifiers("visit")
    assert [one.value for one in kept if one.kind == "error"][:1] == ["oops 0"]
    assert {one.value for one in kept if one.kind == "error"} == {one.value for one in texts[:-2]}
    assert sum(one.kind in ("message", "sku") for one in kept) == 1 + len(skus)


async def test_each_session_shows_what_it_wrote_itself(store: Store) -> None:
    await visit(store, "a", identifier("promo", "save", shown="SAVE"))
    await visit(store, "b", identifier("promo", "save", shown="Save"))
    await store.commit([batch(2, identifier("promo", "save", shown="sAvE", at_ms=NOW_MS - 1), session="b")])
    assert [match.identifier.shown for match in await store.find("promo", "save")] == ["sAvE", "SAVE"]
    assert "SAVE" in [one.shown for one in await store.identifiers("a")]


async def test_all_words_have_to_be_in_one_identifier(store: Store) -> None:
    await visit(store, "a", identifier("product", "hp mouse"), identifier("product", "dell laptop"))
    await visit(store, "b", identifier("product", "hp laptop"))
    assert ids(await store.find("product", "hp laptop")) == ["b"]
    assert ids(await store.find("product", "h l", prefix=True)) == ["b"]


async def test_other_kinds_are_not_cut_into_words(store: Store) -> None:
    await visit(store, "a", identifier("order", "no 4711"))
    assert await store.find("order", "4711") == []
    assert ids(await store.find("order", "no 4711")) == ["a"]


async def test_the_newest_seen_comes_first_however_it_was_opened(store: Store) -> None:
    """Seen hours, minutes and milliseconds apart, in every order, also where sessions go on for long."""
    apart_ms = [0, 1, 5 * MINUTE_MS, 9 * MINUTE_MS, 11 * MINUTE_MS, 12 * MINUTE_MS, 500 * MINUTE_MS]
    for place in (3, 6, 0, 2, 5, 1, 4):
        await visit(store, f"s{place}", identifier("sku", "save"), seen_ms=NOW_MS + apart_ms[place])
    assert ids(await store.find("sku", "save")) == [f"s{place}" for place in range(6, -1, -1)]
    for place, minutes in ((0, 3), (2, 13), (1, 8), (0, 501), (4, 502)):
        await store.commit([batch(minutes, session=f"s{place}", received_ms=NOW_MS + minutes * MINUTE_MS)])
    newest_first = ["s4", "s0", "s6", "s2", "s5", "s3", "s1"]
    for limit in range(1, 8):
        assert ids(await store.find("sku", "save", limit=limit)) == newest_first[:limit]
        found = await store.find("sku", "sa", prefix=True, limit=limit)
        assert ids(found) == newest_first[:limit]


async def test_of_sessions_seen_at_the_same_time_the_order_is_fixed(store: Store) -> None:
    for name in ("b", "d", "a", "c"):
        await visit(store, name, identifier("sku", "x"))
    assert ids(await store.find("sku", "x")) == ["d", "c", "b", "a"]
    assert ids(await store.find("sku", "x", limit=2)) == ["d", "c"]
    assert [one.id for one in await store.sessions(limit=3)] == ["d", "c", "b"]


async def test_a_session_that_matches_often_is_one_match(store: Store) -> None:
    await visit(store, "a", *(identifier("sku", f"x{place}", at_ms=NOW_MS - place) for place in range(30)))
    await visit(store, "b", identifier("sku", "x"), seen_ms=NOW_MS - 1)
    found = await store.find("sku", "x", prefix=True, limit=2)
    assert ids(found) == ["a", "b"]
    assert found[0].identifier.value == "x29"


async def test_a_verified_identifier_is_shown_before_an_older_claimed_one(store: Store) -> None:
    await visit(
        store,
        "a",
        identifier("email", "ana@a.example", at_ms=NOW_MS),
        identifier("email", "ana@b.example", at_ms=NOW_MS + 1, verified=True),
        identifier("email", "ana@c.example", at_ms=NOW_MS + 2, verified=True),
    )
    (match,) = await store.find("email", "ana", prefix=True)
    assert match.identifier.value == "ana@b.example"


async def test_of_one_kind_only_the_first_reading_counts_that_finds_anything(store: Store) -> None:
    await visit(store, "a", identifier("order", "1001"), identifier("sku", "1001x"))
    await visit(store, "b", identifier("order", "10012"), identifier("name", "ana 1001"))
    ways = [Reading(kind, "1001", prefix) for kind in ("order", "sku", "name") for prefix in (False, True)]
    found = await store.find_any(ways)
    assert [(match.identifier.kind, match.session.id) for match in found] == [
        ("order", "a"),
        ("sku", "a"),
        ("name", "b"),
    ]
    assert await store.find_any([]) == []
    assert await store.find_any(ways, limit=0) == []
    slip = [Reading("sku", "1002", True), Reading("name", "anna", True)]
    assert await store.find_any(slip) == []
    assert ids(await store.find_any(slip, near=True)) == ["b"]


async def test_what_many_sessions_carry_is_read_at_once(store: Store) -> None:
    late, early = identifier("name", "eve", at_ms=NOW_MS + 5), identifier("email", "a@b.c", verified=True)
    await visit(store, "a", late, early, identifier("sku", "x"))
    await visit(store, "b", identifier("sku", "x"))
    carried = await store.carried(["b", "a", "nobody"], {"name", "email"})
    assert {session: list(some) for session, some in carried.items()} == {
        "a": [early, late],
        "b": [],
        "nobody": [],
    }


async def test_at_most_twenty_unless_told_otherwise(store: Store) -> None:
    operations: list[Operation] = []
    for place in range(25):
        name = f"s{place:02}"
        operations += opened(session=name)
        operations.append(batch(1, identifier("sku", "x"), session=name, received_ms=NOW_MS + place))
    await store.commit(operations)
    assert ids(await store.find("sku", "x")) == [f"s{place:02}" for place in range(24, 4, -1)]
    assert len(await store.find("sku", "x", limit=100)) == 25
    assert await store.find("sku", "x", limit=0) == []
