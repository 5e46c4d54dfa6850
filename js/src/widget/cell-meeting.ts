/** One meeting on this page: its frame, its engine, its state. It outlives views and models. */
import {
  BROADCAST_STEPS,
  type BroadcastStatus,
  type MeetingStatus,
  STATUS_STEPS,
} from "../shared/protocol";
import { MeetingApi } from "../webapi/meeting-api";
import type { TileView } from "../webapi/setup";
import { failureOf, type Readiness } from "./command-queue";
import type { Arrangements, Failure, Person, Playout } from "./kernel-channel";
import { Overlay } from "./overlay";
import { roomLanguage } from "./strings";
import type { Theme } from "./theme";

export interface MeetingState {
  status: MeetingStatus;
  /** Whether the connection is lost and may recover. */
  reconnecting: boolean;
  error: Failure | null;
  /** The room's subject; empty if it has none. */
  subject: string;
  moderator: boolean;
  people: Person[];
  broadcast: {
    state: BroadcastStatus;
    playout: Playout | null;
    since: number | null;
    error: string | null;
  };
}

export interface Appearance {
  branding: string | Record<string, unknown> | null;
  tileView: TileView | null;
  prejoin: boolean;
  devices: Record<"startWithAudioMuted" | "startWithVideoMuted", boolean>;
  theme: Theme;
}

/** The kernel's data for joining. */
export interface Admission extends Partial<Arrangements> {
  token: string;
}

type EventData = Readonly<Record<string, unknown>>;

interface Listener {
  changed(state: MeetingState, what: keyof MeetingState): void;
  happened(event: string, data: EventData): void;
}

/** Events that set lasting state: later listeners must receive the last of each. */
const LASTING = /^(subjectChange|nanomeet(Lobby|Chat|Poll.+|(Broadcast|Groups|Readings)Changed))$/;

/** The id of the poll that an event is about: of each, the last one lasts. */
const pollOf = ({ id, poll }: EventData): unknown => Object(poll).id ?? id;

const OFF = { state: "off", playout: null, since: null, error: null } as const;

/** Most of them are chat messages: keep as many as a room keeps. */
const MAX_EVENTS = 200;

/** What a meeting waits for before joining, by event. */
const ASKING: Readonly<Record<string, Readiness>> = {
  nanomeetWaiting: { kind: "waiting", why: "a moderator has to let you in", person: true },
  passwordRequired: { kind: "password", why: "it asks for its password", person: true },
  prejoinScreenLoaded: {
    kind: "prejoin",
    why: "the page before it waits for you to join",
    person: true,
  },
};

class Engine extends MeetingApi {
  /** Whether every command works. */
  get ready(): boolean {
    return this.view?.ready === true;
  }
}

