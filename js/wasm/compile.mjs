// The parts of the background: a module compiled here, and a network as published.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

export async function compile(name) {
  const files = new Map();
  const { error, stderr } = await asc.main(
    [
      join(import.meta.dirname, `${name}.ts`),
      ...["--outFile", `${name}.wasm`, "--optimizeLevel", "3"],
      ...["--noAssert", "--runtime", "stub", "--enable", "simd"],
    ],
    { writeFile: (file, contents) => void files.set(file, contents) },
  );
  if (error) throw new Error(`asc: ${stderr}`);
  return files.get(`${name}.wasm`);
}

export const NETWORK = "selfie_segmentation_landscape.tflite";

export function network() {
  const packages = join(import.meta.dirname, "../node_modules");
  return readFileSync(join(packages, "@mediapipe/selfie_segmentation", NETWORK));
}
