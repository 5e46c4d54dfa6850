/** Adds to a session description what the browser does not negotiate by itself. Pure text. */

/**
 * The certificate of a description (RFC 8122): one per connection, so a new one means a new page.
 * The session of the `o=` line does not say so: aiortc writes another into each description.
 */
export function certificateOf(sdp = ""): string | null {
  return /^a=fingerprint:(\S+ \S+)/m.exec(sdp)?.[1] ?? null;
}

/**
 * Our Opus preferences for incoming audio (RFC 7587), by section: DTX for the voice, so that a
 * silent participant sends no packets on each of many connections; stereo for shared audio, for
 * music.
 */
const OPUS_PREFERENCES: readonly string[] = [
  "usedtx=1",
  "",
  "",
  "stereo=1;maxaveragebitrate=96000",
];

/** A description to send, with our Opus preferences. */
export function tuned(sdp: string): string {
  const [session = "", ...sections] = sdp.split(/^(?=m=)/m);
  return [
    session,
    ...sections.map((section, place) => addPreferences(section, OPUS_PREFERENCES[place] ?? "")),
  ].join("");
}

function addPreferences(section: string, preferences: string): string {
  const payload = /^a=rtpmap:(\d+) opus\//im.exec(section)?.[1];
  if (!preferences || payload === undefined) return section;
  return section.replace(new RegExp(`^(a=fmtp:${payload} [^\\r\\n]*)`, "m"), `$1;${preferences}`);
}
