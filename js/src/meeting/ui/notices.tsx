import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { handOver } from "../../shared/handover";
import { explain, retriable, tabHelps } from "../media/devices";
import { isFramed, isWithinOwn } from "../media/permissions";
import { connectsPeers } from "../mesh/support";
import { tabAddress } from "../room/launch";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { CheckInCard } from "./classroom/check-in-card";
import { PollHint } from "./classroom/poll-card";
import { Close, Microphone, Speaker } from "./icons";
import { ReadingQuestions } from "./reading-question";

interface NoticesProps {
  meeting: MeetingPage;
  /** Whether the page has no room for more than a line of each. */
  small: boolean;
}

/** Notices over the stage, the most urgent first. */
export function Notices({ meeting, small }: NoticesProps): JSX.Element {
  const { view, connection } = meeting;
  return (
    <div class="notices">
      {view.talking.value && (
        <Notice tone="accent">
          <Microphone />
          {t.talk.held}
        </Notice>
      )}
      {connection.value !== "joined" && (
        <Notice tone="warning">
          <span class="spinner" aria-hidden="true" />
          {t.notices.reconnecting}
        </Notice>
      )}
      {view.soundBlocked.value && (
        <button
          type="button"
          class="notice accent"
          onClick={() => {
            view.soundBlocked.value = false;
          }}
        >
          <Speaker />
          {t.notices.hear}
        </button>
      )}
      <Question meeting={meeting} />
      <ElementQuestion meeting={meeting} />
      <ReadingQuestions meeting={meeting} />
      <GroupNote meeting={meeting} />
      <CheckInCard meeting={meeting} />
      <LobbyBar meeting={meeting} />
      {small && <PollHint meeting={meeting} />}
      <MediaNotice meeting={meeting} />
    </div>
  );
}

