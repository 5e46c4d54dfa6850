/** Reports this page's meeting to the kernel. */
import type { CellMeeting, MeetingState } from "./cell-meeting";
import type { Failure, ToKernel } from "./kernel-channel";

export class Reporter {
  readonly #send: (message: ToKernel) => void;

  constructor(send: (message: ToKernel) => void) {
    this.#send = send;
  }

  tell(status: MeetingState["status"], error: Failure | null = null): void {
    this.#send({ type: "status", status, error });
  }

  /** Reports a meeting that was running before this page's widget took it over. */
  all({ state, lastEvents }: CellMeeting): void {
    this.tell("loading");
    if (state.status !== "loading") this.tell("joining");
    if (state.moderator) this.change(state, "moderator");
    this.change(state, "status");
    if (state.status !== "joined") return;
    this.change(state, "people");
    for (const [name, data] of lastEvents) this.#send({ type: "event", name, data });
    if (state.broadcast.state !== "off") {
      // A newcomer may meet a broadcast in any state, but it must go through live or starting
      // first.
      const first = state.broadcast.state === "stopping" ? "live" : state.broadcast.state;
      this.#broadcast({ ...state.broadcast, state: first });
      this.#broadcast(state.broadcast);
    }
  }

  change(state: MeetingState, changed: keyof MeetingState): void {
    switch (changed) {
      case "status":
        this.tell(state.status, state.error);
        break;
      case "people":
        this.#send({ type: "participants", participants: state.people });
        break;
      case "broadcast":
        this.#broadcast(state.broadcast);
        break;
      case "moderator":
        this.#send({ type: "role", moderator: state.moderator });
        break;
    }
  }

  #broadcast({ state, playout, error }: MeetingState["broadcast"]): void {
    this.#send({ type: "broadcast", state, playout, error });
  }
}
