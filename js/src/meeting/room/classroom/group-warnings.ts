/** Warns everyone before the groups close. */

import { effect } from "@preact/signals";
import type { ViewStore } from "../../look/view";
import { t } from "../../strings";
import { type GroupsStore, WARNINGS } from "./groups";

/** Tells of the end of the groups as it comes near, until the returned function is called. */
export function warnOfEnd(groups: GroupsStore, view: Pick<ViewStore, "tell">): () => void {
  return effect(() => {
    const ends = groups.ends.value;
    if (ends === null || groups.groups.value.length === 0) return;
    const left = ends - Date.now() / 1000;
    const timers = WARNINGS.filter((seconds) => left > seconds).map((seconds) =>
      setTimeout(
        () => view.tell(seconds === 60 ? t.groups.minuteLeft : t.groups.secondsLeft(seconds)),
        (left - seconds) * 1000,
      ),
    );
    return () => timers.forEach(clearTimeout);
  });
}
