import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../strings";

/** The name that a personal link carries, and why it cannot be changed. */
export function FixedName({ label, name }: { label: string; name: string }): JSX.Element {
  const why = useId();
  return (
    <div class="field stacked fixed-name">
      <label>
        {label}
        <input readOnly value={name} aria-describedby={why} />
      </label>
      <small id={why}>{t.roster.fixedName}</small>
    </div>
  );
}
