/** What a demo bot shows and says: a picture that moves, and a quiet voice. */

import { PictureTrack } from "../media/picture-track";
import { type SoundTrack, soundTrack } from "../media/sound-track";
import { NOTHING } from "../mesh/mesh";
import type { Outgoing } from "../mesh/peer";
import { babble, loudness, RATE } from "./babble";
import { type Colours, Face } from "./face";

/** Pictures a second: enough for a drawing. */
const FPS = 10;
const CHUNK = RATE / FPS;

export interface Looks {
  colours: Colours;
  /** Of the voice, in Hz. */
  pitch: number;
}

export class Puppet {
  readonly #face: Face;
  readonly #pitch: number;
  readonly #picture: PictureTrack | null;
  readonly #sound: SoundTrack | null;
  readonly #timer: ReturnType<typeof setInterval>;
  // So that no two bots move alike.
  #ticks = Math.floor(Math.random() * 1_000);
  #voiceUntil = 0;

  constructor({ colours, pitch }: Looks) {
    this.#face = new Face(colours);
    this.#pitch = pitch;
    this.#picture = attempt(() => new PictureTrack(() => {}));
    this.#sound = attempt(soundTrack);
    this.#timer = setInterval(() => this.#tick(), 1000 / FPS);
  }

  get outgoing(): Outgoing {
    const [microphone, camera] = [this.#sound?.track ?? null, this.#picture?.track ?? null];
    return { ...NOTHING, microphone, camera };
  }

  /** Speaks for some seconds. */
  speak(seconds: number): void {
    this.#voiceUntil = this.#ticks + seconds * FPS;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#picture?.close();
    this.#sound?.close();
  }

  #tick(): void {
    const time = this.#ticks / FPS;
    const speaks = this.#ticks < this.#voiceUntil;
    if ("VideoFrame" in globalThis) {
      const picture = this.#face.draw(time, speaks ? loudness(time) : 0);
      if (picture) this.#picture?.show(picture);
    }
    if (this.#sound && "AudioData" in globalThis) {
      const from = this.#ticks * CHUNK;
      const data = speaks ? babble(from, CHUNK, this.#pitch) : new Float32Array(CHUNK);
      const timestamp = time * 1e6;
      const shape = { sampleRate: RATE, numberOfFrames: CHUNK, numberOfChannels: 1 };
      this.#sound.play(new AudioData({ format: "f32-planar", timestamp, data, ...shape }));
    }
    this.#ticks += 1;
  }
}

/** Null in a browser that cannot: the bot is there without it. */
function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
