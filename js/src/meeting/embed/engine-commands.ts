/** The engine API's commands, by wire name. */

import { type Codec, QUALITIES } from "../../composer/index";
import { flag, invalid, oneOf, text, textOrNull } from "../../shared/arguments";
import { LIMITS } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { cut } from "../../shared/text";
import type { ViewStore } from "../look/view";
import { BLURS } from "../media/background-choice";
import { FACINGS } from "../media/devices";
import { turnCamera } from "../media/facing";
import { isVolume, type MeetingPage, type RemovalOptions, type RoomStore, toggle } from "../room";
import { participant, participantOrNull } from "./arguments";
import { type Emit, recording } from "./engine-events";
import { GROUP_COMMANDS } from "./engine-groups";
import { closePoll, openPoll, readVotes, vote } from "./engine-polls";

type Command = (meeting: MeetingPage, args: readonly unknown[], emit: Emit) => unknown;

const NAME = { min: 1, max: Number.POSITIVE_INFINITY };
const QUESTION = { min: 1, max: LIMITS.question };
const SUBJECT = { max: LIMITS.subject };
const PASSWORD = { max: LIMITS.password };
const MESSAGE = { min: 1, max: LIMITS.message };
/** The server cuts a longer one. */
const TITLE = { max: 1_000 };
/** The image at the URL has its own limit. */
const AVATAR = { max: Number.POSITIVE_INFINITY };
/** The limit of RFC 5321, and the form that every address has. */
const EMAIL = { max: 254 };
const EMAIL_FORM = /^[^\s@]+@[^\s@]+$/;
/** The limit of text that this page only shows. */
const NOTICE = { max: Number.POSITIVE_INFINITY };

/**
 * The engine API's commands that this meeting supports: `engine/contract.json` lists all. Each
 * validates its arguments; an invalid one rejects with a `RefusedError` that names it, and
 * nothing is sent.
 */
