/** What is kept of a meeting, in English words. */

import type { RecordsWords } from "./records";

export const records: RecordsWords = {
  language: "en",
  kinds: {
    attendance: "who was here and when",
    hands: "raised hands",
    talk: "how long each person spoke",
    polls: "polls and votes (anonymous ones without names)",
    reactions: "reactions",
    viewers: "how well the broadcast reached its viewers (without names)",
    chat: "the chat",
  },
  keeps: (what, days) =>
    `This meeting keeps ${what}, for ${days === 1 ? "1 day" : `${days} days`}. Its moderators can read it.`,
  keepsNothing: "Nothing about you is kept.",
  keepsViews: (days) =>
    `Kept of this view for ${days === 1 ? "1 day" : `${days} days`}, without a name: how long it took to start, and how often it stopped.`,
};
