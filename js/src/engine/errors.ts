export type EngineErrorKind = "argument" | "timeout" | "disposed" | "refused";

/** The engine did not do what it was asked; `kind` says which way. */
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
