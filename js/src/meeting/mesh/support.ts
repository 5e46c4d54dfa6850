/** Whether this browser can connect to other participants at all: some are built without WebRTC. */
export function connectsPeers(): boolean {
  return "RTCPeerConnection" in globalThis;
}
