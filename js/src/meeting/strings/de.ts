import type { Strings } from ".";
import { panels } from "./panels.de";
import { counting } from "./plural";

const count = counting("de");

/** Deutsch. */
export const de: Strings = {
  panels,
  common: {
    meeting: "Besprechung",
    close: "Schließen",
    leave: "Verlassen",
    you: (name) => `${name} (Sie)`,
    moderator: "Moderation",
    guest: "Gast",
    failed: "Das ging nicht. Versuchen Sie es noch einmal.",
  },
  errors: {
    forbidden: "Das darf nur die Moderation.",
    timeout: "Der Server hat nicht rechtzeitig geantwortet.",
    not_joined: "Sie sind nicht in der Besprechung.",
    connection_lost: "Die Verbindung ging inzwischen verloren.",
    too_many_attempts: "Das war zu oft falsch. Warten Sie etwas, dann versuchen Sie es wieder.",
    audience: "Sie sind im Publikum: Heben Sie die Hand, dann kann die Moderation Sie holen.",
  },
  door: {
    joining: "Sie treten bei…",
    moment: "Einen Augenblick.",
    retrying: "Der Server antwortet noch nicht. Neuer Versuch…",
    waiting: "Sie warten auf Einlass",
    waitingFor: "Die Moderation weiß, dass Sie da sind.",
    note: (name) => `${name} sagt:`,
    havePassword: "Ich habe das Passwort des Raums",
    passwordTitle: "Dieser Raum fragt nach einem Passwort",
    passwordWrong: "Das ist nicht das Passwort.",
    password: "Passwort",
    join: "Beitreten",
    joinAgain: "Wieder beitreten",
    useHere: "Hier benutzen",
    ownPicture: "Ihr eigenes Bild",
    noToken: "In dieser Adresse fehlt der Schlüssel: Öffnen Sie den ganzen Einladungslink.",
  },
  endings: {
    left: {
      title: "Sie haben die Besprechung verlassen",
      told: "Kamera und Mikrofon sind aus.",
    },
    kicked: {
      title: "Sie wurden aus der Besprechung entfernt",
      told: "Die Moderation hat Sie aus diesem Raum geschickt.",
    },
    refused: {
      title: "Sie wurden nicht eingelassen",
      told: "Die Moderation hat Sie nicht eingelassen.",
    },
    replaced: {
      title: "Die Besprechung ist anderswo offen",
      told: "Sie sind in einem anderen Tab oder Fenster beigetreten, das diesen Platz übernommen hat.",
    },
    room_full: { title: "Der Raum ist voll", told: "Versuchen Sie es, wenn jemand gegangen ist." },
    room_closed: {
      title: "Der Raum ist geschlossen",
      told: "Zurzeit kann niemand mehr hinein. Bitten Sie die Moderation, ihn zu öffnen.",
    },
    ended: {
      title: "Die Besprechung ist zu Ende",
      told: "Die Moderation hat sie für alle beendet.",
    },
    token_malformed: { title: "Dieser Link geht nicht", told: "" },
    token_rejected: { title: "Dieser Link geht nicht", told: "" },
    token_expired: {
      title: "Dieser Link ist abgelaufen",
      told: "Lassen Sie sich einen neuen schicken.",
    },
    token_not_yet_valid: {
      title: "Die Besprechung hat noch nicht begonnen",
      told: "Sie ist noch nicht offen. Versuchen Sie es, wenn es so weit ist.",
    },
    protocol: { title: "Die Verbindung wurde beendet", told: "" },
    too_many_messages: { title: "Die Verbindung wurde beendet", told: "" },
    server_stopping: {
      title: "Der Server wurde angehalten",
      told: "Versuchen Sie es, wenn er wieder läuft.",
    },
    server_unreachable: {
      title: "Der Server ist nicht erreichbar",
      told: "Prüfen Sie Ihr Netz, dann treten Sie wieder bei.",
    },
  },
  header: {
    people: (n) => count(n, { one: "# Person", other: "# Personen" }),
    showPeople: (people) => `${people} in der Besprechung: zeigen, wer`,
    peopleTitle: "Personen",
    password: "Nach einem Passwort wird gefragt",
    lobby: "Wer dazukommt, wartet auf Einlass",
    closed: "Der Raum ist geschlossen",
    live: "LIVE",
    recorded: "REC",
    goingLive: "Geht auf Sendung…",
    ending: "Endet…",
    watch: "In einem neuen Tab ansehen",
    watchRecorded: "Live und aufgezeichnet. In einem neuen Tab ansehen",
    viewers: (n) => count(n, { other: "# sehen zu", one: "# sieht zu" }),
  },
  notices: {
    reconnecting: "Die Verbindung ging verloren. Neuer Versuch…",
    hear: "Klicken, um die anderen zu hören",
    listen: "Zuhören können Sie inzwischen.",
    again: "Noch einmal versuchen",
    closeNotice: "Diesen Hinweis schließen",
  },
};
