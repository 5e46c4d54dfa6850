// Bundles the front end into the Python package. `node build.mjs [entry ...]` builds only those.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/nanomeet_widget/static");

// name of the output: [source, format]
const bundles = {
  widget: ["src/widget/index.ts", "esm"],
  nanomeet: ["src/webapi/global.ts", "iife"],
  external_api: ["src/engine/global.ts", "iife"],
  meeting: ["src/meeting/index.tsx", "esm"],
  composer: ["src/composer/worker.ts", "iife"],
  player: ["src/player/index.tsx", "esm"],
  "player-audio": ["src/player/audio-worklet.ts", "iife"],
  invite: ["src/invite/index.ts", "esm"],
  library: ["src/library/index.ts", "iife"],
};
const pages = ["meeting", "player", "invite"];

const chosen = process.argv.slice(2);
const names = Object.keys(bundles).filter((n) => chosen.length === 0 || chosen.includes(n));
if (chosen.length === 0) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

await Promise.all(
  names.map((name) => {
    const [source, format] = bundles[name];
    return build({
      entryPoints: { [name]: join(here, source) },
      outdir: out,
      bundle: true,
      format,
      target: "es2022",
      minify: true,
      legalComments: "none",
      jsx: "automatic",
      jsxImportSource: "preact",
      logLevel: "warning",
    });
  }),
);
for (const page of pages) {
  if (names.includes(page))
    copyFileSync(join(here, `src/${page}/${page}.html`), join(out, `${page}.html`));
}
if (names.includes("nanomeet")) {
  copyFileSync(join(here, "types/nanomeet.d.ts"), join(out, "nanomeet.d.ts"));
}
if (chosen.length === 0) writeFileSync(join(out, ".built"), "");
