import type { JSX } from "preact";
import type { Participant } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { avatarOf } from "../room/profile";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Avatar } from "./avatar";
import { CameraOff, LowerHand, Microphone, MicrophoneOff, Screen, StageUp } from "./icons";
import { invite, isSelf } from "./person-actions";
import { PersonMenu } from "./person-menu";
import { readBy } from "./readings";

interface PersonProps {
  meeting: MeetingPage;
  person: Participant;
}

/** A participant in the list: name, state, and actions. */
export function PersonRow({ meeting, person }: PersonProps): JSX.Element {
  const { id, name } = person;
  const speaking = meeting.speaking.value.has(id);
  return (
    <li class={`person${speaking ? " speaking" : ""}`} data-person={id}>
      <Avatar name={name} picture={avatarOf(meeting, id)} />
      <span class="person-name">
        <span dir="auto">{isSelf(meeting, person) ? t.common.you(name) : name}</span>
        <Roles meeting={meeting} person={person} speaking={speaking} />
        <ReadBy words={readBy(meeting, id)} />
      </span>
      <span class="person-actions">
        <HandActions meeting={meeting} person={person} />
        <Marks meeting={meeting} person={person} />
        <PersonMenu meeting={meeting} person={person} />
      </span>
    </li>
  );
}

/** Unlike a role, it is never cut off. */
function ReadBy({ words }: { words: string }): JSX.Element | null {
  return words ? <small class="person-reading">{words}</small> : null;
}

interface RolesProps extends PersonProps {
  speaking: boolean;
}

function Roles({ meeting, person, speaking }: RolesProps): JSX.Element | null {
  const words = t.panels.people;
  const link = meeting.room.links.value.find(({ here }) => here.includes(person.id));
  const browsers = meeting.room.roster.browsersOf(person.id);
  const roles = [
    person.moderator && t.common.moderator,
    !person.stage && person.hand !== null && words.inAudience,
    meeting.room.state.value.main === person.id && words.shownToAll,
    browsers > 1 && t.roster.browsers(browsers),
    // A personal link is one person's, however often it is used.
    browsers === 0 && link !== undefined && words.sharedLink(link.people),
  ].filter((role) => role !== false);
  if (roles.length === 0 && !speaking) return null;
  return (
    <small>
      {roles.join(" · ")}
      {speaking && <span class="hidden"> {words.speaking}</span>}
    </small>
  );
}

/** What is off. The audience sends nothing: that needs no mark. */
function Marks({ meeting, person }: PersonProps): JSX.Element | null {
  const words = t.panels.people;
  if (!person.stage) return null;
  return (
    <>
      {person.screen && (
        <span class="mark" role="img" aria-label={words.sharing} title={words.sharing}>
          <Screen />
        </span>
      )}
      {!person.video && (
        <span class="mark" role="img" aria-label={words.cameraOff} title={words.cameraOff}>
          <CameraOff />
        </span>
      )}
      <MicrophoneMark meeting={meeting} person={person} />
    </>
  );
}

/** For a moderator also a mute button; no one can unmute another participant. */
function MicrophoneMark({ meeting, person }: PersonProps): JSX.Element | null {
  const words = t.panels.people;
  const { id, name, audio } = person;
  const icon = audio ? <Microphone /> : <MicrophoneOff />;
  if (!meeting.room.moderator.value || isSelf(meeting, person)) {
    if (audio) return null;
    return (
      <span class="mark" role="img" aria-label={words.microphoneOff} title={words.microphoneOff}>
        {icon}
      </span>
    );
  }
  const label = audio ? words.muteOne(name) : words.askMicrophoneOf(name);
  const change = async (): Promise<void> => {
    if (audio) await meeting.ask.mute(id, "audio");
    else {
      await meeting.ask.askToUnmute(id, "audio");
      meeting.view.tell(words.asked(name));
    }
  };
  return (
    <button
      type="button"
      class={audio ? "quiet" : "quiet is-off"}
      aria-label={label}
      title={label}
      onClick={() => attempt(meeting, change)}
    >
      {icon}
    </button>
  );
}

function HandActions({ meeting, person }: PersonProps): JSX.Element | null {
  const words = t.panels.people;
  const { id, name, stage, hand } = person;
  if (hand === null || !meeting.room.moderator.value || isSelf(meeting, person)) return null;
  return (
    <>
      {!stage && (
        <button
          type="button"
          class="quiet"
          aria-label={words.inviteUpOne(name)}
          title={words.inviteUpOne(name)}
          onClick={() => invite(meeting, person)}
        >
          <StageUp />
        </button>
      )}
      <button
        type="button"
        class="quiet"
        aria-label={words.lowerHandOf(name)}
        title={words.lowerHandOf(name)}
        onClick={() => attempt(meeting, () => meeting.ask.lowerHand(id))}
      >
        <LowerHand />
      </button>
    </>
  );
}
