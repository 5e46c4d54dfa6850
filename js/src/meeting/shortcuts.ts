/** Keys for what has to be quick: m for the microphone, v for the camera, unless one is typing. */

import type { Meeting } from "./meeting";
import { attempt } from "./ui/attempt";

export function listenForShortcuts(meeting: Meeting, owner: AbortSignal): void {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
      const { media } = meeting;
      if (event.key === "m") {
        void attempt(meeting, () => meeting.setMicrophone(!media.microphoneOn.value));
      }
      if (event.key === "v") {
        void attempt(meeting, () => meeting.setCamera(media.camera.value === null));
      }
    },
    { signal: owner },
  );
}

function typing({ target }: Event): boolean {
  return target instanceof Element && target.closest("input, select, textarea") !== null;
}
