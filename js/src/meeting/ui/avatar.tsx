import type { JSX } from "preact";
import { hue, initials } from "./initials";

interface FaceProps {
  name: string;
  /** Where the person shows one: else their initials are shown. */
  picture: string | null;
}

/** What is in the circle that stands for a person. */
export function Face({ name, picture }: FaceProps): JSX.Element {
  if (picture === null) return <>{initials(name)}</>;
  return <img src={picture} alt="" decoding="async" draggable={false} />;
}

/** A small round one, in a list of people. */
export function Avatar({ name, picture }: FaceProps): JSX.Element {
  return (
    <span class="face" aria-hidden="true" style={{ "--hue": `${hue(name)}` }}>
      <Face name={name} picture={picture} />
    </span>
  );
}
