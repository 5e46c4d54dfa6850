/**
 * The background's Worker: processes every frame before anything else sees it.
 *
 * It stops on any error: it never outputs an unprocessed frame.
 */

import { Compositor } from "./compositor";
import { Kernel } from "./kernel";
import type { Backdrop, FromWorker, Streams, ToWorker } from "./messages";
import { Network } from "./network";
import { readModel } from "./tflite";

/** Milliseconds between two reports. */
const REPORT = 2_000;
/** Limits the frame rate if the page sends the frames; otherwise the camera's rate applies. */
const FRAMERATE = 30;

function post(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

class Session {
  readonly #compositor: Compositor;
  #pictures = 0;
  #busy = 0;
  #reported = performance.now();

  private constructor(compositor: Compositor) {
    this.#compositor = compositor;
  }

  static async open(message: ToWorker & { type: "open" }): Promise<Session> {
    const [code, model] = await Promise.all([get(message.kernelUrl), get(message.modelUrl)]);
    const kernel = await Kernel.load(code);
    const network = new Network(kernel, readModel(model));
    network.run();
    return new Session(new Compositor(kernel, network, message.backdrop));
  }

  set backdrop(backdrop: Backdrop) {
    this.#compositor.backdrop = backdrop;
  }

  /** Closes the frame that it receives. */
  async change(picture: VideoFrame): Promise<VideoFrame> {
    const began = performance.now();
    try {
      return await this.#compositor.compose(picture);
    } finally {
      picture.close();
      this.#measure(began);
    }
  }

  /** Ends with the camera. */
  async follow({ readable, writable }: Streams): Promise<void> {
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // The writer's own queue would only add latency.
      await writer.write(await this.change(value));
    }
    await writer.close();
  }

  #measure(began: number): void {
    const now = performance.now();
    this.#busy += now - began;
    this.#pictures += 1;
    if (now - this.#reported < REPORT) return;
    post({ type: "effort", each: this.#busy / this.#pictures });
    [this.#pictures, this.#busy, this.#reported] = [0, 0, now];
  }
}

/**
 * Requests the next frame from a page that sends them: a Worker's timers also run in background
 * tabs.
 */
class Turns {
  #asked = performance.now();

  constructor(readonly session: Session) {
    this.#ask();
  }

  async take(picture: VideoFrame | null): Promise<void> {
    if (picture) {
      const changed = await this.session.change(picture);
      post({ type: "picture", picture: changed }, [changed]);
    }
    const passed = performance.now() - this.#asked;
    setTimeout(() => this.#ask(), Math.max(0, 1000 / FRAMERATE - passed));
  }

  #ask(): void {
    this.#asked = performance.now();
    post({ type: "next" });
  }
}

async function get(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the server answered with ${answer.status} for ${answer.url}`);
  return answer.arrayBuffer();
}

let session: Session | null = null;
let turns: Turns | null = null;
/** The background selected while the network was loading. */
let chosen: Backdrop | null = null;

async function onMessage(message: ToWorker): Promise<void> {
  if (message.type === "open") {
    session = await Session.open(message);
    if (chosen) session.backdrop = chosen;
    post({ type: "ready" });
    if (message.streams) await session.follow(message.streams);
    else turns = new Turns(session);
  } else if (message.type === "backdrop") {
    if (session) session.backdrop = message.backdrop;
    else chosen = message.backdrop;
  } else {
    await turns?.take(message.picture);
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  onMessage(data).catch((error: unknown) => {
    post({ type: "failed", reason: String(error) });
    self.close();
  });
};
