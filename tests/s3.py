"""A server on this machine that speaks the S3 protocol, in a process of its own, and fresh buckets of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx

__all__ = ["ObjectServer", "object_server"]

_SERVE = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@dataclass(slots=True)
class ObjectServer:
    """Where it listens."""

    address: str
    made: Iterator[int] = field(default_factory=count)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a client has to know."""
        access = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
        return {**access, "AWS_ENDPOINT_URL": self.address}

    def make_bucket(self) -> str:
        """The address of an empty bucket."""
        name = f"bucket-{next(self.made)}"
        httpx.put(f"{self.address}/{name}").raise_for_status()
        return f"s3://{name}"


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """Serve until left."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as process:
        assert process.stdout is not None
        try:
            yield ObjectServer(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()
