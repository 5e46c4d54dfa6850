/** The Web API: meetings, rooms and streams for any web page. */

import { EngineClient } from "../engine/client";
import type { EngineOptions } from "../engine/core";
import type { ParticipantInfo } from "../engine/participants";
import { baseUrl } from "../engine/url";
import type { NamedVote, OpenPoll } from "../shared/protocol";
import { type Addresses, CLOUD } from "./addresses";
import { asNanoMeetError } from "./errors";
import type { Fetch, Transport } from "./http";
import { MeetingApi } from "./meeting-api";
import type { MeetingOptions, Success } from "./nanomeet";
import {
  type InviteData,
  type InviteSetup,
  type RoomData,
  type RoomSetup,
  Services,
  type StreamsData,
} from "./services";
import { shorten } from "./shorten";
import { cloudTargets, inCloud, type Targets } from "./targets";
import { type Claims, readToken } from "./token";

/** A question to everyone; `correct` and votes name options by number, from 0. */
export type PollSetup = Omit<OpenPoll, "type" | "ref">;

export interface WebApiOptions extends MeetingOptions, Partial<Addresses> {
  /** The URL of a link shortener. */
  linkShortener?: string;
  /** A replacement for `fetch`; the browser's own by default. */
  fetch?: Fetch;
  /** Timeout of a service in milliseconds. */
  serviceTimeout?: number;
}

/** A meeting, and the services that create its rooms. */
export class WebApi extends MeetingApi {
  bintuTokenUrl: string;
  bintuApiUrl: string;
  nanoMeetWebPage: string;
  linkShortener: string;

  readonly #transport: Transport;
  readonly #services: Services;

  constructor(options: WebApiOptions = {}) {
    super(options);
    this.bintuTokenUrl = options.tokenUrl ?? CLOUD.tokenUrl;
    this.bintuApiUrl = options.apiUrl ?? CLOUD.apiUrl;
    this.nanoMeetWebPage = options.invitePage ?? CLOUD.invitePage;
    this.linkShortener = options.linkShortener ?? "";
    this.#transport = {
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      timeout: options.serviceTimeout ?? 15_000,
    };
    // Pages may assign other addresses at any time.
    this.#services = new Services(() => this.#addresses(), this.#transport);
  }

  /** The full engine: pages use more of it than the Web API does. */
  override get api(): EngineClient | null {
    const api = super.api;
    return api instanceof EngineClient ? api : null;
  }

  protected override engine(domain: string, options: EngineOptions): EngineClient {
    return new EngineClient(domain, options);
  }

  protected override targets(domain: string, streamname: string): Targets | null {
    return inCloud(baseUrl(domain)) ? cloudTargets(streamname) : null;
  }

  /** Returns a token's claims, unverified. */
  parseToken(token: string): Claims {
    return readToken(token);
  }

  async validateAPIKey(apiKey: string): Promise<Success<Record<string, unknown>>> {
    return answered("API Key Error", () => this.#services.organisation(apiKey));
  }

  async createNanoMeetRoom(apiKey: string, setup: RoomSetup): Promise<Success<RoomData>> {
    return answered("Create Room Error", () => this.#services.createRoom(apiKey, setup));
  }

  async createInviteToken(token: string, setup: InviteSetup): Promise<Success<InviteData>> {
    const error = "Create Invite Token Error";
    return answered(error, () => this.#services.createInvite(token, setup));
  }

  async createNanoStreams(
    apiKey: string,
    profiles?: readonly string[],
  ): Promise<Success<StreamsData>> {
    return answered("Create Stream Error", () => this.#services.createStreams(apiKey, profiles));
  }

  async getParticipants(): Promise<Success<ParticipantInfo[]>> {
    return { data: this.joined("Participants Error").api.getParticipantsInfo() };
  }

  async shortenMeetingUrl(url: string, alias = ""): Promise<Success<string>> {
    return answered("Shorten URL Error", () =>
      shorten(this.linkShortener, url, alias, this.#transport),
    );
  }

  /** Asks everyone a question. Moderators only. Resolves with the poll's id. */
  async openPoll(poll: PollSetup): Promise<Success<{ id: string }>> {
    return (await this.executeCommand("nanomeetOpenPoll", poll)) as Success<{ id: string }>;
  }

  /** Votes in a poll, or changes the vote; no choices take it back. */
  async vote(id: string, choices: readonly number[]): Promise<Success<{ choices: number[] }>> {
    await this.executeCommand("nanomeetVote", { poll: id, choices });
    return { data: { choices: [...choices] } };
  }

  /** Closes a poll: its votes are final. Moderators only. */
  async closePoll(id: string): Promise<Success<{ id: string }>> {
    await this.executeCommand("nanomeetClosePoll", { poll: id });
    return { data: { id } };
  }

  /** Returns who voted for what in a poll that is not anonymous. Moderators only. */
  async readVotes(id: string): Promise<Success<{ votes: NamedVote[] }>> {
    const answer = await this.executeCommand("nanomeetReadVotes", { poll: id });
    return answer as Success<{ votes: NamedVote[] }>;
  }

  #addresses(): Addresses {
    const trim = (url: string): string => url.replace(/\/+$/, "");
    return {
      tokenUrl: trim(this.bintuTokenUrl),
      apiUrl: trim(this.bintuApiUrl),
      invitePage: this.nanoMeetWebPage,
      defaultServer: this.defaultServer,
    };
  }
}

/** Awaits a service's answer. Also converts the browser's errors for invalid arguments. */
async function answered<T>(error: string, ask: () => Promise<T>): Promise<Success<T>> {
  try {
    return { data: await ask() };
  } catch (thrown) {
    throw asNanoMeetError(error, thrown);
  }
}
