import type { ComponentChildren, JSX } from "preact";
import { first } from "../../shared/text";
import type { Panel } from "../look/view";
import { offersTurning, turnCamera } from "../media/facing";
import { refusalOf } from "../media/permissions";
import { offersPollsPanel } from "../room/classroom/polls";
import { offersClass } from "../room/classroom/students";
import type { MeetingPage } from "../room/meeting-page";
import { toggle } from "../room/switches";
import { t } from "../strings";
import { attempt } from "./attempt";
import {
  Broadcast,
  Chevron,
  Class,
  Expand,
  Grid,
  Groups,
  Hand,
  Invite,
  Keyboard,
  Leave,
  LowerHand,
  Message,
  More,
  People,
  Poll,
  Power,
  Screen,
  Sliders,
  Smile,
  Spotlight,
  Turn,
} from "./icons";
import { MediaButtons } from "./media-buttons";
import { Menu, type MenuItem } from "./menu";
import { REACTIONS, ReactionIcon } from "./reaction-icons";

/** A tool: a button while there is room, else a menu item. */
interface Tool {
  key: string;
  /** Jitsi's name of it. */
  names: readonly string[];
  label: string;
  title: string;
  icon: ComponentChildren;
  act: () => void;
  shortcut?: string;
  panel?: Panel;
  pressed?: boolean;
  active?: boolean;
  badge?: Badge | null;
  /** What it opens instead of `act`, as a button. */
  items?: () => readonly MenuItem[];
}

interface Badge {
  count: number;
  label: string;
  urgent: boolean;
}

/** In the order of priority: the last moves into the menu first. */
const IMPORTANCE = [
  "chat",
  "people",
  "hand",
  "screen",
  "turn",
  "custom",
  "reactions",
  "polls",
  "broadcast",
  "class",
  "groups",
  "invite",
  "settings",
  "view",
];

interface ToolbarProps {
  meeting: MeetingPage;
  /** How many tools fit beside the permanent ones. */
  room: number;
}

export function Toolbar({ meeting, room }: ToolbarProps): JSX.Element {
  const settings = meeting.view.toolbar;
  const tools = [
    ...toolsOf(meeting)
      .filter(({ names }) => settings.shows(names))
      .map((tool) => withNotification(meeting, tool)),
    ...customTools(meeting),
  ];
  const rank = ({ key }: Tool): number =>
    IMPORTANCE.indexOf(IMPORTANCE.includes(key) ? key : "custom");
  const ranked = [...tools].sort((a, b) => rank(a) - rank(b));
  const kept = new Set(ranked.slice(0, room));
  const hidden = tools.filter((tool) => !kept.has(tool));
  return (
    <div class="toolbar" role="toolbar" aria-label={t.toolbar.label} onKeyDown={moveFocus}>
      {meeting.room.onStage.value && <MediaButtons meeting={meeting} toolbar={settings} />}
      {tools
        .filter((tool) => kept.has(tool))
        .map((tool) => (
          <ToolButton key={tool.key} meeting={meeting} tool={tool} />
        ))}
      <MoreMenu meeting={meeting} hidden={hidden} />
      {settings.shows(["hangup"]) && <LeaveButtons meeting={meeting} />}
    </div>
  );
}

