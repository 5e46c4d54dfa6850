/** The connection to the meeting's server, as the page's parts use it. */
import type { ClientMessage } from "./protocol";

type WithoutRef<M> = M extends { ref?: number | null } ? Omit<M, "ref"> : never;

/** A message that the server acknowledges or refuses. */
export type Request = WithoutRef<ClientMessage>;

export interface ServerLine {
  /**
   * Sends if the room is joined. State that the room needs after a drop is sent again on joining.
   */
  send(message: ClientMessage): void;
  /** Resolves when the server has carried it out; rejects with a RefusedError otherwise. */
  request(message: Request, timeout?: number): Promise<void>;
}

/** Sends a request; resolves when the server has carried it out, and rejects if it refuses. */
export type Ask = (request: Request, timeout?: number) => Promise<void>;
