/**
 * Test helpers: participants, and a meeting's page with real stores, but without devices and a
 * server.
 */

import { signal } from "@preact/signals";
import type { Health } from "../../composer/index";
import type {
  MeetingStatus,
  NamedVote,
  Participant,
  ReadingOpened,
  ServerMessage,
  Welcome,
} from "../../shared/protocol";
import { ViewStore } from "../look/view";
import type { NoiseSuppression } from "../media/media";
import type { Remote } from "../mesh/mesh";
import type { MeetingPage } from "../room";
import { ChatStore } from "../room/chat";
import { PollStore } from "../room/classroom/polls";
import { PasswordQuestion } from "../room/password-question";
import { RoomRequests } from "../room/requests";
import { NO_BROADCAST, RoomStore } from "../room/room";
import type { Connection, Ending } from "../room/signalling";
import type { SourceClosing, SourceGrant } from "../room/sources";
import { Volumes } from "../room/volumes";

export function person(some: Partial<Participant> & { id: string }): Participant {
  return {
    name: some.id,
    moderator: false,
    audio: true,
    video: true,
    screen: false,
    screen_title: "",
    stage: true,
    hand: null,
    ...some,
  };
}

/** What the server says on joining a room with these participants. */
export const welcome = (participants: Participant[]): Welcome => ({
  type: "welcome",
  v: 1,
  own: person({ id: "me", moderator: true }),
  kept: false,
  resume: "place",
  room: "room",
  session: "meeting",
  streamname: "stream",
  participants,
  state: { subject: "Physics", lobby: true, locked: false, closed: false, main: null },
  broadcast: NO_BROADCAST,
  knocking: [],
  ice_servers: [],
  expires: 0,
  now: Date.now() / 1000,
  max_stage: 8,
  chat: [],
  viewers: 0,
  feed: { type: "stage_feed", stream: null, ticket: null, possible: true },
  readings: [],
});

const nothing = async (): Promise<void> => {};

/** Devices, none of which is open. */
function fakeMedia() {
  return {
    microphone: signal<MediaStreamTrack | null>(null),
    microphoneOn: signal(false),
    camera: signal<MediaStreamTrack | null>(null),
    screen: signal<MediaStreamTrack | null>(null),
    sharing: { title: signal<string | null>(null) },
    noise: signal<NoiseSuppression>("unavailable"),
    problems: signal<object>({}),
    devices: signal<readonly object[]>([]),
    refresh: nothing,
    choose: nothing,
    current: () => null,
    isOn: () => false,
    intends: () => false,
    setNoiseSuppression: nothing,
    face: nothing,
    setBackground: nothing,
    setPicture: nothing,
  };
}

export class FakeMeeting {
  /** The requests sent to the server. */
  readonly asked: object[] = [];
  readonly room = new RoomStore();
  readonly chat = new ChatStore();
  readonly polls = new PollStore();
  readonly view = new ViewStore();
  readonly question = new PasswordQuestion();
  readonly ask = new RoomRequests(async (request) => void this.asked.push({ ...request }));
  readonly media = fakeMedia();
  readonly volumes = new Volumes(signal(""));
  readonly profile = {
    email: signal(""),
    avatar: signal<string | null>(null),
    setAvatar: nothing,
  };
  readonly status = signal<MeetingStatus>("joined");
  readonly connection = signal<Connection>("joined");
  readonly ending = signal<Ending | null>(null);
  readonly prejoin = signal(false);
  readonly health = signal<Health | null>(null);
  readonly name = signal("Me");
  readonly title = signal("Standup");
  readonly large = signal<string | null>(null);
  readonly dominant = signal<string | null>(null);
  readonly remotes = signal<ReadonlyMap<string, Remote>>(new Map());
  readonly readings = this.room.readings;
  readonly recordsKept = this.room.records.kept;
  readonly launch = { base: "", room: "standup", config: new Map<string, unknown>() };
  asksPassword = false;
  invitedAsModerator = false;
  setMicrophone = nothing;
  setCamera = nothing;
  setScreen = nothing;
  leave = nothing;
  stopBroadcast = nothing;
  pauseBroadcast = nothing;
  readonly #listeners = new Set<(message: ServerMessage) => void>();
  readonly #sourceListeners = new Set<(closing: SourceClosing) => void>();

  /** `own`: oneself; `others` in order of joining. */
  constructor(own = person({ id: "me" }), others: readonly Participant[] = []) {
    this.room.own.value = own;
    this.room.others.value = others;
  }

  /** The same object, with the type that the tested code expects. */
  get page(): MeetingPage {
    return this as unknown as MeetingPage;
  }

  listen(listener: (message: ServerMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  listenToSources(listener: (closing: SourceClosing) => void): () => void {
    this.#sourceListeners.add(listener);
    return () => this.#sourceListeners.delete(listener);
  }

  /** A source has ended. */
  closes(closing: SourceClosing): void {
    for (const listener of this.#sourceListeners) listener(closing);
  }

  async openSource(use: string, title: string): Promise<SourceGrant> {
    this.asked.push({ type: "open_source", use, title });
    return { stream: "s", ticket: "t" };
  }

  askForElement(title: string): { stream: string } {
    this.asked.push({ type: "ask_for_element", title });
    return { stream: "s" };
  }

  endElement(stream: string): void {
    this.asked.push({ type: "end_element", stream });
  }

  async closeSource(use: string, failed: boolean): Promise<void> {
    this.asked.push({ type: "close_source", use, failed });
  }

  /** Delivers a message to the listeners, without changing the room. */
  tells(message: ServerMessage): void {
    for (const listener of [...this.#listeners]) listener(message);
  }

  async rename(name: string): Promise<void> {
    this.asked.push({ type: "rename", name });
  }

  async readMedia(wanted: Parameters<MeetingPage["readMedia"]>[0]): Promise<ReadingOpened> {
    this.asked.push({ type: "read_media", ...wanted });
    return { type: "reading_opened", ref: 1, id: "r1", stream: "read_1", ticket: "secret" };
  }

  async callHand(id: string | null): Promise<string | null> {
    this.asked.push({ type: "call_hand", id });
    return id;
  }

  stopReading(id: string): Promise<void> {
    return this.ask.stopReading(id);
  }

  async openPoll(wanted: Parameters<MeetingPage["openPoll"]>[0]): Promise<string> {
    this.asked.push({ type: "open_poll", ...wanted });
    return "poll1";
  }

  async readVotes(poll: string): Promise<readonly NamedVote[]> {
    this.asked.push({ type: "read_votes", poll });
    return [{ id: "ab", name: "Ada", choices: [1] }];
  }

  async vote(poll: string, choices: readonly number[]): Promise<void> {
    await this.ask.vote(poll, choices);
    this.polls.voted(poll, choices);
  }

  async startBroadcast(options: object): Promise<void> {
    this.asked.push({ type: "start_broadcast", ...options });
  }
}
