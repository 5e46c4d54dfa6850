import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { type BackgroundChoice, BLURS } from "../media/background-choice";
import { drawing, SCENES } from "../media/background-scenes";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";

/** The virtual background: a blur, one of the room's images, or the user's own. */
export function BackgroundSettings({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { media } = meeting;
  const { background } = media;
  const words = t.panels.settings;
  const group = useId();
  const own = background.own.value;
  const [, showAgain] = useState(0);
  /** The choice that takes effect may differ from the one pressed. */
  const choose = async (choice: BackgroundChoice): Promise<void> => {
    const done = await attempt(meeting, () => media.setBackground(choice));
    if (!done) showAgain((times) => times + 1);
  };
  const choices: readonly (readonly [BackgroundChoice, string | null])[] = [
    ["none", null],
    ...BLURS.map((blur) => [blur, null] as const),
    ...SCENES.map((scene) => [scene, drawing(scene)] as const),
    ...(own ? [["own", own] as const] : []),
  ];
  const take = async ({ currentTarget }: JSX.TargetedEvent<HTMLInputElement>): Promise<void> => {
    const [file] = currentTarget.files ?? [];
    // Lets the same file be chosen again.
    currentTarget.value = "";
    if (file) await attempt(meeting, () => media.setPicture(file));
  };
  return (
    <fieldset class="backgrounds" aria-busy={background.state.value === "starting"}>
      <legend>{words.background}</legend>
      <div class="background-choices">
        {choices.map(([choice, picture]) => (
          <label key={choice} class="background-choice" data-background={choice}>
            <input
              type="radio"
              name={group}
              checked={background.choice.value === choice}
              onChange={() => choose(choice)}
            />
            <span class="background-look" aria-hidden="true">
              {picture && <img src={picture} alt="" />}
            </span>
            {words.backgrounds[choice]}
          </label>
        ))}
      </div>
      <label class="button small start background-file">
        {words.chooseBackground}
        <input type="file" accept="image/*" onChange={take} />
      </label>
      <p class="background-hint">{words.pictureStays}</p>
      <p class="background-hint" role="status">
        {background.state.value === "starting" && words.backgroundStarts}
        {background.slow.value && words.backgroundSlow}
      </p>
    </fieldset>
  );
}
