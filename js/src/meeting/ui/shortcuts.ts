/** Keyboard shortcuts, which are off while typing. */

import { offersPollsPanel } from "../room/classroom/polls";
import { offersClass } from "../room/classroom/students";
import type { MeetingPage } from "../room/meeting-page";
import { toggle } from "../room/switches";
import { t } from "../strings";
import { attempt } from "./attempt";

interface Shortcut {
  key: string;
  words: () => string;
  /** Whether it does anything for this participant now; always by default. */
  offered?: (meeting: MeetingPage) => boolean;
  act: (meeting: MeetingPage) => void;
}

const PUSH_TO_TALK = " ";

const SHORTCUTS: readonly Shortcut[] = [
  {
    key: "m",
    words: () => t.toolbar.microphone,
    act: (meeting) =>
      void attempt(meeting, () => meeting.setMicrophone(!meeting.media.intends("audio"))),
  },
  {
    key: "v",
    words: () => t.toolbar.camera,
    act: (meeting) =>
      void attempt(meeting, () => meeting.setCamera(!meeting.media.intends("video"))),
  },
  {
    key: "h",
    words: () => t.toolbar.hand,
    act: inRoom((meeting) => toggle(meeting, "hand")),
  },
  { key: "c", words: () => t.toolbar.chat, act: inRoom(({ view }) => view.toggle("chat")) },
  { key: "p", words: () => t.toolbar.people, act: inRoom(({ view }) => view.toggle("people")) },
  {
    key: "q",
    words: () => t.toolbar.polls,
    offered: offersPollsPanel,
    act: inRoom(({ view }) => view.toggle("polls")),
  },
  {
    key: "k",
    words: () => t.classroom.title,
    offered: ({ room }) => offersClass(room),
    act: inRoom(({ view }) => view.toggle("class")),
  },
  {
    key: "s",
    words: () => t.toolbar.screen,
    act: inRoom((meeting) => meeting.setScreen(!meeting.media.intends("screen"))),
  },
  {
    key: "r",
    words: () => t.toolbar.reactions,
    act: inRoom(() => {
      const shown = document.querySelector<HTMLElement>('[data-tool="reactions"]');
      (shown ?? document.querySelector<HTMLElement>('[data-tool="more"]'))?.click();
    }),
  },
  { key: "w", words: () => t.toolbar.tileView, act: inRoom(({ view }) => view.toggleTiles()) },
  {
    key: "?",
    words: () => t.toolbar.shortcuts,
    act: ({ view }) => {
      view.help.value = !view.help.value;
    },
  },
];

/** Those that do something for this participant now. */
export function offeredShortcuts(meeting: MeetingPage): readonly Shortcut[] {
  return SHORTCUTS.filter((shortcut) => isOffered(meeting, shortcut));
}

function isOffered(meeting: MeetingPage, { offered }: Shortcut): boolean {
  return offered?.(meeting) ?? true;
}

function inRoom(work: (meeting: MeetingPage) => unknown): Shortcut["act"] {
  return (meeting) => {
    if (meeting.status.value === "joined") void attempt(meeting, () => work(meeting));
  };
}

export function listenForShortcuts(meeting: MeetingPage, owner: AbortSignal): void {
  const options = { signal: owner };
  document.addEventListener("keydown", (event) => press(meeting, event), options);
  document.addEventListener(
    "keyup",
    ({ key }) => key === PUSH_TO_TALK && stopTalking(meeting),
    options,
  );
  // A key released in another window is not seen here: the microphone must not stay open.
  window.addEventListener("blur", () => stopTalking(meeting), options);
}

function press(meeting: MeetingPage, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
  if (event.key === PUSH_TO_TALK) {
    if (pressable(event)) return;
    event.preventDefault();
    if (!event.repeat) talk(meeting);
    return;
  }
  if (event.repeat) return;
  const key = event.key.toLowerCase();
  const shortcut = SHORTCUTS.find((one) => one.key === key);
  if (!shortcut || !isOffered(meeting, shortcut)) return;
  // What it opens has the focus at once: do not type the key into it.
  event.preventDefault();
  shortcut.act(meeting);
}

/** Push-to-talk: opens the microphone while the space bar is held. */
function talk(meeting: MeetingPage): void {
  const { media, room, view, status } = meeting;
  if (status.value !== "joined" || !room.onStage.value || media.microphoneOn.value) return;
  view.talking.value = true;
  void attempt(meeting, () => meeting.setMicrophone(true));
}

function stopTalking(meeting: MeetingPage): void {
  const { view } = meeting;
  if (!view.talking.value) return;
  view.talking.value = false;
  void attempt(meeting, () => meeting.setMicrophone(false));
}

function typing({ target }: Event): boolean {
  return (
    target instanceof Element &&
    target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null
  );
}

/** Whether the space bar activates the focused element: only where the focus is visible. */
function pressable({ target }: Event): boolean {
  const control =
    target instanceof Element && target.closest("button, a, summary, input, [tabindex]");
  return control instanceof Element && control.matches(":focus-visible");
}
