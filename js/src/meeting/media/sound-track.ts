/** An audio track whose sound this page writes. */

/** Seconds that scheduled sound is held against jitter, and the most that may wait. */
const HOLD = 0.04;
const MAX_HOLD = 0.3;

export interface SoundTrack {
  readonly track: MediaStreamTrack;
  /** Plays the next piece of sound, and closes it. */
  play(data: AudioData): void;
  close(): void;
}

/** Throws if the browser does not support it. */
export function soundTrack(): SoundTrack {
  return "MediaStreamTrackGenerator" in globalThis ? new WrittenSound() : new ScheduledSound();
}

class WrittenSound implements SoundTrack {
  readonly #generator = new MediaStreamTrackGenerator({ kind: "audio" });
  readonly #writer = this.#generator.writable.getWriter();

  get track(): MediaStreamTrack {
    return this.#generator;
  }

  play(data: AudioData): void {
    // The track was stopped meanwhile.
    this.#writer.write(data).catch(() => data.close());
  }

  close(): void {
    this.#generator.stop();
    void this.#writer.abort().catch(() => {});
  }
}

/** For browsers that cannot write sound into a track. */
class ScheduledSound implements SoundTrack {
  readonly #context = new AudioContext({ sampleRate: 48_000 });
  readonly #output = this.#context.createMediaStreamDestination();
  /** Context time minus stream time, in seconds. */
  #shift: number | null = null;

  get track(): MediaStreamTrack {
    const [track] = this.#output.stream.getAudioTracks();
    if (!track) throw new Error("this browser makes no track of sound");
    return track;
  }

  play(data: AudioData): void {
    if (this.#context.state !== "running") {
      // Nothing plays what is scheduled before the browser allows sound.
      data.close();
      void this.#context.resume().catch(() => {});
      return;
    }
    const { numberOfFrames: frames, numberOfChannels: channels, sampleRate } = data;
    const buffer = this.#context.createBuffer(channels, frames, sampleRate);
    for (let planeIndex = 0; planeIndex < channels; planeIndex += 1) {
      const plane = new Float32Array(frames);
      data.copyTo(plane, { planeIndex, format: "f32-planar" });
      buffer.copyToChannel(plane, planeIndex);
    }
    const time = data.timestamp / 1e6;
    data.close();
    const now = this.#context.currentTime;
    const ahead = this.#shift === null ? 0 : time + this.#shift - now;
    if (this.#shift === null || ahead < 0 || ahead > MAX_HOLD) this.#shift = now + HOLD - time;
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#output);
    source.start(time + this.#shift);
  }

  close(): void {
    this.track.stop();
    void this.#context.close().catch(() => {});
  }
}
