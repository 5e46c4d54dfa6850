export type EngineErrorKind = "argument" | "timeout" | "disposed" | "refused";

/** A failure of the engine; `kind` says which. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    readonly kind: EngineErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
