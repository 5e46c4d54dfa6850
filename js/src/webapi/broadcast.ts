/** Starting and stopping the broadcast; done is what the engine's events say is done. */

import type { EngineCore } from "../engine/core";
import type { EventData } from "../engine/events";
import { CLOUD_INGEST, CLOUD_PLAYER, CLOUD_RECORDINGS } from "./addresses";
import { NanoMeetError } from "./errors";
import type { MeetingView, Playout } from "./view";
import { waitFor } from "./wait";

export interface BroadcastData {
  playout: Playout;
  /** Where the stream is sent. */
  nanoStream: string;
  playback: { live: string; vod?: string };
}

const ERROR = "Broadcast Error";
/** A cluster starts a recorder for every stream: that takes a while. */
const TIMEOUT = 60_000;

export async function startBroadcast(
  api: EngineCore,
  view: MeetingView,
  streamname: string,
  record: boolean,
): Promise<BroadcastData> {
  if (view.broadcast !== "off" && view.broadcast !== "failed") {
    throw new NanoMeetError(
      ERROR,
      `the broadcast is ${view.broadcast} already: stop it before you start another`,
      "broadcast_running",
    );
  }
  const ingest = `${CLOUD_INGEST}/${record ? "rec" : "live"}/${streamname}`;
  const live = waitFor(
    api,
    { error: ERROR, what: "start the broadcast", timeout: TIMEOUT, command: "startRecording" },
    (event, data) => {
      throwIfFailed(event, data, view);
      return concerns(event, view) && view.broadcast === "live";
    },
  );
  api.executeCommand("startRecording", { mode: "stream", rtmpStreamKey: ingest });
  await live;
  const playout = view.playout ?? cloudPlayout(streamname, record);
  return {
    playout,
    nanoStream: ingest,
    playback: { live: playout.live, ...(playout.vod === null ? {} : { vod: playout.vod }) },
  };
}

export async function stopBroadcast(api: EngineCore, view: MeetingView): Promise<void> {
  if (view.own && (view.broadcast === "off" || view.broadcast === "failed")) return;
  const off = waitFor(
    api,
    { error: ERROR, what: "stop the broadcast", timeout: TIMEOUT, command: "stopRecording" },
    (event, data) => {
      throwIfFailed(event, data, view);
      return concerns(event, view) && view.broadcast === "off";
    },
  );
  api.executeCommand("stopRecording", "stream");
  await off;
}

/** Only the own engine says where a broadcast stands; of another, the recording's status is proof. */
function concerns(event: string, view: MeetingView): boolean {
  return event === (view.own ? "nanomeetBroadcastChanged" : "recordingStatusChanged");
}

function throwIfFailed(event: string, data: EventData, view: MeetingView): void {
  if (event === "recordingStatusChanged" && data.error && data.mode !== "file") {
    throw new NanoMeetError(ERROR, String(data.error), "broadcast_failed");
  }
  if (event === "nanomeetBroadcastChanged" && view.broadcast === "failed") {
    const why = view.broadcastError ?? "the broadcast failed, and the server did not say why";
    throw new NanoMeetError(ERROR, why, "broadcast_failed");
  }
}

function cloudPlayout(streamname: string, record: boolean): Playout {
  const name = encodeURIComponent(streamname);
  return {
    live: `${CLOUD_PLAYER}?bintu.streamname=${name}`,
    vod: record ? `${CLOUD_RECORDINGS}/${name}.mp4` : null,
  };
}
