/** One person's part in a meeting, from joining to leaving: brings the parts together. */

import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import { type Health, StageBroadcast, type StageTile } from "../../composer/index";
import { Paced } from "../../shared/paced";
import {
  type BroadcastOptions,
  type BroadcastState,
  type IceServer,
  type Media,
  type MeetingStatus,
  type Participant,
  type Reaction,
  type RemovalPlanned,
  type ServerMessage,
  STATUS_STEPS,
  type Trouble,
  type Welcome,
} from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { nameOf } from "../../shared/text";
import { BroadcastControl } from "../broadcast/broadcast";
import { Composing } from "../broadcast/composing";
import { ViewStore } from "../look/view";
import type { Start } from "../media/devices";
import { Levels } from "../media/levels";
import { LocalMedia } from "../media/media";
import { Mesh, type Remote } from "../mesh/mesh";
import { captureFor } from "../mesh/quality";
import { NOT_SHOWN, type Shown, Wants } from "../mesh/video-constraints";
import { inWords, t } from "../strings";
import { ChatStore } from "./chat";
import { claim } from "./claims";
import { inviteLink } from "./invite";
import { flag, type Launch, misfitOf } from "./launch";
import { PasswordQuestion } from "./password-question";
import { mediaMemory, person, rememberedName, rememberedStart, rememberName } from "./preferences";
import { Profile } from "./profile";
import { RoomRequests } from "./requests";
import { RoomStore } from "./room";
import { type Connection, type Ending, Signalling, type SignallingOptions } from "./signalling";
import { Keepsake } from "./tab-storage";
import { Volumes } from "./volumes";

type Sending = Omit<Media, "type">;

/** Milliseconds: a program that switches more often says no more to the server for it. */
const MEDIA_PAUSE = 100;
const NO_REMOTES: ReadonlyMap<string, Remote> = new Map();

