/** A line below the header: a message for the user, until it is dismissed. */
import { button, make } from "./dom";
import { t } from "./strings";

const PASSING_MS = 5_000;
/** An invite link must not stay on the screen. */
const SECRET_MS = 60_000;

export class NoticeLine {
  readonly element = make("div", "nanomeet-line");
  readonly #words = make("span", "nanomeet-told");
  readonly #value = make("input", "nanomeet-value");
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(role: "alert" | "status", onDismiss: () => void) {
    this.#words.setAttribute("role", role);
    this.#value.readOnly = true;
    const dismiss = button("close", t.view.dismiss, onDismiss);
    this.element.dataset.role = role;
    this.element.append(this.#words, this.#value, dismiss);
    this.element.hidden = this.#value.hidden = true;
  }

  show(words: string): void {
    if (words === this.#words.textContent) return;
    clearTimeout(this.#timer);
    this.#words.textContent = words;
    this.#value.value = "";
    this.#value.hidden = true;
    this.element.hidden = words === "";
  }

  clear(): void {
    this.show("");
  }

  /** Shows a message that disappears after a while. */
  say(words: string): void {
    this.show(words);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), PASSING_MS);
  }

  /**
   * Offers text to copy by hand; true if the browser has already copied it. The text is a value,
   * not an attribute, so that saved pages do not contain it.
   */
  give(words: string, value: string): boolean {
    this.show(words);
    this.#value.hidden = false;
    this.#value.setAttribute("aria-label", words);
    this.#value.value = value;
    this.#value.focus();
    this.#value.select();
    this.#timer = setTimeout(() => this.clear(), SECRET_MS);
    return document.execCommand("copy");
  }
}
