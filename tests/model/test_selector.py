"""What plainly is no selector is told, and nothing that a browser takes is refused."""

from __future__ import annotations

import pytest

from replay.model.selector import selector_fault

TAKEN = r"""
.a
#b
*
a > b
a>b
> .x
:scope > .x
a, b
[data-x]
.a[data-x="]"]
[data-x='it"s']
[data-test="a,b > c"]
[data-price]:not([data-price=""])
[x="a" i]
[lang|=en]
[*|a]
svg|a
div:not(.a, .b):is(h1,h2)
li:nth-child( -n + 3 of .a)
li:nth-child(2n+1)
a:has(> img)
:where()
a::before
.md\:flex
.\31 23
.日本
#é-ü
.-a
.--a
my-element
.a/* or .c */.b
input:checked
""".strip().splitlines()


@pytest.mark.parametrize("text", TAKEN)
def test_a_selector_passes(text: str) -> None:
    assert selector_fault(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" ", "is empty"),
        (".", "without a name"),
        (".1a", "without a name"),
        ("a:", "without a name"),
        ("a >", "nothing where an element"),
        ("a,,b", "nothing where an element"),
        ("[x", "square bracket"),
        ("x]", "square bracket"),
        ("[=x]", "[=x]"),
        ("a(b", "round bracket"),
        ("a)(", "round bracket"),
        ('[x="a]', "quote"),
        ("//div", "“/”"),
        ("div { color: red }", "“{”"),
        ("a:contains('x')", ":contains"),
        ("li:eq(0)", ":eq"),
    ],
)
def test_what_is_none_is_told(text: str, said: str) -> None:
    fault = selector_fault(text)
    assert fault is not None
    assert said in fault
