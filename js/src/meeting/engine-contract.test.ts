/// <reference types="vite/client" />
import { expect, test } from "vitest";
import { commandName, commandNames } from "../engine/commands";
import contract from "../engine/contract.json";
import { eventNames } from "../engine/events";
import { COMMANDS } from "./engine-commands";
import { ANSWERS, DEVICE_ANSWERS } from "./engine-requests";

const SOURCES = import.meta.glob<string>(["./engine-*.ts", "!./*.test.ts"], {
  ...{ query: "?raw", import: "default", eager: true },
});

type Names = Readonly<Record<string, string | null>>;

/** What the engine API has and this meeting does too; all else has a reason there. */
function supported(names: Names): string[] {
  return Object.keys(names).filter((name) => names[name] === null);
}

/** What only this project's engine has. */
const ours = (name: string): boolean => name.startsWith("nanomeet-");
const sorted = (names: Iterable<string>): string[] => [...names].sort();

test("the commands that are carried out are those that the list says are", () => {
  const known = Object.keys(COMMANDS).filter((name) => !ours(name));
  expect(sorted(known)).toEqual(sorted(supported(contract.commands).map(commandName)));
});

test("the questions that are answered are those that the list says are", () => {
  const known = [...Object.keys(ANSWERS), ...Object.keys(DEVICE_ANSWERS)];
  const theirs = known.filter((name) => !ours(name));
  expect(sorted(theirs)).toEqual(sorted(supported(contract.requests)));
});

test("the events that are told are those that the list says are", () => {
  const sources = Object.values(SOURCES).join();
  const told = new Set([...sources.matchAll(/\bemit\(\s*"([a-z0-9-]+)"/g)].map(([, name]) => name));
  const all: Names = contract.events;
  const theirs = [...told].filter((name) => name !== undefined && name in all) as string[];
  expect(sorted(theirs)).toEqual(sorted(supported(contract.events)));
});

test("a client knows every command and event of the list", () => {
  expect(commandNames()).toEqual(expect.arrayContaining(Object.keys(contract.commands)));
  expect(eventNames()).toEqual(expect.arrayContaining(Object.keys(contract.events)));
});

test("what is not supported has a reason", () => {
  for (const names of [contract.commands, contract.events, contract.requests]) {
    for (const reason of Object.values(names)) {
      expect(reason === null || reason.length > 10).toBe(true);
    }
  }
});
