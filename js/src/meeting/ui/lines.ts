import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Reports how many screen lines a whole frame takes up where it is shown: 0 out of view,
 * and when it is removed. `whole` is whether it is shown uncropped.
 */
export function useLines(
  element: RefObject<HTMLVideoElement>,
  whole: boolean,
  tell: (lines: number) => void,
): void {
  const latest = useRef(tell);
  latest.current = tell;

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    let inView = true;
    const measure = (): void =>
      latest.current(inView ? linesOf(video, whole) * devicePixelRatio : 0);
    const sizes = new ResizeObserver(measure);
    sizes.observe(video);
    const views = new IntersectionObserver(([entry]) => {
      inView = entry?.isIntersecting ?? true;
      measure();
    });
    views.observe(video);
    video.addEventListener("resize", measure);
    return () => {
      sizes.disconnect();
      views.disconnect();
      video.removeEventListener("resize", measure);
    };
  }, [element, whole]);

  useEffect(() => () => latest.current(0), []);
}

function linesOf(video: HTMLVideoElement, whole: boolean): number {
  const { clientWidth, clientHeight, videoWidth, videoHeight } = video;
  if (!videoWidth || !videoHeight) return clientHeight;
  const fits = [clientWidth / videoWidth, clientHeight / videoHeight];
  return videoHeight * (whole ? Math.min(...fits) : Math.max(...fits));
}
