import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Meeting } from "../meeting";
import { BroadcastPanel } from "./broadcast-panel";
import { Close } from "./icons";
import { InvitePanel } from "./invite-panel";
import { PeoplePanel } from "./people-panel";
import { SettingsPanel } from "./settings-panel";

/** The open panel, if any: one at a time. */
export function OpenPanel({ meeting }: { meeting: Meeting }): JSX.Element | null {
  switch (meeting.view.panel.value) {
    case "people":
      return (
        <Panel meeting={meeting} name="people" title="People">
          <PeoplePanel meeting={meeting} />
        </Panel>
      );
    case "settings":
      return (
        <Panel meeting={meeting} name="settings" title="Settings">
          <SettingsPanel meeting={meeting} />
        </Panel>
      );
    case "broadcast":
      return (
        <Panel meeting={meeting} name="broadcast" title="Broadcast">
          <BroadcastPanel meeting={meeting} />
        </Panel>
      );
    case "invite":
      return (
        <Panel meeting={meeting} name="invite" title="Invite people">
          <InvitePanel meeting={meeting} />
        </Panel>
      );
    default:
      return null;
  }
}

interface PanelProps {
  meeting: Meeting;
  name: string;
  title: string;
  children: ComponentChildren;
}

/** Takes the focus when it opens, gives it back when it closes; Escape or a click elsewhere closes it. */
function Panel({ meeting, name, title, children }: PanelProps): JSX.Element {
  const element = useRef<HTMLElement>(null);
  const close = (): void => {
    meeting.view.panel.value = null;
  };

  useEffect(() => {
    const owner = new AbortController();
    element.current?.focus();
    document.addEventListener(
      "pointerdown",
      ({ target }) => {
        const kept = target instanceof Element && target.closest(".panel, [data-panel-button]");
        if (!kept) meeting.view.panel.value = null;
      },
      { signal: owner.signal },
    );
    return () => {
      owner.abort();
      document.querySelector<HTMLElement>(`[data-panel-button="${name}"]`)?.focus();
    };
  }, [meeting, name]);

  return (
    <section
      ref={element}
      class="panel"
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <div class="panel-head">
        <h2>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" title="Close" onClick={close}>
          <Close />
        </button>
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}
