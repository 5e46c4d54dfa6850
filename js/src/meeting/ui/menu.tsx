import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

export interface MenuItem {
  label: string;
  icon: ComponentChildren;
  act: () => void;
  /** A key that does the same. */
  shortcut?: string | undefined;
  danger?: boolean | undefined;
  /** Side by side with its like, as a picture alone. */
  compact?: boolean | undefined;
}

interface MenuProps {
  /** Of the button that opens it. */
  label: string;
  title?: string;
  class: string;
  shortcut?: string;
  tool?: string;
  badge?: ComponentChildren;
  children: ComponentChildren;
  items: () => readonly MenuItem[];
}

const EDGE = 8;

/** A button and what it opens: in the browser's top layer, where no tile cuts it off. */
export function Menu(props: MenuProps): JSX.Element {
  const { label, title = label, shortcut, tool, items } = props;
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open || !list.current || !trigger.current) return;
    place(list.current, trigger.current.getBoundingClientRect());
    list.current.querySelector<HTMLElement>("button")?.focus();
  }, [open]);

  const choose = (item: MenuItem): void => {
    list.current?.hidePopover();
    item.act();
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        class={props.class}
        popoverTarget={id}
        data-tool={tool}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-keyshortcuts={shortcut}
        title={shortcut ? `${title} (${shortcut})` : title}
      >
        {props.children}
        {props.badge}
      </button>
      <div
        ref={list}
        id={id}
        class="menu"
        popover="auto"
        role="menu"
        aria-label={label}
        onBeforeToggle={({ newState }) => setOpen(newState === "open")}
        onKeyDown={moveFocus}
      >
        {open && items().map((item) => <Item key={item.label} item={item} choose={choose} />)}
      </div>
    </>
  );
}

interface ItemProps {
  item: MenuItem;
  choose: (item: MenuItem) => void;
}

function Item({ item, choose }: ItemProps): JSX.Element {
  const { label, icon, shortcut, danger, compact } = item;
  return (
    <button
      type="button"
      class={`menu-item${danger ? " danger" : ""}${compact ? " compact" : ""}`}
      role="menuitem"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={compact ? label : undefined}
      tabIndex={-1}
      onClick={() => choose(item)}
    >
      {icon}
      {!compact && <span class="menu-label">{label}</span>}
      {!compact && shortcut && <kbd>{shortcut}</kbd>}
    </button>
  );
}

/** Above the button if there is room, else below it, always inside the page. */
function place(list: HTMLElement, button: DOMRect): void {
  const { width, height } = list.getBoundingClientRect();
  const inside = (wanted: number, size: number, whole: number): number =>
    Math.max(EDGE, Math.min(wanted, whole - size - EDGE));
  const above = button.top - height - EDGE;
  const top = above >= EDGE ? above : inside(button.bottom + EDGE, height, innerHeight);
  list.style.top = `${top}px`;
  list.style.left = `${inside(button.left + (button.width - width) / 2, width, innerWidth)}px`;
}

/** The arrow keys go round, Home and End to the ends; Tab leaves. Escape is the browser's. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button.matches(":focus"));
  const to = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at - 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: -1,
  }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  buttons.at(to % buttons.length)?.focus();
}
