import type { JSX } from "preact";
import { hue, initials } from "../../shared/initials";

interface FaceProps {
  name: string;
  /** The participant's picture, or their initials. */
  picture: string | null;
}

/** The content of a participant's avatar. */
export function Face({ name, picture }: FaceProps): JSX.Element {
  if (picture === null) return <>{initials(name)}</>;
  return <img src={picture} alt="" decoding="async" draggable={false} />;
}

/** A small avatar, for lists. */
export function Avatar({ name, picture }: FaceProps): JSX.Element {
  return (
    <span class="face" aria-hidden="true" style={{ "--hue": `${hue(name)}` }}>
      <Face name={name} picture={picture} />
    </span>
  );
}
