"""Administration from the command line, by hand and by script, whether or not a server owns the store."""

from __future__ import annotations

import json
from pathlib import Path

import examples.samples
from replay.recording.archive import read_recording
from tests.cli.conftest import Cli

SAMPLE = Path(examples.samples.__path__[0]) / "price-mismatch.replay"
ORIGIN = "https://shop.example"


def test_a_site_is_added_listed_shown_and_set(anyhow: Cli) -> None:
    added = anyhow.json("site", "add", "My [bold]shop", "--origin", f"{ORIGIN.upper()}/", "--key", "mine")
    assert (added["key"], added["origins"], added["settings"]) == ("mine", [ORIGIN], {})
    assert len(added["identify_secret"]) == 64
    assert anyhow.json("site", "list") == [{"key": "mine", "name": "My [bold]shop", "origins": [ORIGIN]}]
    assert "My [bold]shop" in anyhow.ok("site", "list")
    changed = anyhow.json("site", "set", "mine", "-", stdin='{"flush_ms": 3000, "consent": "managed"}')
    assert changed["settings"] == {"flush_ms": 3000, "consent": "managed"}
    shown = anyhow.ok("site", "show", "mine")
    assert changed["snippet"] in shown
    assert 'consent="managed"' in changed["snippet"]
    assert added["identify_secret"] not in shown + json.dumps(changed)
    assert "replay site secret mine" in shown
    assert all(line in shown for line in changed["csp"])


def test_what_a_site_does_not_take_is_refused_and_changes_nothing(cli: Cli) -> None:
    assert "is not an origin" in cli.refused("site", "add", "Shop", "--origin", "shop.example")
    for bad in ("my shop/ä", "k" * 65, 'a"b'):
        assert "cannot be a site's key" in cli.refused(
            "site", "add", "Shop", "--origin", ORIGIN, "--key", bad
        )
    assert cli.json("site", "list") == []
    cli.ok("site", "add", "Shop", "--origin", ORIGIN, "--key", "mine")
    assert "already" in cli.refused("site", "add", "Shop", "--origin", ORIGIN, "--key", "mine")
    assert "flush_ms" in cli.refused("site", "set", "mine", '{"flash_ms": 1}')
    assert 'an integer, not "soon"' in cli.refused("site", "set", "mine", '{"flush_ms": "soon"}')
    zone = '{"zones": [{"selector": ".help", "zone": "catalog"}]}'
    assert "zones[0].zone must be" in cli.refused("site", "set", "mine", zone)
    assert '"catalog"' in cli.refused("site", "set", "mine", zone)
    cart = '{"carts": [{"surface": "page", "root": "#cart", "line": "li:eq(0)"}]}'
    assert 'carts[0].line must be a CSS selector, not "li:eq(0)"' in cli.refused("site", "set", "mine", cart)
    assert "60000" in cli.refused("site", "set", "mine", '{"flush_ms": -5}')
    assert "not JSON" in cli.refused("site", "set", "mine", "flush_ms=1")
    assert "Nothing was given" in cli.refused("site", "set", "mine")
    assert "is not an origin" in cli.refused("site", "set", "mine", '{"flush_ms": 1}', "--origin", "shop")
    assert "needs a name" in cli.refused("site", "set", "mine", "--name", " ")
    assert "site list" in cli.refused("site", "show", "other")
    assert cli.json("site", "show", "mine")["settings"] == {}


def test_a_sites_name_origins_and_secret_can_be_changed(anyhow: Cli) -> None:
    first = anyhow.json("site", "add", "Shop", "--origin", ORIGIN, "--key", "mine")["identify_secret"]
    changed = anyhow.json(
        "site",
        "set",
        "mine",
        "--name",
        "New shop",
        "--origin",
        "https://a.example",
        "--origin",
        "https://b.example",
    )
    assert (changed["name"], changed["origins"]) == ("New shop", ["https://a.example", "https://b.example"])
    assert anyhow.ok("site", "secret", "mine") == f"{first}\n"
    second = anyhow.json("site", "secret", "mine", "--rotate")["identify_secret"]
    assert len(second) == 64
    assert second != first
    assert anyhow.json("site", "secret", "mine")["identify_secret"] == second
    assert anyhow.json("site", "show", "mine")["origins"] == changed["origins"]


def test_a_site_that_came_with_a_session_is_completed_by_command(cli: Cli) -> None:
    key = cli.json("session", "import", str(SAMPLE))["site"]
    shown = cli.ok("site", "show", key)
    assert f"replay site set {key} --origin" in shown
    assert f"replay site secret {key} --rotate" in shown
    assert "--rotate" in cli.refused("site", "secret", key)
    cli.ok("site", "set", key, "--origin", ORIGIN)
    secret = cli.json("site", "secret", key, "--rotate")["identify_secret"]
    site = cli.json("site", "show", key)
    assert (site["origins"], site["has_secret"], len(secret)) == ([ORIGIN], True, 64)


def test_an_agent_is_added_listed_and_given_a_new_password(anyhow: Cli) -> None:
    made = anyhow.json("agent", "add", "Ana", "--name", "Ana Admin")
    assert (made["login"], made["name"]) == ("ana", "Ana Admin")
    assert len(made["password"]) >= 12
    assert "already" in anyhow.refused("agent", "add", "ana")
    again = anyhow.json(
        "agent", "add", "ANA", "--replace", "--password-stdin", stdin="four plain words here\n"
    )
    assert again == {"login": "ana", "name": "Ana Admin", "password": None}
    assert anyhow.json("agent", "list") == [
        {"login": "ana", "name": "Ana Admin", "role": "agent", "disabled": False}
    ]
    assert "Ana Admin" in anyhow.ok("agent", "list")


