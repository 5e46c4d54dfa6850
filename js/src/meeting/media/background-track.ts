/** A track of camera frames with a replaced background, processed in a Worker of its own. */

import type { Backdrop, FromWorker, Streams, ToWorker } from "../../background/messages";
import { serverBase } from "../../shared/base";
import { workerScript } from "../../shared/worker-script";
import { CanvasTrack } from "./canvas-track";

/**
 * Milliseconds: enough to load the network over a slow connection, and less than a command's
 * timeout.
 */
const OPEN_TIMEOUT = 15_000;

export interface BackgroundEvents {
  /** The track has ended: no more frames. */
  onFailed(): void;
  /** Milliseconds of processing per frame. */
  onEffort(each: number): void;
}

export class BackgroundTrack {
  readonly track: MediaStreamTrack;
  readonly #worker: Worker;
  readonly #canvas: CanvasTrack | null;

  /**
   * Rejects if the browser does not support it or a resource fails to load: then there are no
   * frames.
   */
  static async open(
    camera: MediaStreamTrack,
    backdrop: Backdrop,
    events: BackgroundEvents,
  ): Promise<BackgroundTrack> {
    const opened = new BackgroundTrack(camera, events);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error("the background took too long")), OPEN_TIMEOUT);
        opened.#begin(backdrop, resolve, reject);
      });
    } catch (error) {
      opened.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return opened;
  }

  private constructor(
    readonly camera: MediaStreamTrack,
    readonly events: BackgroundEvents,
  ) {
    this.#worker = new Worker(workerScript("background.js"), { name: "background" });
    this.#canvas = streams() ? null : new CanvasTrack(camera);
    this.track =
      this.#canvas?.track ?? (new MediaStreamTrackGenerator({ kind: "video" }) as MediaStreamTrack);
    // Report the camera's id and frame size: they describe what is sent.
    this.track.getSettings = () => camera.getSettings();
  }

  set backdrop(backdrop: Backdrop) {
    this.#post({ type: "backdrop", backdrop }, pictureOf(backdrop));
  }

  close(): void {
    this.#worker.terminate();
    this.#canvas?.close();
    this.track.stop();
  }

  #begin(backdrop: Backdrop, ready: () => void, failed: (error: Error) => void): void {
    let begun = false;
    const end = (reason: string): void => {
      if (!begun) failed(new Error(reason));
      else this.events.onFailed();
    };
    this.#worker.onerror = ({ message }) => end(message);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case "ready":
          begun = true;
          ready();
          break;
        case "effort":
          this.events.onEffort(data.each);
          break;
        case "next": {
          const picture = this.#canvas?.picture() ?? null;
          this.#post({ type: "picture", picture }, picture ? [picture] : []);
          break;
        }
        case "picture":
          this.#canvas?.show(data.picture);
          break;
        case "failed":
          end(data.reason);
          break;
      }
    };
    const through = this.#canvas ? null : this.#streams();
    this.#post(
      {
        type: "open",
        kernelUrl: address("background.wasm"),
        modelUrl: address("selfie_segmentation_landscape.tflite"),
        backdrop,
        streams: through,
      },
      [...pictureOf(backdrop), ...(through ? [through.readable, through.writable] : [])],
    );
  }

  #streams(): Streams {
    const { readable } = new MediaStreamTrackProcessor({
      track: this.camera as MediaStreamVideoTrack,
      maxBufferSize: 1,
    });
    return { readable, writable: (this.track as MediaStreamVideoTrackGenerator).writable };
  }

  #post(message: ToWorker, transfer: Transferable[]): void {
    this.#worker.postMessage(message, transfer);
  }
}

function pictureOf(backdrop: Backdrop): Transferable[] {
  return backdrop.kind === "picture" ? [backdrop.picture] : [];
}

/** Whether the browser transfers a track's frames to a Worker (Media Capture Transform). */
function streams(): boolean {
  return "MediaStreamTrackProcessor" in globalThis && "MediaStreamTrackGenerator" in globalThis;
}

function address(file: string): string {
  return new URL(`static/${file}`, serverBase()).href;
}
