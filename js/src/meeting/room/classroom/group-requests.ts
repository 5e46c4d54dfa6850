/** Requests about groups: each resolves when the server has carried it out. */

import type { GroupPlan } from "../../../shared/protocol";
import { RefusedError } from "../../../shared/refused-error";
import type { Ask, Request } from "../../../shared/server-line";

export class GroupRequests {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Goes into a group, or back to the main room for null. */
  enter(group: string | null): Promise<void> {
    return this.#request({ type: "enter_group", group });
  }

  // --- for moderators ---

  /** Opens groups; everyone comes back after so many minutes, or when they are closed. */
  open(groups: GroupPlan[], minutes: number | null): Promise<void> {
    return this.#request({ type: "open_groups", groups, minutes });
  }

  add(name: string): Promise<void> {
    return this.#request({ type: "add_group", name });
  }

  rename(group: string, name: string): Promise<void> {
    return this.#request({ type: "rename_group", group, name });
  }

  remove(group: string): Promise<void> {
    return this.#request({ type: "remove_group", group });
  }

  /** Moves a participant into a group, or back to the main room for null. */
  assign(id: string, group: string | null): Promise<void> {
    return this.#request({ type: "assign_group", id, group });
  }

  /** Everyone comes back so many minutes from now; null for no end. */
  setEnd(minutes: number | null): Promise<void> {
    return this.#request({ type: "set_groups_end", minutes });
  }

  announce(text: string): Promise<void> {
    return this.#request({ type: "announce_to_groups", text });
  }

  closeAll(): Promise<void> {
    return this.#request({ type: "close_groups" });
  }

  /** One that moves this page is done once it is on its way: its answer may not arrive. */
  async #request(request: Request): Promise<void> {
    try {
      await this.#ask(request);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.kind !== "moved") throw error;
    }
  }
}
