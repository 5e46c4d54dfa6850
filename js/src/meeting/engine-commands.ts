/** What the embedding page may tell the meeting to do: the engine API's commands, by wire name. */

import { type Codec, QUALITIES } from "../composer/index";
import { DeviceError, type MediaKind } from "./devices";
import { type Emit, recording } from "./engine-events";
import type { Meeting } from "./meeting";
import type { RemovalOptions } from "./requests";
import { RefusedError } from "./signalling";
import type { ViewStore } from "./view";

type Command = (meeting: Meeting, args: readonly unknown[], emit: Emit) => unknown;

/** Which of the engine API's commands this meeting carries out: `engine/contract.json` lists all. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "display-name": (meeting, [name]) => meeting.rename(text(name)),
  subject: ({ ask }, [subject]) => ask.setSubject(text(subject)),
  "local-subject": ({ view }, [subject]) => {
    view.subject.value = text(subject);
  },
  password: (meeting, [password]) =>
    meeting.asksPassword
      ? meeting.answerPassword(text(password))
      : meeting.ask.setPassword(text(password)),
  "toggle-lobby": ({ ask, room }, [active]) =>
    ask.setLobby(typeof active === "boolean" ? active : !room.state.value.lobby),
  "answer-knocking-participant": ({ ask }, [id, admitted]) =>
    ask.admit(text(id), admitted === true),
  "nanomeet-admit-all": ({ ask }) => ask.admitAll(),
  "toggle-audio": async (meeting) => {
    const on = !meeting.media.microphoneOn.value;
    await meeting.setMicrophone(on);
    if (on) checkOpen(meeting, "audio");
  },
  "toggle-video": async (meeting) => {
    const on = meeting.media.camera.value === null;
    await meeting.setCamera(on);
    if (on) checkOpen(meeting, "video");
  },
  "toggle-share-screen": shareScreen,
  "toggle-raise-hand": ({ ask, room }) => ask.raiseHand(room.own.value?.hand == null),
  "toggle-chat": ({ view }) => view.toggle("chat"),
  "toggle-participants-pane": ({ view }, [open]) => {
    if (open !== (view.panel.value === "people")) view.toggle("people");
  },
  "send-chat-message": ({ ask }, [message, to]) => ask.sendChat(text(message), textOrNull(to)),
  "mute-everyone": ({ ask }, [media]) => ask.muteEveryone(kind(media)),
  "mute-remote-participant": ({ ask }, [id, media]) => ask.mute(text(id), kind(media)),
  "ask-to-unmute": ({ ask }, [id]) => ask.askToUnmute(text(id), "audio"),
  "approve-video": ({ ask }, [id]) => ask.askToUnmute(text(id), "video"),
  "kick-participant": ({ ask }, [id]) => ask.kick(text(id)),
  "nanomeet-remove-participant": ({ ask }, [id, options]) => ask.kick(text(id), removal(options)),
  "grant-moderator": ({ ask }, [id]) => ask.grantModerator(text(id)),
  // A moderator shows somebody to all; whoever may not do that looks for himself.
  "set-large-video-participant": ({ ask, room, view }, [id]) =>
    room.moderator.value ? ask.setMain(textOrNull(id)) : view.enlarge(textOrNull(id)),
  "pin-participant": ({ view }, [id]) => view.pin(textOrNull(id)),
  "toggle-tile-view": ({ view }) => view.toggleTiles(),
  "set-tile-view": ({ view }, [enabled]) => {
    view.tileView.value = enabled !== false;
  },
  "set-video-quality": ({ view }, [lines]) => {
    if (typeof lines !== "number" || !(lines >= MIN_LINES)) {
      throw new RefusedError(
        "invalid",
        `A video quality is a height of ${MIN_LINES} lines or more.`,
      );
    }
    view.lines.value = lines;
  },
  "set-audio-only": setAudioOnly,
  // What newer engines call the same.
  "set-low-bandwidth-mode": setAudioOnly,
  "overwrite-config": ({ view }, [config]) => overwriteConfig(view, config),
  "show-notification": ({ view }, [notice], emit) => showNotification(view, notice, emit),
  "hide-notification": ({ view }, [uid]) => view.hide(text(uid)),
  "start-recording": (meeting, [options], emit) => startRecording(meeting, options, emit),
  "stop-recording": (meeting) => meeting.stopBroadcast(),
  "nanomeet-pause-broadcast": (meeting, [paused]) => meeting.pauseBroadcast(paused !== false),
  "end-conference": ({ ask }) => ask.endMeeting(),
  "video-hangup": (meeting) => meeting.leave(),
};

/** What else goes with a participant: their link (`revoke`), their network address (`address`). */
function removal(options: unknown): RemovalOptions {
  const wanted = (key: string): boolean => Reflect.get(Object(options), key) === true;
  return { ...(wanted("revoke") && { revoke: true }), ...(wanted("address") && { address: true }) };
}

