/** The line to the meeting's server, as the parts of a page use it. */
import type { ClientMessage } from "./protocol";

type WithoutRef<M> = M extends { ref?: number | null } ? Omit<M, "ref"> : never;

/** A message that the server acknowledges or refuses. */
export type Request = WithoutRef<ClientMessage>;

export interface ServerLine {
  /** Says it if the room is joined; what it has to know again after a drop is said then. */
  send(message: ClientMessage): void;
  /** Settles when the server has carried it out; rejects with a RefusedError if it did not. */
  request(message: Request, timeout?: number): Promise<void>;
}
