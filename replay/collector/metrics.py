"""What the collector counts for Prometheus; what it refuses is also told to the log.

Neither a label nor a line of the log ever carries anything of a customer's.
"""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from replay.collector.platforms_told import PlatformsTold
from replay.protocol.messages import CloseCode

__all__ = ["Metrics"]

logger = logging.getLogger("replay.collector")


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
        self.caps = Counter(
            "replay_caps_passed",
            "Conversations ended because a cap was passed",
            ["cap"],
            registry=self.registry,
        )
        self.assets_fetched = Counter(
            "replay_assets_fetched",
            "Images, fonts and style sheets that were had, by whether they had changed",
            ["outcome"],
            registry=self.registry,
        )
        self.assets_refused = Counter(
            "replay_assets_refused", "Those that were not, by reason", ["reason"], registry=self.registry
        )
        self.asset_bytes = Counter("replay_asset_bytes", "Bytes fetched", registry=self.registry)
        self.styles = Counter(
            "replay_styles", "Answers to pages about styles", ["outcome"], registry=self.registry
        )
        self.style_bytes = Counter("replay_style_bytes", "Bytes of styles kept", registry=self.registry)
        self.erased = Counter(
            "replay_sessions_erased",
            "Sessions erased: asked for, or kept long enough",
            ["why"],
            registry=self.registry,
        )
        self.erased_bytes = Counter(
            "replay_erased_bytes", "Bytes of their batches and objects", ["why"], registry=self.registry
        )
        self.server_events = Counter(
            "replay_server_events", "What back offices said", ["outcome"], registry=self.registry
        )
        self.webhooks = Counter(
            "replay_webhooks",
            "What came of what platforms said by webhooks",
            ["platform", "outcome"],
            registry=self.registry,
        )
        self.webhooks_refused = Counter(
            "replay_webhooks_refused",
            "What of it could not be taken, by the field that was not as it should be",
            ["platform", "field"],
            registry=self.registry,
        )
        self.platforms = PlatformsTold()
        self.sessions_judged = Counter(
            "replay_sessions_judged", "Times that rules went over a session", registry=self.registry
        )
        self.findings = Counter(
            "replay_findings",
            "Findings that are new or changed, by rule and outcome",
            ["rule", "outcome"],
            registry=self.registry,
        )
        self.rules_failed = Counter(
            "replay_rules_failed",
            "Sessions with which a rule could not cope",
            ["rule"],
            registry=self.registry,
        )
        self.problems = Counter(
            "replay_problems",
            "Problems that opened, opened again or closed",
            ["change"],
            registry=self.registry,
        )
        self.notices = Counter(
            "replay_notices",
            "Attempts to tell a site's web team of a problem, by what came of them",
            ["outcome"],
            registry=self.registry,
        )
        self.judge_seconds = Histogram(
            "replay_judge_seconds",
            "Reading, folding and judging one session",
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "replay_commit_seconds",
            "From a batch's arrival to its synced commit",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )

    def erase(self, why: str, size: int) -> None:
        """A session was erased."""
        self.erased.labels(why).inc()
        self.erased_bytes.labels(why).inc(size)

    def refuse(self, code: CloseCode, *, site: str | None, cap: str | None) -> None:
        """A conversation is ended by us. ``site`` is None until the page has named one that exists, ``cap``
        where none was passed."""
        name = code.name.lower()
        self.refused.labels(name).inc()
        if cap is not None:
            self.caps.labels(cap).inc()
        logger.warning("refused", extra={"code": name, "site": site, "cap": cap})
