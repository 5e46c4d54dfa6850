/** A meeting on a web page, and its state. */

import type { EngineCore } from "../engine/core";
import type { Targets } from "./targets";
import type { Translator } from "./translator";
import type { MeetingView } from "./view";

export interface EmbeddedMeeting {
  readonly api: EngineCore;
  readonly view: MeetingView;
  readonly translator: Translator;
  /** The target of a broadcast that the engine does not carry itself; null if none is set. */
  readonly targets: Targets | null;
  /** The password set on this page; empty for none. */
  password: string;
}
