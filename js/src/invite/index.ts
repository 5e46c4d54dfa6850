/** The page behind an invite link: who one is, whether the door is open, and in. */

import "./invite.css";
import { rememberedName, rememberName } from "../meeting/preferences";
import {
  duration,
  type Invitation,
  invitation,
  meetingAddress,
  redeem,
  ticketIn,
  tokenIn,
} from "./invitation";

const part = <T extends HTMLElement>(id: string, kind: abstract new () => T): T => {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${id}`);
};

const kicker = part("kicker", HTMLElement);
const title = part("title", HTMLElement);
const message = part("message", HTMLElement);
const countdown = part("countdown", HTMLElement);
const validity = part("validity", HTMLElement);
const form = part("form", HTMLFormElement);
const name = part("name", HTMLInputElement);
const join = part("join", HTMLButtonElement);

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const FAILURES = {
  missing: {
    title: "The invitation is missing",
    message: "This address has no invitation in it. Open the whole link that you were sent.",
  },
  used: {
    title: "This link was used already",
    message: "It opens the meeting once, soon after it was made. Make a new one in the notebook.",
  },
  malformed: {
    title: "This invitation cannot be read",
    message:
      "A part of the link is missing or was changed. Copy the whole of it, or ask for a new one.",
  },
};

let token: string | null = null;
let shown = "";

/** Take the token out of the address bar, where it could be read or copied; a reload has it still. */
function take(): string | null {
  const found = tokenIn(location.hash);
  if (found !== null) history.replaceState({ token: found }, "", location.pathname);
  const kept: unknown = history.state;
  const isKept = typeof kept === "object" && kept !== null && "token" in kept;
  return isKept && typeof kept.token === "string" ? kept.token : null;
}

/** Open what the address brings: a token, or a ticket for one. */
async function open(): Promise<void> {
  const ticket = ticketIn(location.hash);
  token = take();
  if (ticket !== null) {
    // Taken out at once: a ticket that was used says nothing, but looks as if it did.
    history.replaceState(null, "", location.pathname);
    token = await redeem(ticket, document.baseURI);
    history.replaceState({ token }, "", location.pathname);
    if (token === null) {
      draw({ state: "used" });
      return;
    }
  }
  show();
}

function show(): void {
  const now = Date.now();
  const current = invitation(token, now);
  if (current.state === "early") {
    const opens = (current.claims.notbefore ?? 0) * 1000;
    countdown.textContent = `Opens in ${duration(opens - now)}`;
  }
  const key = `${current.state} ${token}`;
  if (key === shown) return;
  shown = key;
  draw(current);
}

function draw(current: Invitation): void {
  document.body.dataset.state = current.state;
  const usable = current.state === "open" || current.state === "early";
  form.hidden = !usable;
  countdown.hidden = current.state !== "early";
  kicker.hidden = !("claims" in current);
  validity.hidden = !("claims" in current);
  join.disabled = current.state !== "open";
  if (!("claims" in current)) {
    title.textContent = FAILURES[current.state].title;
    message.textContent = FAILURES[current.state].message;
    document.title = FAILURES[current.state].title;
    return;
  }
  const { claims, state } = current;
  title.textContent = claims.room;
  document.title = `Invitation: ${claims.room}`;
  message.textContent = {
    open: `You can join now, as a ${claims.moderator ? "moderator" : "participant"}.`,
    early: "It is not open yet. You can join from this page as soon as it is.",
    expired: "This invitation has expired. Ask the person who sent it for a new one.",
  }[state];
  validity.textContent = period(claims.notbefore, claims.expiration, state === "early");
}

function period(from: number | null, until: number | null, early: boolean): string {
  const text = (seconds: number): string => moment.format(seconds * 1000);
  const end = until === null ? "It does not expire." : `Valid until ${text(until)}.`;
  return early && from !== null ? `Opens ${text(from)}. ${end}` : end;
}

name.value = rememberedName() ?? "";
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const current = invitation(token, Date.now());
  const chosen = name.value.trim();
  if (current.state !== "open") return;
  if (!chosen) {
    name.value = "";
    name.reportValidity();
    return;
  }
  rememberName(chosen);
  location.assign(meetingAddress(current.token, current.claims, chosen, document.baseURI));
});
// Another link opened in the same tab.
addEventListener("hashchange", () => {
  void open();
});
// A minute's sleep of the machine must not keep the door shut.
addEventListener("visibilitychange", () => token && show());
await open();
setInterval(() => token && show(), 1000);
