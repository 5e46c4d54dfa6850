/** What the media keep until the next time. */
import type { DeviceChoice } from "./devices";

interface Kept<T> {
  load(): T;
  save(value: T): void;
}

export interface MediaMemory {
  readonly devices: Kept<DeviceChoice>;
  /** Whether noise is taken out of what the microphone hears. */
  readonly noise: Kept<boolean>;
  /** What stands behind the person. */
  readonly background: Kept<string | null>;
  /** The person's own picture for that, as a `data:` address. */
  readonly picture: Kept<string | null>;
}
