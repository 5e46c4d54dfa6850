/** Takes a snapshot of a video track. */

import { RefusedError } from "../../shared/refused-error";

/** A hidden page may get no frame at all. */
const TIMEOUT = 5_000;

/** Returns a PNG as a data URL; rejects if no frame arrives in time. */
export async function snapshot(track: MediaStreamTrack): Promise<string> {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  try {
    await first(video);
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    return canvas.toDataURL("image/png");
  } finally {
    video.srcObject = null;
  }
}

function first(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const none = (): void => reject(new RefusedError("no_picture", "No picture came in time."));
    const timer = setTimeout(none, TIMEOUT);
    video.onloadeddata = () => {
      clearTimeout(timer);
      resolve();
    };
    video.play().catch(none);
  });
}
