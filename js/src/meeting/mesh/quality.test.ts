import { expect, test } from "vitest";
import { type Circumstances, captureFor, decide, encodingFor, LINE_STEPS } from "./quality";
import type { Shown } from "./video-constraints";

function circumstances(
  wanted: Record<string, Shown | null>,
  more: Partial<Circumstances> = {},
): Circumstances {
  return {
    wanted: new Map(Object.entries(wanted)),
    screen: null,
    processor: 0,
    line: new Map(),
    ...more,
  };
}

/** `count` others who all show the camera at `camera` lines. */
function others(count: number, camera: number): Record<string, Shown> {
  const all = Array.from({ length: count }, (_, i) => [`p${i}`, { camera, screen: 0 }] as const);
  return Object.fromEntries(all);
}

function camerasOf(given: Circumstances): (number | null)[] {
  return [...decide(given).values()].map(({ camera }) => camera?.height ?? null);
}

test.each([
  [1, 1080, 720],
  [1, 360, 360],
  [1, 400, 360],
  [1, 100, 90],
  [1, 130, 120],
  [3, 700, 360],
  [5, 700, 270],
  [7, 700, 180],
])("%i others who show %i lines get %i", (count, lines, expected) => {
  const heights = camerasOf(circumstances(others(count, lines)));
  expect(Math.min(...heights.map(Number))).toBe(expected);
});

test("video that no page shows is not sent", () => {
  const wanted = { ada: { camera: 0, screen: 0 }, grace: { camera: 300, screen: 0 } };
  expect(decide(circumstances(wanted, { screen: "detail" })).get("ada")).toEqual({
    camera: null,
    screen: null,
  });
  expect(camerasOf(circumstances(wanted))).toEqual([null, 270]);
});

test("all cameras together stay within the upload budget", () => {
  for (const screen of [null, "detail", "motion"] as const) {
    for (let count = 1; count <= 12; count += 1) {
      const sendings = [...decide(circumstances(others(count, 720), { screen })).values()];
      const bits = sendings.reduce((sum, { camera }) => sum + (camera?.bitrate ?? 0), 0);
      expect(bits).toBeLessThanOrEqual(screen ? 900_000 : 1_800_000);
      expect(bits).toBeGreaterThan(0);
    }
  }
});

test("one large video among small ones may be large", () => {
  const wanted = { ...others(3, 90), large: { camera: 540, screen: 0 } };
  expect(decide(circumstances(wanted)).get("large")?.camera?.height).toBe(540);
});

test("a slow processor reduces everything, a bad network only what is sent over it", () => {
  const wanted = others(2, 360);
  expect(camerasOf(circumstances(wanted, { processor: 2 }))).toEqual([180, 180]);
  expect(camerasOf(circumstances(wanted, { processor: 99 }))).toEqual([90, 90]);
  expect(camerasOf(circumstances(wanted, { line: new Map([["p1", 1]]) }))).toEqual([360, 270]);
});

test("on the worst network video stops, so that the voice gets through", () => {
  const wanted = { ada: { camera: 360, screen: 720 }, grace: { camera: 360, screen: 720 } };
  const line = new Map([["ada", LINE_STEPS]]);
  const sendings = decide(circumstances(wanted, { screen: "detail", line }));
  expect(sendings.get("ada")).toEqual({ camera: null, screen: null });
  expect(sendings.get("grace")?.screen?.height).toBe(720);
});

test("a shared screen keeps its lines and lowers its frame rate", () => {
  const wanted = { ada: { camera: 90, screen: 1000 } };
  const [fast, slow] = [0, 2].map(
    (processor) =>
      decide(circumstances(wanted, { screen: "detail", processor })).get("ada")?.screen,
  );
  expect(fast?.height).toBe(1080);
  expect(slow?.height).toBe(1080);
  expect(slow?.framerate).toBeLessThan(fast?.framerate ?? 0);
});

test.each([
  [1, 1080, 0, 1080],
  [1, 700, 0, 720],
  [1, 200, 0, 180],
  [2, 1080, 0, 540],
  [7, 1080, 0, 180],
  [1, 1080, 2, 540],
  [30, 1080, 9, 180],
])(
  "a moving screen, %i × %i lines, %i steps down: %i lines at 24 to 30 a second",
  (count, ...rest) => {
    const [screen, processor, lines] = rest;
    const ids = Array.from({ length: count }, (_, i) => [`p${i}`, { camera: 0, screen }]);
    const given = { screen: "motion", processor } as const;
    const sent = [...decide(circumstances(Object.fromEntries(ids), given)).values()];
    for (const sending of sent) {
      expect(sending.screen?.height).toBe(lines);
      expect(sending.screen?.framerate).toBeGreaterThanOrEqual(24);
    }
    const bits = sent.reduce((sum, one) => sum + (one.screen?.bitrate ?? 0), 0);
    expect(bits).toBeLessThanOrEqual(3_000_000);
  },
);

test("a moving screen that is not shown is not sent", () => {
  const wanted = { ada: { camera: 90, screen: 0 } };
  expect(decide(circumstances(wanted, { screen: "motion" })).get("ada")?.screen).toBeNull();
});

test("a screen that is not shared is not sent, even to pages that would show it", () => {
  expect(
    decide(circumstances({ ada: { camera: 90, screen: 1000 } })).get("ada")?.screen,
  ).toBeNull();
});

test("a page that has not reported its sizes gets video at once", () => {
  expect(camerasOf(circumstances({ ada: null }))).toEqual([360]);
});

test.each([
  [[], 0, { height: 90, framerate: 12 }],
  [[], 500, { height: 540, framerate: 30 }],
  [[180, 360], 90, { height: 360, framerate: 24 }],
  [[180], 300, { height: 270, framerate: 20 }],
])("the camera delivers what the largest video needs: %j, self-view %i", (sent, own, expected) => {
  const wanted = Object.fromEntries(sent.map((camera, i) => [`p${i}`, { camera, screen: 0 }]));
  expect(captureFor(decide(circumstances(wanted)).values(), own)).toEqual(expected);
});

test("a frame is scaled down to the quality's lines and never up", () => {
  const quality = { height: 360, framerate: 24, bitrate: 600_000 };
  expect(encodingFor(quality, 720)).toMatchObject({ active: true, scaleResolutionDownBy: 2 });
  expect(encodingFor(quality, 240).scaleResolutionDownBy).toBe(1);
  expect(encodingFor(quality, undefined).scaleResolutionDownBy).toBe(1);
  expect(encodingFor(null, 720)).toEqual({ active: false });
});
