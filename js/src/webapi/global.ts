/** nanomeet.js: the Web API as a global. */

import { addressesOf } from "./addresses";
import { WebApi, type WebApiOptions } from "./web-api";

// Readable only while the script first runs.
const script = document.currentScript;
const home = addressesOf(script instanceof HTMLScriptElement ? script.src : "");

/** The Web API with the services of the server that this script came from. */
class NanoMeet extends WebApi {
  constructor(options: WebApiOptions = {}) {
    super({ ...home, ...options });
  }
}

Object.assign(window, { NanoMeet });
