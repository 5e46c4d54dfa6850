import type { JSX } from "preact";
import { encode } from "uqr";

/** The quiet zone in modules, which ISO/IEC 18004 requires: without it some readers fail. */
const QUIET = 4;

/** A text as a QR code: dark on white in every theme, for all readers. */
export function QrCode({ text, label }: { text: string; label: string }): JSX.Element {
  const { size, data } = encode(text, { ecc: "L", border: QUIET });
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={data.map(row).join("")} fill="#000" />
    </svg>
  );
}

/** The dark modules of one row, one rectangle per run. */
function row(modules: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < modules.length; x++) {
    if (!modules[x]) continue;
    const from = x;
    while (modules[x + 1]) x++;
    const run = x + 1 - from;
    path += `M${from} ${y}h${run}v1h${-run}z`;
  }
  return path;
}
