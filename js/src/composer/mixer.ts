/** Everybody's sound in one track. */

const SAMPLE_RATE = 48_000;

export class Mixer {
  readonly #context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  readonly #mix = this.#context.createMediaStreamDestination();
  readonly #silence = this.#context.createConstantSource();
  readonly #inputs = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();

  constructor() {
    // Without any source the destination delivers nothing at all.
    this.#silence.offset.value = 0;
    this.#silence.connect(this.#mix);
    this.#silence.start();
    this.#context.onstatechange = () => this.#resume();
    this.#resume();
  }

  get track(): MediaStreamTrack {
    const [track] = this.#mix.stream.getAudioTracks();
    if (track === undefined) throw new Error("this browser cannot mix sound");
    return track;
  }

  setTracks(tracks: ReadonlySet<MediaStreamTrack>): void {
    for (const [track, node] of this.#inputs) {
      if (tracks.has(track)) continue;
      node.disconnect();
      this.#inputs.delete(track);
    }
    for (const track of tracks) {
      if (this.#inputs.has(track)) continue;
      const node = this.#context.createMediaStreamSource(new MediaStream([track]));
      node.connect(this.#mix);
      this.#inputs.set(track, node);
    }
    this.#resume();
  }

  close(): void {
    this.#context.onstatechange = null;
    this.setTracks(new Set());
    this.#silence.stop();
    this.track.stop();
    void this.#context.close();
  }

  #resume(): void {
    if (this.#context.state !== "suspended") return;
    // Refused until somebody touches the page; the composer sends silence meanwhile.
    void this.#context.resume().catch(() => undefined);
  }
}
