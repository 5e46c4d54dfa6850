/** The page's own icons: 24 units wide, in the current text colour. */

import type { ComponentChildren, JSX } from "preact";

function Icon({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const Groups = (): JSX.Element => (
  <Icon>
    <rect x="3" y="3.5" width="8" height="8" rx="2" />
    <rect x="13" y="3.5" width="8" height="8" rx="2" />
    <rect x="3" y="13" width="8" height="8" rx="2" />
    <rect x="13" y="13" width="8" height="8" rx="2" />
    <path d="M7 6.6v1.8M17 6.6v1.8M7 16.1v1.8M17 16.1v1.8" />
  </Icon>
);

export const Microphone = (): JSX.Element => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </Icon>
);

export const MicrophoneOff = (): JSX.Element => (
  <Icon>
    <path d="M15 10V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.4 2.6" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 10.2 5.3M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3M4 4l16 16" />
  </Icon>
);

export const Camera = (): JSX.Element => (
  <Icon>
    <rect x="3" y="6.5" width="12" height="11" rx="2.5" />
    <path d="m15 11 6-3.5v9L15 13" />
  </Icon>
);

export const CameraOff = (): JSX.Element => (
  <Icon>
    <path d="M10 6.5h2.5A2.5 2.5 0 0 1 15 9v2l6-3.5v9l-2.5-1.5" />
    <path d="M15 15v0a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2-2.4M4 4l16 16" />
  </Icon>
);

export const Turn = (): JSX.Element => (
  <Icon>
    <path d="M5.5 10.5A7 7 0 0 1 17 6.6L19 8.5M18.5 13.5A7 7 0 0 1 7 17.4L5 15.5M19 4v4.5h-4.5M5 20v-4.5h4.5" />
    <circle cx="12" cy="12" r="2.3" />
  </Icon>
);

export const Screen = (): JSX.Element => (
  <Icon>
    <rect x="3" y="4.5" width="18" height="12.5" rx="2" />
    <path d="M12 13.5V8M9.5 10.2 12 7.7l2.5 2.5M8.5 20.5h7" />
  </Icon>
);

export const Broadcast = (): JSX.Element => (
  <Icon>
    <circle cx="12" cy="12" r="2" />
    <path d="M8.2 15.8a5.4 5.4 0 0 1 0-7.6M15.8 8.2a5.4 5.4 0 0 1 0 7.6M5.3 18.7a9.5 9.5 0 0 1 0-13.4M18.7 5.3a9.5 9.5 0 0 1 0 13.4" />
  </Icon>
);

export const Invite = (): JSX.Element => (
  <Icon>
    <circle cx="9.5" cy="8" r="3.5" />
    <path d="M3 19.5c.5-3.6 3-5.5 6.5-5.5s6 1.9 6.5 5.5M18.5 7.5v6M15.5 10.5h6" />
  </Icon>
);

export const People = (): JSX.Element => (
  <Icon>
    <circle cx="9" cy="8.5" r="3.3" />
    <path d="M3 19c.4-3.4 2.7-5.2 6-5.2s5.6 1.8 6 5.2M15.5 5.4a3.3 3.3 0 0 1 0 6.2M17.5 14.2c2 .7 3.2 2.3 3.5 4.8" />
  </Icon>
);

export const Sliders = (): JSX.Element => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);

export const Leave = (): JSX.Element => (
  <Icon>
    <path
      fill="currentColor"
      stroke="none"
      d="M12 8.5c-3.6 0-6.9 1-9.2 2.9a1.8 1.8 0 0 0-.5 2.2l.8 1.7c.3.7 1.1 1.1 1.9.9l2.7-.6c.8-.2 1.3-.9 1.3-1.7v-1.6c1-.2 2-.3 3-.3s2 .1 3 .3v1.6c0 .8.5 1.5 1.3 1.7l2.7.6c.8.2 1.6-.2 1.9-.9l.8-1.7a1.8 1.8 0 0 0-.5-2.2C18.9 9.5 15.6 8.5 12 8.5z"
    />
  </Icon>
);

export const Grid = (): JSX.Element => (
  <Icon>
    <rect x="4" y="5" width="7" height="6" rx="1.5" />
    <rect x="13" y="5" width="7" height="6" rx="1.5" />
    <rect x="4" y="13" width="7" height="6" rx="1.5" />
    <rect x="13" y="13" width="7" height="6" rx="1.5" />
  </Icon>
);

export const Spotlight = (): JSX.Element => (
  <Icon>
    <rect x="3.5" y="5" width="12" height="14" rx="1.8" />
    <path d="M19 5.5h1.5M19 12h1.5M19 18.5h1.5" />
  </Icon>
);

export const Pin = (): JSX.Element => (
  <Icon>
    <path d="M9 4h6l-.7 6 3.2 3.5h-11L9.7 10zM12 13.5V20" />
  </Icon>
);

export const Speaker = (): JSX.Element => (
  <Icon>
    <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />
  </Icon>
);

export const Lock = (): JSX.Element => (
  <Icon>
    <rect x="5.5" y="10.5" width="13" height="9.5" rx="2" />
    <path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5" />
  </Icon>
);

export const Close = (): JSX.Element => (
  <Icon>
    <path d="m6.5 6.5 11 11M17.5 6.5l-11 11" />
  </Icon>
);

