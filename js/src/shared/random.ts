/**
 * An unguessable name of 128 random bits. Not a UUID: pages over plain http have no `randomUUID()`.
 */
export function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
