"""Shared by the broadcast tests: a page that broadcasts, and a connection that can be cut."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
from playwright.sync_api import Page

from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

#: The cells of a counting frame, and the value between black and white.
_BITS, _GREY = 16, 127
#: The timeout in seconds for bundling a script.
BUNDLING = 150
#: The bytes that a slow wire forwards at once.
_SIP = 2048
HERE = Path(__file__).parent
JS = HERE.parent.parent / "js"
#: Removes from a page what it has only over TLS.
WITHOUT_WEBCODECS = """
for (const name of ["VideoDecoder", "AudioDecoder", "AudioWorkletNode"]) delete globalThis[name];
"""

#: Runs a script in the composer before its own.
_IN_COMPOSER = """
const Ordinary = Worker;
globalThis.Worker = class extends Ordinary {{
  constructor(url, options) {{
    const whole = {script} + `importScripts(${{JSON.stringify(url)}});`;
    super(options.name === "composer" ? URL.createObjectURL(new Blob([whole])) : url, options);
  }}
}};
"""


def in_composer(script: str) -> str:
    """Return a page script that runs another script in the page's composer first."""
    return _IN_COMPOSER.format(script=json.dumps(script))


def bundle_broadcaster(folder: Path) -> Path:
    """Bundle `broadcaster.js` with the composer's sources."""
    target = folder / "broadcaster.js"
    command = [
        str(JS / "node_modules/.bin/esbuild"),
        str(HERE / "broadcaster.js"),
        *("--bundle", "--format=iife", "--log-level=warning", f"--outfile={target}"),
    ]
    subprocess.run(command, check=True, timeout=BUNDLING)
    return target


class Broadcaster:
    """A moderator's page that broadcasts."""

    def __init__(
        self,
        page: Page,
        server: RunningServer,
        *,
        bundle: Path,
        stream: str,
        ingest_url: str | None = None,
    ) -> None:
        self.page = page
        self.stream = stream
        page.goto(f"{server.url}/healthz")
        page.add_script_tag(path=bundle)
        token = server.room(stream, streamname=stream)
        page.evaluate(
            "async ([base, token, url]) => { globalThis.me = await Broadcaster.join(base, token, url) }",
            [server.url, token, ingest_url],
        )

    def start(self, **options: object) -> None:
        """Start with `BroadcastOptions`; returns when the server reports that it is live."""
        self.page.evaluate("options => me.start(options)", options)

    def count(self) -> None:
        """Replace the camera with counting frames from the first one on; see `counted`."""
        self.page.evaluate("me.count()")

    @property
    def link(self) -> str:
        """Return the playout URL reported by the server."""
        self.page.wait_for_function("me.playout?.live", timeout=PATIENCE)
        return str(self.page.evaluate("me.playout.live"))

    def stop(self) -> None:
        """Stop; returns when the server reports the end."""
        self.page.evaluate("me.stop()")

    @property
    def ended(self) -> list[dict[str, object]]:
        """Return the ends that this page did not request."""
        ended: list[dict[str, object]] = self.page.evaluate("me.ended")
        return ended

    def until_ended(self) -> None:
        """Wait until the broadcast ends unrequested."""
        self.page.wait_for_function("me.ended.length > 0", timeout=PATIENCE)

    @property
    def health(self) -> dict[str, Any]:
        """Return the composer's last health report; waits for the first one."""
        self.page.wait_for_function("me.healths.length > 0", timeout=PATIENCE)
        health: dict[str, Any] = self.page.evaluate("me.healths.at(-1)")
        return health

    def went_through(self, *states: str) -> None:
        """Wait for this many states of the broadcast, and check that they are these."""
        told: list[str] = []

        def count() -> int:
            told[:] = self.page.evaluate("me.states")
            return min(len(told), len(states))

        until(self.page, count, to_be=len(states))
        assert told == list(states)


def counted(picture: av.VideoFrame) -> int | None:
    """Return the count shown in a frame of `Broadcaster.count`; None if it is unreadable."""
    grey = picture.to_ndarray(format="gray")
    height, width = grey.shape
    columns = [int((bit + 0.5) * width / _BITS) for bit in range(_BITS)]
    # The name covers the lower left corner.
    bits, opposites = (grey[int(height * at), columns] > _GREY for at in (0.25, 0.6))
    if (bits == opposites).any():
        return None
    return int(sum(1 << bit for bit, on in enumerate(bits) if on))


class Wire:
    """A TCP connection to the server that can be cut like a cable."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self.connections = 0
        #: Bytes per second; None for no limit.
        self.pace: float | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection; new ones are accepted again."""
        ends, self._ends = self._ends, []
        for end in ends:
            # The carrier may have closed it meanwhile.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Break every connection and accept no more."""
        # Closing alone would let the accepting thread take one more connection.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [near, far]
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(_SIP if self.pace else 65536)
                    if not data:
                        return
                    (far if source is near else near).sendall(data)
                    if self.pace:
                        time.sleep(len(data) / self.pace)
        except (OSError, ValueError):
            return
        finally:
            near.close()
            far.close()
