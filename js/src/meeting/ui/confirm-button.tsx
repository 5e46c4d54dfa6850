import type { JSX } from "preact";
import { useState } from "preact/hooks";

interface ConfirmButtonProps {
  label: string;
  /** The question before the action. */
  question: string;
  onConfirm: () => void;
}

/** A button that asks for confirmation of what cannot be undone. */
export function ConfirmButton({ label, question, onConfirm }: ConfirmButtonProps): JSX.Element {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class={asked ? "button danger" : "button careful"}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) onConfirm();
        setAsked(!asked);
      }}
    >
      <span aria-live="polite">{asked ? question : label}</span>
    </button>
  );
}
