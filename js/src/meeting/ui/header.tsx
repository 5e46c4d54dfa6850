import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { flag } from "../launch";
import type { Meeting } from "../meeting";
import { t } from "../strings";
import { Lock, People } from "./icons";

export function Header({ meeting }: { meeting: Meeting }): JSX.Element {
  const { room, view } = meeting;
  // Whoever embeds the room may say its name and that it is live outside of it.
  const told = flag(meeting.launch.config, "hideConferenceSubject");
  const people = room.people.value;
  const words = t.header.people(people);
  return (
    <header class="header">
      <h1 class={told ? "hidden" : "title"}>{meeting.title.value}</h1>
      {room.state.value.locked && (
        <span
          class="header-mark"
          role="img"
          aria-label={t.header.password}
          title={t.header.password}
        >
          <Lock />
        </span>
      )}
      <span class="spring" />
      {!told && <LiveBadge meeting={meeting} />}
      <button
        type="button"
        class="chip"
        data-panel-button="people"
        aria-expanded={view.panel.value === "people"}
        aria-label={t.header.showPeople(words)}
        title={t.header.peopleTitle}
        onClick={() => view.toggle("people")}
      >
        <People />
        {people}
      </button>
    </header>
  );
}

function LiveBadge({ meeting }: { meeting: Meeting }): JSX.Element | null {
  const { state, playout, since } = meeting.room.broadcast.value;
  if (state === "starting" || state === "stopping") {
    return (
      <span class="badge pending">
        {state === "starting" ? t.header.goingLive : t.header.ending}
      </span>
    );
  }
  if (state !== "live") return null;
  return (
    <a
      class="badge live"
      href={playout?.live}
      target="_blank"
      rel="noopener noreferrer"
      title={playout?.vod ? t.header.watchRecorded : t.header.watch}
    >
      <span class="live-dot" aria-hidden="true" />
      {t.header.live}
      {playout?.vod ? ` · ${t.header.recorded}` : ""}
      {since !== null && <Duration since={since} />}
    </a>
  );
}

/** How long something has lasted. */
export function Duration({ since }: { since: number }): JSX.Element {
  const seconds = (): number => Math.max(0, Math.floor(Date.now() / 1000 - since));
  const [passed, setPassed] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setPassed(seconds()), 1_000);
    return () => clearInterval(timer);
  });
  return (
    <time class="duration" aria-hidden="true">
      {clock(passed)}
    </time>
  );
}

function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:` : ""}${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`;
}
