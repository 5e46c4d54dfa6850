import { expect, it } from "vitest";
import { isLoopback } from "./loopback";

it.each(["localhost", "a.localhost", "127.0.0.1", "127.0.0.2", "[::1]"])(
  "%s is this machine",
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

it.each(["notebook.example", "10.0.0.5", "localhost.example", "notlocalhost", "[2001:db8::1]", ""])(
  "%s is another machine",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
