/** Formats durations. */
import { t } from "./strings";

const UNITS = [
  [86_400, "day"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** A remaining time in its two largest units: `2 days 3 h`, `5 s`. */
export function remaining(seconds: number): string {
  let rest = Math.max(0, Math.ceil(seconds));
  const first = UNITS.findIndex(([size]) => rest >= size);
  const words = UNITS.slice(first).map(([size, name]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return `${count} ${t.units[name === "day" && count > 1 ? "days" : name]}`;
  });
  return words.slice(0, 2).join(" ");
}

/** Timers stop while the machine sleeps, and are limited to 2^31 - 1 ms. */
const LONGEST_NAP_MS = 30_000;

/** Calls back at `time` (milliseconds since 1970), however far away. */
export function at(time: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const nap = (): void => {
    const left = time - Date.now();
    if (left <= 0) callback();
    else timer = setTimeout(nap, Math.min(left, LONGEST_NAP_MS));
  };
  timer = setTimeout(nap);
  return () => clearTimeout(timer);
}
