/**
 * Captions of a recording: a WebVTT file, fetched and passed to the video as text, because a
 * cross-origin `track` would require CORS for the video, too.
 */

/** Characters: about a day of speech. */
const LONGEST = 4 * 1024 * 1024;

/** Where the embedded server serves a recording's captions, if there is a file beside it. */
export function captionsBeside(recording: string): string {
  const url = new URL(recording);
  url.pathname = url.pathname.replace(/\.mp4$/i, ".captions.vtt");
  return url.href;
}

/** Returns the captions at a URL; null if there are none. */
export async function fetchCaptions(url: string, signal: AbortSignal): Promise<string | null> {
  const answer = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) return null;
  const text = await answer.text();
  return text.length <= LONGEST && /^WEBVTT(?:\s|$)/.test(text) ? text : null;
}

/** Offers a video's captions until the signal aborts. */
export function offerCaptions(
  video: HTMLVideoElement,
  text: string,
  label: string,
  signal: AbortSignal,
): void {
  const track = document.createElement("track");
  const url = URL.createObjectURL(new Blob([text], { type: "text/vtt" }));
  Object.assign(track, { kind: "captions", label, src: url });
  video.append(track);
  signal.addEventListener("abort", () => {
    track.remove();
    URL.revokeObjectURL(url);
  });
}

/** Turns a video's captions on or off, if it has any. */
export function toggleCaptions(video: HTMLVideoElement): void {
  const [track] = video.textTracks;
  if (track) track.mode = track.mode === "showing" ? "disabled" : "showing";
}
