import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Participant, RemovalPlanned } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import type { RemovalOptions } from "../room/requests";
import { t } from "../strings";
import { attempt, words as reason } from "./attempt";
import { Close } from "./icons";

/** The confirmation of a removal: how, and who else is removed. */
export function Removal({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { room, view } = meeting;
  const id = view.removing.value;
  // A participant who has left need not be removed.
  const person = room.moderator.value ? room.others.value.find((other) => other.id === id) : null;
  useEffect(() => {
    if (id !== null && !person) view.removing.value = null;
  }, [id, person, view]);
  return person ? <Sheet key={person.id} meeting={meeting} person={person} /> : null;
}

interface SheetProps {
  meeting: MeetingPage;
  person: Participant;
}

function Sheet({ meeting, person }: SheetProps): JSX.Element {
  const words = t.panels.removal;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = (): void => {
    meeting.view.removing.value = null;
  };
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby={heading} onClose={close}>
      <div class="panel-head">
        <h2 id={heading}>{words.title(person.name)}</h2>
        <button type="button" class="quiet" aria-label={t.common.close} onClick={close}>
          <Close />
        </button>
      </div>
      <Planning meeting={meeting} person={person} close={close} />
    </dialog>
  );
}

interface PlanningProps extends SheetProps {
  close: () => void;
}

/** The question waits until the server has named the effects. */
function Planning({ meeting, person, close }: PlanningProps): JSX.Element {
  const words = t.panels.removal;
  const [attempts, setAttempts] = useState(0);
  const [plan, setPlan] = useState<RemovalPlanned | string | null>(null);
  const { id } = person;

  useEffect(() => {
    const owner = new AbortController();
    const look = async (): Promise<void> => {
      const found = await meeting.planRemoval(id).catch(reason);
      if (!owner.signal.aborted) setPlan(found);
    };
    setPlan(null);
    void look();
    return () => owner.abort();
  }, [meeting, id, attempts]);

  if (plan !== null && typeof plan !== "string") {
    return <Choices meeting={meeting} person={person} plan={plan} close={close} />;
  }
  return (
    <div class="removal">
      {plan === null ? (
        <p role="status">{words.looking}</p>
      ) : (
        <>
          <p class="trouble" role="alert">
            {plan}
          </p>
          <div class="removal-foot">
            <button type="button" class="button" onClick={() => setAttempts(attempts + 1)}>
              {words.again}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

type How = "plain" | "browser" | "revoke";

interface ChoicesProps extends PlanningProps {
  plan: RemovalPlanned;
}

function Choices({ meeting, person, plan, close }: ChoicesProps): JSX.Element {
  const words = t.panels.removal;
  const [how, setHow] = useState<How>("plain");
  const [address, setAddress] = useState(false);
  const single = plan.people < 2 && !plan.moderator && !plan.own_link;
  const several = single || plan.revocable;

  const remove = (): void => {
    close();
    const options: RemovalOptions = {
      ...(how === "revoke" && { revoke: true }),
      ...(how === "browser" && { shared: true }),
      ...(address && { address: true }),
    };
    void attempt(meeting, () => meeting.ask.kick(person.id, options));
  };
  const choice = (value: How, label: string, hint?: string): JSX.Element => (
    <label>
      <input type="radio" name="how" checked={how === value} onChange={() => setHow(value)} />
      {label}
      {hint && <small>{hint}</small>}
    </label>
  );

  return (
    <div class="removal">
      <p role="status">
        {meaning(person.name, plan)} {plan.goes > 0 && words.goes(plan.goes)} {words.staysOut}
      </p>
      {several && (
        <fieldset aria-label={words.how}>
          {choice("plain", words.plain)}
          {single && choice("browser", words.browser, words.browserHint)}
          {plan.revocable && choice("revoke", words.revoke, words.revokeHint(plan.goes_revoked))}
        </fieldset>
      )}
      {plan.same_address !== null && (
        <label>
          <input
            type="checkbox"
            checked={address}
            onChange={({ currentTarget }) => setAddress(currentTarget.checked)}
          />
          {words.address}
          <small>{words.addressHint(plan.same_address)}</small>
        </label>
      )}
      <div class="removal-foot">
        <button type="button" class="button" onClick={close}>
          {words.cancel}
        </button>
        <button type="button" class="button danger" onClick={remove}>
          {how === "revoke" ? words.revoke : words.plain}
        </button>
      </div>
    </div>
  );
}

function meaning(name: string, { own_link, moderator, people }: RemovalPlanned): string {
  const words = t.panels.removal;
  if (own_link) return words.ownLink(name);
  if (moderator) return words.moderator(name);
  return people > 1 ? words.shared(name, people) : words.single(name);
}
