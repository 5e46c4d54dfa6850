import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface CheckProps {
  label: string;
  /** What it means, read out with it. */
  about?: string;
  checked: boolean;
  onToggle: () => void;
}

/** A checkbox that shows the actual state: it changes when the server confirms the click. */
export function Check({ label, about, checked, onToggle }: CheckProps): JSX.Element {
  const id = useId();
  const box = (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        aria-describedby={about && id}
        onClick={(event) => {
          event.preventDefault();
          onToggle();
        }}
      />
      {label}
    </label>
  );
  if (!about) return box;
  return (
    <div>
      {box}
      <p id={id} class="soft">
        {about}
      </p>
    </div>
  );
}
