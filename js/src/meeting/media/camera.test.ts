import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CameraControl } from "./camera";

/** A camera of 1280x720, which can blur or not, and remembers what was asked of it. */
class FakeCamera extends EventTarget {
  readonly asked: Record<string, unknown>[] = [];
  blurred = false;

  constructor(readonly blurs: readonly boolean[] = []) {
    super();
  }

  getCapabilities(): object {
    return { backgroundBlur: this.blurs };
  }

  getSettings(): object {
    return { width: 1280, height: 720, backgroundBlur: this.blurred };
  }

  async applyConstraints(constraints: Record<string, unknown>): Promise<void> {
    this.asked.push(constraints);
    if ("backgroundBlur" in constraints) this.blurred = constraints.backgroundBlur === true;
  }
}

function using(camera: FakeCamera): CameraControl {
  const control = new CameraControl();
  control.use(camera as unknown as MediaStreamTrack);
  return control;
}

const LARGE = { height: 720, framerate: 30 };
const SMALL = { height: 180, framerate: 15 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a smaller picture is asked for when it is clear that it is enough, in the camera's form", () => {
  const camera = new FakeCamera();
  using(camera).setCapture(SMALL);
  vi.advanceTimersByTime(4_999);
  expect(camera.asked).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(camera.asked).toMatchObject([{ width: { ideal: 320 }, height: { ideal: 180 } }]);
});

test("a larger picture is asked for at once", () => {
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(SMALL);
  vi.advanceTimersByTime(5_000);
  control.setCapture(LARGE);
  expect(camera.asked.at(-1)).toMatchObject({ height: { ideal: 720 }, frameRate: { ideal: 30 } });
});

test("what changes to and fro meanwhile leaves the camera alone", () => {
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(LARGE);
  vi.advanceTimersByTime(5_000);
  control.setCapture(SMALL);
  control.setCapture(LARGE);
  vi.advanceTimersByTime(60_000);
  expect(camera.asked).toHaveLength(1);
});

test("a size that was wanted before the camera was open counts for it", () => {
  const control = new CameraControl();
  control.setCapture(SMALL);
  const camera = new FakeCamera();
  control.use(camera as unknown as MediaStreamTrack);
  vi.advanceTimersByTime(5_000);
  expect(camera.asked).toHaveLength(1);
});

test("a closed camera is asked for nothing", () => {
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(SMALL);
  control.use(null);
  vi.advanceTimersByTime(60_000);
  expect(camera.asked).toEqual([]);
});

test("a camera that can blur is switched, and keeps its size and its blur with each other", async () => {
  const camera = new FakeCamera([false, true]);
  const control = using(camera);
  expect(control.blur.value).toBe("off");
  await control.setBlur(true);
  expect(control.blur.value).toBe("on");
  control.setCapture(SMALL);
  vi.advanceTimersByTime(5_000);
  expect(camera.asked.at(-1)).toMatchObject({ height: { ideal: 180 }, backgroundBlur: true });
  await control.setBlur(false);
  expect(camera.asked.at(-1)).toMatchObject({ height: { ideal: 180 }, backgroundBlur: false });
  expect(control.blur.value).toBe("off");
});

test("the system's own menu is followed", () => {
  const camera = new FakeCamera([false, true]);
  const control = using(camera);
  camera.blurred = true;
  camera.dispatchEvent(new Event("configurationchange"));
  expect(control.blur.value).toBe("on");
});

test("a camera that cannot blur says so", async () => {
  const control = using(new FakeCamera());
  expect(control.blur.value).toBe("unavailable");
  await expect(control.setBlur(true)).rejects.toThrow(/cannot blur/);
});
