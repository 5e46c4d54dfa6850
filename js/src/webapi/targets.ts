/** Where a broadcast goes that another engine than our own carries. */

import { CLOUD_INGEST, CLOUD_PLAYER, CLOUD_RECORDINGS } from "./addresses";
import type { Playout } from "./view";

export interface Target {
  /** The RTMP address, with the stream's key. */
  ingest: string;
  /** Where it can be watched, if that is known. */
  playout: Playout | null;
}

/** For a broadcast that is not recorded, and for one that is. */
export type Targets = Readonly<Record<"live" | "rec", Target>>;

/** Return where nanoStream Cloud takes a stream. */
export function cloudTargets(streamname: string): Targets {
  const name = encodeURIComponent(streamname);
  const live = `${CLOUD_PLAYER}?bintu.streamname=${name}`;
  const vod = `${CLOUD_RECORDINGS}/${name}.mp4`;
  return {
    live: { ingest: `${CLOUD_INGEST}/live/${streamname}`, playout: { live, vod: null } },
    rec: { ingest: `${CLOUD_INGEST}/rec/${streamname}`, playout: { live, vod } },
  };
}

/** Whether nanoStream Cloud hosts a meeting: no other server may learn its ingest address. */
export function inCloud(url: URL): boolean {
  return url.hostname.endsWith(".nanocosmos.de");
}
