// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchPlace } from "./attached";

let told: string[];
let stop: () => void;
let place: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  place = document.createElement("div");
  stop = watchPlace(
    place,
    () => told.push("gone"),
    () => told.push("back"),
  );
});

afterEach(() => {
  stop();
  place.remove();
  vi.useRealTimers();
});

const look = () => vi.advanceTimersByTime(1_000);

it("tells each time that a host takes the place out of the document and puts it back", () => {
  document.body.append(place);
  look();
  place.remove();
  look();
  look();
  expect(told).toEqual(["gone"]);
  document.body.append(place);
  look();
  place.remove();
  look();
  expect(told).toEqual(["gone", "back", "gone"]);
});

it("waits for a place that is not in the document yet", () => {
  look();
  document.body.append(place);
  look();
  expect(told).toEqual([]);
});

it("sees a place within a shadow root, as hosts have them", () => {
  const host = document.createElement("div");
  host.attachShadow({ mode: "open" }).append(place);
  document.body.append(host);
  look();
  host.remove();
  look();
  expect(told).toEqual(["gone"]);
});

it("leaves the output of a notebook's cell to the notebook", () => {
  const output = document.createElement("div");
  output.className = "jp-OutputArea";
  output.append(place);
  document.body.append(output);
  look();
  output.remove();
  look();
  expect(told).toEqual([]);
});

it("ends with its view", () => {
  document.body.append(place);
  look();
  stop();
  place.remove();
  look();
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
