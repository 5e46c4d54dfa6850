/** A demo bot's picture: a robot's face that looks around, blinks, and speaks. */

const WIDTH = 320;
const HEIGHT = 180;
/** Seconds between two blinks, and for one. */
const BLINK_EVERY = 3.7;
const BLINK = 0.16;

/** The colours behind the face, at both ends. */
export type Colours = readonly [string, string];

export class Face {
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D | null;
  readonly #colours: Colours;

  constructor(colours: Colours) {
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
    this.#context = this.#canvas.getContext("2d", { alpha: false });
    this.#colours = colours;
  }

  /** The picture at a time in seconds; `mouth`: how far it is open, from 0 to 1. */
  draw(time: number, mouth: number): VideoFrame | null {
    const pen = this.#context;
    if (!pen) return null;
    this.#drawBehind(pen, time);
    pen.save();
    pen.translate(WIDTH / 2 + 9 * Math.sin(time * 0.7), HEIGHT / 2 + 8 + 4 * Math.sin(time * 1.3));
    pen.rotate(0.06 * Math.sin(time * 0.9));
    this.#drawHead(pen);
    this.#drawEyes(pen, time);
    pen.fillStyle = "#1d2b3a";
    rounded(pen, -20, 20, 40, 4 + 16 * mouth);
    pen.restore();
    return new VideoFrame(this.#canvas, { timestamp: time * 1e6 });
  }

  #drawBehind(pen: CanvasRenderingContext2D, time: number): void {
    const turn = time * 0.25;
    const [x, y] = [Math.cos(turn) * 90, Math.sin(turn) * 60];
    const fill = pen.createLinearGradient(90 - x, 60 - y, 230 + x, 120 + y);
    fill.addColorStop(0, this.#colours[0]);
    fill.addColorStop(1, this.#colours[1]);
    pen.fillStyle = fill;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
  }

  #drawHead(pen: CanvasRenderingContext2D): void {
    pen.fillStyle = "#f2f5f8";
    pen.fillRect(-2, -72, 4, 22);
    pen.beginPath();
    pen.arc(0, -74, 6, 0, 7);
    pen.fill();
    rounded(pen, -60, -54, 120, 106);
    rounded(pen, -72, -14, 10, 30);
    rounded(pen, 62, -14, 10, 30);
  }

  #drawEyes(pen: CanvasRenderingContext2D, time: number): void {
    const open = time % BLINK_EVERY < BLINK ? 0.12 : 1;
    const look = 4 * Math.sin(time * 0.7);
    pen.fillStyle = "#1d2b3a";
    for (const x of [-26, 26]) {
      pen.beginPath();
      pen.ellipse(x + look, -12, 11, 11 * open, 0, 0, 7);
      pen.fill();
    }
  }
}

function rounded(pen: CanvasRenderingContext2D, ...box: [number, number, number, number]): void {
  pen.beginPath();
  pen.roundRect(...box, Math.min(12, box[3] / 2));
  pen.fill();
}
