import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const SHOWN = 2_500;

/** A link to take along: a button copies it, and where that is not allowed it is selected. */
export function CopyLink({ link, label }: { link: string; label: string }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");

  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), SHOWN);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      setSaid("Copied");
    } catch {
      input.current?.select();
      setSaid("Press Ctrl+C");
    }
  };

  return (
    <div class="field">
      <label>
        {label}
        <input
          ref={input}
          readOnly
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
      <button type="button" class="button primary" onClick={copy}>
        <span role="status">{said || "Copy"}</span>
      </button>
    </div>
  );
}
