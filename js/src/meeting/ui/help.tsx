import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { Close } from "./icons";
import { offeredShortcuts } from "./shortcuts";

/** The keyboard shortcuts. */
export function Help({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  return meeting.view.help.value ? <Sheet meeting={meeting} /> : null;
}

function Sheet({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => {
    meeting.view.help.value = false;
  };
  // The browser traps the focus, closes it on Escape, and restores the focus.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-label={t.toolbar.shortcuts} onClose={close}>
      <div class="panel-head">
        <h2>{t.toolbar.shortcuts}</h2>
        <button type="button" class="quiet" aria-label={t.common.close} onClick={close}>
          <Close />
        </button>
      </div>
      <dl class="keys">
        {offeredShortcuts(meeting).map(({ key, words }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words()}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>{t.talk.space}</kbd>
          </dt>
          <dd>{t.talk.hold}</dd>
        </div>
      </dl>
    </dialog>
  );
}
