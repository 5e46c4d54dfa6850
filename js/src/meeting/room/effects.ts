/** Ties what this person sends, and what this page shows, to the connections and to the server. */

import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { Paced } from "../../shared/paced";
import type { Media } from "../../shared/protocol";
import { captureFor } from "../mesh/quality";
import { NOT_SHOWN, type Shown } from "../mesh/video-constraints";
import type { Call } from "./call";
import type { MeetingParts } from "./parts";

/** Milliseconds: a program that switches more often says no more to the server for it. */
const MEDIA_PAUSE = 100;

/** Follows until the returned function is called. `mirror`: lines at which one sees oneself. */
export function follow(
  { room, media, view, videoConstraints, connection }: MeetingParts,
  call: Pick<Call, "line" | "mesh" | "levels" | "composedLines">,
  mirror: ReadonlySignal<number>,
): () => void {
  const { line, mesh, levels } = call;
  const told = new Paced(MEDIA_PAUSE, (sending: Omit<Media, "type">) =>
    line.send({ type: "media", ...sending }),
  );
  // What concerns everyone takes the large place when it begins, and gives it back at its end.
  const shown = computed(
    () => room.state.value.main ?? room.others.value.find(({ screen }) => screen)?.id ?? null,
  );
  const ends = [
    effect(() => {
      view.tileView.value = shown.value === null;
    }),
    effect(() => videoConstraints.setCeiling(view.audioOnly.value ? 0 : view.lines.value)),
    effect(() => {
      const speaker = levels.dominant.value;
      if (speaker !== room.selfId.value) view.speaker.value = speaker;
    }),
    effect(() => {
      mesh.value?.setOutgoing({
        microphone: media.microphone.value,
        camera: media.camera.value,
        screen: media.screen.value,
        screenSound: media.screenSound.value,
      });
    }),
    effect(() => {
      // Before one is in, the camera delivers what it was opened with: one looks at oneself.
      const sendings = mesh.value?.sendings.value.values();
      if (sendings) media.control.setCapture(captureFor(sendings, mirror.value));
    }),
    effect(() => {
      const lines = call.composedLines;
      videoConstraints.setFloor(lines > 0 ? composedLines(room.people.value, lines) : NOT_SHOWN);
    }),
    effect(() => videoConstraints.setScale(mesh.value?.scale.value ?? 1)),
    effect(() => {
      if (media.control.resized.value > 0) mesh.value?.rescale();
    }),
    effect(() => {
      const sending = {
        audio: media.microphoneOn.value,
        video: media.camera.value !== null,
        screen: media.screen.value !== null,
      };
      if (connection.value === "joined") told.tell(sending);
    }),
  ];
  return () => {
    told.clear();
    for (const end of ends) end();
  };
}

/** Lines that a composed picture of so many has of a camera and of a screen, large or in a gallery. */
function composedLines(people: number, lines: number): Shown {
  return { camera: people > 2 ? lines / 2 : lines, screen: lines };
}
