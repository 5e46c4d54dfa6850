/** A moderator asks everyone a question. */

import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { LIMITS } from "../../../shared/protocol";
import {
  type DraftOption,
  draftOf,
  MIN_OPTIONS,
  markRight,
  moveOption,
  type PollDraft,
  type PollShow,
  type Problem,
  type Problems,
  problemsOf,
  SECONDS,
  wishOf,
  withMultiple,
  withOption,
  withoutOption,
  writeOption,
} from "../../room/classroom/poll-draft";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { words as reason } from "../attempt";
import { Chevron, Close, Down } from "../icons";

const SHOWS: readonly PollShow[] = ["after", "live", "never"];

export function AskPoll({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { polls } = meeting;
  const words = t.polls;
  const ask = useRef<HTMLButtonElement>(null);
  /** Whether a form was open here, whose focus goes to the button. */
  const wrote = useRef(false);
  const draft = polls.draft.value;
  useLayoutEffect(() => {
    if (!draft && wrote.current) ask.current?.focus();
    wrote.current = draft !== null;
  }, [draft]);
  if (draft) return <AskForm meeting={meeting} draft={draft} />;
  const { yesNo, letters, pace } = words.quickPolls;
  return (
    <div class="poll-ask">
      <button
        ref={ask}
        type="button"
        class="button primary start"
        data-first
        onClick={() => {
          polls.draft.value = draftOf();
        }}
      >
        {words.ask}
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is part of a form, and this of none. */}
      <div class="row" role="group" aria-label={words.quick}>
        {[yesNo, letters, pace].map(({ label, question, options }) => (
          <button
            key={label}
            type="button"
            class="button small"
            onClick={() => {
              polls.draft.value = draftOf(question, options);
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

interface FormProps {
  meeting: MeetingPage;
  draft: PollDraft;
}

function AskForm({ meeting, draft }: FormProps): JSX.Element {
  const { polls, view } = meeting;
  const words = t.polls;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [checked, setChecked] = useState(false);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState("");
  const problems = problemsOf(draft);
  const shown = checked ? problems : tooLongOf(problems);

  useLayoutEffect(() => form.current?.querySelector("textarea")?.focus(), []);

  const change = (news: Partial<PollDraft>): void => {
    setFailure("");
    polls.draft.value = { ...draft, ...news };
  };
  const submit = async (): Promise<void> => {
    setChecked(true);
    if (problems) {
      setFailure(words.check);
      // The marks are rendered first.
      setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    if (sending) return;
    setSending(true);
    try {
      await meeting.openPoll(wishOf(draft));
      polls.draft.value = null;
      view.announce(words.asked);
    } catch (error) {
      setFailure(words.notAsked(reason(error)));
      setSending(false);
    }
  };

  return (
    <form
      ref={form}
      class="poll-form"
      aria-label={words.ask}
      aria-busy={sending}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label class="stacked">
        {words.question}
        <textarea
          rows={2}
          dir="auto"
          value={draft.question}
          {...marked(shown?.question, `${id}-question`)}
          onInput={({ currentTarget }) => change({ question: currentTarget.value })}
        />
      </label>
      <Trouble id={`${id}-question`} problem={shown?.question} empty={words.problems.noQuestion} />
      <Options
        draft={draft}
        problems={shown}
        change={change}
        announce={(said) => view.announce(said)}
      />
      <Choice
        label={words.multiple}
        checked={draft.multiple}
        onToggle={() => change(withMultiple(draft, !draft.multiple))}
      />
      <Choice
        label={words.anonymous}
        checked={draft.anonymous}
        about={words.anonymousMeans}
        onToggle={() => change({ anonymous: !draft.anonymous })}
      />
      <Choice
        label={words.quiz}
        checked={draft.quiz}
        about={words.quizMeans}
        onToggle={() => change({ quiz: !draft.quiz })}
      />
      <label class="stacked">
        {words.seconds}
        <input
          inputMode="numeric"
          autoComplete="off"
          value={draft.seconds}
          {...marked(shown?.seconds, `${id}-seconds`)}
          onInput={({ currentTarget }) => change({ seconds: currentTarget.value })}
        />
      </label>
      <Trouble id={`${id}-seconds`} problem={shown?.seconds} empty="" />
      <label class="stacked">
        {words.show}
        <select
          value={draft.show}
          onChange={({ currentTarget: { value } }) =>
            change({ show: SHOWS.find((one) => one === value) ?? "after" })
          }
        >
          {SHOWS.map((show) => (
            <option key={show} value={show}>
              {words.showChoices[show]}
            </option>
          ))}
        </select>
      </label>
      <p class={failure ? "trouble" : "hidden"} role="alert">
        {failure}
      </p>
      <div class="row">
        <button type="submit" class="button primary">
          {words.submit}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            polls.draft.value = null;
          }}
        >
          {words.discard}
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  label: string;
  /** What it means. */
  about?: string;
  checked: boolean;
  onToggle: () => void;
}

function Choice({ label, about, checked, onToggle }: ChoiceProps): JSX.Element {
  const id = useId();
  return (
    <div>
      <label class="check">
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={about && id}
          onChange={onToggle}
        />
        {label}
      </label>
      {about && (
        <p id={id} class="soft">
          {about}
        </p>
      )}
    </div>
  );
}

interface OptionsProps {
  draft: PollDraft;
  problems: Problems | null;
  change: (news: Partial<PollDraft>) => void;
  announce: (words: string) => void;
}

/** What to focus once a change of the options is rendered. */
interface Focus {
  key: number;
  part: "text" | "up" | "down";
}

function Options({ draft, problems, change, announce }: OptionsProps): JSX.Element {
  const words = t.polls;
  const id = useId();
  const fields = useRef<HTMLFieldSetElement>(null);
  const focus = useRef<Focus | null>(null);
  const full = draft.options.length >= LIMITS.options;

  // A moved element loses the focus, a removed one takes it along.
  useLayoutEffect(() => {
    const wanted = focus.current;
    focus.current = null;
    if (!wanted) return;
    const row = fields.current?.querySelector(`[data-option="${wanted.key}"]`);
    const part = row?.querySelector<HTMLElement>(`[data-part="${wanted.part}"]:not(:disabled)`);
    (part ?? row?.querySelector<HTMLElement>("[data-part=text]"))?.focus();
  });

  const add = (): void => {
    const more = withOption(draft);
    if (!more) return;
    focus.current = { key: more.options.at(-1)?.key ?? 0, part: "text" };
    change(more);
  };
  const remove = (key: number): void => {
    const place = draft.options.findIndex((one) => one.key === key);
    const next = draft.options[place + 1] ?? draft.options[place - 1];
    if (next) focus.current = { key: next.key, part: "text" };
    change(withoutOption(draft, key));
    announce(words.removed);
  };
  const move = (key: number, step: -1 | 1, part: Focus["part"]): void => {
    const moved = moveOption(draft, key, step);
    if (moved === draft) return;
    focus.current = { key, part };
    change(moved);
    const place = moved.options.findIndex((one) => one.key === key) + 1;
    announce(words.moved(place, moved.options.length));
  };
  const typed = (event: KeyboardEvent, { key }: DraftOption, index: number): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key] as -1 | 1 | undefined;
    if (event.altKey && step) {
      event.preventDefault();
      move(key, step, "text");
    } else if (event.key === "Enter" && !event.isComposing) {
      // The next answer, not the whole question.
      event.preventDefault();
      const next = draft.options[index + 1];
      if (!next) add();
      else fields.current?.querySelectorAll<HTMLElement>("[data-part=text]")[index + 1]?.focus();
    }
  };

  return (
    <fieldset ref={fields} class="poll-options" aria-describedby={`${id}-hint ${id}-right`}>
      <legend>{words.options}</legend>
      {draft.options.map((option, index) => {
        const { key, text, right } = option;
        const number = index + 1;
        const problem = problems?.options.get(key);
        return (
          <div key={key} class="poll-option-row" data-option={key}>
            <input
              data-part="text"
              dir="auto"
              autoComplete="off"
              aria-label={words.option(number)}
              value={text}
              {...marked(problem, `${id}-${key}`)}
              onInput={({ currentTarget }) => change(writeOption(draft, key, currentTarget.value))}
              onKeyDown={(event) => typed(event, option, index)}
            />
            <span class="poll-option-tools">
              {draft.quiz && (
                <label class="check">
                  <input
                    type="checkbox"
                    aria-label={words.right(number)}
                    checked={right}
                    {...marked(problems?.right, `${id}-right`)}
                    onChange={({ currentTarget: { checked } }) =>
                      change(markRight(draft, key, checked))
                    }
                  />
                  <span aria-hidden="true">{words.rightShort}</span>
                </label>
              )}
              <button
                type="button"
                class="quiet"
                data-part="up"
                aria-label={words.moveUp(number)}
                title={words.moveUp(number)}
                disabled={index === 0}
                onClick={() => move(key, -1, "up")}
              >
                <Chevron />
              </button>
              <button
                type="button"
                class="quiet"
                data-part="down"
                aria-label={words.moveDown(number)}
                title={words.moveDown(number)}
                disabled={number === draft.options.length}
                onClick={() => move(key, 1, "down")}
              >
                <Down />
              </button>
              <button
                type="button"
                class="quiet"
                aria-label={words.removeOption(number)}
                title={words.removeOption(number)}
                disabled={draft.options.length <= MIN_OPTIONS}
                onClick={() => remove(key)}
              >
                <Close />
              </button>
            </span>
            <Trouble id={`${id}-${key}`} problem={problem} empty={words.problems.noOption} />
          </div>
        );
      })}
      <Trouble id={`${id}-right`} problem={problems?.right} empty="" />
      <p id={`${id}-hint`} class="soft">
        {full ? words.full(LIMITS.options) : words.moveHint}
      </p>
      {!full && (
        <button type="button" class="button small start" onClick={add}>
          {words.addOption}
        </button>
      )}
    </fieldset>
  );
}

interface TroubleProps {
  id: string;
  problem: Problem | null | undefined;
  /** What an empty text needs. */
  empty: string;
}

function Trouble({ id, problem, empty }: TroubleProps): JSX.Element | null {
  if (!problem) return null;
  return (
    <p id={id} class="trouble field-trouble">
      {inWords(problem, empty)}
    </p>
  );
}

function inWords(problem: Problem, empty: string): string {
  const words = t.polls.problems;
  switch (problem.kind) {
    case "empty":
      return empty;
    case "long":
      return words.tooLong(problem.over);
    case "seconds":
      return words.seconds(SECONDS.min, SECONDS.max);
    default:
      return words[problem.kind];
  }
}

function marked(
  problem: Problem | null | undefined,
  id: string,
): { "aria-invalid"?: true; "aria-describedby"?: string } {
  return problem ? { "aria-invalid": true, "aria-describedby": id } : {};
}

/** While a draft is written, only what is too long is marked: what is missing may still come. */
function tooLongOf(problems: Problems | null): Problems | null {
  if (!problems) return null;
  const long = (problem: Problem | null): Problem | null =>
    problem?.kind === "long" ? problem : null;
  const options = new Map([...problems.options].filter(([, one]) => one.kind === "long"));
  return { question: long(problems.question), options, right: null, seconds: null };
}
