/** The parts of a meeting's page, as its rules see them. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Health } from "../../composer/index";
import type { MeetingStatus } from "../../shared/protocol";
import type { ViewStore } from "../look/view";
import type { LocalMedia } from "../media/media";
import type { VideoConstraints } from "../mesh/video-constraints";
import type { ChatStore } from "./chat";
import type { PollStore } from "./classroom/polls";
import type { Launch } from "./launch";
import type { PasswordQuestion } from "./password-question";
import type { RoomStore } from "./room";
import type { Connection } from "./signalling";

export interface MeetingParts {
  readonly launch: Launch;
  readonly room: RoomStore;
  readonly media: LocalMedia;
  readonly view: ViewStore;
  /** The size at which this page shows each video. */
  readonly videoConstraints: VideoConstraints;
  readonly chat: ChatStore;
  readonly polls: PollStore;
  readonly question: PasswordQuestion;
  readonly name: ReadonlySignal<string>;
  readonly status: ReadonlySignal<MeetingStatus>;
  readonly connection: ReadonlySignal<Connection>;
  /** The health of the composer, while this page broadcasts. */
  readonly health: Signal<Health | null>;
}
