/** The room as embedding code sees it. */

export { minutesOf, shuffled, usual as usualName } from "./classroom/plan";
export { MIN_OPTIONS, type PollWish, SECONDS } from "./classroom/poll-draft";
export { MeetingPage } from "./meeting-page";
export { avatarOf } from "./profile";
export type { RemovalOptions } from "./requests";
export type { RoomStore } from "./room";
export { toggle } from "./switches";
export { isVolume } from "./volumes";
