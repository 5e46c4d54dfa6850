/** The text about programs that read pictures or sound, in English. */
export const readings = {
  /** The question to the participant who is to be read, and what a yes means. */
  asks: {
    video: (name: string) => `${name} asks to read your picture with a program.`,
    audio: (name: string) => `${name} asks to read your sound with a program.`,
  },
  means: {
    video:
      "The program receives your camera's picture and can analyse or store it, until you stop it.",
    audio:
      "The program receives your microphone's sound and can analyse or store it, until you stop it.",
  },
  allow: "Allow",
  refuse: "Refuse",
  waiting: (n: number) => (n === 1 ? "1 more question" : `${n} more questions`),
  /** Whose program it is. */
  program: (name: string) => `${name}'s program`,
  yourProgram: "Your program",
  aProgram: "A program",
  /** What it reads. */
  yours: { video: "your picture", audio: "your sound" },
  theirs: {
    video: (name: string) => `${name}'s picture`,
    audio: (name: string) => `${name}'s sound`,
  },
  stage: { video: "the stage's picture", audio: "the stage's sound" },
  and: " and ",
  reads: (program: string, what: string) => `${program} reads ${what}`,
  /** Beside the badges, where each would not fit. */
  youReadSeveral: (n: number) => `Your program reads ${n} pictures and sounds`,
  severalReadYou: (n: number) => `${n} programs read your picture or sound`,
  began: (program: string, what: string) => `${program} now reads ${what}.`,
  ended: (program: string, what: string) => `${program} no longer reads ${what}.`,
  /** At the participant who is read. */
  readBy: (name: string) => `read by ${name}'s program`,
  readByYou: "read by your program",
  readByOne: "read by a program",
  kinds: { video: "picture", audio: "sound" },
  stop: "Stop",
  stopOne: (sentence: string) => `Stop: ${sentence}`,
  title: "Programs",
  more: (n: number) => `${n} more`,
};
