/** The page's own six reaction icons: available and alike on every system. */

import type { ComponentChildren, JSX } from "preact";
import type { React } from "../../shared/protocol";

export type ReactionName = React["reaction"];

const SKIN = "#ffcb4c";
const INK = "#5b3a12";
const CUFF = "#4a90e2";

function Drawing({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <svg class="reaction-icon" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const Face = (): JSX.Element => <circle cx="18" cy="18" r="16" fill={SKIN} />;

const DRAWINGS: Readonly<Record<ReactionName, () => JSX.Element>> = {
  thumbs_up: () => (
    <Drawing>
      <path d="M4 17.5h6V33H4z" fill={CUFF} />
      <path
        d="M11 18.5c3-1.6 5.2-5.5 5.8-10.2.3-2.6 1.2-4.8 3.2-4.8 2.6 0 3.4 2.6 3 5.6l-1 5.4h7.4c2 0 3.4 1.6 3.1 3.5l-1.8 11c-.3 1.8-1.7 3-3.5 3H15.5c-1.7 0-3.2-.7-4.5-1.8z"
        fill={SKIN}
      />
    </Drawing>
  ),
  clap: () => (
    <Drawing>
      <path
        d="M13.5 31.5 6 24c-1.7-1.7-1.2-3.5 0-4.3L4.8 18c-1-1.6.6-3.6 2.6-2.6l1 .9-.8-1.5c-.8-1.8 1.4-3.3 3-2l8.2 7.8-1.7-5.2c-.5-2 2-3.2 3-1.3l3.4 8c1.2 3 .4 6-1.7 8.1-2.5 2.5-5.8 3.3-8.3 1.3z"
        fill="#f2b632"
      />
      <path
        d="m17 29-7-9c-1.4-2-.4-3.6.8-4.1l-.8-1.9c-.6-1.7 1.2-3.3 2.9-2l1 1-.5-1.6c-.4-2 1.9-3 3.3-1.5l6.7 9-.7-5.5c-.1-2 2.6-2.7 3.3-.700l2 8.5c.6 3.1-.6 6-3 7.7-2.8 2-5.8 2.4-8 .1z"
        fill={SKIN}
      />
      <path
        d="M25 4.5v4.8M30 6.2l-2.5 4.1M33.5 11l-4.2 2.2"
        stroke={CUFF}
        stroke-width="2"
        stroke-linecap="round"
      />
    </Drawing>
  ),
  heart: () => (
    <Drawing>
      <path
        d="M18 32C9 25.5 3 20 3 13c0-5 3.6-8.5 8-8.5 3 0 5.5 1.5 7 4.2 1.5-2.7 4-4.2 7-4.2 4.4 0 8 3.5 8 8.5 0 7-6 12.5-15 19z"
        fill="#e5374a"
      />
    </Drawing>
  ),
  laugh: () => (
    <Drawing>
      <Face />
      <path d="M8 18.5h20c0 6-4 10.5-10 10.5S8 24.5 8 18.5z" fill={INK} />
      <path d="M9.5 18.5h17c0 1.8-1 3-2.5 3H12c-1.5 0-2.5-1.2-2.5-3z" fill="#fff" />
      <path
        d="m8.5 10.5 4.5 2.2-4.5 2.2M27.5 10.5 23 12.7l4.5 2.2"
        fill="none"
        stroke={INK}
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </Drawing>
  ),
  surprise: () => (
    <Drawing>
      <Face />
      <ellipse cx="18" cy="24.5" rx="4.2" ry="5.2" fill={INK} />
      <ellipse cx="12" cy="14" rx="2.2" ry="3" fill={INK} />
      <ellipse cx="24" cy="14" rx="2.2" ry="3" fill={INK} />
      <path
        d="M8.5 8c1-1.4 2.5-2.2 4.3-2.2M27.5 8c-1-1.4-2.5-2.2-4.3-2.2"
        fill="none"
        stroke={INK}
        stroke-width="1.8"
        stroke-linecap="round"
      />
    </Drawing>
  ),
  party: () => (
    <Drawing>
      <path d="M12 13 3 32.5c-.2.5.3 1 .8.8L23 24z" fill={SKIN} />
      <path d="M9.5 18.5 6.3 25.6 12.5 29l4-2z" fill="#e5374a" />
      <ellipse cx="17.5" cy="18.5" rx="3.2" ry="7.6" transform="rotate(-45 17.5 18.5)" fill={INK} />
      <path
        d="M19 14c1-4 .5-7-1-10M22 17c4-1 7.5-.5 11 1.5M20.5 15.5C24 12 26 8.5 27 4.5"
        fill="none"
        stroke={CUFF}
        stroke-width="2.2"
        stroke-linecap="round"
      />
      <circle cx="31" cy="11" r="1.8" fill="#e5374a" />
      <circle cx="13" cy="6.5" r="1.6" fill="#38b26c" />
      <circle cx="29.5" cy="26" r="1.7" fill="#38b26c" />
    </Drawing>
  ),
};

export const REACTIONS = Object.keys(DRAWINGS) as ReactionName[];

export function ReactionIcon({ name }: { name: ReactionName }): JSX.Element {
  return DRAWINGS[name]();
}