function toolsOf(meeting: MeetingPage): Tool[] {
  const { room, view, media, chat, polls } = meeting;
  const { others, onStage, moderator } = room;
  const shared = media.screen.value !== null;
  const raised = room.own.value?.hand != null;
  const tiles = view.tileView.value;
  // A group has neither broadcasts nor links of its own.
  const inMain = room.groups.here.value === null;
  const panel = (
    name: Panel,
    names: readonly string[],
    label: string,
    icon: ComponentChildren,
  ): Tool => ({
    key: name,
    names,
    label,
    title: label,
    icon,
    panel: name,
    act: () => view.toggle(name),
  });
  const offered: (Tool | false)[] = [
    onStage.value &&
      refusalOf("display-capture") !== "hidden" && {
        key: "screen",
        names: ["desktop"],
        label: t.toolbar.screen,
        title: shared ? t.toolbar.screenOff : t.toolbar.screenOn,
        icon: <Screen />,
        shortcut: "s",
        pressed: shared,
        active: shared,
        act: () => void attempt(meeting, () => meeting.setScreen(!media.intends("screen"))),
      },
    onStage.value &&
      offersTurning(media) && {
        key: "turn",
        names: ["toggle-camera"],
        label: t.toolbar.turnCamera,
        title: t.toolbar.turnCamera,
        icon: <Turn />,
        act: () => void attempt(meeting, () => turnCamera(media)),
      },
    {
      key: "hand",
      names: ["raisehand"],
      label: t.toolbar.hand,
      title: raised ? t.toolbar.handDown : t.toolbar.hand,
      icon: <Hand />,
      shortcut: "h",
      pressed: raised,
      active: raised,
      act: () => void attempt(meeting, () => toggle(meeting, "hand")),
    },
    {
      key: "reactions",
      names: ["reactions"],
      label: t.toolbar.reactions,
      title: t.toolbar.reactions,
      icon: <Smile />,
      shortcut: "r",
      act: () => {},
      items: () => reactionItems(meeting),
    },
    {
      ...panel("chat", ["chat"], t.toolbar.chat, <Message />),
      shortcut: "c",
      badge: unread(chat.unread.value),
    },
    {
      ...panel("people", ["participants-pane"], t.toolbar.people, <People />),
      shortcut: "p",
      badge: waiting(room.knocking.value.length) ?? present(room.people.value),
    },
    offersPollsPanel(meeting) && {
      ...panel("polls", ["polls"], t.toolbar.polls, <Poll />),
      shortcut: "q",
      badge: questions(polls.unanswered.value.length),
    },
    offersClass(room) && {
      ...panel("class", ["class"], t.classroom.title, <Class />),
      shortcut: "k",
      badge: raisedHands(room.hands.value.length),
    },
    others.value.length > 0 &&
      onStage.value && {
        key: "view",
        names: ["tileview"],
        label: tiles ? t.toolbar.speakerView : t.toolbar.tileView,
        title: tiles ? t.toolbar.speakerTitle : t.toolbar.tileTitle,
        icon: tiles ? <Spotlight /> : <Grid />,
        shortcut: "w",
        act: () => view.toggleTiles(),
      },
    inMain &&
      moderator.value && {
        ...panel("broadcast", ["livestreaming", "recording"], t.toolbar.broadcast, <Broadcast />),
        active: room.broadcast.value.state === "live",
      },
    moderator.value && {
      ...panel("groups", ["breakout-rooms"], t.groups.title, <Groups />),
      active: room.groups.open.value,
    },
    inMain && moderator.value && panel("invite", ["invite"], t.toolbar.invite, <Invite />),
    panel("settings", ["settings"], t.toolbar.settings, <Sliders />),
  ];
  return offered.filter((tool) => tool !== false);
}

/** Reports the press to the embedding page on its request, which may handle it itself. */
function withNotification({ view }: MeetingPage, tool: Tool): Tool {
  const { items, ...rest } = tool;
  const act = (): void => view.toolbar.press(tool.names, tool.act);
  return { ...rest, ...(items && !view.toolbar.prevents(tool.names) && { items }), act };
}

function customTools({ view }: MeetingPage): Tool[] {
  return view.toolbar.custom.value.map((button) => ({
    key: `custom ${button.id}`,
    names: [button.id],
    label: button.text,
    title: button.text,
    icon: button.icon ? (
      <img class="icon" src={button.icon} alt="" draggable={false} />
    ) : (
      <span class="tool-letter">{first(button.text)}</span>
    ),
    act: () => view.toolbar.pressCustom(button),
  }));
}

function unread(count: number): Badge | null {
  return count > 0 ? { count, label: t.toolbar.unread(count), urgent: true } : null;
}

function waiting(count: number): Badge | null {
  return count > 0 ? { count, label: t.toolbar.waiting(count), urgent: true } : null;
}

function questions(count: number): Badge | null {
  return count > 0 ? { count, label: t.polls.unanswered(count), urgent: true } : null;
}

function raisedHands(count: number): Badge | null {
  return count > 0 ? { count, label: t.classroom.hands(count), urgent: true } : null;
}

function present(count: number): Badge {
  return { count, label: t.header.people(count), urgent: false };
}

export function reactionItems(meeting: MeetingPage): MenuItem[] {
  return REACTIONS.map((name) => ({
    label: t.reactions[name],
    icon: <ReactionIcon name={name} />,
    compact: true,
    act: () => void attempt(meeting, () => meeting.ask.react(name)),
  }));
}

