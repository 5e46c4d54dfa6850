/** What the widget reads of a token, untrusted: to know which meeting it opens. */
import { readToken } from "../webapi/token";

/** Two tokens with one key open the same meeting in the same role. */
export function meetingKey(token: string): string {
  const claims = readToken(token);
  return JSON.stringify([claims.server, claims.sub, claims.room, claims.moderator]);
}
