"""`GET metrics`: the server's metrics, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tornado import web

from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.handlers import API_KEY_HEADER, Handler

if TYPE_CHECKING:
    from prometheus_client import Metric


class Collector:
    """Reads the metrics when they are requested.

    Parameters
    ----------
    core : Core
        The server.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def collect(self) -> Iterator[Metric]:
        """Return the metrics."""
        from prometheus_client.core import (  # noqa: PLC0415 - an extra
            CounterMetricFamily,
            GaugeMetricFamily,
        )

        core, count = self._core, self._core.counts
        rooms, participants, waiting = core.rooms.census()
        gauges = {
            "rooms": (rooms, "Rooms that are open"),
            "participants": (participants, "People in rooms"),
            "waiting": (waiting, "People in lobbies"),
            "viewers": (core.broadcasts.viewers, "Viewers of broadcasts"),
            "broadcasts": (core.broadcasts.count(), "Broadcasts that have not ended"),
            "sources": (core.broadcasts.count("source"), "Programs that send to their own page"),
            "readings": (core.broadcasts.count("reading"), "Streams of participants to programs"),
            "connections": (core.access.connections, "Open WebSockets"),
        }
        counters = {
            "messages": (count.messages, "Messages that pages have sent"),
            "refused_messages": (count.refused, "Connections closed because of what they sent"),
            "refused_connections": (
                count.turned_away,
                "WebSockets refused because of their number",
            ),
            "unread_connections": (count.overdue, "Connections closed as their page did not read"),
            "skipped_events": (
                core.event_log.skipped,
                "Events that were not stored, as the disk had no space to spare",
            ),
            "tokens": (count.tokens, "Tokens that were issued"),
            "faults": (count.faults, "Faults of the server itself"),
        }
        for name, (value, words) in gauges.items():
            yield GaugeMetricFamily(f"nanomeet_{name}", words, value=value)
        for name, (value, words) in counters.items():
            yield CounterMetricFamily(f"nanomeet_{name}", words, value=value)


class MetricsHandler(Handler):
    """Metrics without names: for an API key, or without one from this machine if that is allowed."""

    def prepare(self) -> None:
        """Refuse requests without an API key, unless they come from this machine."""
        super().prepare()
        if not (self.core.config.local_metrics and self.core.access.is_local(self.request)):
            bearer = self.request.headers.get("Authorization", "")
            key = self.request.headers.get(API_KEY_HEADER) or bearer.removeprefix("Bearer ")
            self.authorise(key)

    def get(self) -> None:
        """Send the metrics in Prometheus' text format."""
        try:
            from prometheus_client import (  # noqa: PLC0415 - an extra
                CONTENT_TYPE_LATEST,
                CollectorRegistry,
                ProcessCollector,
                generate_latest,
            )
        except ImportError:
            raise web.HTTPError(
                501, reason="prometheus-client is not installed: pip install prometheus-client"
            ) from None
        registry = CollectorRegistry()
        registry.register(Collector(self.core))
        ProcessCollector(registry=registry)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(registry))
