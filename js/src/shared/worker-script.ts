/** Creates workers' scripts under the policy that the server's pages allow in `trusted-types`. */

import { serverBase } from "./base";

/** The subset of Trusted Types that is used here. Not every browser has it. */
interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(file: string): string },
  ): { createScriptURL(file: string): string };
}

/** Our pages create script URLs only from these file names. */
const rules = {
  createScriptURL(file: string): string {
    if (!/^[a-z]+\.js$/.test(file)) throw new TypeError(`${JSON.stringify(file)} is no script`);
    return new URL(`static/${file}`, serverBase()).href;
  },
};
const { trustedTypes } = globalThis as { trustedTypes?: Policies };
const policy = trustedTypes?.createPolicy("nanomeet-workers", rules) ?? rules;

/** Returns a worker's script URL for `new Worker`: a string where there are no Trusted Types. */
export function workerScript(file: "background.js" | "composer.js" | "tap.js"): string {
  return policy.createScriptURL(file);
}
