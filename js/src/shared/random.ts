/** A name that cannot be guessed, of 128 random bits. No UUID: pages over plain http cannot make one. */
export function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
