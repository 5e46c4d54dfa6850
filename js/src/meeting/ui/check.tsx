import type { JSX } from "preact";

interface CheckProps {
  label: string;
  checked: boolean;
  onToggle: () => void;
}

/** A checkbox that shows the actual state: it changes when the server confirms the click. */
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
