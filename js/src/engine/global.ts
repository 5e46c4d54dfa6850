/** external_api.js: the engine API under its two global names. */

import type { ClientOptions } from "./address";
import { EngineClient } from "./client";
import { domainFrom } from "./home";

// Readable only while the script first runs.
const script = document.currentScript;
const home = script instanceof HTMLScriptElement ? script.src : "";

/** The public engine client: it also reaches the server that this script came from. */
class NanoMeetAPI extends EngineClient {
  constructor(domain: string, ...args: readonly [(ClientOptions | string | null)?, ...unknown[]]) {
    super(domainFrom(domain, home), ...args);
  }
}

Object.assign(window, { NanoMeetAPI, JitsiMeetExternalAPI: NanoMeetAPI });