async function setAudioOnly(meeting: Meeting, [enabled]: readonly unknown[]): Promise<void> {
  meeting.view.audioOnly.value = enabled === true;
  if (enabled === true) await meeting.setCamera(false);
}

/** The smallest that Jitsi has a name for is 180. */
const MIN_LINES = 90;

/** The settings that a page may change while the meeting goes on; others are left as they are. */
function overwriteConfig(view: ViewStore, config: unknown): void {
  if (typeof config === "object" && config !== null) view.dress(Reflect.get(config, "theme"));
}

/** Settles once it is done; rejects with why it could not be. */
export async function runCommand(
  meeting: Meeting,
  emit: Emit,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  // What Jitsi's own script says for itself: no page has asked for it, and none needs an answer.
  if (name.startsWith("document-pip-")) return;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new RefusedError("unsupported", `This meeting does not know "${name}".`);
  await command(meeting, args, emit);
}

/**
 * A stream with a `/rec/` address is kept, as nanoMeet's clients ask for it; ours may say `record`,
 * `private`, `to` (the RTMP addresses that it is pushed to), `quality`, `codec`, and `paused`: whether
 * it begins with a card.
 */
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
  const to = read("to");
  try {
    await meeting.startBroadcast(record, {
      private: read("private") === true,
      to: Array.isArray(to) ? to.map(String) : [],
      quality: oneOf(QUALITIES, "quality", read("quality") ?? "360p"),
      codec: read("codec") == null ? null : oneOf(CODECS, "codec", read("codec")),
      paused: read("paused") === true,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : "The broadcast could not be started.";
    emit("recording-status-changed", recording(false, why));
  }
}

const CODECS = ["h264", "vp9", "av1"] as const satisfies readonly Codec[];

function oneOf<T extends string>(known: readonly T[], name: string, value: unknown): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new RefusedError("invalid", `A broadcast's ${name} is one of: ${known.join(", ")}.`);
}

/** Throws why a device could not be opened, in the words that the room shows. */
function checkOpen({ media }: Meeting, kind: MediaKind): void {
  const problem = media.problems.value[kind];
  if (problem) throw new DeviceError(kind, problem);
}

/** Browsers open their chooser only shortly after the person touched the page. */
async function shareScreen(meeting: Meeting): Promise<void> {
  try {
    await meeting.setScreen(meeting.media.screen.value === null);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    throw new RefusedError(
      "needs_touch",
      "The browser lets a screen be shared only right after a click or a key in the meeting: press its button there.",
    );
  }
}

/** Milliseconds by the engine API's names. */
const SHOWN_FOR: Readonly<Record<string, number>> = {
  short: 2_500,
  medium: 5_000,
  long: 10_000,
  sticky: Number.POSITIVE_INFINITY,
};
const MAX_NOTICE = 500;

function showNotification(view: ViewStore, notice: unknown, emit: Emit): void {
  const read = (key: string): string => text(Reflect.get(Object(notice), key)).slice(0, MAX_NOTICE);
  const [title, description] = [read("title"), read("description")];
  const words = [title, description].filter((part) => part !== "").join(": ");
  if (!words) throw new RefusedError("invalid", "A notification needs a title or a description.");
  view.tell(words, { uid: read("uid"), time: SHOWN_FOR[read("timeout")] });
  emit("notification-triggered", { title, description });
}

function kind(media: unknown): "audio" | "video" {
  return media === "video" ? "video" : "audio";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
