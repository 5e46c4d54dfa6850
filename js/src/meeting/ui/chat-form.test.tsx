// @vitest-environment happy-dom
import { render } from "preact";
import { beforeEach, expect, test, vi } from "vitest";
import { RefusedError } from "../../shared/refused-error";
import { FakeMeeting, person } from "../testing/fake-room";
import { ChatForm } from "./chat-form";

const GRACE = person({ id: "g", name: "Grace" });
const ALAN = person({ id: "a", name: "Alan" });

let chat: FakeMeeting["chat"];
let others: FakeMeeting["room"]["others"];
let sendChat: ReturnType<typeof vi.fn<(text: string, to: string | null) => Promise<void>>>;
let root: HTMLElement;

beforeEach(() => {
  sendChat = vi.fn(async () => {});
  root = document.createElement("div");
  document.body.replaceChildren(root);
  const meeting = new FakeMeeting();
  ({ chat } = meeting);
  ({ others } = meeting.room);
  others.value = [GRACE, ALAN];
  meeting.ask.sendChat = sendChat;
  render(<ChatForm meeting={meeting.page} />, root);
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const field = (): HTMLTextAreaElement => root.querySelector("textarea") as HTMLTextAreaElement;
const submit = (): HTMLButtonElement =>
  root.querySelector("button[type=submit]") as HTMLButtonElement;

async function write(text: string): Promise<void> {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
}

async function press(init: KeyboardEventInit): Promise<void> {
  field().dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
  await settled();
}

test("Enter sends to everyone; Shift+Enter and a composed letter do not", async () => {
  await write("  Hello\nall ");
  await press({ key: "Enter", shiftKey: true });
  await press({ key: "Enter", isComposing: true });
  expect(sendChat).not.toHaveBeenCalled();
  await press({ key: "Enter" });
  expect(sendChat).toHaveBeenCalledExactlyOnceWith("Hello\nall", null);
  expect(field().value).toBe("");
});

test("a private message is marked at the field, the button and above them", async () => {
  chat.recipient.value = GRACE;
  await write("Between us");
  expect(field().getAttribute("aria-label")).toBe("Message Grace privately");
  expect(submit().getAttribute("aria-label")).toBe("Send to Grace only");
  expect(root.textContent).toContain("Only Grace can read this.");
  await press({ key: "Enter" });
  expect(sendChat).toHaveBeenCalledExactlyOnceWith("Between us", "g");
});

test("nothing is sent, least of all to everyone, after the private recipient has left", async () => {
  chat.recipient.value = GRACE;
  await write("Between us");
  others.value = [ALAN];
  await settled();
  expect(root.textContent).toContain("Grace has left.");
  expect(submit().disabled).toBe(true);
  await press({ key: "Enter" });
  expect(sendChat).not.toHaveBeenCalled();
  expect(field().value).toBe("Between us");
});

test("a refused message is restored before later text, with the reason", async () => {
  let refuse: (error: Error) => void = () => {};
  sendChat.mockImplementationOnce(() => new Promise((_, reject) => (refuse = reject)));
  chat.recipient.value = GRACE;
  await write("First");
  await press({ key: "Enter" });
  await write("Second");
  chat.recipient.value = null;
  refuse(new RefusedError("flood", "Too many messages."));
  await settled();
  expect(field().value).toBe("First\nSecond");
  expect(root.querySelector("[role=alert]")?.textContent).toBe("Not sent: Too many messages.");
  // Otherwise the private message would go to everyone on the next Enter.
  expect(chat.recipient.value).toEqual(GRACE);
});

test("the character count is shown near the limit, and longer text is not sent", async () => {
  await write("a".repeat(1_790));
  expect(root.textContent).not.toContain("left");
  await write("🎉".repeat(1_990));
  expect(root.textContent).toContain("10 characters left");
  await write("a".repeat(2_001));
  expect(root.textContent).toContain("1 character too many");
  expect(submit().disabled).toBe(true);
});

test("blank lines alone cannot be sent", async () => {
  await write(" \n ");
  await press({ key: "Enter" });
  expect(sendChat).not.toHaveBeenCalled();
});