export const COMMANDS: Readonly<Record<string, Command>> = {
  // Truncate one that is too long.
  "display-name": (meeting, [name]) => meeting.rename(text("The name", name, NAME)),
  // An empty address shows the initials again.
  "avatar-url": ({ profile }, [address]) =>
    profile.setAvatar(textOrNull("The avatar's address", address, AVATAR)),
  email: ({ profile }, [address]) => {
    profile.email.value = emailOf(address);
  },
  subject: ({ ask }, [subject]) => ask.setSubject(text("The subject", subject, SUBJECT)),
  "local-subject": ({ view }, [subject]) => {
    view.subject.value = text("The subject", subject, SUBJECT);
  },
  password: (meeting, [given]) => {
    const password = text("The password", given, PASSWORD);
    return meeting.asksPassword
      ? meeting.answerPassword(password)
      : meeting.ask.setPassword(password);
  },
  "toggle-lobby": (meeting, [active]) =>
    toggle(meeting, "lobby", flag("The lobby", active, undefined)),
  "answer-knocking-participant": ({ ask, room }, [id, admitted]) =>
    ask.admit(knocking(room, id), flag("Whether a newcomer is let in", admitted, false)),
  "nanomeet-admit-all": ({ ask }) => ask.admitAll(),
  "toggle-audio": (meeting, [on]) => toggle(meeting, "audio", switchState(on)),
  "toggle-video": (meeting, [on]) => toggle(meeting, "video", switchState(on)),
  "toggle-camera": ({ media }, [facing]) =>
    turnCamera(media, facing == null ? null : oneOf("The way a camera looks", facing, FACINGS)),
  "toggle-camera-mirror": ({ view }) => {
    view.mirrored.value = !view.mirrored.value;
  },
  "set-noise-suppression-enabled": ({ media }, [options]) => {
    const enabled = flag("enabled", Reflect.get(Object(options), "enabled"), null);
    if (enabled === null) throw invalid("enabled", "has to be true or false");
    return media.setNoiseSuppression(enabled);
  },
  "toggle-noise-suppression": ({ media }) => media.setNoiseSuppression(media.noise.value !== "on"),
  "toggle-share-screen": (meeting, [on]) => toggle(meeting, "screen", switchState(on)),
  "toggle-raise-hand": (meeting, [raised]) => toggle(meeting, "hand", switchState(raised)),
  "toggle-chat": ({ view }) => view.toggle("chat"),
  "toggle-participants-pane": ({ view }, [open]) => {
    const shown = view.panel.value === "people";
    if (flag("The pane", open, !shown) !== shown) view.toggle("people");
  },
  "send-chat-message": ({ ask, room }, [message, to]) =>
    ask.sendChat(text("The message", message, MESSAGE), participantOrNull(room, to)),
  // As in Jitsi, no id means all others.
  "send-endpoint-text-message": ({ ask, room }, [to, message]) =>
    ask.sendEndpointText(text("The text", message, MESSAGE), participantOrNull(room, to)),
  "mute-everyone": ({ ask }, [media]) => ask.muteEveryone(kind(media)),
  "mute-remote-participant": ({ ask, room }, [id, media]) =>
    ask.mute(participant(room, id), kind(media)),
  "ask-to-unmute": ({ ask, room }, [id]) => ask.askToUnmute(participant(room, id), "audio"),
  "approve-video": ({ ask, room }, [id]) => ask.askToUnmute(participant(room, id), "video"),
  "kick-participant": ({ ask, room }, [id]) => ask.kick(participant(room, id)),
  "nanomeet-remove-participant": ({ ask, room }, [id, options]) =>
    ask.kick(participant(room, id), removal(options)),
  "grant-moderator": ({ ask, room }, [id]) => ask.grantModerator(participant(room, id)),
  // A moderator enlarges a participant for everyone, others only for themselves.
  "set-large-video-participant": ({ ask, room, view }, [id]) => {
    const large = participantOrNull(room, id);
    return room.moderator.value ? ask.setMain(large) : view.enlarge(large);
  },
  "pin-participant": ({ room, view }, [id]) => view.pin(participantOrNull(room, id)),
  "set-participant-volume": ({ room, volumes }, [id, volume]) => {
    const other = participant(room, id);
    if (!isVolume(volume)) throw invalid("The volume", "is a number from 0 to 1");
    if (other === room.selfId.value)
      throw invalid("The participant", "is you: you do not hear yourself");
    volumes.set(other, volume);
  },
  "toggle-tile-view": ({ view }) => view.toggleTiles(),
  "set-tile-view": ({ view }, [enabled]) => {
    view.tileView.value = flag("The tile view", enabled, true);
  },
  "set-video-quality": ({ view }, [lines]) => {
    if (typeof lines !== "number" || !(lines >= MIN_LINES)) {
      throw invalid("The video quality", `is a height of ${MIN_LINES} lines or more`);
    }
    view.lines.value = lines;
  },
  "set-audio-only": setAudioOnly,
  // The name in newer engines.
  "set-low-bandwidth-mode": setAudioOnly,
  "set-blurred-background": ({ media }, [blur]) =>
    media.setBackground(oneOf("A blurred background", blur, ["none", ...BLURS] as const)),
  "set-virtual-background": ({ media }, [enabled, picture]) =>
    flag("The background", enabled, false)
      ? media.setPicture(pictureAddress(picture))
      : media.setBackground("none"),
  "toggle-virtual-background": ({ view }) => view.toggle("settings"),
  "overwrite-config": ({ view }, [config]) => overwriteConfig(view, config),
  "show-notification": ({ view }, [notice], emit) => showNotification(view, notice, emit),
  "hide-notification": ({ view }, [uid]) => view.hide(text("The notification's uid", uid, NOTICE)),
  "start-recording": (meeting, [options], emit) => startRecording(meeting, options, emit),
  "stop-recording": (meeting) => meeting.stopBroadcast(),
  "nanomeet-pause-broadcast": (meeting, [paused]) =>
    meeting.pauseBroadcast(flag("The pause", paused, true)),
  "nanomeet-open-source": (meeting, [options]) => {
    const read = (key: string): unknown => Reflect.get(Object(options), key);
    return meeting.openSource(
      sourceUse(read("use")),
      textOrNull("The title", read("title"), TITLE) ?? "",
    );
  },
  "nanomeet-present-element": (meeting, [options]) => {
    const title = Reflect.get(Object(options), "title");
    return meeting.askForElement(textOrNull("The title", title, TITLE) ?? "");
  },
  "nanomeet-end-element": (meeting, [options]) =>
    meeting.endElement(text("The stream", Reflect.get(Object(options), "stream"), NAME)),
  "nanomeet-close-source": (meeting, [options]) => {
    const read = (key: string): unknown => Reflect.get(Object(options), key);
    return meeting.closeSource(sourceUse(read("use")), flag("failed", read("failed"), false));
  },
  "nanomeet-read-media": (meeting, [wanted]) => readMedia(meeting, wanted),
  "nanomeet-stop-reading": (meeting, [reading]) =>
    meeting.stopReading(text("The reading's id", Reflect.get(Object(reading), "id"), NAME)),
  "nanomeet-open-poll": (meeting, [poll]) => openPoll(meeting, poll),
  "nanomeet-vote": (meeting, [ballot]) => vote(meeting, ballot),
  "nanomeet-close-poll": (meeting, [poll]) => closePoll(meeting, poll),
  "nanomeet-read-votes": (meeting, [poll]) => readVotes(meeting, poll),
  ...GROUP_COMMANDS,
  "nanomeet-start-check-in": ({ ask }, [wanted]) =>
    ask.startCheckIn(text("The question", Reflect.get(Object(wanted), "question"), QUESTION)),
  "nanomeet-end-check-in": ({ ask }) => ask.endCheckIn(),
  "nanomeet-answer-check-in": ({ ask, room }, [answer]) => {
    const read = (key: string): unknown => Reflect.get(Object(answer), key);
    const known = room.checkIn.now.value?.id;
    if (known === undefined) throw new RefusedError("not_found", "No check-in goes on.");
    const id = textOrNull("The check-in's id", read("id"), NAME) ?? known;
    return ask.answerCheckIn(id, flag("Whether you are done", read("done"), true));
  },
  "nanomeet-call-hand": async (meeting, [wanted]) => {
    const id = participantOrNull(meeting.room, Reflect.get(Object(wanted), "id"));
    return { id: await meeting.callHand(id) };
  },
  "end-conference": ({ ask }) => ask.endMeeting(),
  "video-hangup": (meeting) => meeting.leave(),
};

