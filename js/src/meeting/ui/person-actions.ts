/** The actions on a participant: for everyone, for themselves, for moderators. */

import type { Participant } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import type { MenuItem } from "./menu";

export function isSelf({ room }: MeetingPage, { id }: Participant): boolean {
  return id === room.selfId.value;
}

/** The menu's items, the most used first. */
export function actions(meeting: MeetingPage, person: Participant): MenuItem[] {
  const moderator = meeting.room.moderator.value;
  if (isSelf(meeting, person)) return ownActions(meeting, person, moderator);
  return [
    ...commonActions(meeting, person),
    ...(moderator ? moderatorActions(meeting, person) : []),
  ];
}

export function invite(meeting: MeetingPage, { id, name }: Participant): Promise<boolean> {
  return attempt(meeting, async () => {
    await meeting.ask.inviteToStage(id);
    meeting.view.tell(t.panels.people.invited(name));
  });
}

function ownActions(meeting: MeetingPage, person: Participant, moderator: boolean): MenuItem[] {
  const words = t.panels.people;
  const { ask } = meeting;
  const item = (label: string, work: () => Promise<void>): MenuItem => ({
    label,
    act: () => void attempt(meeting, work),
  });
  const items: MenuItem[] = [];
  if (person.hand !== null) items.push(item(words.lowerHand, () => ask.raiseHand(false)));
  if (person.stage) {
    items.push(pinning(meeting, person));
    if (moderator) items.push(main(meeting, person));
    items.push(item(words.leaveStage, () => ask.leaveStage()));
  } else if (moderator) {
    // A moderator needs no invitation.
    items.push(item(words.enterStage, () => ask.enterStage()));
  }
  return items;
}

function commonActions(meeting: MeetingPage, person: Participant): MenuItem[] {
  const { chat, view } = meeting;
  const write: MenuItem = {
    label: t.panels.people.writeTo,
    act: () => {
      chat.recipient.value = { id: person.id, name: person.name };
      view.panel.value = "chat";
    },
  };
  return person.stage ? [write, pinning(meeting, person)] : [write];
}

function pinning({ view }: MeetingPage, { id }: Participant): MenuItem {
  const words = t.panels.people;
  const pinned = view.large.value === id;
  return { label: pinned ? words.unpin : words.pin, act: () => view.pin(pinned ? null : id) };
}

function main(meeting: MeetingPage, { id }: Participant): MenuItem {
  const words = t.panels.people;
  const shown = meeting.room.state.value.main === id;
  return {
    label: shown ? words.noMain : words.main,
    act: () => void attempt(meeting, () => meeting.ask.setMain(shown ? null : id)),
  };
}

function moderatorActions(meeting: MeetingPage, person: Participant): MenuItem[] {
  const words = t.panels.people;
  const { ask, view } = meeting;
  const { id, name } = person;
  const item = (label: string, work: () => Promise<void>, question?: string): MenuItem => ({
    label,
    ...(question && { question }),
    act: () => void attempt(meeting, work),
  });
  const asking = (label: string, media: "audio" | "video"): MenuItem =>
    item(label, async () => {
      await ask.askToUnmute(id, media);
      view.tell(words.asked(name));
    });
  const items: MenuItem[] = [];
  if (person.hand !== null) items.push(item(words.lowerHand, () => ask.lowerHand(id)));
  if (person.stage) {
    items.push(
      main(meeting, person),
      person.audio
        ? item(words.mute, () => ask.mute(id, "audio"))
        : asking(words.askMicrophone, "audio"),
      person.video
        ? item(words.cameraOffOne, () => ask.mute(id, "video"))
        : asking(words.askCamera, "video"),
      item(words.toAudience, () => ask.sendToAudience(id)),
    );
  } else {
    items.push({ label: words.inviteUp, act: () => void invite(meeting, person) });
  }
  if (!person.moderator) {
    items.push(item(words.grant, () => ask.grantModerator(id), words.grantReally(name)));
  }
  if (meeting.room.groups.here.value !== null) {
    // From the meeting, people are removed in the main room.
    const question = t.groups.removeReally(name);
    return [...items, { ...item(t.groups.remove, () => ask.kick(id), question), careful: true }];
  }
  const remove: MenuItem = {
    label: words.remove,
    careful: true,
    act: () => {
      view.removing.value = id;
    },
  };
  return [...items, remove];
}
