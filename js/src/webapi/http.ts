/** One call to a service: settles in bounded time, and every failure has a message. */

import { NanoMeetError } from "./errors";

export type Fetch = typeof globalThis.fetch;

export interface Transport {
  fetch: Fetch;
  /** Timeout for the whole answer, in milliseconds. */
  timeout: number;
}

export interface Call {
  /** The name of a failure, "<Kind> Error". */
  error: string;
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON with POST; a call without it is a GET. */
  body?: unknown;
}

/** Returns the JSON of a response with status 200. */
export async function callService(call: Call, { fetch, timeout }: Transport): Promise<unknown> {
  const { error, url, headers, body } = call;
  const where = hostOf(url, error);
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeout),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      // A redirect would send the key or token in the headers to another server.
      redirect: "error",
    });
    const answer = parse(await response.text());
    if (response.status !== 200) throw new NanoMeetError(error, refusal(where, response, answer));
    if (answer === undefined) {
      throw new NanoMeetError(error, `${where} answered with something that is not JSON`);
    }
    return answer;
  } catch (thrown) {
    if (thrown instanceof NanoMeetError) throw thrown;
    const late = thrown instanceof DOMException && thrown.name === "TimeoutError";
    throw new NanoMeetError(
      error,
      late ? `${where} did not answer within ${timeout / 1000} s` : `${where} cannot be reached`,
      late ? "timeout" : "service_unreachable",
    );
  }
}

function hostOf(url: string, error: string): string {
  if (!URL.canParse(url)) throw new NanoMeetError(error, `${JSON.stringify(url)} is no address`);
  return new URL(url).host;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(where: string, response: Response, answer: unknown): string {
  if (typeof answer === "object" && answer !== null && "message" in answer) {
    if (typeof answer.message === "string" && answer.message) return answer.message;
  }
  return `${where} answered with status ${response.status} and no reason`;
}
