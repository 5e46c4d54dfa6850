// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Overlay } from "./overlay";

let draw: FrameRequestCallback;
let now = 0;

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => {
    draw = callback;
    return 1;
  });
  vi.stubGlobal("cancelAnimationFrame", () => {});
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Draws a frame `milliseconds` later. */
function after(milliseconds: number): void {
  now += milliseconds;
  draw(now);
}

test("the search for the cell is limited in time, and pauses while the page is suspended", () => {
  document.body.innerHTML = "<div id='cell'><div id='place'></div></div>";
  const place = document.querySelector("#place") as HTMLElement;
  // In the document, but not visible.
  vi.spyOn(place, "getClientRects").mockReturnValue([{}] as unknown as DOMRectList);
  const scroll = vi.spyOn(place.parentElement as HTMLElement, "scrollIntoView");
  const overlay = new Overlay(document);
  overlay.follow(place);
  after(16);
  overlay.back();
  after(5_000);
  expect(scroll).toHaveBeenCalledOnce();
  for (let frame = 0; frame < 200; frame += 1) after(16);
  // It gives up eventually.
  const tries = scroll.mock.calls.length;
  expect(tries).toBeGreaterThan(10);
  after(16);
  expect(scroll).toHaveBeenCalledTimes(tries);
  overlay.remove();
});
