import { batch, signal } from "@preact/signals";
import { expect, test } from "vitest";
import { inOrder, watch } from "./ordered-effects";

test("changes of one batch are reported in the order of the watches", () => {
  const [a, b] = [signal(0), signal(0)];
  const told: string[] = [];
  inOrder([
    watch(
      () => a.value,
      (now, before) => told.push(`a ${before} to ${now}`),
    ),
    watch(
      () => b.value,
      (now) => told.push(`b ${now}`),
    ),
  ]);
  expect(told).toEqual([]);
  batch(() => {
    b.value = 2;
    a.value = 1;
  });
  expect(told).toEqual(["a 0 to 1", "b 2"]);
});

test("an unchanged value is not reported again", () => {
  const [a, b] = [signal(0), signal(0)];
  let told = 0;
  inOrder([
    watch(
      () => ({ a: a.value }),
      () => {
        told += 1;
      },
    ),
    watch(
      () => b.value,
      () => {},
    ),
  ]);
  b.value = 1;
  expect(told).toBe(0);
});
