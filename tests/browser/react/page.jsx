// A third party's page: React in StrictMode, and Jitsi's own component for meetings.
import { JaaSMeeting, JitsiMeeting } from "@jitsi/react-sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

const COMPONENTS = { JaaSMeeting, JitsiMeeting };
let root;

/** Show a meeting. Its clients are kept in `clients`, what they tell in `events`. */
window.show = (component, props) => {
  window.clients ??= [];
  window.events ??= [];
  const Meeting = COMPONENTS[component];
  const onApiReady = (api) => {
    window.clients.push(api);
    for (const name of api.getSupportedEvents()) {
      api.on(name, (data) => window.events.push({ name, data }));
    }
  };
  const onReadyToClose = () => window.events.push({ name: "closed", data: {} });
  const place = (frame) => {
    frame.style.height = "480px";
  };
  root ??= createRoot(document.getElementById("root"));
  root.render(
    <StrictMode>
      <Meeting
        {...props}
        onApiReady={onApiReady}
        onReadyToClose={onReadyToClose}
        getIFrameRef={place}
        spinner={() => <p>Loading</p>}
      />
    </StrictMode>,
  );
};

window.hide = () => {
  root?.unmount();
  root = undefined;
};