export class MeetingPage {
  readonly room = new RoomStore();
  readonly media = new LocalMedia(mediaMemory);
  readonly view = new ViewStore();
  readonly volumes = new Volumes(this.room.session);
  /** How large this page shows each picture. */
  readonly wants = new Wants({ tell: (to, shown) => this.#want(to, shown) });
  readonly chat = new ChatStore();
  /** What can be asked of the room. */
  readonly ask = new RoomRequests((request, timeout) => this.#request(request, timeout));
  readonly status = signal<MeetingStatus>("idle");
  /** Set while the person chooses name and devices, before the server hears of anything. */
  readonly prejoin = signal(false);
  readonly ending = signal<Ending | null>(null);
  readonly question = new PasswordQuestion();
  readonly connection = signal<Connection>("idle");
  /** How composing the broadcast fares, while this page does that. */
  readonly health = signal<Health | null>(null);
  readonly remotes = computed(() => this.#mesh.value?.remotes.value ?? NO_REMOTES);
  readonly name: Signal<string>;
  readonly profile: Profile;
  readonly title = computed(
    () => this.view.subject.value || this.room.state.value.subject || this.launch.room,
  );
  /** Who is large, where the tiles are not equal: chosen here, shown to all, or speaking. */
  readonly large = computed(() => {
    const { room, view } = this;
    if (view.tileView.value) return null;
    const there = new Set(room.everybody.value.map(({ id }) => id));
    const wanted = [view.large.value, room.state.value.main, view.speaker.value];
    return wanted.find((id) => id !== null && there.has(id)) ?? room.others.value[0]?.id ?? null;
  });

  readonly #listeners = new Set<(message: ServerMessage) => void>();
  readonly #keepsake: Keepsake;
  readonly #token: string | null;
  readonly #mesh = signal<Mesh | null>(null);
  /** Lines at which one sees oneself. */
  readonly #mirror = signal(0);
  readonly #levels = signal<Levels | null>(null);
  readonly speaking = computed<ReadonlySet<string>>(
    () => this.#levels.value?.speaking.value ?? new Set(),
  );
  readonly dominant = computed(() => this.#levels.value?.dominant.value ?? null);
  /** What this person sends, told to the server. */
  readonly #media = new Paced(MEDIA_PAUSE, (sending: Sending) =>
    this.#signalling?.send({ type: "media", ...sending }),
  );
  #signalling: Signalling | null = null;
  #broadcast: BroadcastControl | null = null;
  /** The stage for those in the room who are not on it, if the server wants it from this page. */
  #relay: Composing | null = null;
  #owner = new AbortController();

  constructor(readonly launch: Launch) {
    this.#keepsake = new Keepsake(`${launch.sub}/${launch.room}`, launch.apiId !== null);
    if (launch.token) this.#keepsake.token = launch.token;
    this.#token = launch.token ?? this.#keepsake.token;
    const known = rememberedName();
    // Whoever comes back is called what he called himself, whatever the address says.
    const chosen = this.#keepsake.resumable ? known : null;
    this.name = signal(nameOf(chosen ?? launch.displayName ?? known ?? "") || this.#defaultName());
    this.profile = new Profile(this);
  }

  /** Opens the devices for a look at them before joining; `start` joins. Whoever comes back joins at once. */
  prepare(): void {
    if (!this.#token || this.#refusal() || this.#keepsake.resumable) {
      this.start(rememberedStart());
      return;
    }
    this.#keepsake.token = this.#token;
    this.prejoin.value = true;
    this.#openDevices(rememberedStart());
  }

  /** Begins, or begins again after the end. */
  start(devices: Start = { audio: true, video: true }): void {
    const prepared = this.prejoin.value;
    this.prejoin.value = false;
    this.#owner = new AbortController();
    this.ending.value = null;
    this.#step("loading");
    const refusal = this.#refusal();
    if (!this.#token || refusal) {
      this.#finish(refusal ?? { kind: "token_malformed", message: t.door.noToken, retry: false });
      return;
    }
    this.#keepsake.token = this.#token;
    this.#step("joining");
    this.#connect(this.#token);
    this.#follow();
    // Nobody waits for a permission prompt: the room is entered at once, and the devices follow.
    if (!prepared) this.#openDevices(devices);
  }

  /** What the token says; the server has the last word. */
  get invitedAsModerator(): boolean {
    return claim(this.#token, "moderator") === true;
  }

  /** Hears every message of the server, until the returned function ends it. */
  listen(listener: (message: ServerMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  leave(): void {
    this.#signalling?.leave();
  }

  /** The page goes away, perhaps to be loaded again: the server keeps the place for a while. */
  suspend(): void {
    const resume = this.#signalling?.resume;
    // A place that cannot be claimed again would stay behind beside the new one.
    if (resume && !this.#keepsake.leaveResume(resume)) this.#signalling?.leave();
    else this.#signalling?.unload();
    this.#release();
  }

  /** The network came back, or is another one. */
  hurry(): void {
    this.#signalling?.hurry();
    this.#mesh.value?.restart();
  }

  /** Whether the person looks at the page; who comes back to it finds out at once if it still lives. */
  look(visible: boolean): void {
    this.wants.setVisible(visible);
    if (visible) this.#signalling?.hurry();
  }

  /** The person touched the page: what browsers hold back until then may go on. */
  wake(): void {
    this.media.meter.wake();
    this.view.soundBlocked.value = false;
    this.view.touched.value += 1;
  }

  /** Whether a password is an answer now, and not a wish to set one. */
  get asksPassword(): boolean {
    return this.question.asked.value !== null || this.status.value === "waiting";
  }

  submitPassword(password: string): void {
    this.question.answered();
    this.#signalling?.submitPassword(password);
  }

  /** The embedding page's answer; settles with what became of it. */
  answerPassword(password: string): Promise<void> {
    const answered = this.question.answeredByPage(password);
    this.#signalling?.submitPassword(password);
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

  async rename(name: string): Promise<void> {
    const wanted = nameOf(name);
    if (!wanted || wanted === this.name.value) return;
    if (this.status.value === "joined") await this.#request({ type: "rename", name: wanted });
    this.name.value = wanted;
    rememberName(wanted);
  }

  startBroadcast(options: BroadcastOptions): Promise<void> {
    return this.#broadcast?.start(options) ?? Promise.reject(notJoined());
  }

  /** Shows viewers a card in place of the stage, or the stage again. */
  pauseBroadcast(paused: boolean): Promise<void> {
    return this.#broadcast?.pause(paused) ?? Promise.reject(notJoined());
  }

  stopBroadcast(): Promise<void> {
    return this.#broadcast?.stop() ?? Promise.reject(notJoined());
  }

  /** A link for others to come in by. */
  async invite(moderator: boolean): Promise<string> {
    if (!this.#signalling) throw notJoined();
    const server = this.launch.base.replace(/\/$/, "");
    return inviteLink(await this.#signalling.createInvite({ moderator, server }), server);
  }

  /** What it would mean to remove a participant. */
  planRemoval(id: string): Promise<RemovalPlanned> {
    return this.#signalling?.planRemoval(id) ?? Promise.reject(notJoined());
  }

  /** Why this address and its token cannot open a meeting, if that can be told before asking. */
  #refusal(): Ending | null {
    const { sub, room } = this.launch;
    const token = this.#token ?? "";
    const kind = misfitOf(this.launch, token);
    if (kind === null) return null;
    const opened = [claim(token, "sub"), claim(token, "room")].join("/");
    const message =
      kind === "address_invalid"
        ? t.door.noRoom
        : t.door.wrongRoom([sub, room].filter(Boolean).join("/"), opened);
    return { kind, message, retry: false };
  }

  #request(...request: Parameters<Signalling["request"]>): Promise<void> {
    return this.#signalling?.request(...request) ?? Promise.reject(notJoined());
  }

  #openDevices({ audio, video }: Start): void {
    const { config } = this.launch;
    void this.media.open({
      audio: audio && !flag(config, "startWithAudioMuted"),
      video: video && !flag(config, "startWithVideoMuted"),
    });
  }

  #connect(token: string): void {
    const url = new URL("ws/meeting", this.launch.base);
    url.protocol = url.protocol.replace("http", "ws");
    const signalling = new Signalling({
      url: url.href,
      credentials: () => ({
        token,
        name: this.name.value,
        person: person(),
        audio: this.media.microphoneOn.value,
        video: this.media.camera.value !== null,
        composes: StageBroadcast.supported() === null,
      }),
      resume: this.#keepsake.takeResume(),
      open: (address) => new WebSocket(address) as ReturnType<SignallingOptions["open"]>,
      random: Math.random,
      onMessage: (message) => batch(() => this.#hear(message)),
      onConnection: (connection, ending) => batch(() => this.#connected(connection, ending)),
    });
    this.#signalling = signalling;
    const stage = {
      base: this.launch.base,
      tiles: () => this.#stage(),
      look: () => {
        // What it is called on this page alone is no concern of those who watch.
        const { subject, main } = this.room.state.value;
        const { ornaments, ...brand } = this.view.brand.value;
        return {
          title: subject || this.launch.room,
          large: main,
          cards: t.panels.broadcast.cards,
          brand,
          ornaments,
        };
      },
    };
    this.#broadcast = new BroadcastControl({
      ...stage,
      line: signalling,
      onHealth: (health) => {
        this.health.value = health;
      },
    });
    // Whether it fails or has become needless: the server asks the next page, or nobody.
    this.#relay = new Composing({ ...stage, onEnded: () => {} });
    this.#levels.value = new Levels(() => this.#measure());
    signalling.connect();
  }

  /** Ties what this person sends to the connections and to what the server knows of it. */
  #follow(): void {
    const { media } = this;
    const { room } = this;
    // What concerns everybody takes the large place when it begins, and gives it back at its end.
    const shown = computed(
      () => room.state.value.main ?? room.others.value.find(({ screen }) => screen)?.id ?? null,
    );
    const unfollow = [
      effect(() => {
        this.view.tileView.value = shown.value === null;
      }),
      effect(() => this.wants.setCeiling(this.view.audioOnly.value ? 0 : this.view.lines.value)),
      effect(() => {
        const speaker = this.dominant.value;
        if (speaker !== this.room.selfId.value) this.view.speaker.value = speaker;
      }),
      effect(() => {
        this.#mesh.value?.setOutgoing({
          microphone: media.microphone.value,
          camera: media.camera.value,
          screen: media.screen.value,
          screenSound: media.screenSound.value,
        });
      }),
      effect(() => {
        // Before one is in, the camera delivers what it was opened with: one looks at oneself.
        const sendings = this.#mesh.value?.sendings.value.values();
        if (sendings) media.control.setCapture(captureFor(sendings, this.#mirror.value));
      }),
      effect(() => {
        const lines = Math.max(this.#broadcast?.lines ?? 0, this.#relay?.lines ?? 0);
        this.wants.setFloor(lines > 0 ? composedLines(this.room.people.value, lines) : NOT_SHOWN);
      }),
      effect(() => this.wants.setScale(this.#mesh.value?.scale.value ?? 1)),
      effect(() => {
        if (media.control.resized.value > 0) this.#mesh.value?.rescale();
      }),
      effect(() => {
        const sending = this.#sending();
        if (this.connection.value === "joined") this.#media.tell(sending);
      }),
    ];
    this.#owner.signal.addEventListener("abort", () => {
      this.#media.clear();
      for (const end of unfollow) end();
    });
  }

  #want(to: string, shown: Shown): void {
    if (to === this.room.selfId.peek()) this.#mirror.value = shown.camera;
    else if (this.room.connected.peek().some(({ id }) => id === to)) {
      this.#signalling?.send({ type: "want", to, ...shown });
    }
  }

  #sending(): Sending {
    const { media } = this;
    return {
      audio: media.microphoneOn.value,
      video: media.camera.value !== null,
      screen: media.screen.value !== null,
    };
  }

  #hear(message: ServerMessage): void {
    const before = this.room.own.value;
    const { trouble } = this.room.broadcast.value;
    if (message.type === "left") this.#tellLeft(message.id);
    this.room.apply(message);
    const mesh = this.#mesh.value;
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        break;
      case "joined":
        this.#expect(message.participant);
        this.view.announce(t.events.joined(message.participant.name));
        break;
      case "updated":
        if (message.participant.id === before?.id) this.#changed(before, message.participant);
        else this.#expect(message.participant);
        break;
      case "chat_message":
        this.chat.add(message, message.sender === this.room.selfId.value);
        break;
      case "reaction":
        this.view.react(message);
        this.#tellReaction(message);
        break;
      case "unmute_asked":
        this.view.asked.value = { what: "unmute", ...message };
        break;
      case "stage_invited":
        this.view.asked.value = { what: "stage", ...message };
        break;
      case "lobby_note":
        this.view.lobbyNote.value = message;
        break;
      case "left":
        mesh?.remove(message.id);
        this.wants.forget(message.id);
        if (this.view.large.value === message.id) this.view.pin(null);
        break;
      case "signalled":
        mesh?.receive(message);
        break;
      case "wanted":
        mesh?.wanted(message);
        break;
      case "password_required":
        this.question.ask(message.wrong);
        break;
      case "waiting":
        this.question.passed();
        break;
      case "knock":
        this.view.announce(t.events.knocks(message.name));
        break;
      case "mute_requested":
        void this.#obeyMute(message.media);
        break;
      case "ingest_granted":
        if (message.purpose === "stage") this.#relay?.start(message);
        else this.#broadcast?.granted(message);
        break;
      case "show_broadcast":
        this.#broadcast?.show(message);
        break;
      case "broadcast_changed":
        this.#broadcast?.changed(message.broadcast);
        if (!this.#broadcast?.active) this.health.value = null;
        this.#tellTrouble(message.broadcast, trouble);
        break;
      case "error":
        if (this.connection.value === "locked") {
          this.question.pause(new RefusedError(message.kind, message.message));
        }
        this.view.tell(inWords(message));
        break;
    }
    for (const listener of this.#listeners) listener(message);
  }

  #tellTrouble({ trouble }: BroadcastState, before: Trouble | null): void {
    if (trouble && trouble.kind !== before?.kind) this.view.tell(inWords(trouble));
  }

  #tellReaction({ sender, reaction }: Reaction): void {
    const other = this.room.others.value.find(({ id }) => id === sender);
    if (other) this.view.announce(t.reacted(other.name, t.reactions[reaction]));
  }

  #tellLeft(id: string): void {
    const gone = this.room.others.value.find((other) => other.id === id);
    if (gone) this.view.announce(t.events.left(gone.name));
  }

  /** A direct connection is held to everybody on the stage; whoever comes up makes the offers. */
  #expect({ id, stage }: Participant): void {
    if (!stage) this.#mesh.value?.remove(id);
    else if (this.room.onStage.value) this.#mesh.value?.expect(id);
  }

  /** What the server changed about ourselves. */
  #changed(before: Participant, now: Participant): void {
    if (now.moderator && !before.moderator) this.view.tell(t.events.moderator);
    if (now.stage === before.stage) return;
    this.#mesh.value?.sync(this.room.connected.value.map(({ id }) => id));
    if (now.stage) {
      this.view.asked.value = null;
      this.view.tell(t.events.onStage);
    } else {
      this.#relay?.close();
      void this.#quiet();
      this.view.tell(t.events.inAudience);
    }
  }

  async #quiet(): Promise<void> {
    await this.media.setMicrophone(false);
    await this.media.setScreen(false);
    await this.media.setCamera(false);
  }

