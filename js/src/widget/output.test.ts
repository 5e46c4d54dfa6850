import { expect, test } from "vitest";
import { outputOf } from "./output";

const element = (boxes: number) => ({ getClientRects: () => ({ length: boxes }) }) as HTMLElement;
const view = (el: HTMLElement) => Promise.resolve({ el });

test("a widget's output is the first of its views that is visible", async () => {
  const [hidden, shown] = [element(0), element(1)];
  const views = { a: view(hidden), b: view(shown), c: view(element(1)) };
  const manager = { get_model: async () => ({ views }) };
  await expect(outputOf(manager, "m")).resolves.toBe(shown);
});

test.each([
  ["a notebook that exposes no manager", undefined],
  ["a manager that finds no widgets", {}],
  ["an unknown widget", { get_model: async () => undefined }],
  ["a widget that is gone", { get_model: () => Promise.reject(new Error("gone")) }],
  ["a widget that no cell shows", { get_model: async () => ({ views: {} }) }],
  ["a hidden one", { get_model: async () => ({ views: { a: view(element(0)) } }) }],
])("%s has no output", async (_, manager) => {
  await expect(outputOf(manager, "m")).rejects.toMatchObject({ kind: "no_output" });
});