export class CellMeeting {
  readonly key: string;
  readonly overlay: Overlay;
  #engine: Engine | null = null;
  #asking: Readiness | null = null;
  #listeners = new Set<Listener>();
  /** The last lasting events. Only events that accumulate occur more than once. */
  lastEvents: readonly (readonly [name: string, data: EventData])[] = [];
  #state: MeetingState = {
    status: "idle",
    reconnecting: false,
    error: null,
    subject: "",
    moderator: false,
    people: [],
    broadcast: { ...OFF },
  };

  constructor(key: string, document: Document) {
    this.key = key;
    this.overlay = new Overlay(document);
  }

  get state(): Readonly<MeetingState> {
    return this.#state;
  }

  /** Whether it is still running, so that another cell can take it over. */
  get alive(): boolean {
    return ["loading", "joining", "waiting", "joined"].includes(this.#state.status);
  }

  /** Calls `listener` on every change and event, until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async join(admission: Admission, appearance: Appearance): Promise<void> {
    const engine = new Engine();
    this.#engine = engine;
    this.#status("loading");
    const joined = engine.init({
      ...admission,
      id: this.overlay.element,
      width: "100%",
      height: "100%",
      theme: appearance.theme,
      prejoin: appearance.prejoin,
      tileView: appearance.tileView ?? {},
      // The cell's header shows the subject.
      config: { hideConferenceSubject: true, ...appearance.devices, ...roomLanguage() },
      ...(appearance.branding === null ? {} : { branding: appearance.branding }),
    });
    this.#observe(engine);
    try {
      await joined;
    } catch (error) {
      // The engine's own error is more precise than the promise's.
      if (this.#engine === engine && this.alive) this.#fail(failureOf(error));
    }
  }

  /** Sets the room's theme; has no effect on engines that do not support it. */
  show(theme: Theme): void {
    this.#engine?.api?.executeCommand("overwriteConfig", { theme });
  }

  /** What commands need to know about the meeting. */
  get readiness(): Readiness {
    if (this.#engine?.ready) return { api: this.#engine };
    if (this.#asking) return this.#asking;
    if (this.#state.reconnecting) {
      const why = "its connection is lost, and may come back";
      return { kind: "reconnecting", why, person: false };
    }
    const moves = this.#state.status === "joined";
    const why = moves ? "it is on the way to another of its rooms" : "it is being joined";
    return { kind: "joining", why, person: false };
  }

  /** Hangs up, frees the camera and removes the frame. */
  async leave(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    if (engine !== null) await engine.destroy().catch(() => undefined);
    if (this.alive) this.#status("left");
    this.overlay.remove();
  }

  #observe(engine: Engine): void {
    const api = engine.api;
    if (api === null) return; // init refused the token, and rejects its promise
    api.observe((name, data) => {
      if (this.#engine !== engine) return;
      this.#asking = engine.ready ? null : (ASKING[name] ?? this.#asking);
      if (name === "participantRoleChanged" && data.id === api.localId) {
        this.#set("moderator", data.role === "moderator");
      }
      // "Joined" always means that commands work.
      if (engine.ready && ["joining", "waiting"].includes(this.#state.status)) {
        this.#status("joined");
      }
      if (LASTING.test(name)) {
        const poll = pollOf(data);
        const kept = this.lastEvents.filter(
          ([other, old]) => other !== name || (poll ? pollOf(old) !== poll : data.whole === false),
        );
        this.lastEvents = [...kept, [name, data] as const].slice(-MAX_EVENTS);
      }
      // Frequent events that are of no use to a kernel.
      if (/^(mouse|avatar)/.test(name)) return;
      for (const listener of [...this.#listeners]) listener.happened(name, data);
    });
    const on = (name: string, handle: (data: Record<string, unknown>) => void): void => {
      api.addEventListener(name, (data) => {
        if (this.#engine === engine) handle((data ?? {}) as Record<string, unknown>);
      });
    };
    on("ready", () => this.#status("joining"));
    on("nanomeetWaiting", () => this.#status("waiting"));
    on("passwordRequired", () => this.#status("waiting"));
    on("nanomeetConnection", ({ state }) => {
      if (state === "reconnecting" && this.#state.status === "joined") this.#status("joining");
    });
    on("subjectChange", ({ subject }) => this.#set("subject", String(subject ?? "")));
    on("nanomeetParticipants", ({ participants }) => {
      this.#set("people", participants as Person[]);
    });
    on("nanomeetBroadcastChanged", (data) => this.#broadcast(data));
    on("errorOccurred", (data) => {
      const error = (data.error ?? data) as { name?: string; message?: string; isFatal?: boolean };
      if (error.isFatal) {
        this.#fail({
          kind: error.name ?? "engine",
          message: error.message ?? "The meeting ended with an error.",
        });
      }
    });
    on("readyToClose", () => {
      if (this.alive) void this.leave();
    });
  }

  #broadcast(data: Record<string, unknown>): void {
    const target = data.state as BroadcastStatus;
    const current = this.#state.broadcast.state;
    if (target !== current && !BROADCAST_STEPS[current].includes(target)) {
      throw new Error(`the broadcast cannot go from ${current} to ${target}`);
    }
    const playout = data.playout as Playout | null | undefined;
    this.#set("broadcast", {
      state: target,
      playout: playout ? { live: playout.live, vod: playout.vod ?? null } : null,
      since: (data.since as number | null | undefined) ?? null,
      error: (data.error as string | null | undefined) ?? null,
    });
  }

  #fail(error: Failure): void {
    this.#state = { ...this.#state, error };
    const engine = this.#engine;
    this.#engine = null;
    this.#status("failed");
    void engine?.destroy().catch(() => undefined);
    this.overlay.remove();
  }

  #status(target: MeetingStatus): void {
    const current = this.#state.status;
    if (target === current) return;
    if (!STATUS_STEPS[current].includes(target)) {
      throw new Error(`the meeting cannot go from ${current} to ${target}`);
    }
    if (target !== "joined" && target !== "joining") {
      this.#state = { ...this.#state, people: [], broadcast: { ...OFF } };
    }
    if (target !== "failed") this.#state = { ...this.#state, error: null };
    const reconnecting = target === "joining" && current === "joined";
    this.#state = { ...this.#state, reconnecting };
    this.#set("status", target);
  }

  #set<K extends keyof MeetingState>(name: K, value: MeetingState[K]): void {
    this.#state = { ...this.#state, [name]: value };
    for (const listener of [...this.#listeners]) listener.changed(this.#state, name);
  }
}
