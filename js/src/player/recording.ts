/**
 * Keeps a recording playing when its file changes or the server was unreachable for a while. The
 * server replaces the file written live with the finished one, and a viewer who has read half of
 * the old file cannot continue with the new one. The element itself gives up in both cases.
 */

/** Delays before each retry; gives up after the last. */
const WAITS_MS = [200, 1_000, 3_000, 7_000] as const;
/** Playing for this many seconds makes all retries available again. */
const RECOVERED = 5;

/**
 * Restarts a video at its position whenever it fails, until the signal aborts.
 *
 * `onFailed`: all retries failed.
 */
export function playOn(video: HTMLVideoElement, signal: AbortSignal, onFailed: () => void): void {
  let attempts = 0;
  let stoodAt = 0;
  let wanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const on = (event: string, heed: () => void) => video.addEventListener(event, heed, { signal });

  const again = () => {
    const { playbackRate } = video;
    video.load();
    video.currentTime = stoodAt;
    video.playbackRate = playbackRate;
    if (wanted) video.play().catch(() => undefined);
  };
  on("play", () => {
    wanted = true;
  });
  on("pause", () => {
    // A failed element is paused, too.
    if (video.error === null) wanted = false;
  });
  on("timeupdate", () => {
    if (video.currentTime > stoodAt + RECOVERED) attempts = 0;
  });
  on("error", () => {
    const wait = WAITS_MS[attempts];
    attempts += 1;
    stoodAt = video.currentTime;
    if (wait === undefined) onFailed();
    else timer = setTimeout(again, wait);
  });
}
