// @vitest-environment happy-dom
import { render } from "preact";
import { encode } from "uqr";
import { expect, test } from "vitest";
import { QrCode } from "./qr-code";

/** Converts the path's rectangles back into modules. */
function modules(path: string, size: number): boolean[][] {
  const drawn = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    drawn[Number(y)]?.fill(true, Number(x), Number(x) + Number(run));
  }
  return drawn;
}

test("the image has exactly the code's modules, and a quiet zone", () => {
  const link = `https://example.org/invite#token=${"eyJhbGciOi".repeat(30)}`;
  const { size, data } = encode(link, { ecc: "L", border: 4 });
  const root = document.createElement("div");
  render(<QrCode text={link} label="A code" />, root);
  expect(modules(root.querySelector("path")?.getAttribute("d") ?? "", size)).toEqual(data);
  expect(data.slice(0, 4).flat().includes(true)).toBe(false);
  expect(root.querySelector("svg")?.getAttribute("aria-label")).toBe("A code");
});
