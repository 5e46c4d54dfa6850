import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Size {
  width: number;
  height: number;
}

/** The inner size of an element, as it changes; nothing until it is first measured. */
export function useSize<T extends Element>(): [RefObject<T>, Size] {
  const element = useRef<T>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const sizes = new ResizeObserver(() =>
      setSize({ width: measured.clientWidth, height: measured.clientHeight }),
    );
    sizes.observe(measured);
    return () => sizes.disconnect();
  }, []);
  return [element, size];
}
