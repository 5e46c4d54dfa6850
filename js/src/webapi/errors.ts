import { EngineError } from "../engine/errors";

/** The rejection of a Web API promise: `error` is "<Kind> Error", `message` says what is wrong. */
export class NanoMeetError extends Error {
  override readonly name = "NanoMeetError";
  readonly error: string;
  /** The kind of failure, as in the engine and the server: `token_expired`, `timeout`, … */
  readonly kind: string;

  /** `cause`: the kind of a refusal, as the room's server has it. */
  constructor(error: string, message: string, kind?: string, cause?: unknown) {
    super(message, { cause });
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
  const { kind, cause }: Partial<EngineError> = thrown instanceof EngineError ? thrown : {};
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new NanoMeetError(error, message, kind, cause);
}
