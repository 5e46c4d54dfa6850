/** The icons of the buttons; each button also has a text label. */

const PATHS = {
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z",
  sound:
    "M3 9v6h4l5 4.5v-15L7 9zM15 8.2v7.6a4.3 4.3 0 0 0 0-7.6zM15 3.6v2.2a6.6 6.6 0 0 1 0 12.4v2.2a8.7 8.7 0 0 0 0-16.8z",
  muted:
    "M3 9v6h4l5 4.5v-15L7 9zM15.2 9.2l-1.3 1.3 1.6 1.5-1.6 1.5 1.3 1.3 1.6-1.5 1.5 1.5 1.3-1.3-1.5-1.5 1.5-1.5-1.3-1.3-1.5 1.5z",
  full: "M4 4h6v2.2H6.2V10H4zM14 4h6v6h-2.2V6.2H14zM4 14h2.2v3.8H10V20H4zM17.8 14H20v6h-6v-2.2h3.8z",
  small:
    "M7.8 4H10v6H4V7.8h3.8zM14 4h2.2v3.8H20V10h-6zM4 14h6v6H7.8v-3.8H4zM14 14h6v2.2h-3.8V20H14z",
  details:
    "M11 10.5h2V17h-2zM11 7h2v2h-2zM12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19zm0 2a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
