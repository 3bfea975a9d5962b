"""Which addresses we may be made to ask, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.collector.addresses import is_own_network, is_public, page_settings, read_address, target_after
from replay.ports import Site


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:2800:220:1:248:1893:25c8:1946",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
    ],
)
def test_hosts_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "168.63.129.16",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.192",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:5db8:d822::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::5db8:d822",
        "2606:2800::1%1",
        "",
        "localhost",
        "127.1",
        "0x7f.0.0.1",
    ],
)
def test_addresses_that_are_inside_or_nowhere(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.1", "::1", "fd12::1", "::ffff:10.0.0.1"])
def test_addresses_that_an_operator_may_allow(address: str) -> None:
    assert is_own_network(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "fe80::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "1.1.1.1",
        "x",
    ],
)
def test_addresses_that_nobody_may_allow(address: str) -> None:
    assert not is_own_network(address)


@pytest.mark.parametrize(
    ("url", "origin", "authority", "path"),
    [
        ("https://shop.example/a.png", "https://shop.example", "shop.example", "/a.png"),
        (
            "HTTPS://Shop.Example:443/a.png?v=1&w=2#x",
            "https://shop.example",
            "shop.example",
            "/a.png?v=1&w=2",
        ),
        ("http://localhost:8702", "http://localhost:8702", "localhost:8702", "/"),
        ("http://shop.example:80/", "http://shop.example", "shop.example", "/"),
        ("http://shop.example:443/", "http://shop.example:443", "shop.example:443", "/"),
        ("http://[::1]:8702/a", "http://[::1]:8702", "[::1]:8702", "/a"),
        ("https://xn--bcher-kva.example/%C3%BC.svg", "https://xn--bcher-kva.example", None, "/%C3%BC.svg"),
    ],
)
def test_an_address_taken_apart(url: str, origin: str, authority: str | None, path: str) -> None:
    target = read_address(url)
    assert target is not None
    assert (target.origin, target.path) == (origin, path)
    assert authority in (None, target.authority)
    assert "#" not in target.url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example/a.png",
        "//shop.example/a.png",
        "/a.png",
        "ftp://shop.example/a",
        "file:///etc/passwd",
        "data:image/png;base64,AA==",
        "blob:https://shop.example/1",
        "gopher://shop.example/",
        "javascript:alert(1)",
        "https://",
        "https:///a.png",
        "https://shop.example@169.254.169.254/",
        "https://user:secret@shop.example/",
        "https://shop.example\\@169.254.169.254/",
        "https://shop.example/a b",
        "https://shop.example/\r\nX: y",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://shop.example:8x/",
        "https://bücher.example/",
        "https://shop。example/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://shop.example/" + "x" * 2_000,
    ],
)
def test_what_is_not_taken_for_an_address(url: str) -> None:
    assert read_address(url) is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("b.png", "https://shop.example/a/b.png"),
        ("/b.png#x", "https://shop.example/b.png"),
        ("//cdn.example/b.png", "https://cdn.example/b.png"),
        ("http://169.254.169.254/latest", "http://169.254.169.254/latest"),
        (" https://cdn.example/b ", "https://cdn.example/b"),
        ("file:///etc/passwd", None),
        ("https://[::1", None),
        ("https://user@shop.example/", None),
    ],
)
def test_where_a_redirect_leads(location: str, url: str | None) -> None:
    start = read_address("https://shop.example/a/x.png")
    assert start is not None
    target = target_after(start, location)
    assert (None if target is None else target.url) == url


def test_a_sites_settings_add_to_its_own_origins() -> None:
    site = Site(
        key="s",
        name="Shop",
        origins=("https://shop.example",),
        identify_secret="",
        settings={"asset_origins": ["https://cdn.shop.example"]},
        created_ms=0,
    )
    assert site.asset_origins == {"https://shop.example", "https://cdn.shop.example"}
    # Its pages are told all of them.
    assert page_settings(site) == {"asset_origins": ["https://cdn.shop.example", "https://shop.example"]}
    assert replace(site, settings={}).asset_origins == {"https://shop.example"}
