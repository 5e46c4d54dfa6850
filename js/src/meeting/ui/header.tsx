import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { elapsed } from "../../shared/elapsed";
import { flag } from "../room/launch";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { GroupBar } from "./classroom/group-bar";
import { Closed, Door, Eye, Lock } from "./icons";
import { ReadingBadges } from "./readings";

/** The room's subject and state; empty where the embedding page shows them. */
export function Header({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room } = meeting;
  // An embedding page may show the room's name and the live mark itself.
  const told = flag(meeting.launch.config, "hideConferenceSubject");
  const { locked, closed, lobby } = room.state.value;
  return (
    <header class="header">
      <h1 class={told ? "hidden" : "title"}>{meeting.title.value}</h1>
      {locked && (
        <Mark label={t.header.password}>
          <Lock />
        </Mark>
      )}
      {lobby && (
        <Mark label={t.header.lobby}>
          <Door />
        </Mark>
      )}
      {closed && (
        <Mark label={t.header.closed}>
          <Closed />
        </Mark>
      )}
      {!told && <LiveBadge meeting={meeting} />}
      <GroupBar meeting={meeting} />
      <ReadingBadges meeting={meeting} />
    </header>
  );
}

function Mark({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <span class="header-mark" role="img" aria-label={label} title={label}>
      {children}
    </span>
  );
}

function LiveBadge({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { room } = meeting;
  const { state, playout, since, program } = room.broadcast.value;
  const viewers = room.viewers.value;
  if (state === "starting" || state === "stopping") {
    return (
      <span class="badge pending">
        {state === "starting" ? t.header.goingLive : t.header.ending}
      </span>
    );
  }
  if (state !== "live") return null;
  const watch = playout?.vod ? t.header.watchRecorded : t.header.watch;
  return (
    <a
      class="badge live"
      href={playout?.live}
      target="_blank"
      rel="noopener noreferrer"
      title={program ? `${t.header.program} ${watch}` : watch}
    >
      <span class="live-dot" aria-hidden="true" />
      {t.header.live}
      {playout?.vod ? ` · ${t.header.recorded}` : ""}
      {since !== null && <Duration since={since} />}
      {room.moderator.value && (
        <span class="viewers" role="img" aria-label={t.header.viewers(viewers)}>
          <Eye />
          {viewers}
        </span>
      )}
    </a>
  );
}

/** The elapsed time. */
export function Duration({ since }: { since: number }): JSX.Element {
  const seconds = (): number => Math.max(0, Math.floor(Date.now() / 1000 - since));
  const [passed, setPassed] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setPassed(seconds()), 1_000);
    return () => clearInterval(timer);
  });
  return (
    <time class="duration" aria-hidden="true">
      {elapsed(passed)}
    </time>
  );
}
