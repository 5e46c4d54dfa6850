/** The payload of a setup frame, as decoder configurations. */

import type { TrackSetup } from "./protocol";

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function readSetup(payload: Uint8Array): TrackSetup {
  return JSON.parse(new TextDecoder().decode(payload)) as TrackSetup;
}

export function videoConfig(setup: TrackSetup): VideoDecoderConfig {
  return {
    codec: setup.codec,
    optimizeForLatency: true,
    ...(setup.width && setup.height
      ? { codedWidth: setup.width, codedHeight: setup.height }
      : undefined),
    ...(setup.description ? { description: bytes(setup.description) } : undefined),
  };
}

export function audioConfig(setup: TrackSetup): AudioDecoderConfig {
  return {
    codec: setup.codec,
    sampleRate: setup.sample_rate ?? 48_000,
    numberOfChannels: setup.channels ?? 2,
    ...(setup.description ? { description: bytes(setup.description) } : undefined),
  };
}
