// What a viewer's page hears: when each beep begins, on the page's own clock. To be there before the
// page's own scripts.

/** On the audio thread: the moment of the context at which sound begins after silence. */
const EAR = `
  registerProcessor("ear", class extends AudioWorkletProcessor {
    #quietSince = null;

    process([[samples]]) {
      if (samples === undefined) return true;
      for (const [index, sample] of samples.entries()) {
        const at = currentTime + index / sampleRate;
        if (Math.abs(sample) < 0.1) {
          this.#quietSince ??= at;
        } else {
          // A beep's own wave passes through silence, too.
          if (this.#quietSince !== null && at - this.#quietSince > 0.2) this.port.postMessage(at);
          this.#quietSince = null;
        }
      }
      return true;
    }
  });
`;

/** Kept: a benchmark may take it from the page. */
const { AudioWorkletNode: EarNode } = globalThis;

/** Hears a node of a context; `timeOf` says when a moment of the context is heard. */
class Listener {
  #ages = [];

  async listen(node, timeOf) {
    const { context } = node;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([EAR], { type: "text/javascript" })));
    const ear = new EarNode(context, "ear", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    ear.port.onmessage = ({ data }) => {
      // Beeps begin at whole seconds, and no way takes as long as one.
      const heard = performance.timeOrigin + timeOf(context, data);
      this.#ages.push(heard % 1000);
    };
    connect.call(node, ear);
  }

  /** How old the beeps were that were heard since it was asked last, in ms. */
  take() {
    const ages = this.#ages;
    this.#ages = [];
    return ages;
  }
}

/** When the device sounds it. */
function atTheEar(context, at) {
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  return performanceTime + (at - contextTime) * 1000;
}

/** When it was rendered: a video element takes that for the moment at which it is heard. */
const rendered = new WeakMap();
function followRendering(context) {
  const offsets = [];
  setInterval(() => {
    offsets.push(performance.now() - context.currentTime * 1000);
    if (offsets.length > 200) offsets.shift();
    // The clock goes on in steps: the earliest look after a step tells when it was.
    rendered.set(context, Math.min(...offsets));
  }, 5);
}
const atRendering = (context, at) => rendered.get(context) + at * 1000;

const listener = new Listener();

/** Whatever a page of ours plays by Web Audio is heard as well. */
const { connect } = AudioNode.prototype;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to === this.context.destination && this.context instanceof AudioContext) {
    listener.listen(this, atTheEar);
  }
  return connect.call(this, to, ...rest);
};

/** Hears what a video element plays. */
function listenTo(video) {
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 0 });
  const sound = context.createMediaElementSource(video);
  connect.call(sound, context.destination);
  followRendering(context);
  return listener.listen(sound, atRendering);
}

Object.assign(globalThis, { listener, listenTo });
