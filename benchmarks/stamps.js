// The pages' part of every benchmark of pictures: a source whose pictures say when they were drawn
// and which one they are, and a beep at each second; what reads them, and what hears it.

/** The size in which everything is drawn, whatever the picture's own. */
const WIDTH = 640;
const HEIGHT = 360;
const BITS = 20;
const CELL = WIDTH / BITS;
/** Four rows: when, and which, each followed by its inverse: a torn or blurred picture does not count. */
const ROW = 32;
/** Stamps count quarters of a millisecond; 20 bits of them come round after 262 s. */
const UNITS = 4;
const ROUND = 2 ** BITS;

const wallClock = () => performance.timeOrigin + performance.now();

/** Draws a picture 30 times a second, in a Worker so that nothing on the page delays it. */
const PICTURES = `
  const wallClock = () => performance.timeOrigin + performance.now();
  onmessage = ({ data: { writable, lines } }) => {
    const scale = lines / ${HEIGHT};
    const canvas = new OffscreenCanvas(${WIDTH} * scale, lines);
    const pen = canvas.getContext("2d", { alpha: false });
    pen.scale(scale, scale);
    const write = (value, y) => {
      for (let bit = 0; bit < ${BITS}; bit += 1) {
        const on = (value >> bit) & 1;
        pen.fillStyle = on ? "#fff" : "#000";
        pen.fillRect(bit * ${CELL}, y, ${CELL}, ${ROW});
        pen.fillStyle = on ? "#000" : "#fff";
        pen.fillRect(bit * ${CELL}, y + ${ROW}, ${CELL}, ${ROW});
      }
    };
    const writer = writable.getWriter();
    const began = performance.now();
    let count = 0;
    const draw = () => {
      // Something that moves, so that the encoder has work to do.
      pen.fillStyle = "#35527a";
      pen.fillRect(0, ${4 * ROW}, ${WIDTH}, ${HEIGHT});
      pen.fillStyle = "#e8d27a";
      pen.beginPath();
      pen.arc(320 + 200 * Math.sin(count / 20), 244, 70, 0, 7);
      pen.fill();
      write(Math.round(wallClock() * ${UNITS}) % ${ROUND}, 0);
      write(count % ${ROUND}, ${2 * ROW});
      const frame = new VideoFrame(canvas, { timestamp: performance.now() * 1000 });
      writer.write(frame).catch(() => {});
      count += 1;
      setTimeout(draw, began + (count * 1000) / 30 - performance.now());
    };
    draw();
  };
`;

/** Like a microphone: each 10 ms of sound when they are over. 50 ms of a tone begin at each second. */
const BEEPS = `
  const wallClock = () => performance.timeOrigin + performance.now();
  const BLOCK = 480;
  onmessage = ({ data: { writable } }) => {
    const writer = writable.getWriter();
    const began = wallClock();
    let written = 0;
    setInterval(() => {
      while (began + (written + BLOCK) / 48 <= wallClock()) {
        const samples = new Float32Array(BLOCK);
        for (let i = 0; i < BLOCK; i += 1) {
          const into = (began + (written + i) / 48) % 1000;
          samples[i] = into < 50 ? 0.5 * Math.cos(2 * Math.PI * into) : 0;
        }
        const timestamp = (began - performance.timeOrigin + written / 48) * 1000;
        const form = { format: "f32-planar", sampleRate: 48000, numberOfChannels: 1 };
        const data = new AudioData({ ...form, numberOfFrames: BLOCK, timestamp, data: samples });
        writer.write(data).catch(() => {});
        written += BLOCK;
      }
    }, 5);
  };
`;

function generated(kind, source, more = {}) {
  const generator = new MediaStreamTrackGenerator({ kind });
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  const { writable } = generator;
  worker.postMessage({ writable, ...more }, [writable]);
  return generator;
}

const stampedTrack = (lines = HEIGHT) => generated("video", PICTURES, { lines });
const beepingTrack = () => generated("audio", BEEPS);

/** The width of a picture itself, however large the page shows it. */
const widthOf = (source) => source.videoWidth ?? source.naturalWidth ?? source.width;

/** Reads a picture off a canvas, a video or an image element: when and which; null if it has no stamp. */
class Reader {
  #pen = new OffscreenCanvas(BITS, 4).getContext("2d", { willReadFrequently: true });

  constructor() {
    this.#pen.imageSmoothingEnabled = false;
  }

  read(source) {
    const width = widthOf(source);
    const lines = source.videoHeight ?? source.naturalHeight ?? source.height;
    const height = (lines * 4 * ROW) / HEIGHT;
    this.#pen.drawImage(source, 0, 0, width, height, 0, 0, BITS, 4);
    const { data } = this.#pen.getImageData(0, 0, BITS, 4);
    const light = (row, bit) => data[(row * BITS + bit) * 4] > 127;
    const values = [0, 0];
    for (const [index] of values.entries()) {
      for (let bit = 0; bit < BITS; bit += 1) {
        if (light(2 * index, bit) === light(2 * index + 1, bit)) return null;
        if (light(2 * index, bit)) values[index] += 2 ** bit;
      }
    }
    return { stamp: values[0], count: values[1] };
  }
}

const ageOf = (stamp) =>
  ((Math.round(wallClock() * UNITS) - stamp + ROUND) % ROUND) / UNITS;

/** Looks at every refresh of the screen: how old is each new picture, how long after the last one. */
class Watcher {
  #reader = new Reader();
  #ages = [];
  #gaps = [];
  #last = null;
  #lastAt = 0;
  /** The page's time at which the first picture was there, and how old that was. */
  firstAt = null;
  firstAge = null;

  constructor(source) {
    const look = () => {
      requestAnimationFrame(look);
      const picture = this.#reader.read(source());
      if (picture === null || picture.stamp === this.#last) return;
      const now = performance.now();
      this.firstAt ??= now;
      this.firstAge ??= ageOf(picture.stamp);
      if (this.#last !== null) {
        this.#ages.push(ageOf(picture.stamp));
        this.#gaps.push(now - this.#lastAt);
      }
      this.#last = picture.stamp;
      this.#lastAt = now;
    };
    look();
  }

  /** What came since it was asked last. */
  take() {
    // A halt that lasts counts as well.
    const taken = { ages: this.#ages, gaps: this.#gaps, since: performance.now() - this.#lastAt };
    this.#ages = [];
    this.#gaps = [];
    return taken;
  }
}

/** Where there is nothing to read yet, what is read has no stamp. */
const NOTHING = new OffscreenCanvas(1, 1);
NOTHING.getContext("2d");

function watchPictures(selector) {
  return new Watcher(() => {
    const found = document.querySelector(selector);
    const ready = found !== null && widthOf(found) > 0;
    return ready ? found : NOTHING;
  });
}

Object.assign(globalThis, { stampedTrack, beepingTrack, watchPictures, wallClock });
