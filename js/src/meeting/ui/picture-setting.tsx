import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { drawn } from "../media/avatar-picture";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Avatar } from "./avatar";

/** The user's profile picture, from a file. */
export function PictureSetting({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const words = t.panels.settings;
  const { profile, view } = meeting;
  const input = useRef<HTMLInputElement>(null);
  const picture = profile.avatar.value;
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const found = await drawn(file).catch(() => null);
    if (found) await attempt(meeting, () => profile.take(found));
    else view.tell(words.noPicture);
  };
  return (
    <div class="picture-setting">
      <Avatar name={meeting.name.value} picture={picture} />
      <button type="button" class="button small" onClick={() => input.current?.click()}>
        {words.choosePicture}
      </button>
      {picture && (
        <button
          type="button"
          class="button small"
          onClick={() => attempt(meeting, () => profile.take(null))}
        >
          {words.removePicture}
        </button>
      )}
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp,image/gif"
        aria-label={words.choosePicture}
        onChange={({ currentTarget }) => {
          void take(currentTarget.files?.[0]);
          // Lets the same file be chosen again.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
