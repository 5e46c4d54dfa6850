/** The commands of a joined meeting, except its broadcast. The services are in `web-api.ts`. */

import { carriedOut } from "./confirm";
import { type Devices, devicesOf, selectDevice } from "./devices";
import type { EmbeddedMeeting } from "./embedded-meeting";
import { NanoMeetError } from "./errors";
import { NanoMeet, type Success } from "./nanomeet";

/** The Web API without the room services: all that a page with a token needs. */
export class MeetingApi extends NanoMeet {
  #turn: Promise<unknown> = Promise.resolve();

  async setNanoMeetSubject(subject: string): Promise<Success<{ subject: string }>> {
    if (typeof subject !== "string" || !subject) {
      throw new NanoMeetError("Missing Subject Error", "missing: the subject, as text");
    }
    const error = "Subject Error";
    const meeting = this.moderated(error);
    // Repeating the same value has no confirmation.
    if (meeting.view.subject !== subject) await carriedOut(meeting, ["subject", subject], error);
    return { data: { subject } };
  }

  /** Pins this participant; without an id, unpins. */
  async pinParticipant(
    id?: string,
  ): Promise<Success<{ mainParticipant: { id: string | undefined } }>> {
    const error = "Participant ID Error";
    const meeting = this.joined(error);
    if (id !== undefined) checkKnown(meeting, id);
    await carriedOut(meeting, ["pinParticipant", id], error);
    return { data: { mainParticipant: { id } } };
  }

  /**
   * Shows this participant large: for everyone, if the caller is a moderator and the engine
   * supports it.
   */
  async setMainParticipant(id: string): Promise<Success<{ pinnedParticipant: { id: string } }>> {
    if (!id) throw new NanoMeetError("Missing ID Error", "missing: the participant's id");
    const error = "Participant ID Error";
    const meeting = this.joined(error);
    checkKnown(meeting, id);
    await carriedOut(meeting, ["setLargeVideoParticipant", id], error);
    return { data: { pinnedParticipant: { id } } };
  }

  async getAvailableDevices(): Promise<Success<Devices>> {
    const { api } = this.joined("Devices Error");
    return { data: await devicesOf(() => api.getAvailableDevices()) };
  }

  async getCurrentDevices(): Promise<Success<Devices>> {
    const { api } = this.joined("Devices Error");
    return { data: await devicesOf(() => api.getCurrentDevices()) };
  }

  async setAudioDevice(audio: {
    type: "input" | "output";
    id: string;
  }): Promise<Success<{ type: string; deviceId: string }>> {
    const error = "Set Audio Device Error";
    if (audio?.type !== "input" && audio?.type !== "output") {
      throw new NanoMeetError(error, 'missing: type, "input" or "output"');
    }
    if (!audio.id) throw new NanoMeetError(error, "missing: the device's id");
    const { api } = this.joined(error);
    await selectDevice(api, error, audio.type === "input" ? "audioInput" : "audioOutput", audio.id);
    return { data: { type: audio.type, deviceId: audio.id } };
  }

  async setVideoDevice(id: string): Promise<Success<{ deviceId: string }>> {
    const error = "Set Video Device Error";
    if (!id) throw new NanoMeetError(error, "missing: the device's id");
    await selectDevice(this.joined(error).api, error, "videoInput", id);
    return { data: { deviceId: id } };
  }

  /** Turns the lobby on or off. Sets no password. */
  async setLobby(
    active: boolean | "true" | "false",
  ): Promise<Success<{ lobby: boolean; password: string }>> {
    const meeting = this.moderated("Set Lobby Error");
    const lobby = active === true || active === "true";
    await switchLobby(meeting, lobby);
    return { data: { lobby, password: meeting.password } };
  }

  /** Sets the room's password; an empty one removes it and turns the lobby off. */
  async setPassword(password: string): Promise<Success<{ lobby: boolean; password: string }>> {
    const error = "Set Password Error";
    if (typeof password !== "string") {
      throw new NanoMeetError(error, "missing: the password, as text");
    }
    const meeting = this.moderated(error);
    await carriedOut(meeting, ["password", password], error);
    meeting.password = password;
    if (password === "") await switchLobby(meeting, false);
    return { data: { lobby: meeting.view.lobby ?? false, password } };
  }

