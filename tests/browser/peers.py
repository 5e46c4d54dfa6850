"""A page's actual connections to other pages, from the browser's statistics."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.waiting import until

#: Keeps every connection that a page creates, so that a test can inspect it. Its `offers` are those that changed
#: what is sent; on a busy machine, a path may have to be found again at any time.
KEEP_PEERS = """
  globalThis.peers = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      globalThis.peers.push(this);
      this.offers = 0;
      this.restarts = false;
      this.addEventListener("negotiationneeded", () => {
        if (!this.restarts) this.offers += 1;
        this.restarts = false;
      });
    }
    restartIce() {
      this.restarts = true;
      super.restartIce();
    }
  };
"""

_SENT = """
async () => {
  const open = globalThis.peers.filter((peer) => peer.connectionState === "connected");
  return Promise.all(open.map(async (peer) => {
    const sent = {};
    for (const [index, place] of ["microphone", "camera", "screen", "screenSound"].entries()) {
      const transceiver = peer.getTransceivers()[index];
      const { sender } = transceiver;
      const [encoding] = sender.getParameters().encodings;
      const stats = [...(await sender.getStats()).values()].find((s) => s.type === "outbound-rtp");
      const seen = [...(await transceiver.receiver.getStats()).values()].find(
        (s) => s.type === "inbound-rtp",
      );
      sent[place] = {
        active: encoding.active,
        bitrate: encoding.maxBitrate ?? null,
        priority: encoding.networkPriority ?? null,
        height: sender.track ? Math.round(
          sender.track.getSettings().height / (encoding.scaleResolutionDownBy ?? 1)) : null,
        bytes: stats?.bytesSent ?? 0,
        frames: stats?.framesSent ?? 0,
        received: seen?.bytesReceived ?? 0,
        decoded: seen?.framesDecoded ?? 0,
        decodedHeight: seen?.frameHeight ?? null,
      };
    }
    return { offers: peer.offers, ...sent };
  }));
}
"""


def connections(page: Page) -> list[dict[str, Any]]:
    """Return what each open connection sends and receives, by transceiver."""
    found: list[dict[str, Any]] = page.evaluate(_SENT)
    return found


def of_the_connection(page: Page, what: str) -> list[Any]:
    """Return a value of a page's only connection, once there is one."""
    until(page, lambda: len(connections(page)), to_be=1)
    return [connection[what] for connection in connections(page)]
