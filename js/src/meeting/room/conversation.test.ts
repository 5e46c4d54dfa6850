import { expect, test } from "vitest";
import type { ChatMessage } from "../../shared/protocol";
import { groups } from "./conversation";

const message = (id: number, more: Partial<ChatMessage> = {}): ChatMessage => ({
  type: "chat_message",
  id,
  sender: "a",
  name: "Ada",
  text: `message ${id}`,
  at: id,
  to: null,
  to_name: null,
  ...more,
});

const ids = (messages: ChatMessage[], unread: number | null = null): number[][] =>
  groups(messages, unread).map((group) => group.messages.map(({ id }) => id));

test("consecutive messages from one sender form a group", () => {
  expect(ids([message(1), message(2), message(3, { sender: "b" })])).toEqual([[1, 2], [3]]);
});

test("private messages never share a group with public ones", () => {
  const secret = message(2, { to: "b", to_name: "Ben" });
  expect(ids([message(1), secret, message(3)])).toEqual([[1], [2], [3]]);
});

test("a pause, a new name and the first unread message start a new group", () => {
  expect(ids([message(1), message(2, { at: 400 })])).toEqual([[1], [2]]);
  expect(ids([message(1), message(2, { name: "Augusta" })])).toEqual([[1], [2]]);
  expect(ids([message(1), message(2), message(3)], 2)).toEqual([[1], [2, 3]]);
});
