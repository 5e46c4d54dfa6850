"""Whether the server answers, and how long it is needed."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from tornado import iostream

from nanomeet_widget.server.http.handlers import API_KEY_HEADER, Handler


class HealthHandler(Handler):
    """`GET healthz`: whether the server answers and accepts new meetings, and its time."""

    def set_default_headers(self) -> None:
        """Allow any page to read the answer and its `Date`, the clock by which tokens are valid."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Expose-Headers", "Date")

    def get(self) -> None:
        """Send the status."""
        draining = self.core.rooms.draining
        # Load balancers send no new clients to a server that answers 503.
        self.set_status(503 if draining else 200)
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode({"status": "draining" if draining else "ok"}))


class LeaseHandler(Handler):
    """`GET lease`: an answer that never ends; while a client holds one, the server keeps running."""

    def prepare(self) -> None:
        """Check the API key."""
        super().prepare()
        self._gone = asyncio.Event()
        self.authorise(self.request.headers.get(API_KEY_HEADER))

    async def get(self) -> None:
        """Hold the lease until the client disconnects."""
        self.set_header("Content-Type", "text/plain")
        with self.core.leases.lease(), contextlib.suppress(iostream.StreamClosedError):
            # One line, which tells the client that the lease is held. No more are needed: the client is
            # on this machine, whose system closes the connection of a process that dies.
            self.write("\n")
            await self.flush()
            await self._gone.wait()

    def on_connection_close(self) -> None:
        """Release the lease."""
        super().on_connection_close()
        self._gone.set()