export const More = (): JSX.Element => (
  <Icon>
    <path d="M12 5.5v.01M12 12v.01M12 18.5v.01" stroke-width="3" />
  </Icon>
);

export const Send = (): JSX.Element => (
  <Icon>
    <path d="M4.5 12 4 5l16 7-16 7zM4.5 12H12" />
  </Icon>
);

export const Message = (): JSX.Element => (
  <Icon>
    <path d="M12 4.5c4.9 0 8.5 3 8.5 7s-3.6 7-8.5 7c-1 0-2-.1-2.9-.4L4.5 20l1.2-3.6c-1.4-1.3-2.2-3-2.2-4.9 0-4 3.6-7 8.5-7z" />
  </Icon>
);

export const OpenTab = (): JSX.Element => (
  <Icon>
    <path d="M13.5 4.5h6v6M19 5l-8 8M10 5.5H6.5a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V14" />
  </Icon>
);

export const LowerHand = (): JSX.Element => (
  <Icon>
    <path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M6 20h12" />
  </Icon>
);

export const StageUp = (): JSX.Element => (
  <Icon>
    <path d="M12 15V4M7.5 8.5 12 4l4.5 4.5M4 15.5h16V20H4z" />
  </Icon>
);

export const Bin = (): JSX.Element => (
  <Icon>
    <path d="M4.5 6.5h15M9.5 6.5v-2h5v2M6.5 6.5l.8 13h9.4l.8-13M10 10.5v5.5M14 10.5v5.5" />
  </Icon>
);

export const Hand = (): JSX.Element => (
  <Icon>
    <path d="M8 12.5V6a1.5 1.5 0 0 1 3 0v5M11 10.5V4.5a1.5 1.5 0 0 1 3 0v6M14 10.5V6a1.5 1.5 0 0 1 3 0v7" />
    <path d="M17 10.5a1.5 1.5 0 0 1 3 0V15c0 3.5-2.5 6-6 6h-1c-2.2 0-3.7-.8-5-2.5L4.6 14.2c-1-1.5.8-2.9 2.1-1.8L8 13.5" />
  </Icon>
);

export const Smile = (): JSX.Element => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M8.5 14a4.2 4.2 0 0 0 7 0M9 9.5v.1M15 9.5v.1" />
  </Icon>
);

export const Expand = (): JSX.Element => (
  <Icon>
    <path d="M4 9V4.5h4.5M15.5 4.5H20V9M20 15v4.5h-4.5M8.5 19.5H4V15" />
  </Icon>
);

export const Keyboard = (): JSX.Element => (
  <Icon>
    <rect x="3" y="6" width="18" height="12" rx="2" />
    <path d="M7 10h.1M10.3 10h.1M13.7 10h.1M17 10h.1M8 14h8" />
  </Icon>
);

export const Chevron = (): JSX.Element => (
  <Icon>
    <path d="m7 14.5 5-5 5 5" />
  </Icon>
);

export const Down = (): JSX.Element => (
  <Icon>
    <path d="m7 9.5 5 5 5-5" />
  </Icon>
);

/** A list of who is done. */
export const Class = (): JSX.Element => (
  <Icon>
    <path d="m3.5 7 1.8 1.8L8.5 5.5M3.5 16l1.8 1.8 3.2-3.3M12 7.5h8.5M12 16.5h8.5" />
  </Icon>
);

/** Bars of votes. */
export const Poll = (): JSX.Element => (
  <Icon>
    <path d="M4.5 4v16M4.5 6.5H15M4.5 12H20M4.5 17.5h6" />
  </Icon>
);

export const Shield = (): JSX.Element => (
  <Icon>
    <path d="M12 3.5 5 6v5.5c0 4.3 2.8 7.4 7 9 4.2-1.6 7-4.7 7-9V6z" />
    <path d="m9 11.8 2.2 2.2 4-4.2" />
  </Icon>
);

export const Star = (): JSX.Element => (
  <Icon>
    <path d="m12 4 2.5 5.2 5.5.8-4 4 .9 5.7-4.9-2.7-4.9 2.7L8 14l-4-4 5.5-.8z" />
  </Icon>
);

export const Door = (): JSX.Element => (
  <Icon>
    <path d="M6 20.5V5a1.5 1.5 0 0 1 1.5-1.5h9A1.5 1.5 0 0 1 18 5v15.5M3.5 20.5h17M14.5 12v.5" />
  </Icon>
);

export const Closed = (): JSX.Element => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M7.5 12h9" />
  </Icon>
);

export const Program = (): JSX.Element => (
  <Icon>
    <rect x="3" y="4.5" width="18" height="15" rx="2.5" />
    <path d="m7 9.5 3 2.5-3 2.5M12.5 15h4.5" />
  </Icon>
);

export const Eye = (): JSX.Element => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
    <circle cx="12" cy="12" r="2.8" />
  </Icon>
);

export const Remove = (): JSX.Element => (
  <Icon>
    <circle cx="9.5" cy="8" r="3.5" />
    <path d="M3 19.5c.5-3.6 3-5.5 6.5-5.5s6 1.9 6.5 5.5M16 8l5 5M21 8l-5 5" />
  </Icon>
);

export const Power = (): JSX.Element => (
  <Icon>
    <path d="M12 3.5V12M7.2 6.5a7.5 7.5 0 1 0 9.6 0" />
  </Icon>
);
