/** What a cell shows: a header line, the place for the meeting, or a card. */
import { explained } from "../shared/explained";
import { type Card, wordsOf } from "./cards";
import { copy } from "./clipboard";
import { remaining } from "./clock";
import { make } from "./dom";
import { Header } from "./header";
import { NoticeLine } from "./notice-line";
import type { Session, View } from "./session";
import { t } from "./strings";

function cssLength(value: unknown): string {
  return typeof value === "number" ? `${value}px` : String(value);
}

const SHOWN_ABOVE: Card = { kind: "elsewhere", place: "cell" };

export class CellView implements View {
  readonly place = make("div", "nanomeet-place");
  readonly #session: Session;
  readonly #root = make("section", "nanomeet");
  readonly #header: Header;
  readonly #notice: NoticeLine;
  readonly #said: NoticeLine;
  readonly #owner = new AbortController();
  #shownCard = "";
  #countdown: HTMLElement | null = null;
  #card: Card | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(host: HTMLElement, session: Session) {
    this.#session = session;
    this.#header = new Header({
      leave: () => void session.leave(),
      fullScreen: () => void this.#fullScreen(),
      openInTab: () => this.#openInTab(),
      copyInvite: () => void this.#copyInvite(),
      cornerOn: () => session.showCorner(true),
    });
    this.#notice = new NoticeLine("alert", () => session.dismissNotice());
    this.#said = new NoticeLine("status", () => this.#said.clear());
    this.#root.append(this.#header.element, this.#notice.element, this.#said.element, this.place);
    host.append(this.#root);
    // Runs before the notebook's own shortcuts, which use Enter, F and others.
    addEventListener("keydown", (event) => this.#onKey(event), {
      capture: true,
      signal: this.#owner.signal,
    });
  }

  resize(width: unknown, height: unknown): void {
    this.#root.style.width = cssLength(width);
    this.#root.style.height = cssLength(height);
  }

  update(session: Session): void {
    const { state, room } = session;
    this.#root.setAttribute("aria-label", t.view.meeting(room));
    this.#root.dataset.status = state?.status ?? "idle";
    this.#root.dataset.theme = session.theme;
    this.#header.update(session, this);
    this.#notice.show(session.notice);
    const here = session.shows(this);
    this.#showCard(session.card ?? (here || state === null ? null : SHOWN_ABOVE));
    this.#offerEntry(here);
    this.#tickIfNeeded();
  }

  remove(): void {
    clearInterval(this.#ticker);
    this.#said.clear();
    this.#owner.abort();
    this.#root.remove();
  }

  /** The meeting lies elsewhere in the document: its place is the keyboard's way in. */
  #offerEntry(here: boolean): void {
    const { place } = this;
    place.tabIndex = here ? 0 : -1;
    if (here) {
      place.setAttribute("role", "group");
      place.setAttribute("aria-label", t.view.entry);
    } else {
      place.removeAttribute("role");
      place.removeAttribute("aria-label");
    }
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    if (!(target instanceof Node) || !this.#root.contains(target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    if (event.key === "Escape") this.#said.clear();
    if (target !== this.place || !/^(Enter|f)$/i.test(event.key)) return;
    event.preventDefault();
    this.#session.enter(this);
  }

  async #fullScreen(): Promise<void> {
    if (!(await this.#session.fullScreen())) this.#said.say(t.view.noFullScreen);
  }

  #openInTab(): void {
    // Open it during the click: later, browsers would block it as a pop-up.
    const tab = window.open("", "_blank");
    if (tab === null) this.#said.say(t.view.noTab);
    else void this.#session.moveTo(tab);
  }

  async #copyInvite(): Promise<void> {
    this.#said.say(t.view.makingInvite);
    const link = this.#session.invite();
    const copied = copy(link);
    try {
      const ready = await link;
      // Selected for manual copying: over plain HTTP there is no clipboard access.
      const given = (await copied) || this.#said.give(t.view.copyByHand, ready);
      if (given) this.#said.say(t.view.copied);
    } catch (error) {
      this.#said.say(error instanceof Error ? error.message : String(error));
    }
  }

  #showCard(card: Card | null): void {
    const key = JSON.stringify(card);
    if (key === this.#shownCard) return;
    this.#shownCard = key;
    this.#card = card;
    this.#countdown = null;
    const hadFocus = this.place.contains(this.#focused());
    this.place.replaceChildren();
    if (card !== null) this.place.append(this.#draw(card));
    if (hadFocus) this.place.focus({ preventScroll: true });
  }

  #draw(card: Card): HTMLElement {
    const { words, subject, action, second } = wordsOf(card, this.#session.room);
    const box = make("div", "nanomeet-card");
    box.setAttribute("role", card.kind === "failed" ? "alert" : "status");
    if (subject) box.append(make("strong", "nanomeet-subject", subject));
    box.append(make("p", "nanomeet-words", words));
    if (card.kind === "early") {
      this.#countdown = make("p", "nanomeet-countdown");
      this.#countdown.setAttribute("role", "timer");
      box.append(this.#countdown);
    }
    for (const label of [action, second]) {
      if (!label) continue;
      const node = make("button", "nanomeet-button nanomeet-action", label);
      node.type = "button";
      const tab = card.kind === "failed" && /^frame_/.test(card.failure.kind);
      node.onclick = () => (tab ? this.#openInTab() : this.#session.act(this, label === second));
      box.append(node);
    }
    // After the action, which is what Tab reaches first.
    if (card.kind === "failed") {
      const link = make("a", "", t.view.help);
      link.href = explained(card.failure.kind);
      link.target = "_blank";
      link.rel = "noreferrer";
      box.append(link);
    }
    return box;
  }

  #focused(): Element | null {
    const root = this.#root.getRootNode();
    return root instanceof ShadowRoot ? root.activeElement : document.activeElement;
  }

  #tickIfNeeded(): void {
    clearInterval(this.#ticker);
    if (!this.#header.ticking && this.#countdown === null) return;
    this.#ticker = setInterval(() => this.#tick(), 1_000);
    this.#tick();
  }

  #tick(): void {
    this.#header.tick();
    if (this.#countdown && this.#card?.kind === "early") {
      this.#countdown.textContent = remaining((this.#card.opens - Date.now()) / 1000);
    }
  }
}
