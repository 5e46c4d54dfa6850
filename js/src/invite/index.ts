/** The page of an invite link: checks whether it is valid now, then opens the meeting. */

import "./invite.css";
import { serverBase } from "../shared/base";
import { localeOf } from "../shared/language";
import { recordsPolicy, sentenceOf } from "../shared/records";
import { clockAhead } from "../shared/server-time";
import {
  browserTicketIn,
  duration,
  type Invitation,
  invitation,
  meetingAddress,
  redeem,
  tokenIn,
} from "./invitation";
import { speak, t } from "./strings";

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
const records = part("records", HTMLElement);

document.documentElement.lang = speak(navigator.languages);
kicker.textContent = t.invitedTo;
title.textContent = document.title = t.invitation;

const moment = new Intl.DateTimeFormat(localeOf(t.language), {
  dateStyle: "medium",
  timeStyle: "short",
});

/** How often a waiting page asks the server for the time: this machine may have slept. */
const ASK_MS = 60_000;

let token: string | null = null;
let shown = "";
/** Milliseconds by which the server's clock is ahead of this one; null while unknown. */
let ahead: number | null = null;

/** Removes the token from the address bar, where it could be read or copied; a reload keeps it. */
function take(): string | null {
  const found = tokenIn(location.hash);
  if (found !== null) history.replaceState({ token: found }, "", location.pathname);
  const kept: unknown = history.state;
  const isKept = typeof kept === "object" && kept !== null && "token" in kept;
  return isKept && typeof kept.token === "string" ? kept.token : null;
}

/** Opens the URL's token, or its browser ticket. */
async function open(): Promise<void> {
  const ticket = browserTicketIn(location.hash);
  token = take();
  if (ticket !== null) {
    // Remove it at once: a browser ticket works only once, but would still look valid.
    history.replaceState(null, "", location.pathname);
    token = await redeem(ticket, serverBase());
    history.replaceState({ token }, "", location.pathname);
    if (token === null) {
      draw({ state: "used" });
      return;
    }
  }
  await ask();
}

/** Gets the server's time: a guest's clock may be wrong. */
async function ask(): Promise<void> {
  if (token !== null) ahead = (await clockAhead(serverBase())) ?? ahead;
  show();
}

function show(): void {
  // Without the time, let the meeting's server decide.
  const now = ahead === null ? null : Date.now() + ahead;
  const current = invitation(token, now);
  if (current.state === "open") {
    // Replace the page: going back from the meeting must not lead here again.
    location.replace(meetingAddress(current.token, current.claims, serverBase()));
    return;
  }
  if (current.state === "early" && now !== null) {
    const opens = (current.claims.notbefore ?? 0) * 1000;
    countdown.textContent = t.opensIn(duration(opens - now));
  }
  const key = `${current.state} ${token}`;
  if (key === shown) return;
  shown = key;
  draw(current);
}

function draw(current: Exclude<Invitation, { state: "open" }>): void {
  document.body.dataset.state = current.state;
  countdown.hidden = current.state !== "early";
  kicker.hidden = !("claims" in current);
  validity.hidden = !("claims" in current);
  records.hidden = true;
  if (!("claims" in current)) {
    title.textContent = t.failures[current.state].title;
    message.textContent = t.failures[current.state].message;
    document.title = t.failures[current.state].title;
    return;
  }
  const { claims, state } = current;
  title.textContent = claims.room;
  document.title = t.titleOf(claims.room);
  message.textContent = t[state];
  validity.textContent = period(claims.notbefore, claims.expiration, state === "early");
  if (state === "early") void tellRecords(current.token);
}

/** Who waits here is told what the meeting keeps; the meeting's own page tells everyone. */
async function tellRecords(of: string): Promise<void> {
  const policy = await recordsPolicy(serverBase(), of);
  if (policy === null || of !== token || document.body.dataset.state !== "early") return;
  records.textContent = sentenceOf(policy, t.records);
  records.hidden = false;
}

function period(from: number | null, until: number | null, early: boolean): string {
  const text = (seconds: number): string => moment.format(seconds * 1000);
  const end = until === null ? t.unlimited : t.validUntil(text(until));
  return early && from !== null ? `${t.opens(text(from))} ${end}` : end;
}

// Another link opened in the same tab.
addEventListener("hashchange", () => {
  void open();
});
// After the machine slept, check at once instead of within a minute.
addEventListener("visibilitychange", () => void ask());
await open();
setInterval(() => token && show(), 1000);
setInterval(() => void ask(), ASK_MS);
