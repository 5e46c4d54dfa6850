/** A meeting on a web page: join, broadcast, leave. The whole Web API, `web-api.ts`, extends it. */

import { EngineCore, type EngineOptions } from "../engine/core";
import { baseUrl } from "../engine/url";
import { clockAhead } from "../shared/server-time";
import { CLOUD_SERVER } from "./addresses";
import { type BroadcastData, type OwnOptions, startBroadcast, stopBroadcast } from "./broadcast";
import type { EmbeddedMeeting } from "./embedded-meeting";
import { asNanoMeetError, NanoMeetError } from "./errors";
import { whenJoined } from "./join";
import { checkConfig, type InitConfig, type Setup } from "./setup";
import type { Targets } from "./targets";
import { type Claims, checkTimes } from "./token";
import { Translator } from "./translator";
import { MeetingView } from "./view";

export interface MeetingOptions {
  /** The default server, for tokens that name none. */
  defaultServer?: string;
  /** The timeout for joining: milliseconds without a reply from the meeting. */
  joinTimeout?: number;
}

export interface Success<T> {
  data: T;
}

/** Milliseconds allowed for hanging up; the frame is then removed anyway. */
const HANG_UP = 2_000;

/** One meeting at a time. Every Promise settles; every rejection is a NanoMeetError. */
export class NanoMeet {
  defaultServer: string;
  readonly #joinTimeout: number;
  #meeting: EmbeddedMeeting | null = null;

  constructor(options: MeetingOptions = {}) {
    this.defaultServer = options.defaultServer ?? CLOUD_SERVER;
    this.#joinTimeout = options.joinTimeout ?? 30_000;
  }

  /** The meeting's engine, from the call of `init` until the meeting ends. */
  get api(): EngineCore | null {
    return this.#meeting?.api ?? null;
  }

  /**
   * Shows the meeting and joins it. Resolves when it is joined; on failure it removes everything.
   */
  async init(config: InitConfig): Promise<Success<{ moderator: boolean }>> {
    if (this.#meeting) {
      throw new NanoMeetError(
        "Instance Error",
        "this instance shows a meeting: destroy() it first",
      );
    }
    const setup = checkConfig(config);
    const meeting = this.#open(setup);
    try {
      const joined = whenJoined(meeting.api, this.#joinTimeout);
      const timely = this.#checkTimes(setup.claims);
      await Promise.race([joined, timely.then(() => joined)]);
    } catch (error) {
      this.#close(meeting);
      throw error;
    }
    return { data: { moderator: meeting.view.moderator } };
  }

  /**
   * Broadcasts the meeting. Resolves when it is live. Only the embedded server supports options.
   */
  async startBroadcast(isVOD = false, options: OwnOptions = {}): Promise<Success<BroadcastData>> {
    const meeting = this.moderated("Broadcast Error");
    return { data: await startBroadcast(meeting, isVOD === true, options) };
  }

  /** Stops the broadcast. Resolves when it has ended and its recording is complete. */
  async stopBroadcast(): Promise<void> {
    await stopBroadcast(this.moderated("Broadcast Error"));
  }

  /** Hangs up and removes the meeting from the page. */
  async destroy(): Promise<void> {
    const meeting = this.#meeting;
    if (!meeting) {
      throw new NanoMeetError("Missing Instance Error", "there is no meeting to remove");
    }
    if (meeting.api.connected) await hangUp(meeting.api);
    this.#close(meeting);
  }

  /** Creates the engine. */
  protected engine(domain: string, options: EngineOptions): EngineCore {
    return new EngineCore(domain, options);
  }

  /** Where broadcasts go by default. */
  protected targets(_domain: string, _streamname: string): Targets | null {
    return null;
  }

  /** The meeting's known state, from the call of `init`. */
  protected get view(): MeetingView | null {
    return this.#meeting?.view ?? null;
  }

  /** Returns the joined meeting; `error` is the failure's name if there is none. */
  protected joined(error: string): EmbeddedMeeting {
    if (this.#meeting?.view.joined) return this.#meeting;
    throw new NanoMeetError(error, "the meeting is not joined: await init() first", "not_joined");
  }

  /** Returns the joined meeting if the user is a moderator. */
  protected moderated(error: string): EmbeddedMeeting {
    const meeting = this.joined(error);
    if (meeting.view.moderator) return meeting;
    throw new NanoMeetError(error, "only a moderator can do this", "not_moderator");
  }

  /**
   * Rejects if the token is not valid now. Only if this page's clock says so, asks for the server's
   * time.
   */
  async #checkTimes(claims: Claims): Promise<void> {
    try {
      checkTimes(claims, Date.now());
    } catch {
      const ahead = await clockAhead(baseUrl(claims.server || this.defaultServer).href);
      checkTimes(claims, Date.now() + (ahead ?? 0));
    }
  }

  #open({ claims, options, broadcast }: Setup): EmbeddedMeeting {
    const view = new MeetingView(claims.moderator);
    try {
      const domain = domainOf(claims, this.defaultServer);
      const targets = broadcast ?? this.targets(domain, claims.streamname);
      const api = this.engine(domain, {
        ...options,
        handshakeTimeout: this.#joinTimeout,
      });
      const translator = new Translator(api, targets);
      const meeting = { api, view, translator, targets, password: "" };
      this.#meeting = meeting;
      api.observe((event, data) => {
        view.update(event, data, api.localId);
        translator.hear(event, data);
        // Call all other listeners before removing them.
        if (event === "readyToClose") queueMicrotask(() => this.#close(meeting));
      });
      return meeting;
    } catch (error) {
      throw asNanoMeetError("Engine Error", error);
    }
  }

  #close(meeting: EmbeddedMeeting): void {
    if (this.#meeting === meeting) this.#meeting = null;
    meeting.api.dispose();
  }
}

/** Returns the engine API's domain of a token's meeting. */
export function domainOf({ server, sub, tenant }: Claims, defaultServer: string): string {
  const host = (server || defaultServer).replace(/\/+$/, "");
  const path = tenant ?? sub;
  return path ? `${host}/${encodeURIComponent(path)}` : host;
}

function hangUp(api: EngineCore): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, HANG_UP);
    const closed = (): void => {
      clearTimeout(timer);
      resolve();
    };
    api.on("readyToClose", closed).on("_willDispose", closed);
    api.executeCommand("hangup");
  });
}
