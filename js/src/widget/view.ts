/** What a cell shows: a header line, the place that the meeting is laid over, or a card. */
import type { Card, Session, View } from "./session";

/** Plain words for each state that the header names. */
const STATUS_WORDS = {
  idle: "Not joined",
  loading: "Loading…",
  joining: "Joining…",
  waiting: "Waiting to be let in",
  joined: "Joined",
  left: "Left",
  failed: "Failed",
} as const;

const BROADCAST_WORDS = {
  off: "",
  starting: "Going live…",
  live: "LIVE",
  stopping: "Ending the broadcast…",
  failed: "Broadcast failed",
} as const;

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function cssLength(value: unknown): string {
  return typeof value === "number" ? `${value}px` : String(value);
}

export class CellView implements View {
  readonly place = make("div", "nanomeet-place");
  readonly #session: Session;
  readonly #root = make("section", "nanomeet");
  readonly #room = make("span", "nanomeet-room");
  readonly #status = make("span", "nanomeet-status");
  readonly #people = make("span", "nanomeet-people");
  readonly #live = make("span", "nanomeet-live");
  readonly #leave = make("button", "nanomeet-button nanomeet-leave", "Leave");
  #shownCard = "";

  constructor(host: HTMLElement, session: Session) {
    this.#session = session;
    const header = make("header", "nanomeet-header");
    this.#status.setAttribute("role", "status");
    this.#leave.type = "button";
    this.#leave.onclick = () => void session.leave();
    header.append(this.#room, this.#status, this.#people, this.#live, this.#leave);
    this.#root.append(header, this.place);
    host.append(this.#root);
  }

  resize(width: unknown, height: unknown): void {
    this.#root.style.width = cssLength(width);
    this.#root.style.height = cssLength(height);
  }

  update(session: Session): void {
    const state = session.state;
    const status = state?.status ?? "idle";
    this.#root.setAttribute("aria-label", `Meeting ${session.room}`.trim());
    this.#root.dataset.status = status;
    this.#room.textContent = session.room;
    const card = session.card ?? (session.shows(this) || state === null ? null : SHOWN_ABOVE);
    this.#status.textContent = session.card ? "" : STATUS_WORDS[status];
    const people = state?.people.length ?? 0;
    this.#people.textContent = people === 0 ? "" : people === 1 ? "1 person" : `${people} people`;
    const broadcast = state?.broadcast.state ?? "off";
    this.#live.dataset.state = broadcast;
    this.#live.textContent = BROADCAST_WORDS[broadcast];
    this.#leave.hidden = state === null;
    this.#showCard(card);
  }

  remove(): void {
    this.#root.remove();
  }

  #showCard(card: Card): void {
    const key = JSON.stringify(card);
    if (key === this.#shownCard) return;
    this.#shownCard = key;
    this.place.replaceChildren();
    if (card === null) return;
    const { words, action } = this.#wordsOf(card);
    const box = make("div", "nanomeet-card");
    box.setAttribute("role", card.kind === "failed" ? "alert" : "status");
    box.append(make("p", "nanomeet-words", words));
    if (action) {
      const button = make("button", "nanomeet-button nanomeet-action", action[0]);
      button.type = "button";
      button.onclick = action[1];
      box.append(button);
    }
    this.place.append(box);
  }

  #wordsOf(card: NonNullable<Card>): { words: string; action?: [string, () => void] } {
    const session = this.#session;
    const room = session.room;
    switch (card.kind) {
      case "waiting_for_kernel":
        return {
          words: `${room ? `The meeting ${room}` : "This meeting"} starts when its cell is run.`,
        };
      case "no_token":
        return { words: "There is no meeting here yet: set the widget's token to join one." };
      case "elsewhere":
        return {
          words:
            card.place === "page"
              ? "This meeting moved to another browser tab."
              : "This meeting is shown in another cell.",
          action: ["Show it here", () => session.bring(this)],
        };
      case "ask":
        return {
          words: `This meeting is on ${card.server}, which you have not used from here before. Joining shows it your camera and microphone.`,
          action: ["Join there", () => session.trust(card.server)],
        };
      case "left":
        return { words: `You left ${room}.`, action: ["Join again", () => session.rejoin()] };
      case "failed":
        return { words: card.message, action: ["Try again", () => session.rejoin()] };
    }
  }
}

const SHOWN_ABOVE: Card = { kind: "elsewhere", place: "cell" };
