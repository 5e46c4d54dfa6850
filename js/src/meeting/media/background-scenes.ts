/** The room's own background images. Drawn here, so that none has to be fetched. */

export const SCENES = ["dusk", "hills", "shelf", "paper"] as const;
export type SceneName = (typeof SCENES)[number];

const BOOKS = ["#7c3f35", "#2f5d62", "#c08a3e", "#4b4e6d", "#8a9a5b", "#a65e2e"] as const;

const DRAWINGS: Readonly<Record<SceneName, () => string>> = {
  dusk: () =>
    `${gradient("#1b2450", "#7a4d86", "#e79a6b")}<circle cx="960" cy="470" r="90" fill="#ffd9a0" fill-opacity=".9"/>${ridge("#43335f", 560, 90)}${ridge("#2a2348", 630, 60)}`,
  hills: () =>
    `${gradient("#a9d3ee", "#dcecf1", "#f4f1e2")}${ridge("#9dbf9a", 470, 110)}${ridge("#6f9f7a", 550, 80)}${ridge("#467a5c", 630, 50)}`,
  shelf: () =>
    `<rect width="1280" height="720" fill="#e6ddcf"/>${[150, 330, 510, 690].map(shelf).join("")}`,
  paper: () =>
    `${gradient("#eef1f6", "#dfe5ee", "#cfd8e6")}<circle cx="200" cy="140" r="260" fill="#fff" fill-opacity=".5"/><circle cx="1110" cy="620" r="340" fill="#b8c6dc" fill-opacity=".5"/>`,
};

/** The URL of a drawing: an SVG of 1280 by 720. */
export function drawing(name: SceneName): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">${DRAWINGS[name]()}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function gradient(...colours: readonly string[]): string {
  const last = colours.length - 1;
  const stops = colours.map((colour, i) => `<stop offset="${i / last}" stop-color="${colour}"/>`);
  return `<linearGradient id="g" x2="0" y2="1">${stops.join("")}</linearGradient><rect width="1280" height="720" fill="url(#g)"/>`;
}

/** A line of hills across the image. */
function ridge(colour: string, line: number, height: number): string {
  const bow = (x: number, up: number): string => `S${x - 160} ${line - up * height} ${x} ${line}`;
  return `<path fill="${colour}" d="M0 ${line}${bow(320, 1.4)}${bow(640, -0.6)}${bow(960, 1)}${bow(1280, -0.4)}V720H0z"/>`;
}

/** A shelf with books, the same each time. */
function shelf(line: number, row: number): string {
  let x = 40;
  const books: string[] = [];
  for (let i = 0; x < 1200; i += 1) {
    const turn = (i * 7 + row * 5) % 11;
    const [width, height] = [26 + turn * 3, 92 + ((turn * 13) % 40)];
    const colour = BOOKS[(i + row * 2) % BOOKS.length];
    if (turn < 9) {
      books.push(
        `<rect x="${x}" y="${line - height}" width="${width}" height="${height}" rx="3" fill="${colour}"/>`,
      );
    }
    x += width + 4;
  }
  return `<g fill-opacity=".75">${books.join("")}</g><rect y="${line}" width="1280" height="16" fill="#b08a60"/>`;
}
