import { expect, test, vi } from "vitest";
import { ToolbarSettings } from "./toolbar-settings";

const ICON = "data:image/svg+xml;base64,PHN2Zy8+";
const BUTTON = { id: "notes", text: "Notes", icon: ICON };

function configured(config: Record<string, unknown>): ToolbarSettings {
  const made = new ToolbarSettings();
  made.configure((key) => config[key]);
  return made;
}

test("shows all buttons, or only the listed ones", () => {
  const all = configured({});
  expect(all.shows(["chat"])).toBe(true);
  const few = configured({ toolbarButtons: ["chat", "recording", "unheard-of"] });
  expect([["chat"], ["livestreaming", "recording"], ["hangup"]].map((n) => few.shows(n))).toEqual([
    true,
    true,
    false,
  ]);
  // Omitted settings stay unchanged; null removes the list.
  few.configure((key) => ({ customToolbarButtons: [BUTTON] })[key]);
  expect([few.shows(["hangup"]), few.custom.value]).toEqual([false, [BUTTON]]);
  few.configure((key) => ({ toolbarButtons: null })[key]);
  expect(few.shows(["hangup"])).toBe(true);
});

test("a press is reported, and handled by the side that wants to", () => {
  const made = configured({
    buttonsWithNotifyClick: ["hangup", { key: "chat", preventExecution: false }, { key: "invite" }],
  });
  const act = vi.fn();
  const press = (name: string): unknown => {
    made.pressed.value = null;
    made.press([name], act);
    return made.pressed.value;
  };
  expect(press("hangup")).toEqual({ key: "hangup", preventExecution: true });
  expect(act).not.toHaveBeenCalled();
  expect(press("chat")).toEqual({ key: "chat", preventExecution: false });
  expect(press("invite")).toEqual({ key: "invite", preventExecution: false });
  expect(press("settings")).toBeNull();
  expect(act).toHaveBeenCalledTimes(3);
});

test("a custom button reports its presses", () => {
  const made = configured({ customToolbarButtons: [BUTTON], buttonsWithNotifyClick: ["other"] });
  made.pressCustom(BUTTON);
  expect(made.pressed.value).toEqual({ key: "notes", preventExecution: false });
});

test.each([
  [{ toolbarButtons: "chat" }, "toolbarButtons has to be a list of at most 64."],
  [{ toolbarButtons: [7] }, "A button's name in toolbarButtons has to be text, not number."],
  [{ toolbarButtons: Array(65).fill("chat") }, "toolbarButtons has to be a list of at most 64."],
  [
    { customToolbarButtons: Array(9).fill(BUTTON) },
    "customToolbarButtons has to be a list of at most 8.",
  ],
  [
    { customToolbarButtons: [{ ...BUTTON, icon: "https://tracker.example/a.png" }] },
    "A custom button's icon has to begin with data:image/png, jpeg, webp, gif or svg+xml.",
  ],
  [{ customToolbarButtons: [{ ...BUTTON, icon: "javascript:alert(1)" }] }, "icon"],
  [{ customToolbarButtons: [{ ...BUTTON, icon: `${ICON}${"A".repeat(40_000)}` }] }, "at most"],
  [{ customToolbarButtons: [{ ...BUTTON, id: "" }] }, "A custom button's id is empty."],
  [{ customToolbarButtons: [{ ...BUTTON, text: null }] }, "A custom button's text"],
  [{ customToolbarButtons: ["notes"] }, "A custom button's id"],
  [{ buttonsWithNotifyClick: [null] }, "A button's name in buttonsWithNotifyClick"],
  [{ buttonsWithNotifyClick: [{ key: "chat", preventExecution: 1 }] }, "preventExecution"],
])("%j is rejected with a message, and changes nothing", (config, words) => {
  const made = configured({ toolbarButtons: ["chat"] });
  const wrong: Record<string, unknown> = { toolbarButtons: ["hangup"], ...config };
  expect(() => made.configure((key) => wrong[key])).toThrow(words);
  expect([made.shows(["chat"]), made.shows(["hangup"]), made.custom.value]).toEqual([
    true,
    false,
    [],
  ]);
});
