/** The URLs of the services. */

export interface Addresses {
  tokenUrl: string;
  apiUrl: string;
  invitePage: string;
  /** The default server, for tokens that name none. */
  defaultServer: string;
}

export const CLOUD_SERVER = "nanomeet-eu.nanocosmos.de";

/** nanoStream Cloud. */
export const CLOUD: Addresses = {
  tokenUrl: "https://bintu-cloud-token.k8s-prod.nanocosmos.de",
  apiUrl: "https://bintu.nanocosmos.de",
  invitePage: "https://nanomeet.pages.nanocosmos.de/nanomeet-frontend/nanomeet-sample.html",
  defaultServer: CLOUD_SERVER,
};

export const CLOUD_INGEST = "rtmp://bintu-vtrans.nanocosmos.de";
export const CLOUD_PLAYER = "https://demo.nanocosmos.de/nanoplayer/release/nanoplayer.html";
export const CLOUD_RECORDINGS = "https://bintu-vod.nanocosmos.de/vod";
export const CLOUD_DASHBOARD = "https://bintu-cloud-frontend.nanocosmos.de";

const SCRIPT = /\/js\/nanomeet\.js$/;

/**
 * Returns the service URLs of the server that served `js/nanomeet.js`; none for any other script.
 */
export function addressesOf(script: string): Partial<Addresses> {
  const url = URL.canParse(script) ? new URL(script) : null;
  if (!url || !SCRIPT.test(url.pathname)) return {};
  const base = url.origin + url.pathname.replace(SCRIPT, "");
  return { tokenUrl: base, apiUrl: base, invitePage: `${base}/invite`, defaultServer: base };
}

/** Returns the invite link of a token. */
export function inviteLink(page: string, token: string): string {
  // The cloud's page reads only the query. Elsewhere the fragment keeps the token out of server
  // logs.
  const mark = page === CLOUD.invitePage ? "?" : "#";
  return `${page}${mark}token=${encodeURIComponent(token)}`;
}
