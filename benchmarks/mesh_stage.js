// The pages' part of mesh_stage.py: a plain mesh of fixed quality, and what connections have counted.

globalThis.connections = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    globalThis.connections.push(this);
  }
};

/** One participant of a mesh that sends its camera to everybody as it is. */
class FixedMember {
  #stream = null;
  #calls = new Map();

  async open(width, height, frameRate) {
    const video = { width, height, frameRate };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    this.#show(this.#stream, "self");
  }

  async offer(to) {
    const call = this.#call(to);
    await call.setLocalDescription();
    return this.#gathered(call);
  }

  async answer(to, offer) {
    const call = this.#call(to);
    await call.setRemoteDescription(offer);
    await call.setLocalDescription();
    return this.#gathered(call);
  }

  accept(from, answer) {
    return this.#calls.get(from).setRemoteDescription(answer);
  }

  #call(to) {
    const call = new RTCPeerConnection();
    this.#calls.set(to, call);
    for (const track of this.#stream.getTracks()) call.addTrack(track, this.#stream);
    call.ontrack = ({ streams: [stream] }) => this.#show(stream, to);
    return call;
  }

  /** The description with every candidate in it, so that one message each way is enough. */
  async #gathered(call) {
    while (call.iceGatheringState !== "complete") {
      await new Promise((wake) => call.addEventListener("icegatheringstatechange", wake, { once: true }));
    }
    return call.localDescription.toJSON();
  }

  /** Tiles side by side, as large as in a gallery. */
  #show(stream, id) {
    if (document.getElementById(id)) return;
    const video = Object.assign(document.createElement("video"), { id, autoplay: true, playsInline: true });
    video.muted = id === "self";
    video.style.width = "32%";
    video.srcObject = stream;
    document.body.append(video);
  }
}

/** What every connection of this page has counted until now. */
async function countConnections() {
  const open = globalThis.connections.filter(({ connectionState }) => connectionState === "connected");
  const counted = await Promise.all(open.map(async (call) => [...(await call.getStats()).values()]));
  return {
    at: performance.now() / 1000,
    sent: counted.flat().filter(({ type }) => type === "transport").map(({ bytesSent }) => bytesSent),
    decoded: counted.flatMap((all) =>
      all
        .filter(({ type, kind, bytesReceived }) => type === "inbound-rtp" && kind === "video" && bytesReceived > 0)
        .map(({ id, framesDecoded, frameHeight }) => ({ id, framesDecoded, frameHeight })),
    ),
    encoding: counted.flat().map(({ totalEncodeTime }) => totalEncodeTime ?? 0).reduce((a, b) => a + b, 0),
  };
}

Object.assign(globalThis, { FixedMember, countConnections });
