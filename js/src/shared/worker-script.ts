/** Scripts for workers, by the policy that the server's pages name in their `trusted-types`. */

import { serverBase } from "./base";

/** Of Trusted Types, which not every browser has: what is used here. */
interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(file: string): string },
  ): { createScriptURL(file: string): string };
}

/** No page of ours makes a script from anything but the name of one of these files. */
const rules = {
  createScriptURL(file: string): string {
    if (!/^[a-z]+\.js$/.test(file)) throw new TypeError(`${JSON.stringify(file)} is no script`);
    return new URL(`static/${file}`, serverBase()).href;
  },
};
const { trustedTypes } = globalThis as { trustedTypes?: Policies };
const policy = trustedTypes?.createPolicy("nanomeet-workers", rules) ?? rules;

/** Return the address of a worker's script, as `new Worker` takes it: a string where there are no Trusted Types. */
export function workerScript(file: "background.js" | "composer.js"): string {
  return policy.createScriptURL(file);
}
