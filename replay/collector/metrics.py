"""What the collector counts for Prometheus. No label ever carries anything of a customer's."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["Metrics"]


class Metrics:
    """One set of counters, in a registry of its own so that two collectors in a test do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.connections = Gauge("replay_connections", "Pages connected now", registry=self.registry)
        self.sessions = Counter("replay_sessions_opened", "Sessions begun", registry=self.registry)
        self.batches = Counter(
            "replay_batches", "Batches by track and outcome", ["track", "outcome"], registry=self.registry
        )
        self.bytes = Counter("replay_batch_bytes", "Payload bytes kept", ["track"], registry=self.registry)
        self.gaps = Counter("replay_gaps", "Gaps that pages declared", ["track"], registry=self.registry)
        self.refused = Counter(
            "replay_refused", "Conversations ended by us", ["code"], registry=self.registry
        )
        self.commit_seconds = Histogram(
            "replay_commit_seconds",
            "From a batch's arrival to its synced commit",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
