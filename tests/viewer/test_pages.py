"""Templates see what their classes declare, and nothing that a customer's page sent becomes markup."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import httpx
import jinja2.meta
import jinja2.nodes
import pytest

from replay.errors import MissingBuildError
from replay.ports import IdentifierKind, Site, Store
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.viewer.conftest import log_in
from tests.viewer.visits import START_MS, Visit, edge
from viewer import pages
from viewer.pages import Chrome, Page, Pages

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus=alert(1) '",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in chrome %}",
    "${alert(1)}",
    "</template><img src=x onerror=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "\u202egnp.exe\u2066\u2069",
    "a\u0000b\u0007c",
    "x" * 600,
    "אבג <b>עברית</b> العربية",
)


@pytest.fixture
def store() -> MemoryStore:
    """These tests are about markup, not about where things are kept."""
    return MemoryStore()


def templates(static: Path) -> Iterator[tuple[str, jinja2.nodes.Template]]:
    environment = Pages(static).environment
    for name in environment.list_templates():
        assert environment.loader is not None
        yield name, environment.parse(environment.loader.get_source(environment, name)[0])


def test_templates_use_two_names_and_only_what_the_classes_declare(static: Path) -> None:
    classes = {kind.TEMPLATE: kind for kind in get_args(Page)}
    assert classes.keys() <= {name for name, _ in templates(static)}
    declared = {field.name for kind in classes.values() for field in dataclasses.fields(kind)}
    for name, tree in templates(static):
        imported = {str(macro) for node in tree.find_all(jinja2.nodes.FromImport) for macro in node.names}
        assert jinja2.meta.find_undeclared_variables(tree) - imported <= {"chrome", "page", "static"}, name
        allowed = {field.name for field in dataclasses.fields(classes[name])} if name in classes else declared
        for node in tree.find_all(jinja2.nodes.Getattr):
            if isinstance(node.node, jinja2.nodes.Name) and node.node.name == "page":
                assert node.attr in allowed, f"{name} uses page.{node.attr}"
            if isinstance(node.node, jinja2.nodes.Name) and node.node.name == "chrome":
                assert node.attr in {field.name for field in dataclasses.fields(Chrome)}, name


def test_no_template_marks_text_as_safe(static: Path) -> None:
    for name, tree in templates(static):
        assert "safe" not in {node.name for node in tree.find_all(jinja2.nodes.Filter)}, name
        assert not list(tree.find_all(jinja2.nodes.MarkSafe)), name
        assert not list(tree.find_all(jinja2.nodes.ScopedEvalContextModifier)), name


def test_a_desk_that_was_not_built_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingBuildError, match="make build"):
        Pages(tmp_path)
    (tmp_path / "find.js").write_text("")
    with pytest.raises(MissingBuildError, match=r"base\.css"):
        Pages(tmp_path).static_url("base.css")


def test_an_address_changes_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    first = Pages(tmp_path).static_url("a.js")
    (tmp_path / "a.js").write_text("2")
    assert first.startswith("/static/a.js?v=")
    assert Pages(tmp_path).static_url("a.js") != first


class _Markup(HTMLParser):
    """Everything in a page that a browser would act upon."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.addresses.update(value or "" for name, value in attrs if name in ("href", "src", "action"))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> _Markup:
    markup = _Markup()
    markup.feed(html)
    return markup


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_text_in_every_field_stays_text(
    visitor: httpx.AsyncClient, store: Store, bus: LocalBus, hostile: str
) -> None:
    await log_in(visitor)
    await Visit(id="plain").put(store)
    plain = read((await visitor.get("/")).text)
    kinds = get_args(IdentifierKind)
    site = Site(key="evil", name=hostile, origins=(), identify_secret="s", settings={}, created_ms=0)
    await store.put_site(site)
    identifiers = [edge(kind, "value", hostile, verified=True) for kind in kinds if kind != "code"]
    claims = [edge("email", "other@example.com", hostile), edge("order", "order1", hostile)]
    await Visit(id="evil", number=2, site="evil", identifiers=[*identifiers, *claims]).put(store)
    seen_text = False
    for query in ("", "value", "other@example.com", "order1", hostile):
        html = (await visitor.get("/", params={"q": query})).text
        markup = read(html)
        assert markup.names <= plain.names | {"ul", "li", "h2"}
        assert markup.attributes <= plain.attributes | {"hidden", "title"}
        fresh = markup.addresses - plain.addresses
        assert all(address.startswith("/watch/evil") for address in fresh), fresh
        seen_text = seen_text or hostile.replace("\0", "\ufffd")[:20] in "".join(markup.text).replace(
            "\0", "\ufffd"
        )
    assert seen_text
    found = await visitor.get("/api/find", params={"q": "value"})
    assert found.headers["content-type"] == "application/json"
    assert hostile in found.json()["matches"][0]["customer"]["names"]


async def test_what_is_only_near_is_marked_in_the_answer_and_on_the_page(
    visitor: httpx.AsyncClient, store: Store, accounts: object
) -> None:
    await log_in(visitor)
    await Visit(identifiers=[edge("product", "hp pavilion laptop", "HP Pavilion laptop")]).put(store)
    for query, near in (("pavilion", False), ("pavillion", True)):
        (match,) = (await visitor.get("/api/find", params={"q": query})).json()["matches"]
        assert match["near"] is near
        assert ("one letter off" in (await visitor.get("/", params={"q": query})).text) is near


async def test_hostile_names_of_agents_and_addresses_stay_text(
    visitor: httpx.AsyncClient, store: Store, accounts: object
) -> None:
    for hostile in HOSTILE:
        answer = await visitor.get("/login", params={"next": hostile})
        assert read(answer.text).names <= read((await visitor.get("/login")).text).names
        missing = await visitor.get(f"/nothing/{quote(hostile[:50])}")
        assert missing.status_code == 303
    agent = (await store.agents())[0]
    await store.put_agent(dataclasses.replace(agent, name=HOSTILE[2]))
    await log_in(visitor)
    for path in ("/", "/nothing"):
        markup = read((await visitor.get(path)).text)
        assert "img" not in markup.names
        assert HOSTILE[2] in "".join(markup.text)


async def test_a_theme_is_one_of_two_words(visitor: httpx.AsyncClient) -> None:
    for value, expected in (("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ('"><b>', "")):
        page = (await visitor.get("/login", headers={"Cookie": f"theme={value}"})).text
        assert f'<html lang="en"{expected}>' in page


def test_times_are_told_in_words_that_need_no_script() -> None:
    assert pages._iso(START_MS) == "2025-11-24T16:00:00.000+00:00"
    assert pages._utc(START_MS) == "2025-11-24 16:00 UTC"
