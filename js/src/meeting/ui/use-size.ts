import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export interface Size {
  width: number;
  height: number;
}

/** The inner size of an element, as it changes; measured before the element is first painted. */
export function useSize<T extends Element>(): [RefObject<T>, Size] {
  const element = useRef<T>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const measure = (): void =>
      setSize({ width: measured.clientWidth, height: measured.clientHeight });
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(measured);
    return () => sizes.disconnect();
  }, []);
  return [element, size];
}
