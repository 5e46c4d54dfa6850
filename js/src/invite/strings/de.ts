import { records } from "../../shared/records.de";
import type { Strings } from "./en";

/** Deutsch. */
export const de: Strings = {
  language: "de",
  records,
  invitation: "Einladung",
  invitedTo: "Sie sind eingeladen zu",
  titleOf: (room) => `Einladung: ${room}`,
  failures: {
    missing: {
      title: "Die Einladung fehlt",
      message:
        "In dieser Adresse ist keine Einladung. Öffnen Sie den ganzen Link, den Sie bekommen haben.",
    },
    used: {
      title: "Dieser Link wurde schon benutzt",
      message:
        "Er öffnet die Besprechung einmal, bald nachdem er gemacht wurde. Machen Sie im Notebook einen neuen.",
    },
    malformed: {
      title: "Diese Einladung ist nicht lesbar",
      message:
        "Ein Teil des Links fehlt oder wurde geändert. Kopieren Sie ihn ganz, oder bitten Sie um einen neuen.",
    },
  },
  early: "Es ist noch nicht offen. Diese Seite lässt Sie ein, sobald es so weit ist.",
  expired: "Diese Einladung ist abgelaufen. Bitten Sie um eine neue, wo Sie diese bekommen haben.",
  opensIn: (time) => `Öffnet in ${time}`,
  opens: (when) => `Öffnet am ${when}.`,
  validUntil: (when) => `Gültig bis ${when}.`,
  unlimited: "Sie läuft nicht ab.",
  units: { day: "T", hour: "h", minute: "min", second: "s" },
};
