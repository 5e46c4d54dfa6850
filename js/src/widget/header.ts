/** The header above the meeting: name, state and actions. */

import { elapsed } from "../shared/elapsed";
import type { MeetingState } from "./cell-meeting";
import { button, icon, make } from "./dom";
import type { Session, View } from "./session";
import { t } from "./strings";

export interface HeaderActions {
  leave(): void;
  fullScreen(): void;
  openInTab(): void;
  copyInvite(): void;
  cornerOn(): void;
}

export class Header {
  readonly element = make("header", "nanomeet-header");
  readonly #room = make("span", "nanomeet-room");
  readonly #role = make("span", "nanomeet-role");
  readonly #people = make("span", "nanomeet-people");
  readonly #count = make("span", "nanomeet-count");
  readonly #noun = make("span", "nanomeet-label");
  readonly #status = make("span", "nanomeet-status");
  readonly #live = make("span", "nanomeet-live");
  readonly #clock = make("span", "nanomeet-clock");
  readonly #pill = make("span", "nanomeet-pill");
  readonly #corner: HTMLButtonElement;
  readonly #full: HTMLButtonElement;
  readonly #tab: HTMLButtonElement;
  readonly #invite: HTMLButtonElement;
  readonly #leave: HTMLButtonElement;
  #since: number | null = null;

  constructor(actions: HeaderActions) {
    this.#status.setAttribute("role", "status");
    this.#live.setAttribute("role", "status");
    this.#clock.setAttribute("role", "timer");
    this.#people.append(icon("people"), this.#count, this.#noun);
    this.#pill.append(this.#live, this.#clock);
    this.#corner = button("corner", t.header.corner, () => actions.cornerOn());
    this.#full = button("full", t.header.fullScreen, () => actions.fullScreen());
    this.#tab = button("tab", t.header.openInTab, () => actions.openInTab());
    this.#invite = button("invite", t.header.copyInvite, () => actions.copyInvite());
    this.#leave = button("leave", t.header.leave, () => actions.leave());
    const buttons = make("span", "nanomeet-buttons");
    buttons.append(this.#corner, this.#full, this.#tab, this.#invite, this.#leave);
    this.element.append(this.#room, this.#role, this.#people, this.#status, this.#pill, buttons);
  }

  update(session: Session, view: View): void {
    const { state, card } = session;
    this.#room.textContent = state?.subject || session.room;
    this.#room.title = session.room;
    this.#status.textContent = card ? "" : statusOf(state);
    const joined = state?.status === "joined";
    this.#role.textContent = joined ? t.header[state.moderator ? "moderator" : "participant"] : "";
    const people = state?.people.length ?? 0;
    this.#people.hidden = people === 0;
    this.#count.textContent = people === 0 ? "" : String(people);
    this.#noun.textContent = people === 0 ? "" : t.header.people(people);
    const broadcast = state?.broadcast.state ?? "off";
    this.#since = broadcast === "live" ? (state?.broadcast.since ?? null) : null;
    this.#pill.dataset.state = broadcast;
    write(this.#live, t.header.broadcast[broadcast]);
    this.tick();
    const here = session.shows(view);
    this.#corner.hidden = !here || session.cornerWanted;
    this.#full.hidden = !here || !document.fullscreenEnabled;
    this.#tab.hidden = !here;
    this.#invite.hidden = !(joined && state.moderator);
    this.#leave.hidden = state === null;
  }

  /** Whether it shows a running clock. */
  get ticking(): boolean {
    return this.#since !== null;
  }

  tick(): void {
    const passed = this.#since === null ? null : Date.now() / 1000 - this.#since;
    // Digits that change every second count as motion, too.
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const words =
      passed === null
        ? ""
        : calm
          ? `${Math.max(0, Math.floor(passed / 60))} ${t.units.min}`
          : elapsed(passed);
    write(this.#clock, words);
  }
}

function statusOf(state: Readonly<MeetingState> | null): string {
  if (state?.reconnecting) return t.header.reconnecting;
  return t.header.status[state?.status ?? "idle"];
}

/** Skips unchanged text: writing it again would announce it again. */
function write(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
