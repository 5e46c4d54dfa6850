/** What each server message means for the parts of this page. */

import type {
  BroadcastState,
  Left,
  Participant,
  Reaction,
  ReadingAsked,
  ServerMessage,
  Trouble,
  Welcome,
} from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { cut } from "../../shared/text";
import { connectsPeers } from "../mesh/support";
import { inWords, t } from "../strings";
import type { Call } from "./call";
import { offersPolls, type PollNews } from "./classroom/polls";
import { usedTwice } from "./classroom/roster";
import type { MeetingParts } from "./parts";
import { ReadingNews } from "./reading-words";

/** Characters of a question in a toast. */
const MAX_TOLD = 120;

export class ServerMessages {
  readonly #parts: MeetingParts;
  readonly #call: Call;
  /** Called on entering the room, for the first time or again. */
  readonly #onJoined: () => void;
  readonly #readingNews: ReadingNews;

  constructor(parts: MeetingParts, call: Call, onJoined: () => void) {
    this.#parts = parts;
    this.#call = call;
    this.#onJoined = onJoined;
    this.#readingNews = new ReadingNews(parts);
  }

  handle(message: ServerMessage): void {
    const { room, view, chat, polls, videoConstraints, question, connection, health } = this.#parts;
    const { mesh, broadcast, relay, sources, taps } = this.#call;
    const before = room.own.value;
    const { trouble } = room.broadcast.value;
    const grouped = room.groups.open.value;
    if (message.type === "left") this.#tellLeft(message);
    const roster = room.roster.people.value;
    const asked = room.checkIn.now.value?.id;
    room.apply(message);
    this.#tellPoll(polls.apply(message));
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        break;
      case "joined":
        this.#expect(message.participant);
        view.announce(t.events.joined(message.participant.name));
        break;
      case "updated":
        if (message.participant.id === before?.id) this.#changed(before, message.participant);
        else this.#expect(message.participant);
        break;
      case "chat_message":
        chat.add(message, message.sender === room.selfId.value);
        break;
      case "reaction":
        view.react(message);
        this.#tellReaction(message);
        break;
      case "unmute_asked":
        view.asked.value = { what: "unmute", ...message };
        break;
      case "stage_invited":
        view.asked.value = { what: "stage", ...message };
        break;
      case "reading_asked":
        this.#askReading(message);
        break;
      case "reading_question_ended":
        view.dropReadingQuestion(message.id);
        break;
      case "reading_granted":
        taps.start(message);
        break;
      case "reading_ended":
        taps.stop(message.id);
        break;
      case "readings_changed":
        taps.keep(message.readings);
        this.#readingNews.tell();
        break;
      case "roster_changed":
      case "roster_here":
        for (const { name, here } of usedTwice(roster, room.roster.people.value)) {
          view.tell(t.roster.usedTwice(name, here.length));
        }
        break;
      case "check_in_changed":
        if (message.id !== null && message.id !== asked) {
          view.announce(t.roster.asks(message.question));
        }
        break;
      case "lobby_note":
        view.lobbyNote.value = message;
        break;
      case "left":
        mesh.value?.remove(message.id);
        videoConstraints.forget(message.id);
        if (view.large.value === message.id) view.pin(null);
        break;
      case "signalled":
        mesh.value?.receive(message);
        break;
      case "wanted":
        mesh.value?.wanted(message);
        break;
      case "password_required":
        question.ask(message.wrong);
        break;
      case "waiting":
        question.passed();
        break;
      case "knock":
        view.announce(t.events.knocks(message.name));
        break;
      case "mute_requested":
        void this.#obeyMute(message.media);
        break;
      case "ingest_granted":
        if (message.purpose === "stage") relay.start(message);
        else broadcast.granted(message);
        break;
      case "show_broadcast":
        broadcast.show(message);
        break;
      case "source_opened":
        sources.opened(message);
        break;
      case "source_closed":
        sources.closed(message);
        break;
      case "broadcast_changed":
        broadcast.changed(message.broadcast);
        if (!broadcast.active) health.value = null;
        this.#tellTrouble(message.broadcast, trouble);
        break;
      case "groups_changed":
        if (grouped !== room.groups.open.value && message.here === null) {
          view.announce(grouped ? t.groups.closed : t.groups.opened);
        }
        break;
      case "group_note":
        view.announce(`${t.groups.note(message.name)} ${message.text}`);
        break;
      case "error":
        if (connection.value === "locked") {
          question.pause(new RefusedError(message.kind, message.message));
        }
        view.tell(inWords(message));
        break;
    }
  }

  #askReading(asked: ReadingAsked): void {
    const { id, media } = asked.reading;
    if (this.#call.taps.supports(media)) {
      this.#parts.view.askReading(asked);
      this.#parts.view.announce(`${t.readings.asks[media](asked.name)} ${t.readings.means[media]}`);
    } else {
      this.#call.line.send({ type: "answer_reading", id, allowed: false, unable: true });
    }
  }

  #tellTrouble({ trouble }: BroadcastState, before: Trouble | null): void {
    if (trouble && trouble.kind !== before?.kind) this.#parts.view.tell(inWords(trouble));
  }

  #tellReaction({ sender, reaction }: Reaction): void {
    const { room, view } = this.#parts;
    const other = room.others.value.find(({ id }) => id === sender);
    if (other) view.announce(t.reacted(other.name, t.reactions[reaction]));
  }

  #tellPoll(news: PollNews | null): void {
    const { launch, view } = this.#parts;
    if (!news || !offersPolls(launch)) return;
    const question = cut(news.poll.question, MAX_TOLD);
    if (news.what === "opened") view.announce(t.polls.voting.asked(question));
    else view.tell(t.polls.closedTold(question));
  }

  #tellLeft({ id, reason }: Left): void {
    const { room, view } = this.#parts;
    const gone = room.others.value.find((other) => other.id === id);
    const words = reason === "moved" ? t.groups.went : t.events.left;
    if (gone) view.announce(words(gone.name));
  }

  /**
   * Everyone on the stage has a direct connection; a participant who enters it makes the offers.
   */
  #expect({ id, stage }: Participant): void {
    const mesh = this.#call.mesh.value;
    if (!stage) mesh?.remove(id);
    else if (this.#parts.room.onStage.value) mesh?.expect(id);
  }

  /** The server changed oneself. */
  #changed(before: Participant, now: Participant): void {
    const { room, view } = this.#parts;
    if (now.moderator && !before.moderator) view.tell(t.events.moderator);
    if (now.stage === before.stage) return;
    this.#call.mesh.value?.sync(room.connected.value.map(({ id }) => id));
    if (now.stage) {
      view.asked.value = null;
      view.tell(t.events.onStage);
    } else {
      this.#call.relay.close();
      const message = "You have left the stage.";
      this.#call.sources.end({ message, failed: false });
      this.#call.elements.end(message);
      void this.#quiet();
      view.tell(t.events.inAudience);
    }
  }

  async #quiet(): Promise<void> {
    const { media } = this.#parts;
    await media.setMicrophone(false);
    await media.setScreen(false);
    await media.setCamera(false);
  }

  #welcome(welcome: Welcome): void {
    const { room, view, chat, videoConstraints, question, status } = this.#parts;
    const { broadcast } = this.#call;
    question.passed();
    view.lobbyNote.value = null;
    // The server asks again what still needs an answer.
    view.readingQuestions.value = [];
    this.#call.taps.keep(welcome.readings);
    this.#readingNews.tell();
    chat.fill(welcome.chat);
    const { own } = welcome;
    this.#call.enter(welcome);
    this.#call.mesh.value?.sync(room.connected.value.map(({ id }) => id));
    for (const { id } of room.connected.value) videoConstraints.retell(id);
    if (status.value !== "joined" && !own.stage) {
      void this.#quiet();
      // Without WebRTC, a notice that stays says why.
      if (connectsPeers()) view.tell(t.events.stageFull);
    }
    if (welcome.broadcast.broadcaster !== own.id) broadcast.close();
    else if (!broadcast.active && welcome.broadcast.state !== "stopping") {
      // After a reload the composer is gone, and the server may not know.
      broadcast.stop().catch(() => {});
    }
    this.#onJoined();
  }

  async #obeyMute(kind: "audio" | "video"): Promise<void> {
    const { media, view } = this.#parts;
    if (kind === "audio") {
      await media.setMicrophone(false);
      view.tell(t.events.muted);
    } else {
      this.#call.sources.stopScreen();
      this.#call.elements.end("A moderator turned it off.");
      await media.setScreen(false);
      await media.setCamera(false);
      view.tell(t.events.cameraOff);
    }
  }
}