function ToolButton({ meeting, tool }: { meeting: MeetingPage; tool: Tool }): JSX.Element {
  const { label, title, icon, act, shortcut, panel, pressed, active, badge, items } = tool;
  if (items) {
    return (
      <Menu
        label={label}
        class="tool"
        tool={tool.key}
        onPress={act}
        items={items}
        {...(shortcut && { shortcut })}
      >
        {icon}
      </Menu>
    );
  }
  const open = panel && meeting.view.panel.value === panel;
  return (
    <button
      type="button"
      class={`tool${active ? " active" : ""}`}
      data-tool={tool.key}
      data-panel-button={panel}
      aria-label={label}
      aria-description={badge?.label}
      aria-expanded={panel ? open : undefined}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      title={title}
      onClick={act}
    >
      {icon}
      {badge && (
        <span
          class={`tool-badge${badge.urgent ? " urgent" : ""}`}
          data-count={badge.count > 99 ? "99+" : badge.count}
        />
      )}
    </button>
  );
}

interface MoreMenuProps {
  meeting: MeetingPage;
  hidden: readonly Tool[];
}

/** The menu of tools that did not fit or are rarely used. */
function MoreMenu({ meeting, hidden }: MoreMenuProps): JSX.Element | null {
  const urgent = hidden.some(({ badge }) => badge?.urgent);
  const items = (): MenuItem[] => [
    ...hidden.flatMap((tool) => (tool.items ? tool.items() : [itemOf(tool)])),
    ...rareItems(meeting),
  ];
  if (items().length === 0) return null;
  return (
    <Menu
      label={t.toolbar.more}
      class="tool"
      tool="more"
      badge={urgent && <span class="tool-badge urgent dot" aria-hidden="true" />}
      items={items}
    >
      <More />
    </Menu>
  );
}

function itemOf({ title, icon, act, shortcut, badge }: Tool): MenuItem {
  return { label: badge ? `${title} (${badge.count})` : title, icon, act, shortcut };
}

function rareItems(meeting: MeetingPage): MenuItem[] {
  const { room, view } = meeting;
  const offers = (name: string): boolean => view.toolbar.shows([name]);
  const pressing = (name: string, act: () => void) => () => view.toolbar.press([name], act);
  const full = document.fullscreenElement !== null;
  const offered: (MenuItem | false)[] = [
    document.fullscreenEnabled &&
      offers("fullscreen") && {
        label: full ? t.toolbar.endFullScreen : t.toolbar.fullScreen,
        icon: <Expand />,
        act: pressing(
          "fullscreen",
          () =>
            void attempt(meeting, () =>
              full ? document.exitFullscreen() : document.documentElement.requestFullscreen(),
            ),
        ),
      },
    room.onStage.value &&
      room.audience.value.length > 0 && {
        label: t.toolbar.stepDown,
        icon: <LowerHand />,
        act: () => void attempt(meeting, () => meeting.ask.leaveStage()),
      },
    offers("shortcuts") && {
      label: t.toolbar.shortcuts,
      icon: <Keyboard />,
      shortcut: "?",
      act: pressing("shortcuts", () => {
        view.help.value = true;
      }),
    },
  ];
  return offered.filter((item) => item !== false);
}

function LeaveButtons({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const leave = (
    <button
      type="button"
      class="tool leave"
      aria-label={t.toolbar.leave}
      title={t.toolbar.leaveTitle}
      onClick={() => meeting.view.toolbar.press(["hangup"], () => meeting.leave())}
    >
      <Leave />
    </button>
  );
  if (!meeting.room.moderator.value) return leave;
  const end = (): MenuItem => ({
    label: t.toolbar.endForAll,
    icon: <Power />,
    question: t.panels.settings.endReally,
    act: () => void attempt(meeting, () => meeting.ask.endMeeting()),
  });
  return (
    <div class="leaving">
      {leave}
      <Menu label={t.toolbar.moreLeaving} class="tool leave-more" items={() => [end()]}>
        <Chevron />
      </Menu>
    </div>
  );
}

/** The arrow keys move between buttons, as in every toolbar. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")].filter((button) =>
    button.checkVisibility(),
  );
  const { activeElement: focused } = document;
  const next = (focused instanceof HTMLButtonElement ? buttons.indexOf(focused) : 0) + step;
  buttons[(next + buttons.length) % buttons.length]?.focus();
}
