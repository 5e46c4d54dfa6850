/** What a meeting's page is made of, as the rules that tie its parts together see it. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Health } from "../../composer/index";
import type { MeetingStatus } from "../../shared/protocol";
import type { ViewStore } from "../look/view";
import type { LocalMedia } from "../media/media";
import type { VideoConstraints } from "../mesh/video-constraints";
import type { ChatStore } from "./chat";
import type { Launch } from "./launch";
import type { PasswordQuestion } from "./password-question";
import type { RoomStore } from "./room";
import type { Connection } from "./signalling";

export interface MeetingParts {
  readonly launch: Launch;
  readonly room: RoomStore;
  readonly media: LocalMedia;
  readonly view: ViewStore;
  /** How large this page shows each picture. */
  readonly videoConstraints: VideoConstraints;
  readonly chat: ChatStore;
  readonly question: PasswordQuestion;
  readonly name: ReadonlySignal<string>;
  readonly status: ReadonlySignal<MeetingStatus>;
  readonly connection: ReadonlySignal<Connection>;
  /** How composing the broadcast fares, while this page does that. */
  readonly health: Signal<Health | null>;
}
