import { EngineError } from "../engine/errors";

/** The rejection of a Web API promise: `error` is "<Kind> Error", `message` says what is wrong. */
export class NanoMeetError extends Error {
  override readonly name = "NanoMeetError";
  readonly error: string;
  /** The kind of failure, as in the engine and the server: `token_expired`, `timeout`, … */
  readonly kind: string;

  constructor(error: string, message: string, kind?: string) {
    super(message);
    this.error = error;
    this.kind =
      kind ??
      error
        .replace(/ Error$/, "")
        .toLowerCase()
        .replaceAll(" ", "_");
  }

  toJSON(): { error: string; message: string } {
    return { error: this.error, message: this.message };
  }
}

/** Returns any thrown value as a NanoMeetError. */
export function asNanoMeetError(error: string, thrown: unknown): NanoMeetError {
  if (thrown instanceof NanoMeetError) return thrown;
  const kind = thrown instanceof EngineError ? thrown.kind : undefined;
  return new NanoMeetError(error, thrown instanceof Error ? thrown.message : String(thrown), kind);
}