  /** Mutes all other participants. */
  async muteEveryone(): Promise<Success<{ muteEveryone: true }>> {
    const error = "Mute Error";
    await carriedOut(this.moderated(error), ["muteEveryone", "audio"], error);
    return { data: { muteEveryone: true } };
  }

  /** Switches the own microphone, camera, screen share or hand. Resolves with the new state. */
  async toggle(what: Switch, on?: boolean): Promise<Success<{ on: boolean }>> {
    const error = "Command Error";
    const meeting = this.joined(error);
    if (typeof what !== "string" || !Object.hasOwn(SWITCHES, what)) {
      const known = Object.keys(SWITCHES).join(", ");
      throw new NanoMeetError(error, `the switch must be one of: ${known}`, "invalid");
    }
    const [command, isOn] = SWITCHES[what];
    const way = on === undefined ? [] : [on];
    const work = async (): Promise<boolean> => {
      // Our own engine knows about pending changes, and reports the result.
      if (meeting.view.own) return (await carriedOut(meeting, [command, ...way], error)) === true;
      if ((await isOn(meeting)) !== on) await carriedOut(meeting, [command], error);
      return isOn(meeting);
    };
    // Run in order, so that each sees the previous result; our own engine ensures that itself.
    const turn = meeting.view.own ? work() : this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    const now = await turn;
    if (on === undefined || now === on) return { data: { on: now } };
    throw new NanoMeetError(error, `the ${what} did not change`, "refused");
  }

  /**
   * Asks the user whether to show an element of this page to everyone, as a screen. Resolves once
   * they are asked: browsers let them share only by a click in the meeting.
   */
  async presentElement(element: HTMLElement, title = ""): Promise<Success<unknown>> {
    const error = "Present Error";
    if (!element?.style) throw new NanoMeetError(error, "missing: the element", "invalid");
    const meeting = this.joined(error);
    const { RestrictionTarget: Target } = globalThis as { RestrictionTarget?: Targets };
    if (Target && meeting.view.own) {
      // Browsers capture an element by itself only if it is drawn by itself (W3C Element Capture).
      Object.assign(element.style, { isolation: "isolate", transformStyle: "flat" });
      const nanomeetElement = await Target.fromElement(element);
      meeting.api.getIFrame().contentWindow?.postMessage({ nanomeetElement }, "*");
    }
    return { data: await carriedOut(meeting, ["nanomeetPresentElement", { title }], error) };
  }

  /** Runs a command of the engine API by name. Resolves when it is done, with what it brings. */
  async executeCommand(command: string, ...args: unknown[]): Promise<Success<unknown>> {
    const moderated =
      /^(a(dd|nswer|pprove|sk|uto)|closeB|end|grant|kick|mute|nanomeet(A|CloseG|OpenG|P|Re(m|n|adV)|SetG|.+Poll$)|password|removeB|sendP|subject|toggleL)/;
    const error = "Command Error";
    if (typeof command !== "string") {
      throw new NanoMeetError(error, "missing: the command's name, as text", "invalid");
    }
    const meeting = moderated.test(command) ? this.moderated(error) : this.joined(error);
    return { data: await carriedOut(meeting, [command, ...args], error) };
  }
}

/** Of W3C Element Capture, which no type library has yet. */
interface Targets {
  fromElement(element: Element): Promise<object>;
}

export type Switch = "microphone" | "camera" | "screen" | "hand";

const SWITCHES: Readonly<
  Record<Switch, [command: string, isOn: (meeting: EmbeddedMeeting) => Promise<boolean>]>
> = {
  microphone: ["toggleAudio", async ({ api }) => !(await api.isAudioMuted())],
  camera: ["toggleVideo", async ({ api }) => !(await api.isVideoMuted())],
  screen: ["toggleShareScreen", async ({ api }) => (await api.isSharingScreen()) === true],
  hand: ["toggleRaiseHand", async ({ view }) => view.handRaised],
};

function switchLobby(meeting: EmbeddedMeeting, lobby: boolean): Promise<unknown> {
  return carriedOut(meeting, ["toggleLobby", lobby], "Set Lobby Error");
}

function checkKnown({ api }: EmbeddedMeeting, id: string): void {
  if (api.getParticipantsInfo().some(({ participantId }) => participantId === id)) return;
  throw new NanoMeetError("Participant ID Error", "there is no participant with this id");
}
