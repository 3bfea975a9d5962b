/** What outlasts a page, and what becomes of it where storage is broken, full or forbidden. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  browserTexts,
  browserTurn,
  createSessionStore,
  keys,
  type SessionRecord,
  TURN_MAX_MS,
  watchOtherTabs,
} from "../src/storage";
import { FakeHost, FakeTexts } from "./fakes";

const RECORD: SessionRecord = {
  session: "s1",
  token: "t1",
  code: "7K3QF9",
  person: "p",
  settings: { flush_ms: 9 },
};

afterEach(() => {
  localStorage.clear();
  vi.unstubAllGlobals();
});

describe("the session's record", () => {
  let shared: FakeTexts;
  let own: FakeTexts;
  const store = () => createSessionStore("k1", shared, own);
  beforeEach(() => {
    shared = new FakeTexts();
    own = new FakeTexts();
  });

  it("comes back as it was", () => {
    expect(store().read()).toBeNull();
    store().write(RECORD);
    expect(store().read()).toEqual(RECORD);
  });

  it.each(["", "null", "7", '"text"', "{}", '{"session":1,"token":"t"}', "{", "[]"])(
    "is none where %j stands",
    (text) => {
      shared.values.set(keys("k1").session, text);
      expect(store().read()).toBeNull();
    },
  );

  it("is written as a list of texts even where an old library patched lists", () => {
    const lists = Array.prototype as unknown as { toJSON?: () => string };
    lists.toJSON = () => "patched";
    try {
      store().write({ ...RECORD, settings: { url_keys: ["a", "b"] } });
      expect(lists.toJSON?.()).toBe("patched");
    } finally {
      delete lists.toJSON;
    }
    expect(store().read()?.settings).toEqual({ url_keys: ["a", "b"] });
  });

  it("belongs to one site", () => {
    store().write(RECORD);
    expect(createSessionStore("k2", shared, own).read()).toBeNull();
  });

  it("leaves nothing behind when cleared", () => {
    store().write(RECORD);
    store().touch(5);
    store().putTab("tab");
    store().clear();
    expect(shared.values.size + own.values.size).toBe(0);
  });

  it("knows when the customer was last seen", () => {
    expect(store().seen()).toBe(0);
    store().touch(1234.6);
    expect(store().seen()).toBe(1235);
    shared.values.set(keys("k1").seen, "soon");
    expect(store().seen()).toBe(0);
  });

  it("gives a tab's id once", () => {
    store().putTab("a");
    expect(store().takeTab()).toBe("a");
    expect(store().takeTab()).toBeNull();
  });
});

describe("the browser's storage", () => {
  it("holds texts", () => {
    const texts = browserTexts(() => localStorage);
    texts.set("a", "1");
    expect(localStorage.getItem("a")).toBe("1");
    expect(texts.get("a")).toBe("1");
    texts.remove("a");
    expect(texts.get("a")).toBeNull();
  });

  it("where it is forbidden is replaced for as long as the page lasts", () => {
    const texts = browserTexts(() => {
      throw new DOMException("forbidden", "SecurityError");
    });
    texts.set("a", "1");
    expect(texts.get("a")).toBe("1");
    texts.remove("a");
    expect(texts.get("a")).toBeNull();
  });

  it("where it is full does not bring back what it held before", () => {
    let full = false;
    const values = new Map<string, string>();
    const texts = browserTexts(
      () =>
        ({
          getItem: (key: string) => values.get(key) ?? null,
          setItem(key: string, value: string) {
            if (full) throw new DOMException("full", "QuotaExceededError");
            values.set(key, value);
          },
          removeItem: (key: string) => void values.delete(key),
        }) as Storage,
    );
    texts.set("a", "old");
    full = true;
    texts.set("a", "new");
    expect(texts.get("a")).toBe("new");
    full = false;
    texts.set("a", "newer");
    expect([texts.get("a"), values.get("a")]).toEqual(["newer", "newer"]);
  });
});

describe("other tabs", () => {
  const tell = (init: StorageEventInit) =>
    window.dispatchEvent(new StorageEvent("storage", { storageArea: localStorage, ...init }));

  it("tell what they wrote and what they removed, and nothing else", () => {
    const said: string[] = [];
    const stop = watchOtherTabs(
      "k1",
      () => said.push("changed"),
      () => said.push("cleared"),
    );
    const key = keys("k1").session;
    tell({ key, newValue: "{}" });
    tell({ key, newValue: null });
    tell({ key: null, newValue: null });
    tell({ key: keys("k1").seen, newValue: "1" });
    tell({ key: keys("k2").session, newValue: "1" });
    tell({ key, newValue: "1", storageArea: sessionStorage });
    expect(said).toEqual(["changed", "cleared"]);
    stop();
    tell({ key, newValue: "{}" });
    expect(said).toHaveLength(2);
  });
});

describe("the turn to mint", () => {
  const settle = () => new Promise<void>((done) => setTimeout(done));
  type Held = (lock: unknown) => Promise<void>;
  let requests: { name: string; grant: () => Promise<void>; fail: () => void }[];
  beforeEach(() => {
    requests = [];
    const request = (name: string, held: Held) =>
      new Promise<void>((done, fail) => {
        requests.push({ name, grant: () => held({}).then(done), fail: () => fail(new Error("no")) });
      });
    vi.stubGlobal("navigator", { locks: { request } });
  });

  it("is held from when it comes until it is left", async () => {
    let leave: (() => void) | undefined;
    browserTurn(
      "k1",
      new FakeHost(),
    )((given) => {
      leave = given;
    });
    expect(requests[0]?.name).toBe(keys("k1").session);
    expect(leave).toBeUndefined();
    let over = false;
    void requests[0]?.grant().then(() => {
      over = true;
    });
    await settle();
    expect([leave !== undefined, over]).toEqual([true, false]);
    leave?.();
    leave?.();
    await settle();
    expect(over).toBe(true);
  });

  it("comes anyway where the one before hangs, and is then given back at once", async () => {
    const host = new FakeHost();
    let runs = 0;
    browserTurn("k1", host)(() => runs++);
    host.advance(TURN_MAX_MS);
    expect(runs).toBe(1);
    await requests[0]?.grant();
    expect(runs).toBe(1);
  });

  it("comes at once where locks fail, throw or do not exist", async () => {
    let runs = 0;
    const run = () => browserTurn("k1", new FakeHost())(() => runs++);
    run();
    requests[0]?.fail();
    await settle();
    expect(runs).toBe(1);
    vi.stubGlobal("navigator", {
      locks: {
        request() {
          throw new DOMException("no", "SecurityError");
        },
      },
    });
    run();
    vi.stubGlobal("navigator", {});
    run();
    expect(runs).toBe(3);
  });
});
