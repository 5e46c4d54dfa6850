import type { JSX } from "preact";
import { languages } from "../../shared/language";
import type { Theme } from "../look/view";
import type { MeetingPage } from "../room/meeting-page";
import { rememberLanguage } from "../room/preferences";
import { speak, t } from "../strings";

/** Language and theme, for this user only. */
export function LookSettings({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { view } = meeting;
  const words = t.panels.settings;
  const themes: readonly (readonly [Theme | "", string])[] = [
    ["", words.themeSystem],
    ["light", words.themeLight],
    ["dark", words.themeDark],
  ];
  return (
    <fieldset class="settings">
      <legend>{words.look}</legend>
      <div class="pair">
        <label class="field stacked">
          {words.language}
          <select
            value={view.language.value}
            onChange={({ currentTarget }) => {
              rememberLanguage(currentTarget.value);
              view.language.value = speak([currentTarget.value]);
            }}
          >
            {languages.map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {new Intl.DisplayNames(tag, { type: "language" }).of(tag)}
              </option>
            ))}
          </select>
        </label>
        <label class="field stacked">
          {words.theme}
          <select
            value={view.theme.value ?? ""}
            onChange={({ currentTarget: { value } }) => {
              view.theme.value = value === "light" || value === "dark" ? value : null;
            }}
          >
            {themes.map(([theme, label]) => (
              <option key={theme} value={theme}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
    </fieldset>
  );
}
