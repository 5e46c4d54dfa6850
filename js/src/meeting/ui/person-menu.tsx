import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { More } from "./icons";

export interface MenuItem {
  label: string;
  /** Asked before it is done, where it cannot be undone. */
  question?: string;
  run: () => void;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
}

/** A button with three dots, and the menu that it opens: over everything, within the window. */
export function Menu({ label, items }: MenuProps): JSX.Element {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  // Once it is shown: what the browser does not show yet has no size and takes no focus.
  useEffect(() => {
    if (!open || !button.current || !menu.current) return;
    putBeside(menu.current, button.current);
    stops(menu.current)[0]?.focus();
  }, [open]);

  return (
    <>
      <button
        ref={button}
        type="button"
        class="quiet"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        popovertarget={id}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          menu.current?.showPopover();
        }}
      >
        <More />
      </button>
      <div
        ref={menu}
        id={id}
        class="person-menu"
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onBeforeToggle={({ newState }) => setOpen(newState === "open")}
        onKeyDown={(event) => onKey(event, () => menu.current?.hidePopover())}
      >
        {open && <MenuItems items={items} onDone={() => menu.current?.hidePopover()} />}
      </div>
    </>
  );
}

interface MenuItemsProps {
  items: readonly MenuItem[];
  onDone: () => void;
}

function MenuItems({ items, onDone }: MenuItemsProps): JSX.Element[] {
  const [asked, setAsked] = useState<string | null>(null);
  const question = useRef<HTMLButtonElement>(null);
  // The question is another button than the one that was pressed: it is read aloud.
  useEffect(() => question.current?.focus(), [asked]);
  return items.map((item) => {
    const asks = item.label === asked;
    return (
      <button
        key={asks ? item.question : item.label}
        ref={asks ? question : null}
        type="button"
        role="menuitem"
        tabIndex={-1}
        class={asks ? "asks" : item.question ? "careful" : ""}
        onClick={() => {
          if (item.question && !asks) {
            setAsked(item.label);
            return;
          }
          onDone();
          item.run();
        }}
      >
        {asks ? item.question : item.label}
      </button>
    );
  });
}

function onKey(event: KeyboardEvent & { currentTarget: HTMLElement }, close: () => void): void {
  const all = stops(event.currentTarget);
  const now = all.findIndex((stop) => stop.matches(":focus"));
  const next = new Map([
    ["ArrowDown", (now + 1) % all.length],
    ["ArrowUp", (now - 1 + all.length) % all.length],
    ["Home", 0],
    ["End", all.length - 1],
  ]).get(event.key);
  // What is pressed in a menu is not for the panel around it.
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (next !== undefined) all[next]?.focus();
  else return;
  event.preventDefault();
}

function stops(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
}

/** Pixels between the menu and the button or the window's edge. */
const GAP = 4;

function putBeside(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + GAP;
  const top = below + height > innerHeight - GAP ? at.top - GAP - height : below;
  menu.style.top = `${Math.max(GAP, Math.min(top, innerHeight - GAP - height))}px`;
  menu.style.left = `${Math.max(GAP, at.right - width)}px`;
}
