/** Why a request was not carried out. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}
