/** What the embedding page may tell the meeting to do: the engine API's commands, by wire name. */

import { type Emit, recording } from "./engine-events";
import type { Meeting } from "./meeting";
import { RefusedError } from "./signalling";
import type { ViewStore } from "./view";

type Command = (meeting: Meeting, args: readonly unknown[], emit: Emit) => Promise<void> | void;

const COMMANDS: Readonly<Record<string, Command>> = {
  "display-name": (meeting, [name]) => meeting.rename(text(name)),
  subject: (meeting, [subject]) => meeting.ask.setSubject(text(subject)),
  password: (meeting, [password]) =>
    meeting.password.value || meeting.status.value === "waiting"
      ? meeting.submitPassword(text(password))
      : meeting.ask.setPassword(text(password)),
  "toggle-lobby": (meeting, [active]) =>
    meeting.ask.setLobby(typeof active === "boolean" ? active : !meeting.room.state.value.lobby),
  "answer-knocking-participant": (meeting, [id, admitted]) =>
    meeting.ask.admit(text(id), admitted === true),
  "toggle-audio": (meeting) => meeting.setMicrophone(!meeting.media.microphoneOn.value),
  "toggle-video": (meeting) => meeting.setCamera(meeting.media.camera.value === null),
  "toggle-share-screen": (meeting) => meeting.setScreen(meeting.media.screen.value === null),
  "mute-everyone": (meeting, [media]) =>
    meeting.ask.muteEveryone(media === "video" ? "video" : "audio"),
  "kick-participant": (meeting, [id]) => meeting.ask.kick(text(id)),
  "set-large-video-participant": ({ view }, [id]) => view.enlarge(textOrNull(id)),
  "pin-participant": ({ view }, [id]) => view.pin(textOrNull(id)),
  "toggle-tile-view": ({ view }) => view.toggleTiles(),
  "set-tile-view": ({ view }, [enabled]) => {
    view.tileView.value = enabled !== false;
  },
  "overwrite-config": ({ view }, [config]) => overwriteConfig(view, config),
  "start-recording": (meeting, [options], emit) => startRecording(meeting, options, emit),
  "stop-recording": (meeting) => meeting.stopBroadcast(),
  "video-hangup": (meeting) => meeting.leave(),
};

/** The settings that a page may change while the meeting goes on; others are left as they are. */
function overwriteConfig(view: ViewStore, config: unknown): void {
  if (typeof config === "object" && config !== null) view.dress(Reflect.get(config, "theme"));
}

/** Rejects with why it could not be done. */
export async function runCommand(
  meeting: Meeting,
  emit: Emit,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new RefusedError("unsupported", `This meeting does not know "${name}".`);
  await command(meeting, args, emit);
}

/** A stream with a `/rec/` address is kept, as nanoMeet's clients ask for it; ours may say `record`. */
async function startRecording(meeting: Meeting, options: unknown, emit: Emit): Promise<void> {
  const wanted = typeof options === "object" && options !== null ? options : {};
  const read = (key: string): unknown => Reflect.get(wanted, key);
  const mode = read("mode");
  if (mode !== "stream") {
    const error = `This meeting streams; it does not record in the mode ${JSON.stringify(mode)}.`;
    emit("recording-status-changed", { ...recording(false, error), mode });
    return;
  }
  const key = read("rtmpStreamKey");
  const record = read("record") === true || (typeof key === "string" && key.includes("/rec/"));
  try {
    await meeting.startBroadcast(record);
  } catch (error) {
    const why = error instanceof Error ? error.message : "The broadcast could not be started.";
    emit("recording-status-changed", recording(false, why));
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