  #welcome(welcome: Welcome): void {
    this.question.passed();
    this.view.lobbyNote.value = null;
    this.chat.fill(welcome.chat);
    const { own } = welcome;
    // Where the place was not kept, the others have closed their ends of the connections.
    if (this.#mesh.value?.selfId !== own.id || !welcome.kept) {
      this.#mesh.value?.close();
      this.#mesh.value = new Mesh({
        selfId: own.id,
        iceServers: welcome.ice_servers.map(iceServer),
        relayOnly: flag(this.launch.config, "forceTurnRelay"),
        cores: navigator.hardwareConcurrency,
        send: (message) => this.#signalling?.send(message),
        onConnected: (id) => this.wants.retell(id),
      });
    }
    this.#mesh.value?.sync(this.room.connected.value.map(({ id }) => id));
    for (const { id } of this.room.connected.value) this.wants.retell(id);
    if (this.status.value !== "joined" && !own.stage) {
      void this.#quiet();
      this.view.tell(t.events.stageFull);
    }
    if (welcome.broadcast.broadcaster !== own.id) this.#broadcast?.close();
    else if (!this.#broadcast?.active && welcome.broadcast.state !== "stopping") {
      // This page was loaded again: what it composed is gone, and the server may not know.
      this.#broadcast?.stop().catch(() => {});
    }
    this.#step("joined");
  }

  async #obeyMute(kind: "audio" | "video"): Promise<void> {
    if (kind === "audio") {
      await this.setMicrophone(false);
      this.view.tell(t.events.muted);
    } else {
      await this.setScreen(false);
      await this.setCamera(false);
      this.view.tell(t.events.cameraOff);
    }
  }

  #connected(connection: Connection, ending: Ending | null): void {
    this.connection.value = connection;
    const outside = connection === "waiting" || connection === "locked";
    if (outside && this.status.value === "joined") this.#lostPlace();
    if (connection === "waiting") this.#step("waiting");
    if (connection === "locked") this.#step("joining");
    if (connection === "reconnecting" && this.status.value === "waiting") this.#step("joining");
    if (ending) this.#finish(ending);
  }

  /** The server did not keep our place while the connection was lost: we are at the door again. */
  #lostPlace(): void {
    this.#broadcast?.close();
    this.#relay?.close();
    this.#mesh.value?.close();
    this.#mesh.value = null;
    this.room.clear();
    this.#step("joining");
  }

  #finish(ending: Ending): void {
    this.#keepsake.clear();
    this.#release();
    this.ending.value = ending;
    this.question.close(ending.message);
    this.view.panel.value = null;
    this.#step(ending.kind === "left" ? "left" : "failed");
    this.view.announce(t.endings[ending.kind].title);
  }

  /** Frees the camera, the microphone and every connection. */
  #release(): void {
    this.#owner.abort();
    this.#broadcast?.close();
    this.#relay?.close();
    this.#levels.value?.close();
    this.#levels.value = null;
    this.wants.clear();
    this.#mesh.value?.close();
    this.#mesh.value = null;
    this.media.close();
    this.room.clear();
    this.chat.clear();
    this.view.clear();
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

  /** Each shared screen and each person, as a tile. */
  #stage(): StageTile[] {
    const { media } = this;
    const speaking = this.speaking.value;
    const tiles = this.room.everybody.value.map((one) => {
      const own = one.id === this.room.selfId.value;
      const remote = this.remotes.value.get(one.id);
      const [camera, screen] = own
        ? [media.camera.value, media.screen.value]
        : [one.video ? remote?.video : null, one.screen ? remote?.screen : null];
      const [voice, sound] = own
        ? [media.microphone.value, media.screenSound.value]
        : [remote?.audio, one.screen ? remote?.screenSound : null];
      return {
        screen: screen && {
          id: screenOf(one.id),
          name: one.name,
          video: screen,
          audio: sound ?? null,
          speaking: false,
          screen: true,
        },
        person: {
          id: one.id,
          name: own ? this.name.value : one.name,
          video: camera ?? null,
          audio: voice ?? null,
          speaking: speaking.has(one.id),
        },
      };
    });
    const screens = tiles.map(({ screen }) => screen ?? null).filter((tile) => tile !== null);
    return [...screens, ...tiles.map(({ person }) => person)];
  }

  #measure(): ReadonlyMap<string, number> {
    const heard = this.#mesh.value?.levels() ?? new Map<string, number>();
    const muted = (other: Participant): boolean => !other.audio;
    for (const { id } of this.room.others.value.filter(muted)) heard.set(id, 0);
    const self = this.room.selfId.value;
    if (self) heard.set(self, this.media.microphoneOn.value ? this.media.meter.level() : 0);
    return heard;
  }

  #checkStage(): void {
    if (this.status.value !== "joined" || this.room.onStage.value) return;
    throw new RefusedError(
      "audience",
      "You are in the audience: raise your hand, and a moderator can invite you up.",
    );
  }

  #defaultName(): string {
    return this.invitedAsModerator ? t.common.moderator : t.common.guest;
  }
}

/** Lines that a composed picture of so many has of a camera and of a screen, large or in a gallery. */
function composedLines(people: number, lines: number): Shown {
  return { camera: people > 2 ? lines / 2 : lines, screen: lines };
}

/** The id of the tile that shows what somebody shares. */
export function screenOf(id: string): string {
  return `${id}:screen`;
}

function notJoined(): RefusedError {
  return new RefusedError("not_joined", "You are not in the meeting.");
}

function iceServer({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username !== null && { username }),
    ...(credential !== null && { credential }),
  };
}
