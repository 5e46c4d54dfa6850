/**
 * Requests to the room: each resolves when the server has carried it out, and rejects if it
 * refuses.
 */

import type { Kick, React } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import type { Ask } from "../../shared/server-line";
import { connectsPeers } from "../mesh/support";
import { GroupRequests } from "./classroom/group-requests";

/** Further effects of a removal. */
export type RemovalOptions = Partial<Pick<Kick, "revoke" | "address" | "shared">>;
type Media = "audio" | "video";

/** Muting is acknowledged when every participant concerned has confirmed, or after 5 s. */
const MUTE_TIMEOUT = 12_000;

export class RoomRequests {
  readonly groups: GroupRequests;
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
    this.groups = new GroupRequests(ask);
  }

  sendChat(text: string, to: string | null = null): Promise<void> {
    return this.#ask({ type: "send_chat", text, to });
  }

  /** Sends text to programs on others' pages on the stage; null for all of them. */
  sendEndpointText(text: string, to: string | null): Promise<void> {
    return this.#ask({ type: "send_endpoint_text", text, to });
  }

  /** Sets the profile picture for everyone; null shows the initials again. */
  setAvatar(avatar: string | null): Promise<void> {
    return this.#ask({ type: "set_avatar", avatar });
  }

  raiseHand(raised: boolean): Promise<void> {
    return this.#ask({ type: "raise_hand", raised });
  }

  react(reaction: React["reaction"]): Promise<void> {
    return this.#ask({ type: "react", reaction });
  }

  async enterStage(): Promise<void> {
    if (!connectsPeers()) {
      throw new RefusedError("no_webrtc", "This browser has no WebRTC, which the stage requires.");
    }
    return this.#ask({ type: "enter_stage" });
  }

  leaveStage(): Promise<void> {
    return this.#ask({ type: "leave_stage" });
  }

  /** Agrees that another participant's program reads one's picture or sound, or refuses it. */
  answerReading(id: string, allowed: boolean): Promise<void> {
    return this.#ask({ type: "answer_reading", id, allowed });
  }

  /** Ends a reading by one's own program, or of oneself. */
  stopReading(id: string): Promise<void> {
    return this.#ask({ type: "stop_reading", id });
  }

  /** Votes, or changes the vote; no choices take it back. */
  vote(poll: string, choices: readonly number[]): Promise<void> {
    return this.#ask({ type: "vote", poll, choices: [...choices] });
  }

  /** Says whether one is done. */
  answerCheckIn(id: string, done: boolean): Promise<void> {
    return this.#ask({ type: "answer_check_in", id, done });
  }

  // --- for moderators ---

  /** Closes a poll: its votes are final. */
  closePoll(poll: string): Promise<void> {
    return this.#ask({ type: "close_poll", poll });
  }

  /** Asks everyone whether they are done. */
  startCheckIn(question: string): Promise<void> {
    return this.#ask({ type: "start_check_in", question });
  }

  endCheckIn(): Promise<void> {
    return this.#ask({ type: "end_check_in" });
  }

  setSubject(subject: string): Promise<void> {
    return this.#ask({ type: "set_subject", subject });
  }

  setLobby(active: boolean): Promise<void> {
    return this.#ask({ type: "set_lobby", active });
  }

  setPassword(password: string): Promise<void> {
    return this.#ask({ type: "set_password", password });
  }

  setClosed(closed: boolean): Promise<void> {
    return this.#ask({ type: "set_closed", closed });
  }

  /** Puts a participant into everyone's spotlight; null leaves it to each page. */
  setMain(id: string | null): Promise<void> {
    return this.#ask({ type: "set_main", id });
  }

  admit(id: string, admitted: boolean): Promise<void> {
    return this.#ask({ type: "admit", id, admitted });
  }

  admitAll(): Promise<void> {
    return this.#ask({ type: "admit_all" });
  }

  /** Sends a message to one person in the lobby, or to all. */
  messageLobby(text: string, id: string | null = null): Promise<void> {
    return this.#ask({ type: "message_lobby", text, id });
  }

  mute(id: string, media: Media): Promise<void> {
    return this.#ask({ type: "mute", id, media }, MUTE_TIMEOUT);
  }

  muteEveryone(media: Media): Promise<void> {
    return this.#ask({ type: "mute_everyone", media }, MUTE_TIMEOUT);
  }

  askToUnmute(id: string, media: Media): Promise<void> {
    return this.#ask({ type: "ask_to_unmute", id, media });
  }

  lowerHand(id: string): Promise<void> {
    return this.#ask({ type: "lower_hand", id });
  }

  grantModerator(id: string): Promise<void> {
    return this.#ask({ type: "grant_moderator", id });
  }

  kick(id: string, options: RemovalOptions = {}): Promise<void> {
    return this.#ask({ type: "kick", id, ...options });
  }

  inviteToStage(id: string): Promise<void> {
    return this.#ask({ type: "invite_to_stage", id });
  }

  sendToAudience(id: string): Promise<void> {
    return this.#ask({ type: "send_to_audience", id });
  }

  endMeeting(): Promise<void> {
    return this.#ask({ type: "end_meeting" });
  }
}
