/** Starts and stops the broadcast; the engine's events confirm the result. */

import type { EventData } from "../engine/events";
import type { BroadcastOptions } from "../shared/protocol";
import type { EmbeddedMeeting } from "./embedded-meeting";
import { asNanoMeetError, NanoMeetError } from "./errors";
import type { MeetingView, Playout } from "./view";
import { waitFor } from "./wait";

export interface BroadcastData {
  /** `live` is empty if the playout URL is unknown. */
  playout: Playout;
  /** The ingest address; empty if the engine itself carries the broadcast. */
  nanoStream: string;
  playback: { live: string; vod?: string };
}

/** Options of the embedded server in addition to the Web API's `isVOD`. */
export type OwnOptions = Omit<BroadcastOptions, "record">;

const ERROR = "Broadcast Error";
/** A cluster starts a recorder for every stream, which takes a while. */
const TIMEOUT = 60_000;

export async function startBroadcast(
  meeting: EmbeddedMeeting,
  record: boolean,
  options: OwnOptions | null,
): Promise<BroadcastData> {
  const { api, view, translator, targets } = meeting;
  if (view.broadcast !== "off" && view.broadcast !== "failed") {
    throw new NanoMeetError(
      ERROR,
      `the broadcast is already ${view.broadcast}: stop it before you start another`,
      "broadcast_running",
    );
  }
  if (
    !view.own &&
    Object.values(options ?? {}).some((value) => (Array.isArray(value) ? value.length : value))
  ) {
    throw new NanoMeetError(ERROR, "only the embedded server supports options", "unsupported");
  }
  const target = targets?.[record ? "rec" : "live"];
  if (!view.own && !target) {
    throw new NanoMeetError(
      ERROR,
      "this server needs a target for the broadcast, and none is set: give its service a " +
        "broadcast_url",
      "no_broadcast_target",
    );
  }
  const live = waitFor(
    api,
    { error: ERROR, what: "start the broadcast", timeout: TIMEOUT, command: "startRecording" },
    (event, data) => {
      throwIfFailed(event, data, view);
      return event === CHANGED && view.broadcast === "live";
    },
  );
  translator.broadcast("starting", record);
  const ingest = target?.ingest ?? "";
  // As in `carriedOut`.
  live.catch(() => {});
  try {
    api.executeCommand("startRecording", {
      mode: "stream",
      rtmpStreamKey: ingest,
      record,
      ...options,
    });
    await live;
  } catch (thrown) {
    const failure = asNanoMeetError(ERROR, thrown);
    translator.broadcast("failed", record, failure.message);
    throw failure;
  }
  const playout = view.playout ?? { live: "", vod: null };
  return {
    playout,
    nanoStream: ingest,
    playback: { live: playout.live, ...(playout.vod === null ? {} : { vod: playout.vod }) },
  };
}

export async function stopBroadcast({ api, view, translator }: EmbeddedMeeting): Promise<void> {
  if (view.broadcast === "off" || view.broadcast === "failed") return;
  const off = waitFor(
    api,
    { error: ERROR, what: "stop the broadcast", timeout: TIMEOUT, command: "stopRecording" },
    (event, data) => {
      throwIfFailed(event, data, view);
      return event === CHANGED && view.broadcast === "off";
    },
  );
  translator.broadcast("stopping");
  api.executeCommand("stopRecording", "stream");
  try {
    await off;
  } catch (thrown) {
    if (thrown instanceof NanoMeetError) translator.broadcast("failed", undefined, thrown.message);
    throw thrown;
  }
}

const CHANGED = "nanomeetBroadcastChanged";

function throwIfFailed(event: string, data: EventData, view: MeetingView): void {
  if (event === "recordingStatusChanged" && data.error && data.mode !== "file") {
    throw new NanoMeetError(ERROR, String(data.error), "broadcast_failed");
  }
  if (event === CHANGED && view.broadcast === "failed") {
    const why = view.broadcastError ?? "the broadcast failed, and the server gave no reason";
    throw new NanoMeetError(ERROR, why, "broadcast_failed");
  }
}