/** What else to block on removal: the link (`revoke`), the network address (`address`). */
function removal(options: unknown): RemovalOptions {
  const wanted = (key: "revoke" | "address"): boolean =>
    flag(key, Reflect.get(Object(options), key), false);
  return { ...(wanted("revoke") && { revoke: true }), ...(wanted("address") && { address: true }) };
}

/** Returns an e-mail address; an empty one removes it. */
function emailOf(value: unknown): string {
  const address = textOrNull("The e-mail address", value, EMAIL);
  if (address !== null && !EMAIL_FORM.test(address)) {
    throw invalid("The e-mail address", "is written name@host");
  }
  return address ?? "";
}

async function setAudioOnly(meeting: MeetingPage, [enabled]: readonly unknown[]): Promise<void> {
  const only = flag("Audio only", enabled, false);
  meeting.view.audioOnly.value = only;
  if (only) await meeting.setCamera(false);
}

/** The smallest height that Jitsi names is 180. */
const MIN_LINES = 90;

/** Applies the settings that a page may change during the meeting; ignores others. */
function overwriteConfig(view: ViewStore, config: unknown): void {
  if (typeof config !== "object" || config === null) return;
  view.toolbar.configure((key) => Reflect.get(config, key));
  view.dress(Reflect.get(config, "theme"));
}

/** Resolves when it is done, a switch with its new state; rejects with the reason. */
export async function runCommand(
  meeting: MeetingPage,
  emit: Emit,
  name: string,
  args: readonly unknown[],
): Promise<unknown> {
  // Jitsi's script sends these by itself: no page expects an answer.
  if (name.startsWith("document-pip-")) return undefined;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new RefusedError("unsupported", `This meeting does not know "${name}".`);
  return command(meeting, args, emit);
}

/**
 * A stream with a `/rec/` address is recorded, as nanoMeet's clients request it. Our clients may
 * also pass `record`, `private`, `to` (the RTMP addresses to push to), `quality`, `codec`, and
 * `paused` (whether it starts with a card).
 */