/** What a moderator told all groups. */
function GroupNote({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { note } = meeting.room.groups;
  if (!note.value) return null;
  return (
    <div class="notice group-note">
      <p class="notice-text" dir="auto">
        <strong>{t.groups.note(note.value.name)}</strong> {note.value.text}
      </p>
      <button
        type="button"
        class="quiet"
        aria-label={t.notices.closeNotice}
        title={t.notices.closeNotice}
        onClick={() => {
          note.value = null;
        }}
      >
        <Close />
      </button>
    </div>
  );
}

/** A moderator's request, which the participant accepts or declines. */
function Question({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { view, room } = meeting;
  const asked = view.asked.value;
  if (!asked) return null;
  const by = room.others.value.find(({ id }) => id === asked.by)?.name ?? t.notices.aModerator;
  const answer = (work: () => Promise<void>): void => {
    view.asked.value = null;
    void attempt(meeting, work);
  };
  const [words, yes, act] =
    asked.what === "stage"
      ? [t.notices.askedStage(by), t.notices.comeUp, () => meeting.ask.enterStage()]
      : asked.media === "audio"
        ? [t.notices.askedAudio(by), t.notices.switchOn, () => meeting.setMicrophone(true)]
        : [t.notices.askedVideo(by), t.notices.switchOn, () => meeting.setCamera(true)];
  return (
    <Notice tone="plain">
      <span class="notice-text">{words}</span>
      <span class="notice-actions">
        <button type="button" class="button small" onClick={() => answer(async () => {})}>
          {t.notices.notNow}
        </button>
        <button type="button" class="button primary small" onClick={() => answer(act)}>
          {yes}
        </button>
      </span>
    </Notice>
  );
}

/** A program's wish to show an element of the page around the meeting: browsers require a click. */
function ElementQuestion({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const offer = meeting.elementOffer.value;
  if (!offer) return null;
  const answer = (accepted: boolean) => () =>
    void attempt(meeting, () => meeting.answerElement(accepted));
  return (
    <Notice tone="plain">
      <span class="notice-text">{t.notices.askedElement(offer.title)}</span>
      <span class="notice-actions">
        <button type="button" class="button small" onClick={answer(false)}>
          {t.notices.notNow}
        </button>
        <button type="button" class="button primary small" onClick={answer(true)}>
          {t.notices.showElement}
        </button>
      </span>
    </Notice>
  );
}

/** The lobby: one person is answered here, more of them in the panel. */
function LobbyBar({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { room, view } = meeting;
  const [first, ...more] = room.knocking.value;
  if (!first || view.panel.value === "people") return null;
  const words = t.panels.lobby;
  const { id, name } = first;
  if (more.length > 0) {
    return (
      <Notice tone="plain">
        <span class="notice-text">{t.toolbar.waiting(more.length + 1)}</span>
        <span class="notice-actions">
          <button
            type="button"
            class="button small"
            data-panel-button="people"
            onClick={() => view.toggle("people")}
          >
            {t.notices.show}
          </button>
          <button
            type="button"
            class="button primary small"
            onClick={() => attempt(meeting, () => meeting.ask.admitAll())}
          >
            {words.admitAll}
          </button>
        </span>
      </Notice>
    );
  }
  return (
    <Notice tone="plain">
      <span class="notice-text">{t.events.knocks(name)}</span>
      <span class="notice-actions">
        <button
          type="button"
          class="button small"
          aria-label={words.refuseOne(name)}
          onClick={() => attempt(meeting, () => meeting.ask.admit(id, false))}
        >
          {words.refuse}
        </button>
        <button
          type="button"
          class="button primary small"
          aria-label={words.admitOne(name)}
          onClick={() => attempt(meeting, () => meeting.ask.admit(id, true))}
        >
          {words.admit}
        </button>
      </span>
    </Notice>
  );
}

/** Why camera or microphone are missing, and how to fix it. */
export function MediaNotice({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  if (!connectsPeers()) return <Notice tone="warning">{t.notices.noWebRtc}</Notice>;
  return <DeviceNotice meeting={meeting} />;
}

function DeviceNotice({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { media } = meeting;
  const problems = media.problems.value;
  const [dismissed, dismiss] = useState<object | null>(null);
  const words = explain(problems);
  if (!words || dismissed === problems) return null;
  const wanted = { audio: problems.audio !== undefined, video: problems.video !== undefined };
  const runs = meeting.room.moderator.value || meeting.invitedAsModerator;
  return (
    <Notice tone="plain">
      <span class="notice-text">
        {words} {media.microphone.value || media.camera.value ? "" : t.notices.listen}
        {runs && Object.values(problems).includes("insecure") && <small>{t.getHttps}</small>}
      </span>
      <span class="notice-actions">
        {isFramed() && tabHelps(problems) && (
          <a
            class="button primary small"
            href={tabAddress(location.href, true).href}
            target="_blank"
            rel="noopener noreferrer"
            onClick={({ currentTarget }) => {
              currentTarget.href = handOver(tabAddress(location.href, !isWithinOwn())).href;
              meeting.leave();
            }}
          >
            {t.notices.inTab}
          </a>
        )}
        {retriable(problems) && (
          <button type="button" class="button small" onClick={() => void media.retry(wanted)}>
            {t.notices.again}
          </button>
        )}
        <button
          type="button"
          class="quiet"
          aria-label={t.notices.closeNotice}
          onClick={() => dismiss(problems)}
        >
          <Close />
        </button>
      </span>
    </Notice>
  );
}

function Notice({ tone, children }: { tone: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class={`notice ${tone}`} role="status">
      {children}
    </div>
  );
}

export function Toasts({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { view } = meeting;
  return (
    <div class="toasts">
      {view.toasts.value.map(({ id, text }) => (
        <button
          key={id}
          type="button"
          class="toast"
          title={t.common.close}
          onClick={() => view.dismiss(id)}
        >
          {text}
        </button>
      ))}
      <p class="hidden" aria-live="polite">
        {view.announcement.value}
      </p>
    </div>
  );
}
