import { voting } from "../../polls/strings/de";
import { records } from "../../shared/records.de";
import type { Strings } from "./en";

export const de: Strings = {
  records,
  voting,
  poll: { label: "Umfrage", hide: "Ausblenden", show: "Umfrage zeigen" },
  untitled: "Live-Übertragung",
  picture: "Übertragung",
  toolbar: {
    label: "Player",
    play: "Abspielen",
    pause: "Anhalten",
    mute: "Ton aus",
    unmute: "Ton an",
    volume: "Lautstärke",
    toLive: "Zurück zum Live-Bild",
    position: "Stelle",
    atLive: "live",
    behindLive: (seconds: number) => `${seconds} Sekunden hinter live`,
    details: "Verzögerung und Auflösung",
    fullScreen: "Vollbild",
    space: "Leertaste",
  },
  badge: {
    live: "Live",
    paused: "Angehalten",
    notLive: "Nicht live",
    behind: (seconds: number) => `−${seconds} s`,
  },
  details: {
    delay: "Vom Server bis zu Ihrem Bildschirm: Netz, Dekodieren und Puffer",
    noSound: "kein Ton",
  },
  tapForSound: "Für den Ton tippen",
  connecting: "Verbindung wird aufgebaut…",
  reconnecting: "Die Verbindung ist abgebrochen. Neuer Versuch…",
  loading: "Das Bild wird geladen…",
  soundOnly: "Nur Ton",
  break: "Kurze Pause",
  soon: {
    title: "Gleich geht es los",
    told: "Das Bild kommt von selbst, sobald die Übertragung beginnt.",
  },
  back: {
    title: "Gleich geht es weiter",
    told: "Die Übertragung ist unterbrochen. Das Bild kommt von selbst wieder.",
  },
  ended: {
    title: "Die Übertragung ist zu Ende",
    noRecording: "Es gibt keine Aufzeichnung davon.",
    recording: "Die Übertragung ist zu Ende. Dies ist ihre Aufzeichnung.",
    open: "Datei öffnen",
  },
  failed: {
    title: "Die Übertragung lässt sich nicht zeigen",
    again: "Noch einmal versuchen",
  },
  refusals: {
    forbidden:
      "Diese Übertragung ist privat, oder ihr Link gilt nicht mehr: Bitten Sie erneut um den Link.",
    full: "Es sehen schon so viele zu, wie dieser Server trägt. Versuchen Sie es später noch einmal.",
    protocol:
      "Diese Seite und der Server sprechen verschiedene Versionen: Laden Sie die Seite neu.",
    codec: "Dieser Browser kann das Gesendete nicht abspielen. Ein anderer kann es vielleicht.",
  },
  unsupported: {
    title: "Dieser Browser kann die Übertragung nicht zeigen",
    outdated:
      "Ihm fehlt, was Live-Bilder dekodiert. Ein aktueller Chrome, Edge, Firefox oder Safari hat es.",
    insecure: "Die Seite wurde ohne sichere Verbindung geöffnet. Öffnen Sie sie über https.",
  },
  captions: "Untertitel",
  cell: {
    moment: "Einen Moment…",
    gone: "Führen Sie diese Zelle zum Zusehen noch einmal aus: Ihr Kernel ist weg oder beschäftigt.",
    saved:
      "Hier war eine Übertragung, als dieses Notebook gespeichert wurde. Führen Sie es aus, um zuzusehen.",
    empty: "Noch nichts zu sehen: Setzen Sie die `source` des Players.",
    noCaptions: "Die Untertitel konnten nicht geladen werden.",
    recording: "Aufzeichnung",
  },
};
