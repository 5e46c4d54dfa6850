/** Starts a video element as far as the browser allows it. */

/** Browsers block sound before a user gesture: then it starts muted. */
export function playing(video: HTMLVideoElement, then: () => void): void {
  video.play().then(then, (error: unknown) => {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    if (!refused || video.muted) return;
    video.muted = true;
    playing(video, then);
  });
}
