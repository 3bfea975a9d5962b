/**
 * What no platform documents: every field of an adapter's food, one after the other, replaced by what it should
 * not be. The page goes on, nothing false is stated, and why nothing is stated can be found out.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { adapter as magento } from "../../src/adapters/magento";
import { EATERS, type Food } from "./eaters";
import { type Heard, hear } from "./heard";

const HOSTILE: readonly unknown[] = [
  "text",
  "<img src=x onerror=alert(1)>",
  -1,
  1e308,
  true,
  null,
  undefined,
  [],
  [[[[]]]],
  {},
  { length: 1e9, 0: "a" },
  JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "toString": "x"}',
  ),
];
const HUGE = "x".repeat(100_000);
/** Too much of what it may be. */
const tooMuch = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? [Array(1_000).fill(value[0])] : value === "B" ? [HUGE] : [];

/** What no JSON can bring, but a page that hands over its own objects. */
const ALIVE = (): readonly unknown[] => {
  const cyclic: Food = {};
  Object.assign(cyclic, { items: [cyclic], products: [cyclic], price: cyclic });
  const thrower = () => {
    throw new Error("ana@example.com");
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    Symbol("s"),
    thrower,
    cyclic,
    Object.freeze({ price: Object.freeze([]) }),
    new Proxy({}, { get: thrower, ownKeys: thrower, getOwnPropertyDescriptor: thrower, has: thrower }),
    revoked.proxy,
    { toString: thrower, valueOf: thrower, toJSON: thrower, [Symbol.toPrimitive]: thrower },
    Object.defineProperty({}, "items", { get: thrower, enumerable: true }),
  ];
};

/** Every way down into it, itself included. */
const pathsIn = (value: unknown, path: readonly string[] = []): (readonly string[])[] => [
  path,
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, key]))
    : []),
];
function withOther(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Food) }) as Food;
  copy[key] = withOther(copy[key], rest, other);
  return copy;
}

/** As Adobe's own script makes it of the list, so far as it is asked. */
function listening(): unknown {
  const listeners: ((entry: unknown) => void)[] = [];
  const layer = Object.assign([], {
    push(entry: unknown) {
      if (typeof entry === "function") entry(layer);
      else for (const each of listeners) each(entry);
    },
    addEventListener: (_: string, each: (entry: unknown) => void) => void listeners.push(each),
  });
  return layer;
}

beforeEach(() => {
  vi.stubGlobal("dataLayer", []);
  vi.stubGlobal("adobeDataLayer", listening());
  vi.stubGlobal("analytics", { track: () => "answer" });
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.head.innerHTML = "";
});

/** Answers are read in turns, all of them beside each other. */
async function settled() {
  for (let turn = 0; turn < 25; turn++) await new Promise((done) => setTimeout(done));
}

describe.each(Object.entries(EATERS))("%s", (name, { adapter, food, from, body }) => {
  let heard: Heard;
  beforeEach(() => {
    heard = hear(adapter);
  });
  afterEach(() => heard.hooks.stop?.());

  const feed = (given: unknown) => {
    // A function would be the page's own, called by whoever has the layer in hand.
    if (typeof given === "function") return;
    if (typeof from === "function") from(given);
    else {
      const text = typeof given === "string" ? given : (JSON.stringify(given) ?? "");
      const response = new Response(text, { headers: { "content-type": "application/json" } });
      heard.hooks.answered?.({ method: "POST", url: from, body }, response);
    }
    if (name === "product_data") heard.hooks.viewed?.();
  };
  const isAlive = typeof from === "function" && name !== "product_data";

  it("states what it is fed, so that this can fail", async () => {
    feed(food);
    await settled();
    expect(heard.facts.length).toBeGreaterThan(0);
    expect(heard.of("mark")).toEqual([]);
  });

  it("breaks nothing and makes nothing up, whatever one of its fields is", async () => {
    for (const path of pathsIn(food)) {
      const value = path.reduce<unknown>((inner, key) => (inner as Food)[key], food);
      for (const other of [...HOSTILE, ...tooMuch(value), ...(isAlive ? ALIVE() : [])])
        feed(withOther(food, path, other));
    }
    feed(Object.freeze(food));
    await settled();
    const words = JSON.stringify(heard.facts);
    expect(words).not.toMatch(/NaN|Infinity|undefined|\[object|function|Symbol|ana@|1e\+?308/);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    for (const [, fields] of heard.facts)
      for (const [key, value] of leavesOf(fields)) {
        if (key === "currency") expect(value).toMatch(/^[A-Z]{3}$/);
        expect(String(value).length, key).toBeLessThanOrEqual(1_000);
      }
    for (const { lines } of heard.of("cart"))
      expect((lines as unknown[] | undefined)?.length ?? 0).toBeLessThanOrEqual(500);
  });

  it("marks once what it cannot read, and why", async () => {
    const wrong = isAlive
      ? new Proxy(
          {},
          {
            get: () => {
              throw new Error("ana@example.com");
            },
          },
        )
      : "{ not JSON";
    for (let time = 0; time < 2; time++) feed(wrong);
    await settled();
    expect(heard.facts).toHaveLength(1);
    expect(heard.of("mark")).toMatchObject([
      name === "product_data"
        ? { name: "product data unreadable", data: { reason: "not JSON" } }
        : { name: "shop data unreadable", data: { in: name, reason: isAlive ? "fails" : "not JSON" } },
    ]);
  });

  it("goes on where the page takes away or replaces what it was read from", async () => {
    for (const other of [undefined, 5, "x", {}, Object.freeze([]), Object.freeze({ track: 5, on: 5 })]) {
      for (const global of ["dataLayer", "adobeDataLayer", "analytics", "Shopify", "prestashop"])
        vi.stubGlobal(global, other);
      expect(() => heard.hooks.viewed?.()).not.toThrow();
    }
    await settled();
    expect(heard.facts.filter(([kind]) => kind !== "mark")).toEqual([]);
    expect(() => heard.hooks.stop?.()).not.toThrow();
  });
});

it("takes what calculating has left of a number for no amount of its own", async () => {
  const heard = hear(magento);
  const totals = { subtotal: 113.70000000000005, tax_amount: 1.42e-14, grand_total: 1e21, items: [] };
  await heard.answer("/rest/V1/carts/mine/totals", totals);
  expect(heard.of("cart")[0]?.totals).toEqual([{ key: "items", amount: { raw: "113.7" } }]);
});

function leavesOf(value: unknown, key = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[key, value]];
  return Object.entries(value).flatMap(([inner, each]) => leavesOf(each, inner));
}
