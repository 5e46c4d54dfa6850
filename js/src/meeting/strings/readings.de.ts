import type { readings as english } from "./readings.en";

/** The text about programs that read pictures or sound, in German. */
export const readings: typeof english = {
  asks: {
    video: (name) => `${name} möchte Ihr Bild mit einem Programm auswerten.`,
    audio: (name) => `${name} möchte Ihren Ton mit einem Programm auswerten.`,
  },
  means: {
    video:
      "Das Programm erhält das Bild Ihrer Kamera und kann es auswerten oder speichern, bis Sie es beenden.",
    audio:
      "Das Programm erhält den Ton Ihres Mikrofons und kann ihn auswerten oder speichern, bis Sie es beenden.",
  },
  allow: "Erlauben",
  refuse: "Ablehnen",
  waiting: (n) => (n === 1 ? "1 weitere Frage" : `${n} weitere Fragen`),
  program: (name) => `Das Programm von ${name}`,
  yourProgram: "Ihr Programm",
  aProgram: "Ein Programm",
  yours: { video: "Ihr Bild", audio: "Ihren Ton" },
  theirs: {
    video: (name) => `das Bild von ${name}`,
    audio: (name) => `den Ton von ${name}`,
  },
  stage: { video: "das Bild der Bühne", audio: "den Ton der Bühne" },
  and: " und ",
  reads: (program, what) => `${program} empfängt ${what}`,
  youReadSeveral: (n) => `Ihr Programm empfängt ${n}-mal Bild oder Ton`,
  severalReadYou: (n) => `${n} Programme empfangen Ihr Bild oder Ihren Ton`,
  began: (program, what) => `${program} empfängt jetzt ${what}.`,
  ended: (program, what) => `${program} empfängt ${what} nicht mehr.`,
  readBy: (name) => `geht an das Programm von ${name}`,
  readByYou: "geht an Ihr Programm",
  readByOne: "geht an ein Programm",
  kinds: { video: "Bild", audio: "Ton" },
  stop: "Beenden",
  stopOne: (sentence) => `Beenden: ${sentence}`,
  title: "Programme",
  more: (n) => `${n} weitere`,
};
