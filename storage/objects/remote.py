"""Objects in a bucket that speaks the S3 protocol: Amazon's, MinIO's, Cloudflare's and others'.

Who may read it is the bucket's own matter; access comes from the environment variables that every tool for
such buckets reads (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``),
or from the machine's role. A server acknowledges what it has made durable, so there is nothing to sync here.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from replay.ports import StoreUnavailable
from storage.objects.gate import Gated
from storage.objects.names import require_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

__all__ = ["RemoteObjects", "open_remote"]

_REQUEST_S = 60
"""Longest time for one request: an object of some megabytes over a slow line."""

_RETRY_S = 20
"""How long a request is tried again before whoever asked is told."""

_NO_BUCKET = "NoSuchBucket"
"""What the protocol says of a bucket that is not there; a missing object is another error."""

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


def open_remote(url: str, *, retry_s: float = _RETRY_S) -> RemoteObjects:
    """Objects under ``s3://bucket/prefix``. Nothing is asked of the bucket yet. Raises ``StoreUnavailable``
    for an address or a setting that cannot be used."""
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    with _explained(url):
        bucket = S3Store.from_url(
            url,
            # Only where the operator wrote so: a server on the same machine or in the same private network.
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": timedelta(seconds=_REQUEST_S),
            },
            retry_config={"retry_timeout": timedelta(seconds=retry_s)},
        )
    return RemoteObjects(url, bucket)


class RemoteObjects(Gated):
    """``Objects`` in a bucket. Made by ``open_remote``."""

    def __init__(self, url: str, bucket: S3Store) -> None:
        super().__init__()
        self._url = url
        self._bucket = bucket

    async def put(self, name: str, data: bytes) -> None:
        require_name(name)
        # In one request, so that the server takes it whole or not at all.
        with _explained(self._url), suppress(AlreadyExistsError):
            await self._bucket.put_async(name, data, mode="create", use_multipart=False)
            return
        if await self.get(name) != data:
            raise ValueError(f"other bytes are kept as {name}")

    async def get(self, name: str) -> bytes | None:
        require_name(name)
        with _explained(self._url):
            try:
                answer = await self._bucket.get_async(name)
                return bytes(await answer.bytes_async())
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise
                return None

    async def delete(self, name: str) -> None:
        require_name(name)
        with _explained(self._url):
            await self._bucket.delete_async(name)

    async def names(self, prefix: str = "") -> AsyncIterator[str]:
        # The server is asked for a whole folder: it takes a prefix for parts only.
        folder = prefix.rpartition("/")[0]
        with _explained(self._url):
            async for page in self._bucket.list(folder or None):
                for entry in page:
                    if entry["path"].startswith(prefix):
                        yield entry["path"]

    async def close(self) -> None:
        """Connections are let go of with the object."""


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        first_line = str(error).partition("\n")[0][:300]
        raise StoreUnavailable(
            f"Objects cannot be kept in {url} ({first_line}). See that the bucket is there and can be "
            "reached, and that AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, unless it is "
            "Amazon's, AWS_ENDPOINT_URL are right."
        ) from error
