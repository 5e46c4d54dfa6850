/** What a description says beyond what the browser would say by itself. Pure text. */

/** The session of a description (RFC 8866, 5.2): one a connection, so a new one tells of a new page. */
export function sessionOf(sdp: string | undefined): string | null {
  return /^o=\S+ (\d+) /m.exec(sdp ?? "")?.[1] ?? null;
}

/**
 * How we want to hear the other (RFC 7587), by the place of the sound: no packets of a voice that
 * says nothing, which spares each of many lines; and what is shared in stereo, as music needs it.
 */
const WISHES: readonly string[] = ["usedtx=1", "", "", "stereo=1;maxaveragebitrate=96000"];

/** A description to send, with our wishes for Opus in its sections. */
export function tuned(sdp: string): string {
  const [session = "", ...sections] = sdp.split(/^(?=m=)/m);
  return [session, ...sections.map((section, place) => wish(section, WISHES[place] ?? ""))].join(
    "",
  );
}

function wish(section: string, wishes: string): string {
  const payload = /^a=rtpmap:(\d+) opus\//im.exec(section)?.[1];
  if (!wishes || payload === undefined) return section;
  return section.replace(new RegExp(`^(a=fmtp:${payload} [^\\r\\n]*)`, "m"), `$1;${wishes}`);
}
