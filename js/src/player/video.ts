/** Starting a video element as far as the browser allows it. */

/** Browsers let nothing sound before the page was touched: then it begins without. */
export function playing(video: HTMLVideoElement, then: () => void): void {
  video.play().then(then, (error: unknown) => {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    if (!refused || video.muted) return;
    video.muted = true;
    playing(video, then);
  });
}
