import type { Strings } from "./en";

const NEW_TOKEN =
  "Legen Sie den Raum neu an, oder bitten Sie die Moderation um eine neue Einladung.";

const meeting = (room: string): string => (room ? `Die Besprechung ${room}` : "Diese Besprechung");

/** Deutsch. */
export const de: Strings = {
  language: "de",
  cards: {
    silent: (room) => `${meeting(room)} beginnt, wenn ihre Zelle ausgeführt wird.`,
    saved: (room) => `${meeting(room)} war hier. Führen Sie das Notebook aus, um neu zu beginnen.`,
    busy: (room) =>
      `${meeting(room)} wird betreten, sobald der Kernel fertig ist: Er rechnet noch.`,
    ended: (room) =>
      `Der Kernel wurde beendet oder neu gestartet, darum wurde ${room || "die Besprechung"} verlassen. Führen Sie die Zelle aus, um neu zu beginnen.`,
    unseen: (room) => `${meeting(room)} wird betreten, sobald die Ausgabe der Zelle sichtbar ist.`,
    shared: (room) => `${meeting(room)} wurde in einem anderen Browser begonnen.`,
    sharedAlone: (room) =>
      `${meeting(room)} wurde in einem anderen Browser begonnen, mit einem Schlüssel, der keine Einladungen erlaubt: Bitten Sie die Moderation um eine eigene.`,
    noToken: "Hier ist noch keine Besprechung: Setzen Sie token des Widgets, um einer beizutreten.",
    early: (room, when) => `${meeting(room)} beginnt am ${when} und wird dann von selbst betreten.`,
    ask: "Diesen Server haben Sie von hier aus noch nicht benutzt. Wenn Sie beitreten, bekommt er Ihren Schlüssel und, wo Sie es erlauben, Kamera und Mikrofon. Wenn Sie ihn nicht kennen, treten Sie nicht bei.",
    browser: (room) =>
      `${meeting(room)} geht hier nicht: Dieses Programm sperrt die Kamera in Notebooks. Öffnen Sie sie in Ihrem Browser.`,
    elsewhere: {
      cell: "Diese Besprechung wird in einer anderen Zelle gezeigt.",
      page: "Diese Besprechung ist in einen anderen Browser-Tab umgezogen.",
      browser: "Diese Besprechung ist in einen anderen Browser umgezogen.",
      tab: "Diese Besprechung ist in einem eigenen Tab offen: Schließen Sie ihn, bevor Sie hier wieder beitreten.",
    },
    left: (room) => `Sie haben ${room || "die Besprechung"} verlassen.`,
    leftByCode: (room) => `Der Code des Notebooks hat ${room || "die Besprechung"} verlassen.`,
    room: "der Raum",
  },
  actions: {
    ownPart: "Selbst teilnehmen",
    move: "Besprechung hierher holen",
    joinThere: "Dort beitreten",
    openInBrowser: "Im Browser öffnen",
    showHere: "Hier zeigen",
    joinHere: "Hier beitreten",
    joinAgain: "Wieder beitreten",
    tryAgain: "Noch einmal versuchen",
  },
  failures: {
    kicked: ["Die Moderation hat Sie entfernt: {}."],
    ended: ["Die Moderation hat die Besprechung für alle beendet: {}.", "Wieder beitreten"],
    refused: ["Die Moderation hat Sie nicht eingelassen: {}.", "Wieder fragen"],
    replaced: ["Sie sind an anderer Stelle beigetreten: {}.", "Hier zeigen"],
    room_full: ["{} ist voll: Erst muss jemand gehen.", "Noch einmal versuchen"],
    token_expired: [`Der Schlüssel ist abgelaufen: {}. ${NEW_TOKEN}`],
    token_rejected: [`Der Server nimmt den Schlüssel nicht an: {}. ${NEW_TOKEN}`],
    token_malformed: [`Dieser Schlüssel öffnet keine Besprechung. ${NEW_TOKEN}`],
    server_unreachable: ["Der Server ist nicht erreichbar: {}.", "Noch einmal versuchen"],
    frame_blocked: [
      "{} darf in dieser Seite nicht gezeigt werden: Eine Regel der Seite oder des Servers verbietet es.",
      "In einem Tab öffnen",
    ],
    frame_silent: ["{} ist in dieser Seite nicht gestartet.", "In einem Tab öffnen"],
    server_stopping: ["Der Server wurde angehalten: {}.", "Noch einmal versuchen"],
    timeout: ["{} hat nicht rechtzeitig geantwortet.", "Noch einmal versuchen"],
  },
  header: {
    status: {
      idle: "Nicht beigetreten",
      loading: "Wird geladen…",
      joining: "Sie treten bei…",
      waiting: "Sie warten auf Einlass",
      joined: "Beigetreten",
      left: "Verlassen",
      failed: "Fehlgeschlagen",
    },
    reconnecting: "Neue Verbindung…",
    broadcast: {
      off: "",
      starting: "Geht live…",
      live: "LIVE",
      stopping: "Die Übertragung endet…",
      failed: "Übertragung fehlgeschlagen",
    },
    moderator: "Moderation",
    participant: "Teilnahme",
    people: (count) => (count === 1 ? " Person" : " Personen"),
    corner: "Beim Scrollen klein weiterzeigen",
    fullScreen: "Vollbild",
    openInTab: "In einem Tab öffnen",
    copyInvite: "Einladung kopieren",
    leave: "Verlassen",
  },
  chrome: {
    back: "Zurück zur Besprechung",
    shrink: "Vollbild beenden",
    close: "Ausblenden",
  },
  view: {
    meeting: (room) => `Besprechung ${room}`.trim(),
    entry:
      "Der Raum der Besprechung: Mit Enter gehen Sie hinein; Tab an seinem Ende oder Umschalt+Tab an seinem Anfang führt zurück",
    dismiss: "Schließen",
    help: "Was tun?",
    noFullScreen: "Diese Seite erlaubt kein Vollbild.",
    noTab: "Der Browser hat keinen Tab geöffnet: Erlauben Sie Pop-ups für diese Seite.",
    makingInvite: "Einladung wird gemacht…",
    copyByHand: "Kopieren Sie den Einladungslink:",
    copied: "Der Einladungslink ist kopiert: Wer ihn hat, kann beitreten.",
    noInvite: "Es gibt keine Einladung.",
    kernelBusy: "Der Kernel antwortet nicht: Versuchen Sie es, wenn er fertig ist.",
  },
  units: { day: "Tag", days: "Tage", h: "h", min: "min", s: "s" },
};
