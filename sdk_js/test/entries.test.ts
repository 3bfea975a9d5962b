/** The two ways in: the npm package, which does nothing by itself, and the script, which starts from its tag. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Replay } from "../src/index";

const RUNNING = Symbol.for("replay-desk");
type Page = Window & { replay?: Replay & { q?: unknown[][] } };

let sockets: string[];

beforeEach(() => {
  vi.resetModules();
  sockets = [];
  vi.stubGlobal(
    "WebSocket",
    class {
      constructor(address: string) {
        sockets.push(address);
      }
    },
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  // Held for as long as a page lives; these tests are many pages in one.
  Object.defineProperty(window, RUNNING, { value: undefined, configurable: true });
  delete (window as Page).replay;
  document.body.innerHTML = "";
  localStorage.clear();
});

/** `defineProperty` without `configurable` would outlive the test. */
function forgetfulWindow(): void {
  const define = Object.defineProperty;
  vi.spyOn(Object, "defineProperty").mockImplementation((target, key, descriptor) =>
    define(target, key, key === RUNNING ? { ...descriptor, configurable: true } : descriptor),
  );
}

const settle = () => new Promise<void>((done) => setTimeout(done));

describe("the npm package", () => {
  beforeEach(forgetfulWindow);

  it("does nothing when it is imported", async () => {
    const before = Object.keys(window).length;
    await import("../src/index");
    expect(Object.keys(window)).toHaveLength(before);
    expect(sockets).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it("starts once a page, and takes no name on it", async () => {
    const { start } = await import("../src/index");
    const replay = start({ site: "k1", collector: "https://replay.example/" });
    expect(start({ site: "k1", collector: "https://replay.example" })).toBe(replay);
    expect((window as Page).replay).toBeUndefined();
    expect(sockets).toEqual([]);
    replay("consent", "granted");
    await settle();
    expect(sockets).toEqual(["wss://replay.example/ingest"]);
    replay("consent", "denied");
    expect(localStorage).toHaveLength(0);
  });

  it("waits for the panel that is asked for, forgets no call, and goes on where the panel cannot", async () => {
    window.name = "replay_debug";
    const { start } = await import("../src/index");
    const replay = start({ site: "k1", collector: "https://replay.example" });
    replay("consent", "granted");
    expect(sockets).toEqual([]);
    await vi.waitFor(() => expect(sockets).toEqual(["wss://replay.example/ingest"]));
    window.name = "";
    replay("consent", "denied");
    expect(localStorage).toHaveLength(0);
  });

  it("answers with something that does nothing where there is no browser, or a broken one", async () => {
    const { start } = await import("../src/index");
    const broken = start({ site: "k1", collector: undefined as unknown as string });
    expect(broken("consent", "granted")).toBeUndefined();
    vi.stubGlobal("window", undefined);
    expect(start({ site: "k1", collector: "https://replay.example" })("consent", "granted")).toBeUndefined();
    expect(sockets).toEqual([]);
  });
});

describe("the script", () => {
  beforeEach(forgetfulWindow);

  async function load(attributes: Readonly<Record<string, string>>): Promise<void> {
    const element = document.createElement("script");
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    vi.spyOn(document, "currentScript", "get").mockReturnValue(element);
    vi.resetModules();
    await import("../src/script");
    await settle();
  }

  /** What the snippet puts in place until the script is there. */
  function queue(...commands: unknown[][]): void {
    (window as Page).replay = Object.assign(() => {}, { q: commands }) as unknown as Replay;
  }

  it("finds its site and its collector in its own tag, and runs what was queued", async () => {
    queue(["identify", { customer_id: "c1" }], ["consent", "granted"]);
    await load({ src: "https://shop.example/under/a/path/sdk/replay.js", "data-site": "k1" });
    expect(sockets).toEqual(["wss://shop.example/under/a/path/ingest"]);
    expect((window as Page).replay?.q).toBeUndefined();
  });

  it("waits for consent", async () => {
    queue();
    await load({ src: "https://replay.example/sdk/replay.js", "data-site": "k1" });
    expect(sockets).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it("does not take the place of a recorder that is there already", async () => {
    await load({ src: "https://replay.example/sdk/replay.js", "data-site": "k1" });
    const first = (window as Page).replay;
    await load({ src: "https://other.example/sdk/replay.js", "data-site": "k2" });
    expect((window as Page).replay).toBe(first);
    first?.("consent", "granted");
    await settle();
    expect(sockets).toEqual(["wss://replay.example/ingest"]);
  });

  it("without a site is no recorder", async () => {
    queue(["consent", "granted"]);
    await load({ src: "https://replay.example/sdk/replay.js" });
    expect(sockets).toEqual([]);
    expect((window as Page).replay?.q).toHaveLength(1);
  });

  it("that was bundled into another has no tag and leaves the page alone", async () => {
    vi.spyOn(document, "currentScript", "get").mockReturnValue(null);
    await expect(import("../src/script")).resolves.toBeDefined();
  });
});
