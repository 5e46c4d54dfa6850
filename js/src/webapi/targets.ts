/** The targets of broadcasts on engines other than our own. */

import { CLOUD_INGEST, CLOUD_PLAYER, CLOUD_RECORDINGS } from "./addresses";
import type { Playout } from "./view";

export interface Target {
  /** The RTMP address, with the stream's key. */
  ingest: string;
  /** The address to watch, if known. */
  playout: Playout | null;
}

/** The targets without and with recording. */
export type Targets = Readonly<Record<"live" | "rec", Target>>;

/** Returns nanoStream Cloud's ingest URLs of a stream. */
export function cloudTargets(streamname: string): Targets {
  const name = encodeURIComponent(streamname);
  const live = `${CLOUD_PLAYER}?bintu.streamname=${name}`;
  const vod = `${CLOUD_RECORDINGS}/${name}.mp4`;
  return {
    live: { ingest: `${CLOUD_INGEST}/live/${streamname}`, playout: { live, vod: null } },
    rec: { ingest: `${CLOUD_INGEST}/rec/${streamname}`, playout: { live, vod } },
  };
}

/** Whether nanoStream Cloud hosts a meeting: its ingest URL must not reach any other server. */
export function inCloud(url: URL): boolean {
  return url.hostname.endsWith(".nanocosmos.de");
}
