"""A small reader of HTML, so that tests see a page as its class names and texts.

Standard library only. `Element.all(".cart-line__total")` finds by one class; `Element.text` is the text
with its blanks joined; `normal` is a form in which two renderings of the same markup are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "img", "input", "link", "meta", "path", "circle", "rect"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, selector: str) -> list[Element]:
        """Elements with a `.class` or an `#id` or of a tag."""
        name = selector[1:]
        if selector.startswith("."):
            return [node for node in self.walk() if name in node.attributes.get("class", "").split()]
        if selector.startswith("#"):
            return [node for node in self.walk() if node.attributes.get("id") == name]
        return [node for node in self.walk() if node.tag == selector]

    def one(self, selector: str) -> Element:
        found = self.all(selector)
        assert found, f"nothing matches {selector}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [node.text for node in self.all(selector)]

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())

    def normal(self) -> list[str]:
        """Tags with sorted attributes and texts, without blanks between them and without scripts."""
        if self.tag == "script":
            return []
        attributes = " ".join(f'{key}="{value}"' for key, value in sorted(self.attributes.items()))
        lines = [f"<{self.tag} {attributes}>"]
        for child in self.children:
            if isinstance(child, Element):
                lines += child.normal()
            elif child.strip():
                lines.append(" ".join(child.split()))
        return [*lines, f"</{self.tag}>"]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack = [Element("root", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: " ".join((value or "").split()) for key, value in attrs})
        self.stack[-1].children.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        opened = self.stack.pop()
        assert opened.tag == tag, f"<{opened.tag}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def read(html: str) -> Element:
    """The document as a tree; wrongly nested markup fails."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.stack) == 1, f"<{builder.stack[-1].tag}> is never closed"
    return builder.stack[0]
