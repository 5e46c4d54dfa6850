import type { JSX } from "preact";

interface CheckProps {
  label: string;
  checked: boolean;
  onToggle: () => void;
}

/** A box that shows what is so, not what was clicked: it changes when that has been confirmed. */
export function Check({ label, checked, onToggle }: CheckProps): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onClick={(event) => {
          event.preventDefault();
          onToggle();
        }}
      />
      {label}
    </label>
  );
}
