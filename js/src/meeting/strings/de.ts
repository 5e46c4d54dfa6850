import { records } from "../../shared/records.de";
import { classroom } from "./class.de";
import type { Strings, Which } from "./en";
import { groups } from "./groups.de";
import { panels } from "./panels.de";
import { counting } from "./plural";
import { polls } from "./polls.de";
import { readings } from "./readings.de";
import { roster } from "./roster.de";

const count = counting("de");

const DEVICES: Readonly<Record<Which, string>> = {
  audio: "Ihr Mikrofon",
  video: "Ihre Kamera",
  both: "Ihre Kamera und Ihr Mikrofon",
};
const NONE: Readonly<Record<Which, string>> = {
  audio: "Kein Mikrofon",
  video: "Keine Kamera",
  both: "Weder Kamera noch Mikrofon",
};

/** Deutsch. */
export const de: Strings = {
  classroom,
  groups,
  panels,
  polls,
  readings,
  records,
  roster,
  common: {
    meeting: "Besprechung",
    close: "Schließen",
    leave: "Verlassen",
    you: (name) => `${name} (Sie)`,
    moderator: "Moderation",
    guest: "Gast",
    failed: "Das ging nicht. Versuchen Sie es noch einmal.",
    organiser: "Die Seite des Veranstalters",
  },
  errors: {
    forbidden: "Das darf nur die Moderation.",
    timeout: "Der Server hat nicht rechtzeitig geantwortet.",
    name_fixed: roster.fixedName,
    hand_down: "Diese Hand ist nicht mehr gehoben: Vielleicht wurde die Person schon aufgerufen.",
    not_joined: "Sie sind nicht in der Besprechung.",
    connection_lost: "Die Verbindung ging verloren.",
    moved: "Sie waren inzwischen auf dem Weg in einen anderen Raum.",
    too_many_attempts:
      "Zu viele falsche Passwörter. Warten Sie einen Augenblick, dann versuchen Sie es wieder.",
    audience: "Sie sind im Publikum: Heben Sie die Hand, dann kann die Moderation Sie holen.",
    broadcast_browser:
      "Dieser Browser kann nicht senden. Chrome, Edge oder ein anderer auf Chromium-Basis kann es.",
    broadcast_insecure: "Senden braucht eine sichere Seite: Öffnen Sie die Besprechung über https.",
    screen_insecure:
      "Den Bildschirm zu zeigen braucht eine sichere Seite: Öffnen Sie die Besprechung über https.",
    screen_framed:
      "Die Seite, die diese Besprechung zeigt, lässt sie Ihren Bildschirm nicht zeigen: Öffnen Sie die Besprechung in einem eigenen Tab.",
    screen_policy:
      "Der Server verbietet dieser Seite, Ihren Bildschirm zu zeigen: Wer ihn verwaltet, muss display-capture in der Kopfzeile Permissions-Policy erlauben.",
    picture_unreadable:
      "Diese Datei ist kein Bild, das dieser Browser zeigen kann. Wählen Sie ein anderes.",
    screen_hidden: "Dieser Browser kann keinen Bildschirm zeigen.",
    screen_missing: "Der Browser fand keinen Bildschirm und kein Fenster, das er zeigen könnte.",
    screen_system:
      "Ihr System lässt diesen Browser den Bildschirm nicht aufnehmen: Erlauben Sie es in den Einstellungen zum Datenschutz, dann versuchen Sie es wieder.",
    no_webrtc:
      "Diesem Browser fehlt WebRTC, das die Bühne braucht: Öffnen Sie die Besprechung in einem aktuellen Chrome, Edge, Firefox oder Safari.",
    needs_touch:
      "Der Browser zeigt einen Bildschirm nur gleich nach einem Klick: Drücken Sie den Knopf noch einmal.",
    broadcast_codec:
      "So ein Bild kann dieser Browser nicht kodieren: Wählen Sie eine andere Qualität.",
    broadcast_encoder: "Der Encoder dieses Browsers ist stehen geblieben. Gehen Sie wieder live.",
    broadcast_connection: "Die Verbindung zum Server ging verloren und kam nicht wieder.",
    broadcast_composer: "Die Bildregie der Übertragung ist abgestürzt. Laden Sie die Seite neu.",
    broadcast_silent: "Von der Seite, die senden sollte, kam nichts. Gehen Sie wieder live.",
    broadcast_lost: "Die Verbindung zu der Seite, die sendete, ging verloren.",
    broadcast_left: "Die Seite, die sendete, ist nicht mehr auf der Bühne.",
    broadcast_unable: "Die Seite, die sendete, konnte nicht mehr senden.",
    broadcast_program: "Das Programm, das sendete, ist beendet oder verlor die Verbindung.",
    broadcast_interrupted:
      "Gerade sendet keine Seite. Es geht weiter, sobald die eines anderen Mitglieds der Moderation sendet.",
    broadcast_slow_encoder:
      "Der Rechner, der sendet, kommt nicht nach: Wer zusieht, sieht weniger Bilder oder sieht sie zu spät. Schließen Sie dort andere Programme, oder gehen Sie in niedrigerer Qualität wieder live.",
    broadcast_slow_line:
      "Die Verbindung der Seite, die sendet, ist zu langsam: Wer zusieht, sieht weniger Bilder oder sieht sie zu spät. Gehen Sie in niedrigerer Qualität wieder live, oder in einem besseren Netz.",
    broadcast_overflow:
      "Die Seite sendete mehr, als der Server trägt: Wählen Sie eine niedrigere Qualität.",
    broadcast_data:
      "Der Server versteht nicht, was die Seite sendete. Laden Sie sie neu, dann gehen Sie live.",
    broadcast_server: "Der Server wird beendet.",
    recording_disk: "Die Platte des Servers ist fast voll: Nicht alles wird aufgezeichnet.",
    recording_size: "Die Aufzeichnung ist so groß, wie eine sein darf: Der Rest fehlt darin.",
    recording_failed: "Die Aufzeichnung misslang: Nicht alles wird aufgezeichnet.",
    declined: "Der Browser durfte diesen Tab nicht teilen: Nichts wird gezeigt.",
    other_tab:
      "Etwas anderes als dieser Tab wurde gewählt: Nichts wird gezeigt. Wählen Sie diesen Tab.",
  },
  /** What the bots of a demo write. */
  demo: {
    hello: "Hallo! Ich bin ein Bot und leiste in dieser Vorführung Gesellschaft.",
    hint: "Zum Ausprobieren: eine Umfrage stellen, fragen, wer fertig ist, oder die gehobene Hand aufrufen.",
  },
  admission: {
    help: "Was tun?",
    joining: "Sie treten bei…",
    moment: "Einen Augenblick.",
    retrying: "Der Server antwortet noch nicht. Neuer Versuch…",
    waiting: "Sie warten auf Einlass",
    waitingFor: "Die Moderation weiß, dass Sie da sind.",
    note: (name) => `${name} sagt:`,
    havePassword: "Ich habe das Passwort des Raums",
    passwordTitle: "Dieser Raum braucht ein Passwort",
    passwordWrong: "Falsches Passwort.",
    password: "Passwort",
    join: "Beitreten",
    joinAgain: "Wieder beitreten",
    useHere: "Hier benutzen",
    ownPicture: "Ihr eigenes Bild",
    noRoom:
      "Diese Adresse nennt keinen Raum. Am Ende steht sein Name, oder Organisation und Raum: Öffnen Sie den ganzen Einladungslink, oder prüfen Sie domain und roomName.",
    wrongRoom: (asked, opened) =>
      `Der Schlüssel öffnet ${opened}, nicht ${asked}: Benutzen Sie die Adresse seines Raums, oder bitten Sie um eine Einladung in diesen.`,
    noToken: "In dieser Adresse fehlt der Schlüssel: Öffnen Sie den ganzen Einladungslink.",
  },
  endings: {
    left: {
      title: "Sie haben die Besprechung verlassen",
      told: "Kamera und Mikrofon sind aus.",
    },
    kicked: {
      title: "Sie wurden aus der Besprechung entfernt",
      told: "Die Moderation hat Sie oder den Link entfernt, mit dem Sie kamen.",
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
    lobby_full: {
      title: "Der Warteraum ist voll",
      told: "Versuchen Sie es, wenn die Moderation jemanden eingelassen hat.",
    },
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
    address_invalid: { title: "Unter dieser Adresse gibt es keine Besprechung", told: "" },
    wrong_room: { title: "Dieser Link funktioniert nicht", told: "" },
    group_refused: { title: "Die Gruppe war nicht zu betreten", told: "" },
    server_unreachable: {
      title: "Der Server ist nicht erreichbar",
      told: "Prüfen Sie Ihr Netz, dann treten Sie wieder bei.",
    },
  },
  prejoin: {
    asModerator: "Sie können jetzt beitreten, als Moderation.",
    asParticipant: "Sie können jetzt beitreten, als Teilnehmer oder Teilnehmerin.",
    name: "Ihr Name",
    join: "Beitreten",
    joinWithout: "Ohne Kamera und Mikrofon beitreten",
    level: "Mikrofonpegel",
    cameraOff: "Ihre Kamera ist aus",
    devices: "Geräte",
  },
  problems: {
    insecure: (which) =>
      `Über http gibt der Browser ${DEVICES[which]} nicht her. Über https sieht und hört man Sie, und Sie können Ihren Bildschirm zeigen und übertragen: Bitten Sie um eine Adresse, die mit https beginnt.`,
    framed: (which) =>
      `Die Seite, die diese Besprechung zeigt, lässt sie ${DEVICES[which]} nicht benutzen: Öffnen Sie die Besprechung in einem eigenen Tab.`,
    policy: (which) =>
      `Der Server verbietet dieser Seite ${DEVICES[which]}: Wer ihn verwaltet, muss das in der Kopfzeile Permissions-Policy erlauben.`,
    hidden: (which) =>
      `Dieser Browser gibt Seiten ${DEVICES[which]} nicht: Öffnen Sie die Besprechung in einem aktuellen Chrome, Edge, Firefox oder Safari.`,
    background: (_which) =>
      "Der Hintergrund ließ sich nicht weichzeichnen oder ersetzen. Ihre Kamera ist deshalb aus, und Ihr Raum ist nicht zu sehen. Versuchen Sie es noch einmal, oder wählen Sie in den Einstellungen einen anderen Hintergrund.",
    denied: (which) =>
      `Diese Seite darf ${DEVICES[which]} nicht benutzen: Erlauben Sie es in der Adresszeile bei den Einstellungen der Website, dann versuchen Sie es noch einmal.`,
    system: (which) =>
      `Ihr System lässt diesen Browser ${DEVICES[which]} nicht benutzen: Erlauben Sie es in den Datenschutz-Einstellungen des Systems, dann versuchen Sie es noch einmal.`,
    missing: (which) =>
      `${NONE[which]} wurde gefunden: Schließen Sie etwas an, dann versuchen Sie es noch einmal.`,
    busy: (which) =>
      `${DEVICES[which]} ${which === "both" ? "werden" : "wird"} von einem anderen Programm benutzt: Schließen Sie es, dann versuchen Sie es noch einmal.`,
    unknown: (which) =>
      `${DEVICES[which]} ${which === "both" ? "ließen" : "ließ"} sich nicht öffnen: Prüfen Sie die Einstellungen Ihres Systems, dann versuchen Sie es noch einmal.`,
  },
  getHttps:
    "So kommt https: Jupyter mit --certfile und --keyfile starten, nanomeet serve mit --tls, oder einen Proxy mit https davorstellen. Auf dem Rechner des Servers selbst, und durch einen SSH-Tunnel zu ihm, genügt http://localhost.",
  stage: {
    label: "Personen in der Besprechung",
    alone: "Sie sind allein hier.",
    invite: "Andere einladen",
    picture: (name) => `Bild von ${name}`,
    screenOf: (name) => `Bildschirm von ${name}`,
    ownScreen: "Sie zeigen Ihren Bildschirm",
    ownSource: "Ihr Programm zeigt dies",
    showLarge: (name) => `${name} groß zeigen`,
    showEqual: (name) => `${name} so groß wie die anderen zeigen`,
    connecting: "Verbindet…",
    lost: "Verbindet wieder…",
    unreachable: "Noch keine direkte Verbindung. Weitere Versuche…",
    microphoneOff: "Mikrofon aus",
    speaking: "spricht",
    handUp: "Hand gehoben",
    moderator: "Moderation",
    pinned: "angeheftet",
    main: "für alle groß",
    connection: {
      good: "gute Verbindung",
      fair: "schwache Verbindung",
      poor: "schlechte Verbindung",
    },
    more: (n) => count(n, { one: "# weitere Person", other: "# weitere Personen" }),
    showMore: "Alle zeigen",
    audience: (n) => count(n, { other: "# im Publikum" }),
    preparing: "Einen Augenblick: Die Bühne wird für Sie vorbereitet.",
    loading: "Die Bühne wird geladen…",
    soundOnly: "Nur Ton",
    hearStage: "Klicken, um die Bühne zu hören",
    cannotShow:
      "Dieser Browser kann die Bühne nicht zeigen. Ein aktueller Chrome, Edge, Firefox oder Safari kann es, über https.",
    cannotSend:
      "Auf der Bühne kann niemand sie dem Publikum senden: Das braucht Chrome, Edge oder einen anderen auf Chromium gebauten Browser, über https.",
    picturesOf: (title) => `Die Bühne von ${title}`,
  },
  toolbar: {
    label: "Bedienung der Besprechung",
    microphone: "Mikrofon",
    microphoneOn: "Mikrofon einschalten",
    microphoneOff: "Mikrofon ausschalten",
    camera: "Kamera",
    cameraOn: "Kamera einschalten",
    cameraOff: "Kamera ausschalten",
    turnCamera: "Kamera wechseln",
    screen: "Bildschirm zeigen",
    screenOn: "Ihren Bildschirm zeigen",
    screenOff: "Nicht mehr zeigen",
    hand: "Hand heben",
    handDown: "Hand herunternehmen",
    reactions: "Reaktionen",
    chat: "Chat",
    polls: "Umfragen",
    unread: (n) => count(n, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" }),
    people: "Personen",
    waiting: (n) => count(n, { one: "# Person wartet", other: "# Personen warten" }),
    tileView: "Alle gleich groß zeigen",
    tileTitle: "Kacheln",
    speakerView: "Wer spricht, groß zeigen",
    speakerTitle: "Sprecheransicht",
    broadcast: "Sendung",
    invite: "Andere einladen",
    settings: "Einstellungen",
    more: "Mehr",
    fullScreen: "Vollbild",
    endFullScreen: "Vollbild beenden",
    stepDown: "Ins Publikum gehen",
    shortcuts: "Tastenkürzel",
    leave: "Die Besprechung verlassen",
    leaveTitle: "Verlassen",
    moreLeaving: "Weitere Möglichkeiten zu gehen",
    endForAll: "Die Besprechung für alle beenden",
  },
  reactions: {
    thumbs_up: "Daumen hoch",
    clap: "Applaus",
    heart: "Herz",
    laugh: "Lachen",
    surprise: "Staunen",
    party: "Feiern",
  },
  reacted: (name, reaction) => `${name}: ${reaction}`,
  talk: {
    held: "Man hört Sie, solange Sie die Leertaste halten",
    hold: "Zum Sprechen die Leertaste halten",
    space: "Leertaste",
  },
  events: {
    joined: (name) => `${name} ist da`,
    left: (name) => `${name} ist gegangen`,
    knocks: (name) => `${name} möchte beitreten`,
    moderator: "Sie gehören jetzt zur Moderation.",
    onStage: "Sie sind jetzt auf der Bühne: Alle können Sie sehen und hören.",
    inAudience: "Sie sind jetzt im Publikum: Niemand sieht oder hört Sie.",
    stageFull: "Die Bühne ist voll: Sie sind im Publikum und können die Hand heben.",
    muted: "Die Moderation hat Ihr Mikrofon ausgeschaltet.",
    cameraOff: "Die Moderation hat Ihre Kamera ausgeschaltet.",
    sourceFailed: {
      screen:
        "Ihr Programm ist mit einem Fehler stehen geblieben. Was es zeigte, wird nicht mehr geteilt.",
      camera:
        "Das Programm, das Ihr Kamerabild verändert, ist stehen geblieben. Ihre Kamera ist aus.",
    },
    noSpeaker: "Dieser Lautsprecher geht nicht; der Ton bleibt, wo er war.",
  },
  header: {
    people: (n) => count(n, { one: "# Person", other: "# Personen" }),
    password: "Passwort erforderlich",
    lobby: "Wer dazukommt, wartet auf Einlass",
    closed: "Der Raum ist geschlossen",
    live: "LIVE",
    recorded: "REC",
    goingLive: "Geht auf Sendung…",
    ending: "Endet…",
    watch: "In einem neuen Tab ansehen",
    program: "Ein Programm sendet, nicht die Bühne.",
    watchRecorded: "Live und aufgezeichnet. In einem neuen Tab ansehen",
    viewers: (n) => count(n, { other: "# sehen zu", one: "# sieht zu" }),
  },
  notices: {
    reconnecting: "Die Verbindung ging verloren. Neuer Versuch…",
    noWebRtc:
      "Diesem Browser fehlt WebRTC. Sie sehen und hören die Bühne aus dem Publikum und können schreiben. Um gesehen und gehört zu werden, öffnen Sie die Besprechung in einem aktuellen Chrome, Edge, Firefox oder Safari.",
    hear: "Klicken, um die anderen zu hören",
    askedAudio: (name) => `${name}: Bitte schalten Sie Ihr Mikrofon ein.`,
    askedVideo: (name) => `${name}: Bitte schalten Sie Ihre Kamera ein.`,
    askedStage: (name) => `${name} lädt Sie auf die Bühne ein.`,
    aModerator: "Die Moderation",
    show: "Zeigen",
    askedElement: (title) =>
      `Ihr Programm möchte allen ${title ? `„${title}“` : "eine Ausgabe dieser Seite"} zeigen. Ihr Browser fragt, ob er diesen Tab teilen darf; gezeigt wird nur diese Ausgabe.`,
    showElement: "Zeigen",
    notNow: "Jetzt nicht",
    switchOn: "Einschalten",
    comeUp: "Auf die Bühne kommen",
    listen: "Zuhören können Sie inzwischen.",
    again: "Noch einmal versuchen",
    inTab: "In einem Tab öffnen",
    closeNotice: "Diesen Hinweis schließen",
  },
};
