// The pages' part of broadcast_latency.py: a stamped source, the two ways, and the reader.

const WIDTH = 640;
const HEIGHT = 360;
const BITS = 20;
const CELL = WIDTH / BITS;
/** Stamps count quarters of a millisecond; 20 bits of them come round after 262 s. */
const UNITS = 4;
const ROUND = 2 ** BITS;

const wallClock = () => performance.timeOrigin + performance.now();

/** Draws a stamped picture 30 times a second, in a Worker so that nothing on the page delays it. */
const SOURCE = `
  const wallClock = () => performance.timeOrigin + performance.now();
  const canvas = new OffscreenCanvas(${WIDTH}, ${HEIGHT});
  const pen = canvas.getContext("2d", { alpha: false });
  onmessage = ({ data: writable }) => {
    const writer = writable.getWriter();
    const began = performance.now();
    let count = 0;
    const draw = () => {
      // Something that moves, so that the encoder has work to do.
      pen.fillStyle = "#35527a";
      pen.fillRect(0, 128, ${WIDTH}, ${HEIGHT});
      pen.fillStyle = "#e8d27a";
      pen.beginPath();
      pen.arc(320 + 200 * Math.sin(count / 20), 244, 70, 0, 7);
      pen.fill();
      const stamp = Math.round(wallClock() * ${UNITS}) % ${ROUND};
      for (let bit = 0; bit < ${BITS}; bit += 1) {
        const on = (stamp >> bit) & 1;
        // The second row is the first one inverted: a torn or blurred picture does not count.
        pen.fillStyle = on ? "#fff" : "#000";
        pen.fillRect(bit * ${CELL}, 0, ${CELL}, 64);
        pen.fillStyle = on ? "#000" : "#fff";
        pen.fillRect(bit * ${CELL}, 64, ${CELL}, 64);
      }
      const frame = new VideoFrame(canvas, { timestamp: performance.now() * 1000 });
      writer.write(frame).catch(() => {});
      count += 1;
      setTimeout(draw, began + (count * 1000) / 30 - performance.now());
    };
    draw();
  };
`;

function stampedTrack() {
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  const worker = new Worker(URL.createObjectURL(new Blob([SOURCE])));
  worker.postMessage(generator.writable, [generator.writable]);
  return generator;
}

/** Reads the stamp off a canvas or video element; null if the picture has none. */
class Reader {
  #pen = new OffscreenCanvas(BITS, 2).getContext("2d", { willReadFrequently: true });

  constructor() {
    this.#pen.imageSmoothingEnabled = false;
  }

  read(source) {
    this.#pen.drawImage(source, 0, 0, WIDTH, 128, 0, 0, BITS, 2);
    const { data } = this.#pen.getImageData(0, 0, BITS, 2);
    let stamp = 0;
    for (let bit = 0; bit < BITS; bit += 1) {
      const on = data[bit * 4] > 127;
      if (on === data[(BITS + bit) * 4] > 127) return null;
      if (on) stamp += 2 ** bit;
    }
    return stamp;
  }
}

/** For some seconds, the age in milliseconds of each new picture when it is on the screen. */
function watchStamps(source, seconds) {
  const reader = new Reader();
  const ages = [];
  const until = performance.now() + seconds * 1000;
  let last = null;
  return new Promise((resolve) => {
    const look = () => {
      const stamp = reader.read(source);
      if (stamp !== null && stamp !== last) {
        if (last !== null) {
          const now = Math.round(wallClock() * UNITS) % ROUND;
          ages.push(((now - stamp + ROUND) % ROUND) / UNITS);
        }
        last = stamp;
      }
      if (performance.now() < until) requestAnimationFrame(look);
      else resolve(ages);
    };
    requestAnimationFrame(look);
  });
}

/** One side of a bare WebRTC connection; the descriptions are carried by the benchmark. */
class Call {
  #peer = new RTCPeerConnection();

  send(...tracks) {
    const stream = new MediaStream(tracks);
    for (const track of tracks) this.#peer.addTrack(track, stream);
  }

  receive() {
    const video = document.createElement("video");
    video.autoplay = true;
    video.id = "call";
    this.#peer.ontrack = ({ streams }) => {
      video.srcObject = streams[0];
    };
    document.body.append(video);
  }

  async offer() {
    await this.#peer.setLocalDescription();
    return this.#gathered();
  }

  async answer(offer) {
    await this.#peer.setRemoteDescription(offer);
    await this.#peer.setLocalDescription();
    return this.#gathered();
  }

  accept(answer) {
    return this.#peer.setRemoteDescription(answer);
  }

  close() {
    this.#peer.close();
  }

  async #gathered() {
    while (this.#peer.iceGatheringState !== "complete") {
      await new Promise((done) => {
        this.#peer.onicegatheringstatechange = done;
      });
    }
    return this.#peer.localDescription.toJSON();
  }
}

Object.assign(globalThis, { stampedTrack, watchStamps, Call });
