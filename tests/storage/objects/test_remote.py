"""A bucket that cannot be used is told, and never taken for one without objects."""

from __future__ import annotations

import pytest

from replay.ports import StoreUnavailable
from storage.objects.remote import open_remote
from tests.s3 import object_server


async def test_a_bucket_that_is_not_there_or_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with object_server() as server:
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
        objects = open_remote("s3://never-made", retry_s=0)
        for attempt in (objects.put("a", b""), objects.get("a"), anext(objects.names())):
            with pytest.raises(StoreUnavailable, match="Objects cannot be kept in s3://never-made"):
                await attempt
        other = open_remote(server.make_bucket(), retry_s=0)
        await other.put("a", b"1")
    with pytest.raises(StoreUnavailable, match="See that the bucket is there"):
        await other.get("a")


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(StoreUnavailable, match="Objects cannot be kept in"):
        open_remote("ftp://bucket")
