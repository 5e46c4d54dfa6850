/** The token service: rooms, invites, streams, the account. */

import { type Addresses, CLOUD_DASHBOARD, inviteLink } from "./addresses";
import { NanoMeetError } from "./errors";
import { callService, type Transport } from "./http";
import { DEFAULT_PROFILES, ordered } from "./profiles";
import { readToken } from "./token";

export interface RoomSetup {
  /** The token's validity period, in ISO 8601. */
  nbf: string;
  exp: string;
  room: string;
  moderator: boolean;
  server: string;
  streamname?: string | undefined;
}

export interface RoomData {
  expiration: string;
  notbefore: string;
  room: string;
  server: string;
  streamname: string;
  moderator: boolean;
  token: string;
}

export interface InviteSetup {
  moderator: boolean;
  nbf?: string | undefined;
  exp?: string | undefined;
}

export interface InviteData {
  moderator: boolean;
  token: string;
  inviteLink: string;
}

export interface StreamsData {
  streamInfo: Record<string, unknown>;
  /** The stream's page in the cloud's dashboard; null for a server that has none. */
  cloudDashboardLink: string | null;
}

export class Services {
  readonly #addresses: () => Addresses;
  readonly #transport: Transport;

  constructor(addresses: () => Addresses, transport: Transport) {
    this.#addresses = addresses;
    this.#transport = transport;
  }

  async organisation(apiKey: string): Promise<Record<string, unknown>> {
    const error = "API Key Error";
    const url = `${this.#addresses().apiUrl}/organisation`;
    const headers = { "x-bintu-apikey": key(apiKey) };
    return record(error, await callService({ error, url, headers }, this.#transport));
  }

  async createRoom(apiKey: string, setup: RoomSetup): Promise<RoomData> {
    const error = "Create Room Error";
    const headers = { "x-bintu-apikey": key(apiKey) };
    const { nbf, exp, room, streamname, moderator, server } = checkRoom(setup);
    const body = { exp, nbf, room, streamname, moderator, server };
    const token = await this.#createToken(error, headers, body);
    const claims = readToken(token);
    return {
      expiration: exp,
      notbefore: nbf,
      room: claims.room,
      server: claims.server || server,
      streamname: claims.streamname,
      moderator: claims.moderator,
      token,
    };
  }

  async createInvite(token: string, setup: InviteSetup): Promise<InviteData> {
    need(token, "Missing Token Error", "the token of a moderator of the room");
    need(setup, "Missing Token Setup Error", "what the invite shall allow");
    needFlag(setup.moderator);
    const { exp, nbf, moderator } = setup;
    const { server } = readToken(token);
    const body = { moderator, server, ...(exp && { exp }), ...(nbf && { nbf }) };
    const invite = await this.#createToken(
      "Create Invite Token Error",
      { "x-bintu-token": token },
      body,
    );
    return {
      moderator: readToken(invite).moderator,
      token: invite,
      inviteLink: inviteLink(this.#addresses().invitePage, invite),
    };
  }

  async createStreams(apiKey: string, profiles = DEFAULT_PROFILES): Promise<StreamsData> {
    const error = "Create Stream Error";
    const headers = { "x-bintu-apikey": key(apiKey) };
    const [first, second] = ordered(profiles);
    const body = {
      tags: ["nanoMeet"],
      transcodes: [
        { profile: first, tags: ["1st transcode", "nanoMeet"] },
        { profile: second, tags: ["2nd transcode", "nanoMeet"] },
      ],
    };
    const { apiUrl } = this.#addresses();
    const url = `${apiUrl}/stream`;
    const streamInfo = record(
      error,
      await callService({ error, url, headers, body }, this.#transport),
    );
    const inCloud = URL.canParse(apiUrl) && new URL(apiUrl).hostname.endsWith(".nanocosmos.de");
    return {
      streamInfo,
      cloudDashboardLink: inCloud ? dashboard(streamInfo, first, second) : null,
    };
  }

  async #createToken(
    error: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<string> {
    const url = `${this.#addresses().tokenUrl}/nanomeet`;
    const answer = await callService({ error, url, headers, body }, this.#transport);
    const { data } = record(error, answer);
    if (typeof data === "string" && data) return data;
    throw new NanoMeetError(error, "the service answered without a token", "protocol");
  }
}

function checkRoom(setup: RoomSetup): RoomSetup {
  need(setup, "Missing Room Setup Error", "what the room shall be");
  need(setup.exp, "Missing Expiration Error", "exp, until when the token is valid, in ISO 8601");
  need(setup.nbf, "Missing Not Before Error", "nbf, from when the token is valid, in ISO 8601");
  need(setup.room, "Missing Room Error", "the room's name");
  needFlag(setup.moderator);
  need(setup.server, "Missing Server Error", "the server that shall host the room");
  if (!/^[A-Za-z0-9_]+$/.test(setup.room)) {
    throw new NanoMeetError("Room Error", "a room's name has only letters a-z, A-Z, digits and _");
  }
  return setup;
}

function need(value: unknown, error: string, what: string): void {
  if (value === undefined || value === null || value === "") {
    throw new NanoMeetError(error, `missing: ${what}`);
  }
}

function needFlag(moderator: unknown): void {
  if (typeof moderator !== "boolean") {
    throw new NanoMeetError("Missing Moderator Error", "missing: moderator, true or false");
  }
}

function key(apiKey: string): string {
  need(apiKey, "Missing API Key Error", "the API key");
  return apiKey;
}

function record(error: string, answer: unknown): Record<string, unknown> {
  if (typeof answer === "object" && answer !== null) return { ...answer };
  throw new NanoMeetError(error, "the service answered with something unknown", "protocol");
}

interface StreamInfo {
  id?: unknown;
  playout?: { h5live?: { id?: unknown }[] };
}

function dashboard(info: StreamInfo, first: string, second: string): string {
  const transcode = (index: number): string => String(info.playout?.h5live?.[index]?.id ?? "");
  const query = new URLSearchParams({
    "vtrans1.id": transcode(1),
    "vtrans1.bitrate": first,
    "vtrans2.id": transcode(2),
    "vtrans2.bitrate": second,
    startIndex: "0",
  });
  return `${CLOUD_DASHBOARD}/stream/new/${encodeURIComponent(String(info.id ?? ""))}?${query}`;
}
