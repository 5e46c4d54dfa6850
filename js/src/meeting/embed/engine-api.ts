/** The framed side of the engine API: the embedding page controls this one and listens to it. */

import { type NamedData, type PostisMessage, PostisPeer } from "../../shared/postis";
import { RefusedError } from "../../shared/refused-error";
import { isElementTarget } from "../media/element-capture";
import type { MeetingPage } from "../room";
import { runCommand } from "./engine-commands";
import { type Emit, followMeeting } from "./engine-events";
import { followMouse } from "./engine-mouse";
import { answerRequest } from "./engine-requests";

/** Serves the embedding page until the signal aborts. Called before the meeting starts. */
export function serveEngineApi(meeting: MeetingPage, frame: number, owner: AbortSignal): void {
  const peer = new PostisPeer({
    scope: `jitsi_meet_external_api_${frame}`,
    target: () => window.parent,
    // A framed page cannot know who frames it. What is secret, the tickets of sources and readings, goes
    // only to the page that asked for it: a frame does not outlive the page around it.
    targetOrigin: "*",
  });
  const emit: Emit = (name, data = {}) => peer.send({ type: "event", data: { name, ...data } });
  // Targets of elements are no JSON, as the engine API's own messages are.
  const listen = ({ source, data }: MessageEvent): void => {
    const target: unknown = Reflect.get(Object(data), "nanomeetElement");
    if (source === window.parent && isElementTarget(target)) meeting.nameElement(target);
  };
  addEventListener("message", listen, { signal: owner });
  peer.onMessage = (message) => void onMessage(meeting, peer, emit, message);
  emit("browser-support", { supported: "RTCPeerConnection" in window });
  // Tells the embedding page which other events to expect.
  emit("ready", { nanomeet: true });
  const unfollow = followMeeting(meeting, emit);
  const fail = (command: string) => (error: unknown) =>
    emit("error-occurred", { error: described(error, command) });
  meeting.profile.open().catch(fail("avatar-url"));
  const { config, interfaceConfig } = meeting.launch;
  try {
    meeting.view.toolbar.configure(
      // Where old pages read it.
      (key) =>
        config.get(key) ??
        (key === "toolbarButtons" ? interfaceConfig.get("TOOLBAR_BUTTONS") : undefined),
    );
  } catch (error) {
    fail("overwrite-config")(error);
  }
  followMouse(emit, config.get("mouseMoveCallbackInterval"), owner);
  owner.addEventListener("abort", () => {
    unfollow();
    peer.close();
  });
}

async function onMessage(
  meeting: MeetingPage,
  peer: PostisPeer,
  emit: Emit,
  message: PostisMessage,
): Promise<void> {
  if (message.type === "event") {
    try {
      await runCommand(meeting, emit, message.data.name, argumentsOf(message.data));
    } catch (error) {
      emit("error-occurred", { error: described(error, message.data.name) });
    }
  }
  if (message.type === "request") {
    const { id } = message;
    try {
      peer.send({ type: "response", id, result: await answerRequest(meeting, message.data, emit) });
    } catch (error) {
      peer.send({ type: "response", id, error: described(error, message.data.name) });
    }
  }
}

function argumentsOf({ data }: NamedData): unknown[] {
  if (data === undefined) return [];
  return Array.isArray(data) ? data : [data];
}

function described(error: unknown, command: string): Record<string, unknown> {
  const name = error instanceof RefusedError ? error.kind : "command_failed";
  const message = error instanceof Error ? error.message : "The request failed.";
  return { name, type: "COMMAND", message, details: { command }, isFatal: false };
}
