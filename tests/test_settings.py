"""The operator's settings: read from the environment, overridden by options, refused by name when wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from replay.errors import SettingError
from replay.settings import PREFIX, Settings, read_settings, variable_of


def test_nothing_given_means_the_defaults() -> None:
    assert read_settings({"HOME": "/home/ana"}) == Settings()


def test_every_setting_can_come_from_its_variable() -> None:
    samples: dict[str, str] = {
        "data": "/srv/replay",
        "objects": "s3://shop/replay",
        "public_host": "0.0.0.0",
        "public_port": "9000",
        "desk_host": "::1",
        "desk_port": "0",
        "public_url": "https://see.shop.example",
        "desk_url": "https://desk.shop.example",
        "phone_region": "DE",
        "trusted_proxies": "10.0.0.1",
        "private_assets": "http://shop.internal:8080, http://localhost",
        "site_gib_per_day": "7",
        "disk_reserve_mib": "0",
        "log_level": "debug",
        "log_format": "json",
    }
    assert set(samples) == {field.name for field in dataclasses.fields(Settings)}
    read = read_settings({variable_of(name): text for name, text in samples.items()})
    for name, text in samples.items():
        assert str(getattr(read, name)) == text


def test_an_option_overrides_the_variable_and_none_does_not() -> None:
    environment = {"REPLAY_DATA": "/from/environment", "REPLAY_DESK_PORT": "1234"}
    read = read_settings(environment, data=Path("/from/option"), desk_port=None)
    assert read.data == Path("/from/option")
    assert read.desk_port == 1234


@pytest.mark.parametrize(
    ("variable", "text", "named"),
    [
        ("REPLAY_PUBLIC_PROT", "1", "REPLAY_PUBLIC_PORT"),
        ("REPLAY_PUBLIC_PORT", "many", "a whole number"),
        ("REPLAY_PUBLIC_PORT", "65536", "a port from 0 to 65535"),
        ("REPLAY_DESK_PORT", "-1", "a port from 0 to 65535"),
        ("REPLAY_PUBLIC_URL", "see.shop.example", "https://"),
        ("REPLAY_PUBLIC_URL", "https://shop.example/replay", "without path"),
        ("REPLAY_PUBLIC_URL", "https://shop.example?site=1", "without path"),
        ("REPLAY_DESK_URL", "ftp://desk", "https://"),
        ("REPLAY_DESK_URL", "https://shop.example/desk", "without path"),
        ("REPLAY_OBJECTS", "gs://shop", "s3://bucket/prefix"),
        ("REPLAY_OBJECTS", "s3:///replay", "s3://bucket/prefix"),
        ("REPLAY_DISK_RESERVE_MIB", "-1", "a whole number from 0"),
        ("REPLAY_PRIVATE_ASSETS", "http://a, shop.internal", "http://shop.internal:8080"),
        ("REPLAY_PRIVATE_ASSETS", "http://a/b", "http://shop.internal:8080"),
        ("REPLAY_LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("REPLAY_LOG_FORMAT", "xml", "auto, json or text"),
        ("REPLAY_PHONE_REGION", "usa", "two capital letters"),
        ("REPLAY_PHONE_REGION", "de", "two capital letters"),
        ("REPLAY_PHONE_REGION", "XX", "US, DE or GB"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(variable: str, text: str, named: str) -> None:
    with pytest.raises(SettingError) as raised:
        read_settings({variable: text})
    assert variable in str(raised.value)
    assert named in str(raised.value)


def test_words_are_taken_in_any_case_and_an_address_with_its_last_slash() -> None:
    assert read_settings({"REPLAY_LOG_LEVEL": "INFO", "REPLAY_LOG_FORMAT": "Json"}) == Settings(
        log_format="json"
    )
    assert read_settings({"REPLAY_PUBLIC_URL": "https://a.example/"}).public_url == "https://a.example/"


def test_private_origins_are_told_apart() -> None:
    assert Settings().private_origins == ()
    assert Settings(private_assets="http://a:1, https://b").private_origins == ("http://a:1", "https://b")


def test_variables_of_others_are_left_alone() -> None:
    assert not "REPLAYED_THING".startswith(PREFIX)
    assert read_settings({"REPLAYED_THING": "x"}) == Settings()
