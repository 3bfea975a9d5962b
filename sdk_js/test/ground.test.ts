/** What everything stands on: the page clock, guards, and JSON under old libraries. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { browserCompress } from "../src/chunk";
import { createClock, drift } from "../src/clock";
import { attempt, guarded, listen } from "../src/guard";
import { browserHost } from "../src/host";
import { stringify } from "../src/json";
import { FakeHost, START_MS } from "./fakes";

describe("the page clock", () => {
  it("goes on from the device's clock, and does not jump with it", () => {
    const host = new FakeHost();
    host.advance(500);
    const clock = createClock(host);
    expect(clock.now()).toBe(START_MS + 500);
    host.advance(1_000);
    host.sleep(3_600_000);
    expect(clock.now()).toBe(START_MS + 1_500);
    expect(drift(host, clock)).toBe(3_600_000);
  });

  it("knows when an event was, to a tenth of a millisecond", () => {
    const clock = createClock(new FakeHost());
    expect(clock.at(12.3456)).toBe(START_MS + 12.3);
    expect(clock.at(-5)).toBe(START_MS - 5);
  });
});

describe("a guard", () => {
  const raising = () => {
    throw new Error("ours");
  };

  it("lets through what works and swallows what does not", () => {
    expect(guarded((a: number, b: number) => a + b)(1, 2)).toBe(3);
    expect(guarded(raising)()).toBeUndefined();
    expect(attempt(() => "value")).toBe("value");
    expect(attempt(raising)).toBeUndefined();
  });

  it("listens until it is told to stop", () => {
    const target = new EventTarget();
    let heard = 0;
    const stop = listen(target, "ring", () => {
      heard++;
      raising();
    });
    target.dispatchEvent(new Event("ring"));
    stop();
    target.dispatchEvent(new Event("ring"));
    expect(heard).toBe(1);
  });

  it("does without a target that cannot be listened to", () => {
    const stop = listen({} as EventTarget, "ring", raising);
    expect(stop).not.toThrow();
  });
});

describe("JSON", () => {
  const lists: { toJSON?: unknown } & object = Array.prototype;
  afterEach(() => {
    delete lists.toJSON;
  });

  it("is the language's own, whatever a library did to lists", () => {
    const patch = () => '"patched"';
    lists.toJSON = patch;
    expect(stringify({ list: [1, ["two"]] })).toBe('{"list":[1,["two"]]}');
    expect(lists.toJSON).toBe(patch);
  });

  it("leaves the library's patch as it was, also when writing fails", () => {
    Object.defineProperty(lists, "toJSON", { value: () => "p", configurable: true, enumerable: false });
    const before = Object.getOwnPropertyDescriptor(lists, "toJSON");
    const endless: unknown[] = [];
    endless.push(endless);
    expect(() => stringify(endless)).toThrow();
    expect(Object.getOwnPropertyDescriptor(lists, "toJSON")).toEqual(before);
  });
});

describe("the browser", () => {
  it("gives ids of 128 bits that differ, timers that can be called off, and failures that stay ours", async () => {
    const host = browserHost();
    const ids = new Set(Array.from({ length: 100 }, host.id));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    const order: string[] = [];
    host.timer(() => order.push("called off"), 0)();
    host.soon(() => {
      order.push("soon");
      throw new Error("ours");
    });
    await new Promise<void>((done) => host.timer(done, 5));
    expect(order).toEqual(["soon"]);
    await new Promise<void>((done) => host.idle(done));
    expect(host.random()).toBeLessThan(1);
    expect(Math.abs(host.wall() - Date.now())).toBeLessThan(1_000);
  });

  it("that cannot compress says so", () => {
    vi.stubGlobal("CompressionStream", undefined);
    expect(browserCompress()).toBeNull();
  });
});
