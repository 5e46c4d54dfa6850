import type { JSX } from "preact";
import { useState } from "preact/hooks";

interface ConfirmButtonProps {
  label: string;
  /** What is asked before it is done. */
  question: string;
  onConfirm: () => void;
}

/** A button that asks once more: what it does cannot be undone. */
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