def test_an_agent_is_shut_out_and_let_in_again(anyhow: Cli) -> None:
    anyhow.ok("agent", "add", "ana")
    assert anyhow.json("agent", "disable", "ana")["disabled"] is True
    assert "shut out" in anyhow.ok("agent", "disable", "ana")
    assert [one["disabled"] for one in anyhow.json("agent", "list")] == [True]
    assert anyhow.json("agent", "enable", "ANA")["disabled"] is False
    assert "nobody" in anyhow.refused("agent", "disable", "nobody")


def test_a_command_says_which_folder_has_no_store_and_makes_none(cli: Cli) -> None:
    for asked in (
        ["site", "list"],
        ["session", "list"],
        ["site", "show", "mine"],
        ["agent", "enable", "ana"],
    ):
        assert "There is no store in elsewhere." in cli.refused(*asked, "--data", "elsewhere")
    assert not (cli.folder / "elsewhere").exists()
    made = cli.run("agent", "add", "ana", "--data", "elsewhere")
    assert made.code == 0
    assert made.err == f"A new store was made in {cli.folder / 'elsewhere'}.\n"
    assert cli.run("agent", "add", "bob", "--data", "elsewhere").err == ""
    assert "None yet in elsewhere." in cli.ok("site", "list", "--data", "elsewhere")
    found = cli.ok("session", "list", "--find", "ana@example.com", "--data", "elsewhere")
    assert "Nothing like that in elsewhere." in found


def test_the_help_is_for_who_types_it(cli: Cli) -> None:
    said = cli.run("--help").out
    assert "imported when" not in said
    assert "replay.cli" not in said
    assert "demo-data" in cli.run("demo", "--help").out


def test_a_password_that_does_not_do_is_told_in_a_sentence(anyhow: Cli) -> None:
    told = anyhow.refused("agent", "add", "ben", "--password-stdin", stdin="short\n")
    assert "The password does not do." in told
    assert "8 to" in told
    assert "contains the login" in anyhow.refused(
        "agent", "add", "ben", "--password-stdin", stdin="ben ben ben\n"
    )
    assert anyhow.json("agent", "list") == []


def test_a_session_is_imported_listed_shown_and_exported(anyhow: Cli) -> None:
    imported = anyhow.json("session", "import", str(SAMPLE))
    assert imported["imported"] is True
    assert anyhow.json("session", "import", str(SAMPLE))["imported"] is False
    assert [one["id"] for one in anyhow.json("session", "list")] == [imported["id"]]
    (found,) = anyhow.json("session", "list", "--find", "(415) 555-0134")
    assert (found["id"], found["code"], found["verified"]) == (imported["id"], imported["code"], True)
    shown = anyhow.json("session", "show", imported["code"].lower())
    assert any(event["kind"] == "cart" for event in shown["events"])
    identified = [event["fields"] for event in shown["events"] if event["kind"] == "identify"]
    assert any("email" in fields for fields in identified)
    assert not any("signature" in fields for fields in identified)
    assert "$499.00" in anyhow.ok("session", "show", imported["id"])
    exported = anyhow.json("session", "export", imported["id"], "--output", "copy.replay")
    assert exported["file"] == "copy.replay"
    copy, sample = (read_recording(one.read_bytes()) for one in (anyhow.folder / "copy.replay", SAMPLE))
    assert (copy, copy.assets, copy.objects) == (sample, sample.assets, sample.objects)


def test_an_export_never_writes_over_a_file(cli: Cli) -> None:
    code = cli.json("session", "import", str(SAMPLE))["code"]
    assert f"{code}.replay" in cli.ok("session", "export", code)
    assert (cli.folder / f"{code}.replay").stat().st_mode & 0o777 == 0o600
    assert "exists already" in cli.refused("session", "export", code)
    assert "No such file or directory" in cli.refused(
        "session", "export", code, "--output", "no/where.replay"
    )
    assert "There is no session" in cli.refused("session", "export", "222-222")


def test_a_file_that_is_no_session_is_refused_with_reasons(anyhow: Cli) -> None:
    whole = SAMPLE.read_bytes()
    for name, content, said in (
        ("cut", whole[:-9], "ends early"),
        ("damaged", whole[:5000] + b"!" + whole[5001:], "changed or damaged"),
        ("newer", whole.replace(b"replay-session 2", b"replay-session 4", 1), "format 4"),
        ("foreign", b"PK\x03\x04", "not an exported session"),
    ):
        (anyhow.folder / name).write_bytes(content)
        told = anyhow.refused("session", "import", name)
        assert said in told
        assert "Nothing was changed" in told
    assert "No such file" in anyhow.refused("session", "import", "missing")
    assert anyhow.json("session", "list") == []
    assert anyhow.json("site", "list") == []


def test_an_admin_stays_one_with_a_new_password(cli: Cli) -> None:
    cli.ok("agent", "add", "ada", "--role", "admin")
    cli.ok("agent", "add", "ada", "--replace")
    cli.ok("agent", "add", "ana")
    assert [one["role"] for one in cli.json("agent", "list")] == ["admin", "agent"]
    assert "no role 'boss'" in cli.refused("agent", "add", "bob", "--role", "boss")


def test_scripts_get_json_and_nothing_else(cli: Cli) -> None:
    cli.ok("agent", "add", "ana")
    done = cli.start("session", "list", "--json")
    assert (done.code, json.loads(done.out), done.err) == (0, [], "")
    failed = cli.start("session", "show", "222-222", "--json")
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("error ")