async function startRecording(meeting: MeetingPage, options: unknown, emit: Emit): Promise<void> {
  const wanted = typeof options === "object" && options !== null ? options : {};
  const read = (key: string): unknown => Reflect.get(wanted, key);
  const mode = read("mode");
  if (mode !== "stream") {
    const error = `This meeting streams; it does not record in the mode ${JSON.stringify(mode)}.`;
    emit("recording-status-changed", { ...recording(false, error), mode });
    return;
  }
  const key = read("rtmpStreamKey");
  const keeps = typeof key === "string" && key.includes("/rec/");
  try {
    await meeting.startBroadcast({
      record: flag("record", read("record"), false) || keeps,
      private: flag("private", read("private"), false),
      to: pushAddresses(read("to")),
      quality: oneOf("A broadcast's quality", read("quality") ?? "360p", QUALITIES),
      codec: read("codec") == null ? null : oneOf("A broadcast's codec", read("codec"), CODECS),
      paused: flag("paused", read("paused"), false),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : "The broadcast could not be started.";
    emit("recording-status-changed", recording(false, why));
  }
}

const CODECS = ["h264", "vp9", "av1"] as const satisfies readonly Codec[];
const PUSH = /^rtmps?:\/\/[!-~]+$/;

/** Error messages must not quote the addresses: they end in a secret. */
function pushAddresses(to: unknown): string[] {
  if (to == null) return [];
  const right = (one: unknown): boolean =>
    typeof one === "string" && one.length <= LIMITS.push_url && PUSH.test(one);
  if (Array.isArray(to) && to.length <= LIMITS.pushes && to.every(right)) return to;
  throw invalid(
    "to",
    `is a list of at most ${LIMITS.pushes} addresses: rtmp://host/application/key`,
  );
}

/** On, off or toggle: Jitsi's own commands ignore this argument. */
function switchState(on: unknown): boolean | undefined {
  return typeof on === "boolean" ? on : undefined;
}

/** The background image must be in the command itself: the page fetches none from elsewhere. */
function pictureAddress(picture: unknown): string {
  const address = typeof picture === "string" ? picture : "";
  if (PICTURE.test(address) && address.length <= MAX_IMAGE) return address;
  throw invalid(
    "The background's picture",
    `is a data: address of an image in base64, of ${MAX_IMAGE / 1e6} million characters at most`,
  );
}

const PICTURE = /^data:image\/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]+=*$/;
const MAX_IMAGE = 20_000_000;

/** The engine API's timeouts, in milliseconds. */
const SHOWN_FOR: Readonly<Record<string, number>> = {
  short: 2_500,
  medium: 5_000,
  long: 10_000,
  sticky: Number.POSITIVE_INFINITY,
};

function showNotification(view: ViewStore, notice: unknown, emit: Emit): void {
  const read = (key: string): string => {
    const value: unknown = Reflect.get(Object(notice), key);
    return cut(textOrNull(`The notification's ${key}`, value, NOTICE) ?? "", LIMITS.notice);
  };
  const [title, description, timeout] = [read("title"), read("description"), read("timeout")];
  const words = [title, description].filter((part) => part !== "").join(": ");
  if (!words) throw invalid("A notification", "needs a title or a description");
  const time = Object.hasOwn(SHOWN_FOR, timeout) ? SHOWN_FOR[timeout] : undefined;
  view.tell(words, { uid: read("uid"), time });
  emit("notification-triggered", { title, description });
}

function sourceUse(use: unknown): "screen" | "camera" {
  return oneOf("A source's use", use, ["screen", "camera"] as const);
}

/** Resolves once the participant has agreed, with what the program watches the stream with. */
async function readMedia(
  meeting: MeetingPage,
  wanted: unknown,
): Promise<{ id: string; stream: string; ticket: string }> {
  const read = (key: string): unknown => Reflect.get(Object(wanted), key);
  const self = meeting.room.selfId.value;
  const { id, stream, ticket } = await meeting.readMedia({
    media: oneOf("What is read", read("media"), ["audio", "video"] as const),
    // A program reads what is its user's own without knowing their id.
    of: participantOrNull(meeting.room, read("of") === "me" ? self : read("of")),
    lines: within("lines", read("lines") ?? 360, LINES),
    fps: within("fps", read("fps") ?? 10, FPS),
  });
  return { id, stream, ticket };
}

/** The limits of the server's `ReadMedia`. */
const LINES = [90, 720] as const;
const FPS = [1, 30] as const;

function within(name: string, value: unknown, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  throw invalid(name, `is a whole number from ${least} to ${most}`);
}

function knocking({ knocking: waiting }: RoomStore, value: unknown): string {
  const id = text("The id of who waits", value, NAME);
  if (waiting.value.some((one) => one.id === id)) return id;
  throw new RefusedError("not_found", "No newcomer with this id waits to be let in.");
}

function kind(media: unknown): "audio" | "video" {
  return oneOf("What is muted", media ?? "audio", ["audio", "video"] as const);
}
