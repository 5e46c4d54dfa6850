/** Short links. */

import { NanoMeetError } from "./errors";
import { callService, type Transport } from "./http";

const ERROR = "Shorten URL Error";
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]*|[?#&](token|jwt|nanomeet\.token)=/i;

/** Requests a short link to a public URL from a shortener. */
export async function shorten(
  shortener: string,
  url: string,
  alias: string,
  transport: Transport,
): Promise<string> {
  if (!url) throw new NanoMeetError(ERROR, "missing: the URL to shorten");
  if (TOKEN.test(decoded(url))) {
    throw new NanoMeetError(
      ERROR,
      "this URL contains a token: the shortener's operators and logs would let others enter the room. " +
        "Send the link itself, in private",
      "secret_in_url",
    );
  }
  if (!shortener) {
    throw new NanoMeetError(ERROR, "no link shortener is configured: set linkShortener first");
  }
  const query = new URLSearchParams({ url, alias: alias ?? "" });
  const answer = await callService({ error: ERROR, url: `${shortener}?${query}` }, transport);
  const link = (answer as { objects?: { short_link?: unknown }[] } | null)?.objects?.[0]
    ?.short_link;
  if (typeof link === "string" && link) return link;
  throw new NanoMeetError(ERROR, "the shortener answered without a link", "protocol");
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
