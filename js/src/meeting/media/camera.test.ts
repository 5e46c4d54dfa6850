import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CameraControl } from "./camera";

/** A 1280x720 camera, with or without blur, that records the constraints applied to it. */
class FakeCamera extends EventTarget {
  readonly asked: Record<string, unknown>[] = [];
  blurred = false;

  constructor(readonly blurs: readonly boolean[] = []) {
    super();
  }

  getCapabilities(): object {
    return { backgroundBlur: this.blurs };
  }

  upright = false;

  getSettings(): object {
    const [width, height] = this.upright ? [720, 1280] : [1280, 720];
    return { width, height, backgroundBlur: this.blurred };
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

test("a smaller size is requested after a delay, with the camera's aspect ratio", () => {
  const camera = new FakeCamera();
  using(camera).setCapture(SMALL);
  vi.advanceTimersByTime(4_999);
  expect(camera.asked).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(camera.asked).toMatchObject([{ width: { ideal: 320 }, height: { ideal: 180 } }]);
});

test("a larger size is requested at once", () => {
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(SMALL);
  vi.advanceTimersByTime(5_000);
  control.setCapture(LARGE);
  expect(camera.asked.at(-1)).toMatchObject({ height: { ideal: 720 }, frameRate: { ideal: 30 } });
});

test("brief changes leave the camera alone", () => {
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(LARGE);
  vi.advanceTimersByTime(5_000);
  control.setCapture(SMALL);
  control.setCapture(LARGE);
  vi.advanceTimersByTime(60_000);
  expect(camera.asked).toHaveLength(1);
});

test("a size requested before the camera opens applies to it", () => {
  const control = new CameraControl();
  control.setCapture(SMALL);
  const camera = new FakeCamera();
  control.use(camera as unknown as MediaStreamTrack);
  vi.advanceTimersByTime(5_000);
  expect(camera.asked).toHaveLength(1);
});

test("nothing is requested from a closed camera", () => {
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(SMALL);
  control.use(null);
  vi.advanceTimersByTime(60_000);
  expect(camera.asked).toEqual([]);
});

test("switching a camera's blur keeps its size, and the other way round", async () => {
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

test("follows the system's own camera menu", () => {
  const camera = new FakeCamera([false, true]);
  const control = using(camera);
  camera.blurred = true;
  camera.dispatchEvent(new Event("configurationchange"));
  expect(control.blur.value).toBe("on");
});

test("reports a camera that cannot blur", async () => {
  const control = using(new FakeCamera());
  expect(control.blur.value).toBe("unavailable");
  await expect(control.setBlur(true)).rejects.toThrow(/cannot blur/);
});

test("a turned phone's pictures keep their new shape, and are scaled by it", async () => {
  const orientation = new EventTarget();
  vi.stubGlobal("screen", { orientation });
  const camera = new FakeCamera();
  const control = using(camera);
  control.setCapture(LARGE);
  await vi.advanceTimersByTimeAsync(5_000);
  const before = control.resized.value;
  camera.upright = true;
  orientation.dispatchEvent(new Event("change"));
  await vi.advanceTimersByTimeAsync(0);
  expect(camera.asked.at(-1)).toMatchObject({ width: { ideal: 405 }, height: { ideal: 720 } });
  expect(control.resized.value).toBe(before + 1);
  control.use(null);
  orientation.dispatchEvent(new Event("change"));
  expect(camera.asked).toHaveLength(2);
  vi.unstubAllGlobals();
});
