import type { JSX } from "preact";
import { hue } from "../../shared/initials";
import type { Rect } from "../look/layout";
import type { Grade } from "../mesh/connection-quality";
import type { MeetingPage } from "../room/meeting-page";
import { avatarOf } from "../room/profile";
import { t } from "../strings";
import { Face } from "./avatar";
import { Hand, MicrophoneOff, Pin, Shield, Star } from "./icons";
import { PersonMenu } from "./person-menu";
import { ReactionIcon } from "./reaction-icons";
import { ReadingMark } from "./readings";
import type { Shown } from "./stage-tiles";
import { Video } from "./video";

interface TileProps extends Shown {
  meeting: MeetingPage;
  rect: Rect;
  large: boolean;
  pinned: boolean;
  onPin: (() => void) | null;
}

export function Tile(props: TileProps): JSX.Element {
  const { meeting, id, name, owner, local, video, screen, microphone, speaking, rect } = props;
  const state = props.state === "connected" ? null : t.stage[props.state];
  return (
    <li
      class={`tile${speaking ? " speaking" : ""}${screen ? " screen" : ""}`}
      data-participant={id}
      data-local={local}
      data-large={props.large}
      data-microphone={microphone ? "on" : "off"}
      data-camera={video ? "on" : "off"}
      style={{
        left: `${rect.left}px`,
        top: `${rect.top}px`,
        width: `${rect.width}px`,
        height: `${rect.height}px`,
        "--hue": `${hue(name)}`,
      }}
    >
      <span class="avatar" aria-hidden="true">
        <Face name={name} picture={avatarOf(meeting, owner.id)} />
      </span>
      {video && (
        <Video
          track={video}
          mirrored={props.mirrored}
          large={props.large}
          uncut={screen}
          onLines={props.onLines}
          label={screen ? name : t.stage.picture(name)}
        />
      )}
      {state && <span class="tile-state">{state}</span>}
      {!screen && <Floating meeting={meeting} sender={owner.id} />}
      <span class="tile-label">
        {!microphone && !screen && (
          <span class="tile-muted" role="img" aria-label={t.stage.microphoneOff}>
            <MicrophoneOff />
          </span>
        )}
        <span class="tile-name">{local && !screen ? t.common.you(name) : name}</span>
        {owner.moderator && !screen && (
          <span class="tile-role" role="img" aria-label={t.stage.moderator}>
            <Shield />
          </span>
        )}
        {props.quality && !screen && <Bars grade={props.quality} />}
        {speaking && <span class="hidden">{t.stage.speaking}</span>}
      </span>
      {!screen && <Marks {...props} />}
      <span class="tile-tools">
        {props.onPin && (
          <button
            type="button"
            class="quiet tile-pin"
            aria-pressed={props.pinned}
            aria-label={props.pinned ? t.stage.showEqual(name) : t.stage.showLarge(name)}
            title={props.pinned ? t.panels.people.unpin : t.panels.people.pin}
            onClick={props.onPin}
          >
            <Pin />
          </button>
        )}
        {!screen && meeting.room.others.value.length > 0 && (
          <PersonMenu meeting={meeting} person={owner} />
        )}
      </span>
    </li>
  );
}

/**
 * A raised hand, the mark of the tile that a moderator enlarged for everyone, and whether programs read
 * the participant.
 */
function Marks({ meeting, owner }: TileProps): JSX.Element {
  const main = meeting.room.state.value.main === owner.id;
  const place = meeting.room.hands.value.findIndex(({ id }) => id === owner.id);
  return (
    <span class="tile-marks">
      {place >= 0 && (
        <span class="tile-hand">
          <span role="img" aria-label={t.stage.handUp}>
            <Hand />
          </span>
          {meeting.room.hands.value.length > 1 && place + 1}
        </span>
      )}
      {main && (
        <span class="tile-main" role="img" aria-label={t.stage.main}>
          <Star />
        </span>
      )}
      <ReadingMark meeting={meeting} id={owner.id} />
    </span>
  );
}

/** The participant's current reactions, rising over the video. */
function Floating({ meeting, sender }: { meeting: MeetingPage; sender: string }): JSX.Element {
  const shown = meeting.view.reactions.value.filter((one) => one.sender === sender);
  return (
    <span class="tile-reactions">
      {shown.map(({ key, reaction }) => (
        <span
          key={key}
          class="tile-reaction"
          role="img"
          aria-label={t.reactions[reaction]}
          style={{ "--place": `${(key * 37) % 70}%` }}
        >
          <ReactionIcon name={reaction} />
        </span>
      ))}
    </span>
  );
}

/** The connection quality as bars, and as text for screen readers. */
function Bars({ grade }: { grade: Grade }): JSX.Element {
  return (
    <span
      class="tile-bars"
      data-grade={grade}
      role="img"
      aria-label={t.stage.connection[grade]}
      title={t.stage.connection[grade]}
    >
      <i />
      <i />
      <i />
    </span>
  );
}
