import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../strings";
import { OpenTab } from "./icons";

const SHOWN = 2_500;

interface CopyLinkProps {
  link: string;
  label: string;
  /** Whether it is a URL that the user may want to open. */
  opens?: boolean;
}

/** A text with a copy button, which selects the text where copying is not allowed. */
export function CopyLink({ link, label, opens = false }: CopyLinkProps): JSX.Element {
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
      setSaid(t.panels.copied);
    } catch {
      input.current?.select();
      // Over http there is no other access to the clipboard.
      setSaid(document.execCommand("copy") ? t.panels.copied : t.panels.copyByKey);
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
      {opens && (
        <a
          class="button icon-button"
          href={link}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={`${label}: ${t.panels.open}`}
          title={t.panels.open}
        >
          <OpenTab />
        </a>
      )}
      <button type="button" class="button primary" onClick={copy}>
        <span aria-live="polite">{said || t.panels.copy}</span>
      </button>
    </div>
  );
}
