/** What can be done in a joined meeting, beside its broadcast. The services are in `web-api.ts`. */

import type { ParticipantInfo } from "../engine/participants";
import { confirmed, delivered } from "./confirm";
import { type Devices, devicesOf } from "./devices";
import { asNanoMeetError, NanoMeetError } from "./errors";
import { type Meeting, NanoMeet, type Success } from "./nanomeet";

/** The Web API without the services that make rooms: all that a page needs which has a token. */
export class MeetingApi extends NanoMeet {
  async setNanoMeetSubject(subject: string): Promise<Success<{ subject: string }>> {
    if (typeof subject !== "string" || !subject) {
      throw new NanoMeetError("Missing Subject Error", "missing: the subject, as text");
    }
    const { api, view } = this.moderated("Subject Error");
    await confirmed(api, {
      error: "Subject Error",
      what: "change its subject",
      command: ["subject", subject],
      done: () => view.subject === subject,
    });
    return { data: { subject } };
  }

  /** Always show this participant; without an id, unpin. */
  async pinParticipant(
    id?: string,
  ): Promise<Success<{ mainParticipant: { id: string | undefined } }>> {
    const { api } = this.joined("Participant ID Error");
    if (id !== undefined) checkKnown(api.getParticipantsInfo(), id);
    api.pinParticipant(id);
    await delivered(api, "Participant ID Error");
    return { data: { mainParticipant: { id } } };
  }

  /** Show this participant large. */
  async setMainParticipant(id: string): Promise<Success<{ pinnedParticipant: { id: string } }>> {
    if (!id) throw new NanoMeetError("Missing ID Error", "missing: the participant's id");
    const { api } = this.joined("Participant ID Error");
    checkKnown(api.getParticipantsInfo(), id);
    api.setLargeVideoParticipant(id);
    await delivered(api, "Participant ID Error");
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
    const devices = await devicesOf(() => api.getAvailableDevices());
    const device = devices[audio.type === "input" ? "audioInput" : "audioOutput"]?.find(
      ({ deviceId }) => deviceId === audio.id,
    );
    if (!device) throw new NanoMeetError(error, `there is no audio ${audio.type} with this id`);
    try {
      if (audio.type === "input") await api.setAudioInputDevice(device.label, device.deviceId);
      else await api.setAudioOutputDevice(device.label, device.deviceId);
    } catch (thrown) {
      throw asNanoMeetError(error, thrown);
    }
    return { data: { type: audio.type, deviceId: audio.id } };
  }

  /** Make newcomers wait for a moderator, or stop that. It sets no password. */
  async setLobby(
    active: boolean | "true" | "false",
  ): Promise<Success<{ lobby: boolean; password: string }>> {
    const meeting = this.moderated("Set Lobby Error");
    const lobby = active === true || active === "true";
    await switchLobby(meeting, lobby);
    return { data: { lobby, password: meeting.password } };
  }

  /** Ask newcomers for a password. An empty one asks no more, and turns the lobby off. */
  async setPassword(password: string): Promise<Success<{ lobby: boolean; password: string }>> {
    const error = "Set Password Error";
    if (typeof password !== "string") {
      throw new NanoMeetError(error, "missing: the password, as text");
    }
    const meeting = this.moderated(error);
    const { api, view } = meeting;
    await confirmed(api, {
      error,
      what: "set the password",
      command: ["password", password],
      told: view.locked !== null,
      done: () => view.locked === (password !== ""),
      // Another password changes nothing that can be seen.
      again: password !== "",
    });
    meeting.password = password;
    if (password === "") await switchLobby(meeting, false);
    return { data: { lobby: view.lobby ?? false, password } };
  }

  /** Switch off all other microphones. */
  async muteEveryone(): Promise<Success<{ muteEveryone: true }>> {
    const { api, view } = this.moderated("Mute Error");
    await confirmed(api, {
      error: "Mute Error",
      what: "mute everyone",
      command: ["muteEveryone", "audio"],
      told: view.own,
      done: () => !view.othersHeard,
    });
    return { data: { muteEveryone: true } };
  }
}

function switchLobby({ api, view }: Meeting, lobby: boolean): Promise<void> {
  return confirmed(api, {
    error: "Set Lobby Error",
    what: "change the lobby",
    command: ["toggleLobby", lobby],
    told: view.lobby !== null,
    done: () => view.lobby === lobby,
  });
}

function checkKnown(participants: readonly ParticipantInfo[], id: string): void {
  if (participants.some(({ participantId }) => participantId === id)) return;
  throw new NanoMeetError("Participant ID Error", "there is no participant with this id");
}
