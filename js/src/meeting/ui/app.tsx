import type { JSX } from "preact";
import type { Meeting } from "../meeting";
import { AudienceStage } from "./audience";
import { DoorCard } from "./cards";
import { Header } from "./header";
import { Notices, Toasts } from "./notices";
import { OpenPanel } from "./panel";
import { Sound } from "./sound";
import { Stage } from "./stage";
import { Toolbar } from "./toolbar";

export function App({ meeting }: { meeting: Meeting }): JSX.Element {
  const status = meeting.status.value;
  return (
    <div key={meeting.view.language.value} class="app" data-status={status}>
      {status === "joined" ? <Room meeting={meeting} /> : <DoorCard meeting={meeting} />}
      <Toasts meeting={meeting} />
    </div>
  );
}

function Room({ meeting }: { meeting: Meeting }): JSX.Element {
  const { room, view } = meeting;
  const alone = room.others.value.length === 0;
  return (
    <>
      <Header meeting={meeting} />
      <main class="middle">
        {room.onStage.value ? <Stage meeting={meeting} /> : <AudienceStage meeting={meeting} />}
        <Notices meeting={meeting} />
        {alone && (
          <p class="alone">
            You are the only one here.
            {room.moderator.value && (
              <button
                type="button"
                data-panel-button="invite"
                onClick={() => view.toggle("invite")}
              >
                Invite people
              </button>
            )}
          </p>
        )}
        <OpenPanel meeting={meeting} />
      </main>
      <Toolbar meeting={meeting} />
      <Sound meeting={meeting} />
    </>
  );
}
