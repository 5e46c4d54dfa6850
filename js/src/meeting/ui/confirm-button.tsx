import type { JSX } from "preact";
import { useState } from "preact/hooks";

interface ConfirmButtonProps {
  label: string;
  /** The question before the action. */
  question: string;
  onConfirm: () => void;
  /** What it does, where the label alone does not say it. */
  name?: string;
  small?: boolean;
}

/** A button that asks for confirmation of what cannot be undone. */
export function ConfirmButton(props: ConfirmButtonProps): JSX.Element {
  const { label, question, onConfirm, name, small = false } = props;
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class={`button ${asked ? "danger" : "careful"}${small ? " small" : ""}`}
      aria-label={asked ? undefined : name}
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
