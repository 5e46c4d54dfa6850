/**
 * A recording whose file is not what it was a moment ago: the server puts the finished file in the
 * place of the one that was written live, and whoever has read half of the one cannot go on with the
 * other. Or whose server was away for a while. The element itself gives up in both cases.
 */

/** Waits before each attempt; it is over after the last. */
const WAITS_MS = [200, 1_000, 3_000, 7_000] as const;
/** Whoever has played on for so many seconds has all attempts again. */
const RECOVERED = 5;

/**
 * Has a video begin anew where it stood whenever it fails, until the signal ends it.
 *
 * `onFailed`: it was tried often enough.
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
    // An element that fails stops, too.
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
