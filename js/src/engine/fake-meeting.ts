/** For tests: the meeting page on the other side of the frame, as the engine client sees it. */

import type { NamedData } from "../shared/postis";
import type { EngineCore } from "./core";

type Answer = (data: NamedData) => { result?: unknown; error?: unknown } | null;

export class FakeMeeting {
  readonly commands: [name: string, args: unknown][] = [];
  /** Answers a request; null for no answer. */
  answer: Answer = () => ({ result: false });
  /** Why this project's own engine refuses a command; empty where it does not. */
  refusal = "";
  refusalKind = "";
  /** Its answer to a command that it has run. */
  outcome: unknown = true;
  /** What its commands wait for. */
  busy: Promise<unknown> | null = null;
  /** Called after each command. */
  onCommand: (name: string, args: unknown) => void = () => {};
  readonly #frame: HTMLIFrameElement;
  readonly #scope: string;
  readonly #window = { postMessage: (text: string) => this.#hear(text) };

  constructor(client: EngineCore | null) {
    if (!client) throw new Error("there is no meeting");
    this.#frame = client.getIFrame();
    this.#scope = this.#frame.id.replace("jitsiConferenceFrame", "jitsi_meet_external_api_");
    Object.defineProperty(this.#frame, "contentWindow", { value: this.#window });
  }

  emit(name: string, data: Record<string, unknown> = {}): void {
    this.#post("message", { type: "event", data: { name, ...data } });
  }

  /** The user has joined. */
  join(more: Record<string, unknown> = {}): void {
    this.emit("ready");
    this.emit("video-conference-joined", { roomName: "standup", id: "me", ...more });
  }

  #hear(text: string): void {
    const { method, params } = JSON.parse(text);
    if (method === "__ready__") this.#post("__ready__", params);
    else if (params.type === "event") {
      this.commands.push([params.data.name, params.data.data]);
      this.onCommand(params.data.name, params.data.data);
    } else if (params.data?.name === "nanomeet-command") {
      const { command, args } = params.data;
      this.commands.push([command, args]);
      this.onCommand(command, args);
      void this.#carryOut(params.id);
    } else if (params.type === "request") {
      const answer = this.answer(params.data);
      if (answer) this.#post("message", { type: "response", id: params.id, ...answer });
    }
  }

  async #carryOut(id: number): Promise<void> {
    await this.busy;
    const { refusal } = this;
    const error = { name: this.refusalKind, message: refusal };
    const outcome = refusal ? { error } : { result: this.outcome };
    this.#post("message", { type: "response", id, ...outcome });
  }

  #post(method: string, params: unknown): void {
    const data = JSON.stringify({ postis: true, scope: this.#scope, method, params });
    const origin = new URL(this.#frame.src).origin;
    const event = Object.assign(new Event("message"), { data, origin, source: this.#window });
    window.dispatchEvent(event);
  }
}
