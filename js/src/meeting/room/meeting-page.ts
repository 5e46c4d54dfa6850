/** One participant's meeting, from joining to leaving: brings the parts together. */

import { computed, type Signal, signal } from "@preact/signals";
import type { Health } from "../../composer/index";
import {
  type BroadcastOptions,
  type MeetingStatus,
  type NamedVote,
  type Reading,
  type ReadingOpened,
  type RemovalPlanned,
  type ServerMessage,
  STATUS_STEPS,
} from "../../shared/protocol";
import { type RecordsPolicy, recordsPolicy, sentenceOf } from "../../shared/records";
import { RefusedError } from "../../shared/refused-error";
import { nameOf } from "../../shared/text";
import { ViewStore } from "../look/view";
import type { Start } from "../media/devices";
import type { ElementTarget } from "../media/element-capture";
import { LocalMedia } from "../media/media";
import type { Remote } from "../mesh/mesh";
import { connectsPeers } from "../mesh/support";
import { type Shown, VideoConstraints } from "../mesh/video-constraints";
import { t } from "../strings";
import { Call } from "./call";
import { ChatStore } from "./chat";
import { claim } from "./claims";
import { Journey } from "./classroom/journey";
import type { PollWish } from "./classroom/poll-draft";
import { PollStore } from "./classroom/polls";
import { RecordsNews } from "./classroom/records";
import { follow } from "./effects";
import { inviteLink } from "./invite";
import { flag, type Launch, misfitOf } from "./launch";
import type { MeetingParts } from "./parts";
import { PasswordQuestion } from "./password-question";
import { mediaMemory, rememberedName, rememberedStart, rememberName } from "./preferences";
import { Profile } from "./profile";
import { RoomRequests } from "./requests";
import { RoomStore } from "./room";
import { ServerMessages } from "./server-messages";
import type { Connection, Ending, Signalling } from "./signalling";
import type { SourceClosing, SourceGrant, SourceUse } from "./sources";
import { TabStorage } from "./tab-storage";
import { Volumes } from "./volumes";

const NO_REMOTES: ReadonlyMap<string, Remote> = new Map();
const NONE: ReadonlySet<string> = new Set();
/** Milliseconds for which a participant who joined directly can read what is kept. */
const RECORDS_TIME = 15_000;

