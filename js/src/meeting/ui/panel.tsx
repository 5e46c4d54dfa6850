import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Panel as Name } from "../look/view";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { BroadcastPanel } from "./broadcast-panel";
import { ChatPanel } from "./chat-panel";
import { ClassPanel } from "./classroom/class-panel";
import { GroupsPanel } from "./classroom/groups";
import { PollsPanel } from "./classroom/polls";
import { Close } from "./icons";
import { InvitePanel } from "./invite-panel";
import { PeoplePanel } from "./people-panel";
import { SettingsPanel } from "./settings-panel";

const CONTENTS: Record<Name, (props: { meeting: MeetingPage }) => JSX.Element> = {
  people: PeoplePanel,
  chat: ChatPanel,
  polls: PollsPanel,
  class: ClassPanel,
  settings: SettingsPanel,
  broadcast: BroadcastPanel,
  invite: InvitePanel,
  groups: GroupsPanel,
};

/** The open panel, if any: one at a time. */
export function OpenPanel({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const name = meeting.view.panel.value;
  if (!name) return null;
  const Contents = CONTENTS[name];
  return (
    <Panel key={name} meeting={meeting} name={name}>
      <Contents meeting={meeting} />
    </Panel>
  );
}

interface PanelProps {
  meeting: MeetingPage;
  name: Name;
  children: ComponentChildren;
}

/**
 * Takes the focus when it opens, restores it when it closes. Escape closes it; so does a click
 * outside, where it overlays the stage.
 */
function Panel({ meeting, name, children }: PanelProps): JSX.Element {
  const element = useRef<HTMLElement>(null);
  const title = t.panels.titles[name];
  const close = (): void => {
    meeting.view.panel.value = null;
  };

  // Synchronously after rendering: what is typed or clicked next is meant for it.
  useLayoutEffect(() => {
    const panel = element.current;
    if (!panel) return;
    const owner = new AbortController();
    // A phone would open its keyboard over the text.
    const typing = matchMedia("(hover: hover)").matches;
    const first = typing ? panel.querySelector<HTMLElement>("[data-first]") : null;
    (first ?? panel).focus();
    document.addEventListener(
      "pointerdown",
      ({ target }) => {
        const kept = target instanceof Element && target.closest(".panel, [data-panel-button]");
        if (!kept && place(panel) === "over") meeting.view.panel.value = null;
      },
      { signal: owner.signal },
    );
    return () => {
      owner.abort();
      if (panel.contains(document.activeElement)) returnFocus(name);
    };
  }, [meeting, name]);

  return (
    <section
      ref={element}
      class="panel"
      data-panel={name}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        if (event.key === "Tab" && place(event.currentTarget) === "sheet") trapFocus(event);
      }}
    >
      <div class="panel-head">
        <h2>{title}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={t.common.close}
          title={t.common.close}
          onClick={close}
        >
          <Close />
        </button>
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}

/** Whether it is beside the stage, overlays it, or covers the page: the stylesheet decides. */
function place(panel: Element): string {
  return getComputedStyle(panel).getPropertyValue("--place").trim();
}

/** Focuses the panel's button, or the menu that holds it where the page is narrow. */
export function returnFocus(name: Name): void {
  const toolbar = document.querySelector(".toolbar");
  const own = toolbar?.querySelector<HTMLElement>(`[data-panel-button="${name}"]`);
  (own ?? toolbar?.querySelector<HTMLElement>('[data-tool="more"]'))?.focus();
}

/** A sheet hides everything behind it: the focus stays on it. */
function trapFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const panel = event.currentTarget;
  const all = panel.querySelectorAll<HTMLElement>(
    "a[href], button, input, select, textarea, summary, [tabindex='0']",
  );
  const stops = [...all].filter((stop) => !stop.matches(":disabled") && stop.checkVisibility());
  const [first, last] = [stops[0], stops.at(-1)];
  const focused = document.activeElement;
  if (event.shiftKey && (focused === first || focused === panel)) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && focused === last) {
    event.preventDefault();
    first?.focus();
  }
}
