import { records } from "../../shared/records.en";

/** English, and the words that every other language must have. */
export const en = {
  language: "en",
  records,
  invitation: "Invitation",
  invitedTo: "You are invited to",
  titleOf: (room: string) => `Invitation: ${room}`,
  failures: {
    missing: {
      title: "The invitation is missing",
      message: "This address has no invitation in it. Open the whole link that you were sent.",
    },
    used: {
      title: "This link was used already",
      message: "It opens the meeting once, soon after it was made. Make a new one in the notebook.",
    },
    malformed: {
      title: "This invitation cannot be read",
      message:
        "A part of the link is missing or was changed. Copy the whole of it, or ask for a new one.",
    },
  },
  early: "It is not open yet. This page takes you in as soon as it is.",
  expired: "This invitation has expired. Ask the person who sent it for a new one.",
  opensIn: (time: string) => `Opens in ${time}`,
  opens: (when: string) => `Opens ${when}.`,
  validUntil: (when: string) => `Valid until ${when}.`,
  unlimited: "It does not expire.",
  units: { day: "d", hour: "h", minute: "min", second: "s" },
};

export type Strings = typeof en;