export class MeetingPage implements MeetingParts {
  readonly room = new RoomStore();
  readonly media = new LocalMedia(mediaMemory);
  readonly view = new ViewStore();
  readonly volumes = new Volumes(this.room.mainSession);
  /** The size at which this page shows each video. */
  readonly videoConstraints = new VideoConstraints({ tell: (to, shown) => this.#want(to, shown) });
  readonly chat = new ChatStore();
  readonly polls = new PollStore();
  /** Requests to the room. */
  readonly ask = new RoomRequests((request, timeout) => this.#request(request, timeout));
  readonly status = signal<MeetingStatus>("idle");
  /** Set on the pre-join screen, before any contact with the server. */
  readonly prejoin = signal(false);
  readonly ending = signal<Ending | null>(null);
  readonly question = new PasswordQuestion();
  readonly connection = signal<Connection>("idle");
  /** The health of the composer, while this page broadcasts. */
  readonly health = signal<Health | null>(null);
  readonly name: Signal<string>;
  /** Whether a personal link sets the name. */
  readonly fixedName: boolean;
  readonly profile: Profile;
  readonly title = computed(
    () =>
      this.view.subject.value ||
      this.room.groups.name.value ||
      this.room.state.value.subject ||
      this.launch.room,
  );
  /** The participant in the spotlight: pinned here, pinned for everyone, or speaking. */
  readonly large = computed(() => {
    const { room, view } = this;
    if (view.tileView.value) return null;
    const there = new Set(room.everybody.value.map(({ id }) => id));
    const wanted = [view.large.value, room.state.value.main, view.speaker.value];
    return wanted.find((id) => id !== null && there.has(id)) ?? room.others.value[0]?.id ?? null;
  });

  readonly #listeners = new Set<(message: ServerMessage) => void>();
  readonly #sourceListeners = new Set<(closing: SourceClosing) => void>();
  readonly #tabStorage: TabStorage;
  readonly #token: string | null;
  /** Exists from joining to leaving; which of the meeting's rooms its call is with. */
  #journey: Journey | null = null;
  /** Exists from joining to leaving, another one for each room. */
  readonly #call = signal<Call | null>(null);
  readonly remotes = computed(() => this.#call.value?.remotes.value ?? NO_REMOTES);
  /** The element of the page around the meeting that a program wants to show. */
  readonly elementOffer = computed(() => this.#call.value?.elements.offer.value ?? null);
  readonly speaking = computed(() => this.#call.value?.levels.speaking.value ?? NONE);
  readonly dominant = computed(() => this.#call.value?.levels.dominant.value ?? null);
  /** All readings: those that the room announces, and those by the user's own programs of themselves. */
  readonly readings = computed<readonly Reading[]>(() => {
    const taps = this.#call.value?.taps;
    const own = taps?.own ?? [];
    const announced = this.room.readings.value.filter(({ id }) => !taps?.refused(id));
    const self = this.room.selfId.value;
    const ofSelf = self === null ? [] : own.map((one) => ({ ...one, reader: self, of: self }));
    return [...announced, ...ofSelf];
  });
  /** What the server keeps of the meeting; before joining, as it says when asked; null if unknown. */
  readonly recordsKept = computed(() => this.room.records.kept.value ?? this.#policy.value);
  readonly #policy = signal<RecordsPolicy | null>(null);
  readonly #recordsNews = new RecordsNews((policy) =>
    this.view.tell(sentenceOf(policy, t.records), { time: RECORDS_TIME }),
  );
  /** The lines of the self-view. */
  readonly #mirror = signal(0);
  #unfollow = (): void => {};
  /** Why a group could not be entered: told once the page is back in the main room. */
  #problem: string | null = null;

  constructor(readonly launch: Launch) {
    this.#tabStorage = new TabStorage(`${launch.sub}/${launch.room}`, launch.framed);
    if (launch.token) this.#tabStorage.token = launch.token;
    this.#token = launch.token ?? this.#tabStorage.token;
    const known = rememberedName();
    // After a reload, the chosen name overrides the one in the URL.
    const chosen = this.#tabStorage.resumable ? known : null;
    const signed = claim(this.#token, "name");
    this.fixedName = typeof signed === "string" && signed !== "";
    const wanted = this.fixedName ? String(signed) : (chosen ?? launch.displayName ?? known ?? "");
    this.name = signal(nameOf(wanted) || this.#defaultName());
    this.profile = new Profile(this);
  }

  /**
   * Opens the devices for a preview before joining; `start` joins. A reloaded page joins at once,
   * but not one that was opened again by a link, which may be another person's.
   */
  prepare(): void {
    const { framed, reloaded } = this.launch;
    const returns = this.#tabStorage.resumable && (framed || reloaded);
    if (!this.#token || this.#refusal() || returns) {
      this.start(rememberedStart());
      return;
    }
    this.#tabStorage.token = this.#token;
    this.prejoin.value = true;
    void this.#askPolicy(this.#token);
    this.#openDevices(rememberedStart());
  }

  /** Joins, or rejoins after the end. */
  start(devices: Start = { audio: true, video: true }): void {
    const prepared = this.prejoin.value;
    this.prejoin.value = false;
    this.ending.value = null;
    this.#step("loading");
    const refusal = this.#refusal();
    if (!this.#token || refusal) {
      this.#finish(
        refusal ?? { kind: "token_malformed", message: t.admission.noToken, retry: false },
      );
      return;
    }
    this.#tabStorage.token = this.#token;
    this.#step("joining");
    if (prepared) this.#recordsNews.shown(this.#policy.value);
    else void this.#askPolicy(this.#token);
    this.#journey = new Journey(this.#token, this.#tabStorage.takeResume());
    this.#connect(this.#journey);
    // A permission prompt must not delay joining: join now, and open the devices meanwhile.
    if (!prepared) this.#openDevices(devices);
  }

  /** The token's claim; the server decides. */
  get invitedAsModerator(): boolean {
    return claim(this.#token, "moderator") === true;
  }

  /** Whether two demo bots keep the person company. */
  get bringsBots(): boolean {
    return claim(this.#token, "bots") === true;
  }

  /** Calls `listener` for every message from the server, until the returned function is called. */
  listen(listener: (message: ServerMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The same for every source of a program that ends. */
  listenToSources(listener: (closing: SourceClosing) => void): () => void {
    this.#sourceListeners.add(listener);
    return () => this.#sourceListeners.delete(listener);
  }

  leave(): void {
    this.#call.peek()?.line.leave();
  }

  /** The page unloads, perhaps for a reload: the server keeps the place for a while. */
  suspend(): void {
    const resume = this.#journey?.mainPlace(this.#call.peek()?.line.resume ?? null);
    // If the place cannot be reclaimed, give it up: otherwise it would remain beside the new one.
    if (resume && !this.#tabStorage.leaveResume(resume)) this.#call.peek()?.line.leave();
    else this.#call.peek()?.line.unload();
    this.#release();
  }

  /** The network came back or changed. */
  hurry(): void {
    this.#call.peek()?.line.hurry();
    this.#call.peek()?.mesh.value?.restart();
  }

  /**
   * Whether the page is visible; on becoming visible it checks at once that the connection is
   * alive.
   */
  look(visible: boolean): void {
    this.videoConstraints.setVisible(visible);
    if (visible) this.#call.peek()?.line.hurry();
  }

  /** A user gesture: browsers now allow what they had blocked. */
  wake(): void {
    this.media.meter.wake();
    this.view.soundBlocked.value = false;
    this.view.touched.value += 1;
  }

  /** Whether a password answers the room's question now, instead of setting one. */
  get asksPassword(): boolean {
    return this.question.asked.value !== null || this.status.value === "waiting";
  }

  submitPassword(password: string): void {
    this.question.answered();
    this.#call.peek()?.line.submitPassword(password);
  }

  /** The embedding page's answer; settles when the room accepts or refuses it. */
  answerPassword(password: string): Promise<void> {
    const answered = this.question.answeredByPage(password);
    this.#call.peek()?.line.submitPassword(password);
    return answered;
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (on) this.#checkStage();
    await this.media.setMicrophone(on);
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) this.#checkStage();
    await this.media.setCamera(on);
  }

  async setScreen(on: boolean): Promise<void> {
    if (on) this.#checkStage();
    await this.media.setScreen(on);
  }

  /**
   * Opens a stream that a program sends, and that this page shows to others: as a screen with this
   * title, or in place of the camera.
   */
  openSource(use: SourceUse, title: string): Promise<SourceGrant> {
    this.#checkStage();
    return this.#call.peek()?.sources.open(use, title) ?? Promise.reject(notJoined());
  }

  /** Closes it. `failed`: because of an error, after which the camera is switched off. */
  closeSource(use: SourceUse, failed: boolean): Promise<void> {
    if (use === "screen") this.#call.peek()?.elements.end("The source was closed.");
    return this.#call.peek()?.sources.close(use, failed) ?? Promise.reject(notJoined());
  }

  /** The page around the meeting names the element that it asks for next. */
  nameElement(target: ElementTarget): void {
    this.#call.peek()?.elements.name(target);
  }

  /** Asks the user to show the named element of the page around the meeting. */
  askForElement(title: string): { stream: string } {
    this.#checkStage();
    const call = this.#call.peek();
    if (!call) throw notJoined();
    return call.elements.ask(title);
  }

  /** The program shows it no longer, or has changed its mind. */
  endElement(stream: string): void {
    this.#call.peek()?.elements.end("The program has ended it.", stream);
  }

  /** The user's answer; call it from their click. */
  async answerElement(accepted: boolean): Promise<void> {
    const elements = this.#call.peek()?.elements;
    if (accepted) await elements?.accept();
    else elements?.decline();
  }

  async rename(name: string): Promise<void> {
    const wanted = nameOf(name);
    if (!wanted || wanted === this.name.value) return;
    if (this.fixedName) throw new RefusedError("name_fixed", t.roster.fixedName);
    if (this.status.value === "joined") await this.#request({ type: "rename", name: wanted });
    this.name.value = wanted;
    rememberName(wanted);
  }

  startBroadcast(options: BroadcastOptions): Promise<void> {
    return this.#call.peek()?.broadcast.start(options) ?? Promise.reject(notJoined());
  }

  /** Shows viewers a card instead of the stage, or the stage again. */
  pauseBroadcast(paused: boolean): Promise<void> {
    return this.#call.peek()?.broadcast.pause(paused) ?? Promise.reject(notJoined());
  }

  stopBroadcast(): Promise<void> {
    return this.#call.peek()?.broadcast.stop() ?? Promise.reject(notJoined());
  }

  /** Creates an invite link. */
  async invite(moderator: boolean): Promise<string> {
    return inviteLink(await this.inviteToken(moderator), this.#server);
  }

  /** Creates an invite; returns its token. */
  async inviteToken(moderator: boolean): Promise<string> {
    const call = this.#call.peek();
    if (!call) throw notJoined();
    return await call.line.createInvite({ moderator, server: this.#server });
  }

  get #server(): string {
    return this.launch.base.replace(/\/$/, "");
  }

  /** Ends a reading; one of this page's own camera or microphone at once, whatever the network does. */
  async stopReading(id: string): Promise<void> {
    const sent = this.#call.peek()?.taps.refuse(id) === true;
    // Without a connection, the server learns of it when it asks this page to send again.
    if (!sent || this.connection.value === "joined") await this.ask.stopReading(id);
  }

  /** Calls on a participant with a raised hand; null for the first one. Returns who was called. */
  callHand(id: string | null): Promise<string | null> {
    return this.#call.peek()?.line.callHand(id) ?? Promise.reject(notJoined());
  }

  /** Asks to read pictures or sound with a program of the page that embeds this one. */
  readMedia(wanted: Parameters<Signalling["readMedia"]>[0]): Promise<ReadingOpened> {
    return this.#call.peek()?.line.readMedia(wanted) ?? Promise.reject(notJoined());
  }

  /** Asks everyone a question; returns the poll's id. */
  async openPoll(wanted: PollWish): Promise<string> {
    const call = this.#call.peek();
    if (!call) throw notJoined();
    const id = await call.line.openPoll(wanted);
    this.polls.asked(id);
    return id;
  }

  /** Returns who voted for what in a poll that is not anonymous. */
  readVotes(poll: string): Promise<readonly NamedVote[]> {
    return this.#call.peek()?.line.readVotes(poll) ?? Promise.reject(notJoined());
  }

  /** Votes, or changes the vote; no choices take it back. */
  async vote(poll: string, choices: readonly number[]): Promise<void> {
    await this.ask.vote(poll, choices);
    this.polls.voted(poll, choices);
  }

  /** Returns the effects of removing a participant. */
  planRemoval(id: string): Promise<RemovalPlanned> {
    return this.#call.peek()?.line.planRemoval(id) ?? Promise.reject(notJoined());
  }

  /**
   * Why this URL and its token cannot open a meeting, if that is clear without asking the server.
   */
  #refusal(): Ending | null {
    const { sub, room } = this.launch;
    const token = this.#token ?? "";
    const kind = misfitOf(this.launch, token);
    if (kind === null) return null;
    const opened = [claim(token, "sub"), claim(token, "room")].join("/");
    const message =
      kind === "address_invalid"
        ? t.admission.noRoom
        : t.admission.wrongRoom([sub, room].filter(Boolean).join("/"), opened);
    return { kind, message, retry: false };
  }

  /** Joining never waits for this. */
  async #askPolicy(token: string): Promise<void> {
    this.#policy.value = await recordsPolicy(this.launch.base, token);
  }

  #request(...request: Parameters<Signalling["request"]>): Promise<void> {
    return this.#call.peek()?.line.request(...request) ?? Promise.reject(notJoined());
  }

  #openDevices({ audio, video }: Start): void {
    const { config } = this.launch;
    // No one could see or hear them.
    if (!connectsPeers()) return;
    void this.media.open({
      audio: audio && !flag(config, "startWithAudioMuted"),
      video: video && !flag(config, "startWithVideoMuted"),
    });
  }

  #connect({ ticket: { token, resume } }: Journey): void {
    const call = new Call(this, {
      token,
      resume,
      onward: this.room.groups.moving.peek() !== null,
      onMessage: (message) => {
        // The token in it is for this page alone.
        if (message.type === "moved") return this.#go(message);
        messages.handle(message);
        if (message.type === "records_kept") this.#recordsNews.joined(message);
        for (const listener of this.#listeners) listener(message);
      },
      onConnection: (connection, ending) => this.#connected(connection, ending),
      onSourceClosed: (closing) => this.#sourceClosed(closing),
    });
    const messages = new ServerMessages(this, call, () => this.#arrived());
    this.#call.value = call;
    call.connect();
    this.#unfollow = follow(this, call, this.#mirror);
  }

  #want(to: string, shown: Shown): void {
    if (to === this.room.selfId.peek()) this.#mirror.value = shown.camera;
    else if (this.room.connected.peek().some(({ id }) => id === to)) {
      this.#call.peek()?.line.send({ type: "want", to, ...shown });
    }
  }

  /** Goes to another of the meeting's rooms. What is the person's own stays as it is. */
  #go(to: Parameters<Journey["go"]>[0], problem: string | null = null): void {
    const [call, journey] = [this.#call.peek(), this.#journey];
    if (!call || !journey) return;
    const { tileView } = this.view;
    // It is restored below, if it was the person's choice.
    const tiles = tileView.peek() || spotlit(this.room);
    journey.go(to, call.line.resume);
    call.part();
    this.#leaveRoom();
    this.room.groups.go(to);
    this.#problem = problem;
    this.#step("joining");
    this.view.announce(to.group === null ? t.groups.goingBack : t.groups.going(to.name));
    this.#connect(journey);
    tileView.value = tiles;
  }

  /** A group refused the page: the main room may not. */
  #return(journey: Journey, { kind, message }: Ending): void {
    const { name } = journey.ticket;
    const why = t.groups.refused(name, t.endings[kind].told || message);
    const back = journey.wayBack();
    if (back) this.#go(back, `${why} ${t.groups.back}`);
    else this.#finish({ kind: "group_refused", message: why, retry: true });
  }

  #arrived(): void {
    const { moving, name } = this.room.groups;
    const to = moving.peek();
    this.#journey?.arrived();
    this.#step("joined");
    moving.value = null;
    if (!to) return;
    const arrived = to.group === null ? t.groups.back : t.groups.arrived(name.peek() ?? to.name);
    this.view.tell(this.#problem ?? arrived);
    this.#problem = null;
  }

  #connected(connection: Connection, ending: Ending | null): void {
    const inside = this.connection.peek() === "joined";
    this.connection.value = connection;
    if (ending && this.#journey?.isOfGroup(ending, inside)) {
      this.#return(this.#journey, ending);
      return;
    }
    const outside = connection === "waiting" || connection === "locked";
    if (outside) this.room.groups.moving.value = null;
    if (outside && this.status.value === "joined") this.#lostPlace();
    if (connection === "waiting") this.#step("waiting");
    if (connection === "locked") this.#step("joining");
    if (connection === "reconnecting" && this.status.value === "waiting") this.#step("joining");
    if (ending) this.#finish(ending);
  }

  /** The server did not keep our place while the connection was lost: admission starts over. */
  #lostPlace(): void {
    this.#call.peek()?.exit();
    this.room.clear();
    this.polls.clear();
    this.#step("joining");
  }

  #sourceClosed(closing: SourceClosing): void {
    if (closing.failed) this.view.tell(t.events.sourceFailed[closing.use]);
    for (const listener of this.#sourceListeners) listener(closing);
  }

  #finish(ending: Ending): void {
    this.#tabStorage.clear();
    this.#call.peek()?.sources.end({ message: "You are not in the meeting.", failed: false });
    this.#release();
    this.ending.value = ending;
    this.question.close(ending.message);
    this.view.panel.value = null;
    this.#step(ending.kind === "left" ? "left" : "failed");
    this.view.announce(t.endings[ending.kind].title);
  }

  /** Frees the camera, the microphone and all connections. */
  #release(): void {
    this.#leaveRoom();
    this.#journey = null;
    this.room.groups.clear();
    this.view.clear();
    this.media.close();
  }

  /** Ends all connections, and what belongs to the room. */
  #leaveRoom(): void {
    this.#unfollow();
    this.#unfollow = () => {};
    this.#call.peek()?.close();
    this.#call.value = null;
    this.videoConstraints.clear();
    this.room.clear();
    this.chat.clear();
    this.polls.clear();
    this.view.changeRoom();
    this.health.value = null;
  }

  #step(status: MeetingStatus): void {
    const now = this.status.peek();
    if (status === now) return;
    if (!STATUS_STEPS[now].includes(status)) {
      throw new Error(`there is no step from ${now} to ${status}`);
    }
    this.status.value = status;
  }

  #checkStage(): void {
    if (this.status.value !== "joined" || this.room.onStage.value) return;
    throw new RefusedError(
      "audience",
      "You are in the audience. Raise your hand and a moderator can invite you to the stage.",
    );
  }

  #defaultName(): string {
    return this.invitedAsModerator ? t.common.moderator : t.common.guest;
  }
}

/** Whether someone is large for another reason than this person's choice. */
function spotlit({ state, others }: RoomStore): boolean {
  return state.peek().main !== null || others.peek().some(({ screen }) => screen);
}

function notJoined(): RefusedError {
  return new RefusedError("not_joined", "You are not in the meeting.");
}
