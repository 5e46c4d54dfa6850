import type { ComponentChildren, JSX, RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface MenuItem {
  label: string;
  icon?: ComponentChildren;
  act: () => void;
  /** The question before an action that cannot be undone. */
  question?: string | undefined;
  /** Whether it looks destructive: its confirmation is elsewhere. */
  careful?: boolean | undefined;
  /** Its keyboard shortcut. */
  shortcut?: string | undefined;
  /** In a row with others of its kind, as an icon only. */
  compact?: boolean | undefined;
}

interface MenuProps {
  /** The label of the button that opens it. */
  label: string;
  title?: string;
  class: string;
  shortcut?: string;
  tool?: string;
  badge?: ComponentChildren;
  children: ComponentChildren;
  items: () => readonly MenuItem[];
  /** Called when the button is pressed. */
  onPress?: () => void;
  /** Settings below the items: not part of the menu itself, which may contain only items. */
  below?: (() => ComponentChildren) | undefined;
}

const EDGE = 8;

/** A button and its menu: in the browser's top layer, where no tile clips it. */
export function Menu(props: MenuProps): JSX.Element {
  const { label, title = label, shortcut, tool, items, below } = props;
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open || !list.current || !trigger.current) return;
    place(list.current, trigger.current.getBoundingClientRect());
    list.current.querySelector<HTMLElement>("button")?.focus();
  }, [open]);

  const close = (): void => list.current?.hidePopover();
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
        onClick={props.onPress}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          list.current?.showPopover();
        }}
      >
        {props.children}
        {props.badge}
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is part of a form, and this of none. */}
      <div
        ref={list}
        id={id}
        class="menu"
        popover="auto"
        role="group"
        aria-label={label}
        onBeforeToggle={({ newState }) => setOpen(newState === "open")}
        onKeyDown={moveFocus}
      >
        {open && (
          <div class="menu-items" role="menu" aria-label={label}>
            <Items items={items()} close={close} />
          </div>
        )}
        {open && below?.()}
      </div>
    </>
  );
}

interface ItemsProps {
  items: readonly MenuItem[];
  close: () => void;
}

function Items({ items, close }: ItemsProps): JSX.Element[] {
  const [asked, setAsked] = useState<string | null>(null);
  const question = useRef<HTMLButtonElement>(null);
  // The question is a new button, and takes the focus: screen readers announce it.
  useLayoutEffect(() => question.current?.focus(), [asked]);
  const done = (item: MenuItem): void => {
    close();
    item.act();
  };
  return items.map((item) => {
    if (item.label === asked && item.question !== undefined) {
      const sure = { ...item, label: item.question };
      return <Item key={sure.label} item={sure} kind="asks" at={question} act={() => done(item)} />;
    }
    const asks = item.question !== undefined;
    const careful = asks || item.careful === true;
    const act = (): void => (asks ? setAsked(item.label) : done(item));
    return <Item key={item.label} item={item} kind={careful ? "careful" : ""} act={act} />;
  });
}

interface ItemProps {
  item: MenuItem;
  kind: "" | "careful" | "asks";
  at?: RefObject<HTMLButtonElement>;
  act: () => void;
}

function Item({ item, kind, at, act }: ItemProps): JSX.Element {
  const { label, icon, shortcut, compact } = item;
  return (
    <button
      ref={at ?? null}
      type="button"
      class={`menu-item ${kind}${compact ? " compact" : ""}`}
      role="menuitem"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={compact ? label : undefined}
      tabIndex={-1}
      onClick={act}
    >
      {icon}
      {!compact && <span class="menu-label">{label}</span>}
      {!compact && shortcut && <kbd>{shortcut}</kbd>}
    </button>
  );
}

/** Places it above the button if there is room, else below, always inside the page. */
function place(list: HTMLElement, button: DOMRect): void {
  const { width, height } = list.getBoundingClientRect();
  const inside = (wanted: number, size: number, whole: number): number =>
    Math.max(EDGE, Math.min(wanted, whole - size - EDGE));
  const above = button.top - height - EDGE;
  const top = above >= EDGE ? above : inside(button.bottom + EDGE, height, innerHeight);
  list.style.top = `${top}px`;
  list.style.left = `${inside(button.left + (button.width - width) / 2, width, innerWidth)}px`;
}

const SETTING = new Set(["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]);

/** The arrow keys wrap around, Home and End go to the ends; Tab and Escape close. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button, input")];
  const at = buttons.findIndex((button) => button.matches(":focus"));
  // Keys that a slider handles itself.
  if (buttons[at]?.matches("input") && SETTING.has(event.key)) {
    event.stopPropagation();
    return;
  }
  const to = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at - 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: buttons.findLastIndex((button) => button.matches("button")),
  }[event.key];
  // Keys in a menu must not reach the page around it.
  event.stopPropagation();
  const closes = event.key === "Escape" || event.key === "Tab";
  if (to === undefined && !closes) return;
  event.preventDefault();
  if (to === undefined) {
    // Browsers restore the focus only while the focused element still exists.
    event.currentTarget.hidePopover();
    return;
  }
  buttons.at(to % buttons.length)?.focus();
}
