/** What the kernel may command: a line each; the other side is `_commands.py`. */
import type { MeetingApi } from "../webapi/meeting-api";

type Args = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => String(value ?? "");

export const COMMANDS: Readonly<
  Record<string, (engine: MeetingApi, args: Args) => Promise<unknown> | undefined>
> = {
  start_broadcast: async (engine, { is_vod }) =>
    (await engine.startBroadcast(is_vod === true)).data.playout,
  stop_broadcast: (engine) => engine.stopBroadcast(),
  set_subject: async (engine, { subject }) =>
    (await engine.setNanoMeetSubject(text(subject))).data.subject,
  set_lobby: async (engine, { active }) => (await engine.setLobby(active === true)).data.lobby,
  set_password: async (engine, { password }) => void (await engine.setPassword(text(password))),
  mute_everyone: async (engine) => void (await engine.muteEveryone()),
  pin_participant: async (engine, { id }) =>
    void (await engine.pinParticipant(id === null ? undefined : text(id))),
  set_main_participant: async (engine, { id }) => void (await engine.setMainParticipant(text(id))),
  available_devices: async (engine) => (await engine.getAvailableDevices()).data,
  current_devices: async (engine) => (await engine.getCurrentDevices()).data,
  set_audio_device: async (engine, { id, kind }) =>
    void (await engine.setAudioDevice({
      type: kind === "output" ? "output" : "input",
      id: text(id),
    })),
};
