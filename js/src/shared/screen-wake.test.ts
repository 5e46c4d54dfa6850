import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScreenWake } from "./screen-wake";

/** As in browsers: hiding the page releases the lock, with an event. */
class FakeLock extends EventTarget {
  released = false;

  async release(): Promise<void> {
    this.released = true;
    this.dispatchEvent(new Event("release"));
  }
}

let locks: FakeLock[] = [];
let hidden = false;
let request: () => Promise<FakeLock>;

beforeEach(() => {
  locks = [];
  hidden = false;
  request = async () => {
    const lock = new FakeLock();
    locks.push(lock);
    return lock;
  };
  vi.stubGlobal("document", {
    get hidden() {
      return hidden;
    },
  });
  vi.stubGlobal("navigator", { wakeLock: { request: () => request() } });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));

test("the screen stays on while it should, by one lock", async () => {
  const wake = new ScreenWake();
  wake.set(true);
  wake.set(true);
  await settle();
  expect([wake.held.value, locks.length]).toEqual([true, 1]);
  wake.set(false);
  await settle();
  expect([wake.held.value, locks[0]?.released]).toEqual([false, true]);
});

test("what a hidden page lost is taken again when it is shown", async () => {
  const wake = new ScreenWake();
  wake.set(true);
  await settle();
  hidden = true;
  await locks[0]?.release();
  expect(wake.held.value).toBe(false);
  wake.set(true);
  await settle();
  expect(locks.length).toBe(1);
  hidden = false;
  wake.set(true);
  await settle();
  expect([wake.held.value, locks.length]).toEqual([true, 2]);
});

test("a lock that comes too late is given back", async () => {
  const wake = new ScreenWake();
  wake.set(true);
  wake.set(false);
  await settle();
  expect([wake.held.value, locks[0]?.released]).toEqual([false, true]);
});

test("a refusal is told by the state alone, and does not stop the next try", async () => {
  const give = request;
  request = () => Promise.reject(new DOMException("", "NotAllowedError"));
  const wake = new ScreenWake();
  wake.set(true);
  await settle();
  expect(wake.held.value).toBe(false);
  request = give;
  wake.set(true);
  await settle();
  expect(wake.held.value).toBe(true);
});

test("a browser without wake locks is no error", async () => {
  vi.stubGlobal("navigator", {});
  const wake = new ScreenWake();
  wake.set(true);
  await settle();
  expect(wake.held.value).toBe(false);
});
