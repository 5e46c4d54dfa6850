// A page that joins a room as a moderator and broadcasts a stage, with nothing of the meeting
// page around it: the composer as it is shipped, a camera, and a steady tone as the microphone.
import { StageBroadcast } from "../../js/src/composer/index";

const VERSION = 1;

function tone() {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  const out = context.createMediaStreamDestination();
  volume.gain.value = 0.3;
  oscillator.connect(volume).connect(out);
  oscillator.start();
  return out.stream.getAudioTracks()[0];
}

/**
 * A camera whose pictures count: 16 cells across, each a bit, the lowest first, above their opposites, so
 * that a picture which is torn or blurred counts for none. In a Worker, where nothing delays it.
 */
const COUNTER = `
  const [BITS, CELL, HEIGHT] = [16, 40, 360];
  const canvas = new OffscreenCanvas(BITS * CELL, HEIGHT);
  const pen = canvas.getContext("2d", { alpha: false });
  onmessage = ({ data: writable }) => {
    const writer = writable.getWriter();
    const began = performance.now();
    let count = 0;
    const draw = () => {
      for (let bit = 0; bit < BITS; bit += 1) {
        const on = (count >> bit) & 1;
        pen.fillStyle = on ? "#fff" : "#000";
        pen.fillRect(bit * CELL, 0, CELL, HEIGHT / 2);
        pen.fillStyle = on ? "#000" : "#fff";
        pen.fillRect(bit * CELL, HEIGHT / 2, CELL, HEIGHT / 2);
      }
      const written = writer.write(
        new VideoFrame(canvas, { timestamp: performance.now() * 1000 }),
      );
      if (count === 0) written.then(() => postMessage("begun"));
      count += 1;
      setTimeout(draw, began + (count * 1000) / 30 - performance.now());
    };
    draw();
  };
`;

async function counter() {
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  const worker = new Worker(URL.createObjectURL(new Blob([COUNTER])));
  const begun = new Promise((resolve) => {
    worker.onmessage = resolve;
  });
  worker.postMessage(generator.writable, [generator.writable]);
  await begun;
  return generator;
}

class Broadcaster {
  ended = [];
  states = [];
  /** The kinds of trouble that were told. */
  troubles = [];
  healths = [];
  trouble = null;
  #pending = new Map();
  #refs = 0;

  static async join(base, token, ingestUrl) {
    const camera = await navigator.mediaDevices.getUserMedia({
      video: { width: 640, height: 360, frameRate: 30 },
    });
    const me = new Broadcaster();
    me.base = base;
    me.ingestUrl = ingestUrl;
    me.camera = camera.getVideoTracks()[0];
    me.microphone = tone();
    me.socket = new WebSocket(`${base.replace("http", "ws")}/ws/meeting`);
    await new Promise((resolve) => {
      me.socket.onopen = resolve;
    });
    const welcome = new Promise((resolve, reject) => {
      me.socket.onmessage = ({ data }) => me.#receive(JSON.parse(data), resolve, reject);
    });
    me.socket.send(JSON.stringify({ type: "join", v: VERSION, token, name: "Ada" }));
    await welcome;
    return me;
  }

  /** From now on the camera counts its pictures: settles with the first one. */
  async count() {
    this.camera = await counter();
  }

  /** Settles when the server says that the broadcast is live. */
  async start(options) {
    await this.#request({ type: "start_broadcast", options });
    await this.stage.started;
  }

  /** Settles when the server says that it is over. */
  stop() {
    return this.#request({ type: "stop_broadcast" });
  }

  show(...tiles) {
    this.stage.setStage(tiles, { title: "Test", shows: this.shows });
  }

  tile(changes) {
    const { camera: video, microphone: audio } = this;
    return { id: "a", name: "Ada Lovelace", video, audio, speaking: false, ...changes };
  }

  #request(message) {
    this.#refs += 1;
    this.socket.send(JSON.stringify({ ...message, ref: this.#refs }));
    return new Promise((resolve, reject) => this.#pending.set(this.#refs, { resolve, reject }));
  }

  #receive(message, welcome, refused) {
    switch (message.type) {
      case "welcome":
        welcome();
        break;
      case "bye":
        refused(new Error(message.message));
        break;
      case "ack":
        this.#pending.get(message.ref)?.resolve();
        break;
      case "error":
        this.#pending.get(message.ref)?.reject(new Error(message.message));
        break;
      case "broadcast_changed":
        this.states.push(message.broadcast.state);
        this.playout = message.broadcast.playout;
        this.trouble = message.broadcast.trouble;
        if (this.trouble) this.troubles.push(this.trouble.kind);
        if (message.broadcast.state === "stopping") this.stage?.stop();
        break;
      case "show_broadcast":
        this.shows = message.shows;
        this.show(this.tile());
        break;
      case "ingest_granted":
        this.compose(message);
        break;
    }
  }

  compose({ ticket, quality, codec, shows }) {
    this.shows = shows;
    this.stage = new StageBroadcast({
      ingestUrl: this.ingestUrl ?? `${this.base.replace("http", "ws")}/ws/ingest`,
      ticket,
      look: { title: "Test", shows },
      quality,
      codec,
      workerUrl: `${this.base}/static/composer.js`,
      onHealth: (health) => this.healths.push(health),
      onEnded: (reason) => this.ended.push(reason),
      signal: new AbortController().signal,
    });
    this.show(this.tile());
  }
}

globalThis.Broadcaster = Broadcaster;
