/** The media settings that are kept between visits. */
import type { DeviceChoice } from "./devices";

interface Kept<T> {
  load(): T;
  save(value: T): void;
}

export interface MediaMemory {
  readonly devices: Kept<DeviceChoice>;
  /** Whether noise suppression is on. */
  readonly noise: Kept<boolean>;
  /** The virtual background. */
  readonly background: Kept<string | null>;
  /** The user's own background image, as a `data:` URL. */
  readonly picture: Kept<string | null>;
}
