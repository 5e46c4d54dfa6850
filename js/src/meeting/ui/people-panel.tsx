import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Meeting } from "../meeting";
import { attempt } from "./attempt";
import { CameraOff, MicrophoneOff } from "./icons";

interface Person {
  id: string;
  name: string;
  moderator: boolean;
  audio: boolean;
  video: boolean;
  local: boolean;
}

export function PeoplePanel({ meeting }: { meeting: Meeting }): JSX.Element {
  const { room, media } = meeting;
  const own: Person = {
    id: room.selfId.value ?? "",
    name: meeting.name.value,
    moderator: room.moderator.value,
    audio: media.microphoneOn.value,
    video: media.camera.value !== null,
    local: true,
  };
  const others = room.others.value.map((other): Person => ({ ...other, local: false }));
  return (
    <>
      <ul class="people">
        {[own, ...others].map((person) => (
          <PersonRow key={person.id} meeting={meeting} person={person} />
        ))}
      </ul>
      {room.moderator.value && others.length > 0 && (
        <div class="row">
          <button
            type="button"
            class="button"
            onClick={() => attempt(meeting, () => meeting.ask.muteEveryone("audio"))}
          >
            Mute everybody else
          </button>
          <button
            type="button"
            class="button"
            onClick={() => attempt(meeting, () => meeting.ask.muteEveryone("video"))}
          >
            Switch all other cameras off
          </button>
        </div>
      )}
    </>
  );
}

function PersonRow({ meeting, person }: { meeting: Meeting; person: Person }): JSX.Element {
  const [asked, setAsked] = useState(false);
  const removable = meeting.room.moderator.value && !person.local;
  return (
    <li>
      <span class="person-name">
        {person.name}
        {person.local && " (you)"}
        {person.moderator && <small>Moderator</small>}
      </span>
      {!person.audio && (
        <span class="mark" role="img" aria-label="microphone off">
          <MicrophoneOff />
        </span>
      )}
      {!person.video && (
        <span class="mark" role="img" aria-label="camera off">
          <CameraOff />
        </span>
      )}
      {removable && (
        <button
          type="button"
          class={asked ? "button danger small" : "button small"}
          aria-label={asked ? `Really remove ${person.name}` : `Remove ${person.name}`}
          onBlur={() => setAsked(false)}
          onClick={() => {
            if (asked) attempt(meeting, () => meeting.ask.kick(person.id));
            setAsked(!asked);
          }}
        >
          {asked ? "Really remove?" : "Remove"}
        </button>
      )}
    </li>
  );
}
