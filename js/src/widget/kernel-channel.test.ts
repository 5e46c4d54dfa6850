import { describe, expect, it } from "vitest";
import { type FromKernel, KernelChannel } from "./kernel-channel";

class Kernel {
  listeners = new Set<(message: unknown) => void>();
  sent: Record<string, unknown>[] = [];
  on(_: "msg:custom", callback: (message: unknown) => void): void {
    this.listeners.add(callback);
  }
  off(_: "msg:custom", callback: (message: unknown) => void): void {
    this.listeners.delete(callback);
  }
  send(content: unknown): void {
    this.sent.push(content as Record<string, unknown>);
  }
  says(message: Record<string, unknown>): void {
    for (const listener of this.listeners) listener(message);
  }
}

describe("the page's end of the channel", () => {
  it("receives messages addressed to it, and no others", () => {
    const kernel = new Kernel();
    const heard: FromKernel[] = [];
    const channel = new KernelChannel(kernel, (message) => heard.push(message));
    channel.send({ type: "hello", base: null, browser: "b", asked: false });
    const client = kernel.sent[0]?.client;
    kernel.says({ type: "token", token: "secret", client: "another page" });
    kernel.says({ type: "token", token: "secret", client });
    expect(heard).toEqual([{ type: "token", token: "secret" }]);
  });

  it("decrypts messages sealed with its pads, and sends more pads on request", () => {
    const kernel = new Kernel();
    const heard: FromKernel[] = [];
    const channel = new KernelChannel(kernel, (message) => heard.push(message));
    channel.send({ type: "hello", base: null, browser: "b", asked: false });
    const client = kernel.sent[0]?.client;
    kernel.says({ type: "pad", size: 10_000, client });
    expect(kernel.sent[1]?.type).toBe("pad");
    const pads = kernel.sent.map(({ pad }) => pad as [number, string]);
    expect(pads.map(([number]) => number)).toEqual([0, 1]);
    for (const [number, pad] of pads) {
      const bytes = Uint8Array.from(atob(pad), (character) => character.charCodeAt(0));
      const message = new TextEncoder().encode('{"type":"notice","message":"Größe"}');
      const at = bytes.length - message.length;
      const mixed = message.map((byte, i) => byte ^ (bytes[at + i] as number));
      const text = btoa(String.fromCharCode(...mixed));
      kernel.says({ type: "sealed", pad: number, at, text, client });
    }
    expect(heard).toEqual(Array(2).fill({ type: "notice", message: "Größe" }));
  });

  it("numbers its messages, which may overtake each other on the way", () => {
    const kernel = new Kernel();
    const channel = new KernelChannel(kernel, () => {});
    for (let i = 0; i < 3; i += 1) channel.send({ type: "alive" });
    expect(kernel.sent.map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  it("receives nothing after it is closed", () => {
    const kernel = new Kernel();
    const channel = new KernelChannel(kernel, () => expect.unreachable());
    channel.close();
    expect(kernel.listeners.size).toBe(0);
  });

  it("survives a dead kernel", () => {
    const kernel = new Kernel();
    kernel.send = () => {
      throw new Error("Cannot send");
    };
    new KernelChannel(kernel, () => {}).send({
      type: "hello",
      base: null,
      browser: "b",
      asked: false,
    });
  });

  it("has an address unique to its page", () => {
    const kernel = new Kernel();
    for (const channel of [
      new KernelChannel(kernel, () => {}),
      new KernelChannel(kernel, () => {}),
    ]) {
      channel.send({ type: "hello", base: null, browser: "b", asked: false });
    }
    expect(kernel.sent[0]?.client).not.toEqual(kernel.sent[1]?.client);
  });
});
