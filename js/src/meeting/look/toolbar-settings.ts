/** The toolbar buttons that the embedding page wants, by Jitsi's names, and its own buttons. */

import { signal } from "@preact/signals";
import { flag, invalid, text, textOrNull } from "../../shared/arguments";

/** A button of the embedding page, which receives its clicks. */
export interface CustomButton {
  id: string;
  text: string;
  /** The image as a data: URL; null shows the text's first letter. */
  icon: string | null;
}

interface Press {
  key: string;
  /** Whether the embedding page handles the press instead of this page. */
  preventExecution: boolean;
}

type Read = (key: string) => unknown;

const MAX_NAMES = 64;
const MAX_BUTTONS = 8;
const NAME = { min: 1, max: 64 };
/** The longest icon URL in characters: it contains the image itself. */
const ICON = { max: 32 * 1024 };
const ICON_FORM = /^data:image\/(?:png|jpeg|webp|gif|svg\+xml)[;,]/;

export class ToolbarSettings {
  readonly custom = signal<readonly CustomButton[]>([]);
  /** The last press reported to the embedding page. */
  readonly pressed = signal<Press | null>(null);
  /** Null for all buttons. */
  readonly #shown = signal<ReadonlySet<string> | null>(null);
  /** The buttons whose presses are reported, and whether the embedding page alone handles them. */
  readonly #notified = signal<ReadonlyMap<string, boolean>>(new Map());

  /** Applies the toolbar settings of a configuration; if any of them is invalid, none. */
  configure(read: Read): void {
    const [names, buttons, notified] = [
      read("toolbarButtons"),
      read("customToolbarButtons"),
      read("buttonsWithNotifyClick"),
    ];
    const shown = names == null ? names : new Set(listed("toolbarButtons", names, MAX_NAMES, name));
    const custom = listed("customToolbarButtons", buttons ?? [], MAX_BUTTONS, button);
    const notify = new Map(listed("buttonsWithNotifyClick", notified ?? [], MAX_NAMES, notice));
    if (shown !== undefined) this.#shown.value = shown;
    if (buttons !== undefined) this.custom.value = custom;
    if (notified !== undefined) this.#notified.value = notify;
  }

  /** Whether a button with these names is shown. */
  shows(names: readonly string[]): boolean {
    const shown = this.#shown.value;
    return shown === null || names.some((one) => shown.has(one));
  }

  /** Whether the embedding page alone handles a button with these names. */
  prevents(names: readonly string[]): boolean {
    return names.some((one) => this.#notified.value.get(one));
  }

  /** Runs a button's action and reports the press, as the embedding page requested. */
  press(names: readonly string[], act: () => void): void {
    const key = names.find((one) => this.#notified.value.has(one));
    const preventExecution = this.prevents(names);
    if (key !== undefined) this.pressed.value = { key, preventExecution };
    if (!preventExecution) act();
  }

  /** Reports a press of a button of the embedding page. */
  pressCustom({ id }: CustomButton): void {
    this.pressed.value = { key: id, preventExecution: this.prevents([id]) };
  }
}

function listed<T>(key: string, value: unknown, max: number, read: (one: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > max) {
    throw invalid(key, `has to be a list of at most ${max}`);
  }
  return value.map(read);
}

function name(value: unknown): string {
  return text("A button's name in toolbarButtons", value, NAME);
}

function button(value: unknown): CustomButton {
  const read: Read = (key) => Reflect.get(Object(value), key);
  const icon = textOrNull("A custom button's icon", read("icon"), ICON);
  if (icon !== null && !ICON_FORM.test(icon)) {
    throw invalid(
      "A custom button's icon",
      "has to begin with data:image/png, jpeg, webp, gif or svg+xml",
    );
  }
  return {
    id: text("A custom button's id", read("id"), NAME),
    text: text("A custom button's text", read("text"), NAME),
    icon,
  };
}

/**
 * A name alone means that the embedding page handles the press; with `preventExecution: false`,
 * both sides do.
 */
function notice(value: unknown): [string, boolean] {
  const what = "A button's name in buttonsWithNotifyClick";
  if (typeof value === "string") return [text(what, value, NAME), true];
  const read: Read = (key) => Reflect.get(Object(value), key);
  return [text(what, read("key"), NAME), flag("preventExecution", read("preventExecution"), false)];
}
