import type { JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { t } from "../strings";
import { typed } from "./typed";

interface TextSettingProps {
  label: string;
  value: string;
  max: number;
  onSave: (value: string) => Promise<boolean>;
}

/** A text field with a save button, enabled after a change. */
export function TextSetting({ label, value, max, onSave }: TextSettingProps): JSX.Element {
  const [text, setText] = useState(value);
  const changed = text.trim() !== value;
  // Another participant may change it meanwhile. At once: later it would undo what was typed since.
  useLayoutEffect(() => setText(value), [value]);
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) onSave(text.trim()).then((saved) => !saved && setText(value));
      }}
    >
      <label>
        {label}
        <input value={text} onInput={(event) => setText(typed(event, max))} />
      </label>
      {changed && (
        <button type="submit" class="button primary">
          {t.panels.save}
        </button>
      )}
    </form>
  );
}
