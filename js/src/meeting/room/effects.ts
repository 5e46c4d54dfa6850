/** Connects local media and the page's view to the peer connections and the server. */

import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Media } from "../../shared/protocol";
import { Throttle } from "../../shared/throttle";
import { captureFor } from "../mesh/quality";
import { NOT_SHOWN, type Shown } from "../mesh/video-constraints";
import type { Call } from "./call";
import { warnOfEnd } from "./classroom/group-warnings";
import { SpeakingReports } from "./classroom/records";
import type { MeetingParts } from "./parts";

/** Milliseconds: limits how often media changes are sent, however often a program switches. */
const MEDIA_PAUSE = 100;

/** Runs the effects until the returned function is called. `mirror`: the lines of the self-view. */
export function follow(
  { room, media, view, videoConstraints, connection }: MeetingParts,
  call: Pick<Call, "line" | "mesh" | "levels" | "composedLines" | "taps">,
  mirror: ReadonlySignal<number>,
): () => void {
  const { line, mesh, levels } = call;
  const mediaUpdates = new Throttle(MEDIA_PAUSE, (sending: Omit<Media, "type">) =>
    line.send({ type: "media", ...sending }),
  );
  const speaking = new SpeakingReports((message) => line.send(message));
  // A pinned participant or a screen share takes the spotlight when it starts, and returns it when
  // it ends.
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
        screenSound: media.sharing.sound.value,
      });
    }),
    effect(() => {
      // Before joining, the camera keeps the size it was opened with: only the self-view shows it.
      const sendings = mesh.value?.sendings.value.values();
      const read = call.taps.lines;
      if (sendings) media.control.setCapture(captureFor(sendings, Math.max(mirror.value, read)));
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
      const kept = connection.value === "joined" && room.records.keeps("talk");
      // The server counts only people on the stage, and must know of the microphone first.
      const { value: own } = room.own;
      const heard = own?.stage === true && own.audio;
      speaking.follow(kept, heard && levels.speaking.value.has(own.id));
    }),
    effect(() => {
      const sending = {
        audio: media.microphoneOn.value,
        video: media.camera.value !== null,
        screen: media.screen.value !== null,
        screen_title: media.sharing.title.value ?? "",
      };
      if (connection.value === "joined") mediaUpdates.tell(sending);
    }),
    warnOfEnd(room.groups, view),
  ];
  return () => {
    mediaUpdates.clear();
    speaking.close();
    for (const end of ends) end();
  };
}

/** The lines of a camera and of a screen, spotlit or tiled, in a composed frame of this height. */
function composedLines(people: number, lines: number): Shown {
  return { camera: people > 2 ? lines / 2 : lines, screen: lines };
}
