/** An invite that the kernel creates for this page. */
import { type Deferred, deferred } from "./deferred";

/** The timeout in milliseconds: creating one requests a service, which may be slow. */
export const INVITE_MS = 20_000;

export class Invitation {
  #wanted: Deferred<string> | null = null;

  /** Requests an invite, unless one is pending; rejects with `late` after the timeout. */
  ask(send: () => void, late: string): Promise<string> {
    if (this.#wanted) return this.#wanted.promise;
    const wanted = deferred<string>();
    this.#wanted = wanted;
    const timer = setTimeout(() => wanted.reject(new Error(late)), INVITE_MS);
    send();
    return wanted.promise.finally(() => {
      clearTimeout(timer);
      this.#wanted = null;
    });
  }

  /** The kernel's answer: a link, or why there is none. */
  answer(link: string | null, why: string): void {
    if (link !== null) this.#wanted?.resolve(link);
    else this.#wanted?.reject(new Error(why));
  }
}
