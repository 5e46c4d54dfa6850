/** What a person chose once and wants again next time: the name and the devices. */

const NAME = "nanomeet.name";
const DEVICES = "nanomeet.devices";

export type DeviceKind = "audioinput" | "audiooutput" | "videoinput";
export type DeviceChoice = Partial<Record<DeviceKind, string>>;

export function rememberedName(): string | null {
  return load(NAME);
}

export function rememberName(name: string): void {
  save(NAME, name);
}

export function rememberedDevices(): DeviceChoice {
  try {
    const value: unknown = JSON.parse(load(DEVICES) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, id]) => typeof id === "string"));
  } catch {
    return {};
  }
}

export function rememberDevices(choice: DeviceChoice): void {
  save(DEVICES, JSON.stringify(choice));
}

// Storage throws where the browser keeps a framed page from it: then nothing is remembered.
function load(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function save(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
