// Bundles the front end into the Python package. `node build.mjs [entry ...]` builds only those.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { compile, NETWORK, network } from "./wasm/compile.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/nanomeet_widget/static");

// name of the output: [source, format]
const bundles = {
  widget: ["src/widget/index.ts", "esm"],
  nanomeet: ["src/webapi/global.ts", "iife"],
  external_api: ["src/engine/global.ts", "iife"],
  meeting: ["src/meeting/index.tsx", "esm"],
  composer: ["src/composer/worker.ts", "iife"],
  tap: ["src/composer/tap-worker.ts", "iife"],
  background: ["src/background/worker.ts", "iife"],
  player: ["src/player/index.tsx", "esm"],
  "player-audio": ["src/player/audio-worklet.ts", "iife"],
  broadcast_player: ["src/broadcast-player/index.ts", "esm"],
  invite: ["src/invite/index.ts", "esm"],
  library: ["src/library/index.ts", "iife"],
  hub: ["src/hub/hub.css", "esm"],
};
const pages = ["meeting", "player", "invite"];

const chosen = process.argv.slice(2);
const names = Object.keys(bundles).filter((n) => chosen.length === 0 || chosen.includes(n));
if (chosen.length === 0) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const settings = { target: "es2022", minify: true, legalComments: "none", logLevel: "warning" };

async function bundle(name) {
  const [source, format] = bundles[name];
  const { outputFiles } = await build({
    ...settings,
    entryPoints: { [name]: join(here, source) },
    outdir: out,
    bundle: true,
    write: false,
    format,
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  for (const { path, text } of outputFiles) {
    // A second time: only the whole bundle shows which constants and functions have one use.
    const { code } = await transform(text, {
      ...settings,
      loader: path.endsWith(".css") ? "css" : "js",
    });
    writeFileSync(path, code);
  }
}

/** The arithmetic of the background, and the network that finds the person: as its makers publish it. */
async function background() {
  writeFileSync(join(out, "background.wasm"), await compile("background"));
  writeFileSync(join(out, NETWORK), network());
}

await Promise.all(names.map(bundle));
if (names.includes("background")) await background();
for (const page of pages) {
  if (names.includes(page))
    copyFileSync(join(here, `src/${page}/${page}.html`), join(out, `${page}.html`));
}
if (names.includes("nanomeet")) {
  copyFileSync(join(here, "types/nanomeet.d.ts"), join(out, "nanomeet.d.ts"));
}
if (chosen.length === 0) writeFileSync(join(out, ".built"), "");
