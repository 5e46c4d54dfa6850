/// <reference types="vite/client" />
import { expect, test } from "vitest";
import { commandName, commandNames } from "../../engine/commands";
import contract from "../../engine/contract.json";
import { eventNames } from "../../engine/events";
import { COMMANDS } from "./engine-commands";
import { ANSWERS, DEVICE_ANSWERS } from "./engine-requests";

const SOURCES = import.meta.glob<string>(["./engine-*.ts", "!./*.test.ts"], {
  ...{ query: "?raw", import: "default", eager: true },
});

const CLIENT = Object.values(
  import.meta.glob<string>(["../../engine/c*.ts", "!../../engine/*.test.ts"], {
    ...{ query: "?raw", import: "default", eager: true },
  }),
).join();

type Names = Readonly<Record<string, string | null>>;

/** The parts of the engine API that this meeting supports; each other one has a reason there. */
function supported(names: Names): string[] {
  return Object.keys(names).filter((name) => names[name] === null);
}

/** Extensions of this project's engine. */
const ours = (name: string): boolean => name.startsWith("nanomeet-");
const sorted = (names: Iterable<string>): string[] => [...names].sort();

test("the supported commands are those of the list", () => {
  const known = Object.keys(COMMANDS).filter((name) => !ours(name));
  expect(sorted(known)).toEqual(sorted(supported(contract.commands).map(commandName)));
});

test("the supported requests are those of the list", () => {
  const known = [...Object.keys(ANSWERS), ...Object.keys(DEVICE_ANSWERS)];
  const theirs = known.filter((name) => !ours(name));
  expect(sorted(theirs)).toEqual(sorted(supported(contract.requests)));
});

test("the events sent are those of the list", () => {
  const sources = Object.values(SOURCES).join();
  const told = new Set([...sources.matchAll(/\bemit\(\s*"([a-z0-9-]+)"/g)].map(([, name]) => name));
  const all: Names = contract.events;
  const theirs = [...told].filter((name) => name !== undefined && name in all) as string[];
  expect(sorted(theirs)).toEqual(sorted(supported(contract.events)));
});

test("a client knows the commands and events of the list, and no others", () => {
  expect(sorted(commandNames())).toEqual(sorted(Object.keys(contract.commands)));
  const theirs = eventNames().filter((name) => !ours(name));
  expect(sorted(theirs)).toEqual(sorted(Object.keys(contract.events)));
});

test("a client sends the requests of the list, and no others", () => {
  const asked = [...CLIENT.matchAll(/(?:request\(\{ name: |devices\()"([A-Za-z0-9-]+)"/g)];
  const theirs = asked.map(([, name]) => name ?? "").filter((name) => !ours(name));
  expect(sorted(new Set(theirs))).toEqual(sorted(Object.keys(contract.requests)));
});

test("each unsupported name has a reason", () => {
  for (const names of [contract.commands, contract.events, contract.requests]) {
    for (const reason of Object.values(names)) {
      expect(reason === null || reason.length > 10).toBe(true);
    }
  }
});
