import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { RefusedError } from "../../shared/refused-error";
import type { Facing } from "./devices";
import { facingOf, turnCamera } from "./facing";

/** A device with cameras, by direction; null if the browser does not report it. */
function device(...ways: (Facing | null)[]) {
  const open = (at: number): MediaStreamTrack | null => {
    const way = ways[at];
    if (way === undefined) return null;
    const settings = { deviceId: `${at}`, ...(way && { facingMode: way }) };
    return { getSettings: () => settings } as unknown as MediaStreamTrack;
  };
  const camera = signal(open(0));
  const devices = signal(
    ways.map((_, at) => ({ kind: "videoinput", deviceId: `${at}` }) as MediaDeviceInfo),
  );
  const choose = async (_: unknown, id: string): Promise<void> => {
    camera.value = open(Number(id));
  };
  const face = async (facing: Facing): Promise<void> => {
    const at = ways.indexOf(facing);
    if (at < 0) throw new RefusedError("no_device", "No camera here looks that way.");
    camera.value = open(at);
  };
  return {
    idle: Promise.resolve(),
    camera,
    get source() {
      return camera.value;
    },
    devices,
    choose,
    face,
    is: () => camera.value?.getSettings().deviceId,
  };
}

test("a phone's camera can be turned back and forth", async () => {
  const phone = device("user", "environment", "environment");
  await turnCamera(phone);
  expect(facingOf(phone.camera.value)).toBe("environment");
  await turnCamera(phone);
  expect(phone.is()).toBe("0");
  await turnCamera(phone, "user");
  expect(phone.is()).toBe("0");
  await turnCamera(phone, "environment");
  expect(phone.is()).toBe("1");
});

test.each([[[null, null]], [["user", "user"]]] as (Facing | null)[][][])(
  "if the cameras %j face the same way, the next one is used",
  async (ways) => {
    const computer = device(...ways);
    await turnCamera(computer);
    expect(computer.is()).toBe("1");
    await expect(turnCamera(computer, "environment")).rejects.toMatchObject({ kind: "no_device" });
    expect(computer.is()).toBe("1");
  },
);

test("without another camera, or any, there is nothing to turn", async () => {
  const alone = device("user");
  await expect(turnCamera(alone)).rejects.toMatchObject({ kind: "no_device" });
  alone.camera.value = null;
  await expect(turnCamera(alone, "user")).rejects.toMatchObject({ kind: "camera_off" });
});
