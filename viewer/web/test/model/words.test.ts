// @vitest-environment node
/** Differences, trails, amounts, times and rows: what the page says in words. */
import { describe, expect, it } from "vitest";
import type { CartState, Facts } from "../../../../sdk_js/src/wire.gen";
import { readPlace, writePlace } from "../../src/desk/link";
import { amountsDiffer } from "../../src/model/amount_key";
import { lostRows, placeName, rowsOf, sentence } from "../../src/model/describe";
import { differences } from "../../src/model/differences";
import { duration, elapsed, exactAmount } from "../../src/model/format";
import { inOrder, refreshed, withChunk, withEvents, withLoad } from "../../src/model/session";
import { trailsOf, trailsUpTo } from "../../src/model/trail";
import { cart, chunks, event, load, page, T0, view } from "./story";

const trailsAt = (events: Parameters<typeof trailsOf>[0], t: number) => trailsUpTo(trailsOf(events), t);
const line = (sku: string, quantity: string, unit: string, more: object = {}) => ({
  sku,
  name: { raw: `${sku} laptop` },
  quantity: { raw: quantity },
  unit: { raw: unit },
  ...more,
});
const state = (more: Partial<CartState>): CartState => ({ surface: "drawer", source: "displayed", ...more });
const said = (before: Partial<CartState>, after: Partial<CartState>) =>
  differences(state(before), state(after)).map(sentence);

describe("what changed", () => {
  it("is said line by line", () => {
    const before = { lines: [line("HP-15", "1", "$379.00"), line("BAG", "1", "$20.00")] };
    const after = {
      lines: [line("HP-15", "2", "$499.00", { was: { raw: "$379.00" } }), line("PEN", "3", "$1.00")],
    };
    expect(said(before, after)).toEqual([
      "HP-15 laptop: quantity 1 → 2",
      "HP-15 laptop: unit price $379.00 → $499.00",
      "HP-15 laptop: struck-through price appeared: $379.00",
      "added 3 × PEN laptop",
      "removed 1 × BAG laptop",
    ]);
  });

  it("tells lines of the same article apart by their order", () => {
    const twice = (second: string) => ({ lines: [line("A", "1", "$1"), line("A", "1", second)] });
    expect(said(twice("$2"), twice("$3"))).toEqual(["A laptop: unit price $2 → $3"]);
  });

  it("is said of totals, promotions, messages and the empty cart", () => {
    const totals = (...rows: [string, string][]) =>
      rows.map(([key, raw]) => ({ key, label: { raw: key.toUpperCase() }, amount: { raw } }));
    expect(
      said(
        {
          totals: totals(["shipping", "free"], ["total", "$1"]),
          promos: [{ code: "A", amount: { raw: "-$1" } }],
        },
        {
          totals: totals(["total", "$2"]),
          promos: [{ code: "B" }],
          messages: [{ raw: "No longer valid" }],
          empty: { raw: "Your cart is empty" },
          count: { raw: "0" },
        },
      ),
    ).toEqual([
      "TOTAL $1 → $2",
      "SHIPPING went away: free",
      "promotion B appeared",
      "promotion A went away",
      "message appeared: No longer valid",
      "number of items appeared: 0",
      "empty cart appeared: Your cart is empty",
    ]);
  });

  it("is not said of what one of them does not know", () => {
    expect(said({ lines: null, promos: null }, { lines: [line("A", "1", "$1")], promos: [] })).toEqual([]);
  });
});

describe("amounts", () => {
  it.each([
    ["$379.00", "$379", false],
    ["$1,299.00", "1 299 $", false],
    ["US$19.90", "١٩٫٩٠ $", false],
    ["19,90", "19.90 €", false],
    ["$379.00", "$379.50", true],
    ["$379.00", "€379.00", true],
    ["12.99 €", "1.299 €", true],
    ["$10 – $20", "$10 – $30", true],
    ["free", "free", false],
    ["free", "$0.00", true],
  ])("%s and %s", (a, b, expected) => {
    expect(amountsDiffer(a, b)).toBe(expected);
    expect(amountsDiffer(b, a)).toBe(expected);
  });

  it.each([
    [49_900, "USD", "499.00 USD"],
    [5, "USD", "0.05 USD"],
    [-500, "EUR", "-5.00 EUR"],
    [499, "JPY", "499 JPY"],
    [1_234, "KWD", "1.234 KWD"],
    [499, null, "499 minor units"],
    [499, "?", "499 minor units ?"],
  ])("%d of %s are %s", (minor, currency, text) => {
    expect(exactAmount(minor, currency)).toBe(text);
  });
});

describe("the trail of prices", () => {
  const price = (at: number, context: string, raw: string, role = "current") =>
    event("a", at, "price", {
      source: "displayed",
      context,
      role,
      sku: "HP-15",
      name: { raw: "HP-15" },
      amount: { raw },
    });
  const trail = (events: Parameters<typeof trailsAt>[0], t = 1e9) =>
    trailsAt(events, T0 + t)[0]?.steps.map(({ where, prices, differs }) => [
      where,
      prices.map(({ raw }) => raw).join(" "),
      differs,
    ]);

  it("goes from the listing to the cart and marks another amount", () => {
    const events = [
      price(0, "listing", "$499.00", "was"),
      price(1, "listing", "$379.00"),
      price(5_000, "product", "$379"),
      price(6_000, "product", "$379"),
      cart("a", 9_000, "$499.00", { lines: [line("HP-15", "1", "$499.00")] }),
    ];
    expect(trail(events)).toEqual([
      ["listing", "$499.00 $379.00", false],
      ["product", "$379", false],
      ["drawer", "$499.00", true],
    ]);
    expect(trail(events, 5_500)).toHaveLength(2);
  });

  it("takes a line's total for its price only for one piece", () => {
    const lines = (quantity: string) => [{ sku: "A", quantity: { raw: quantity }, total: { raw: "$20" } }];
    expect(trail([cart("a", 0, "$20", { lines: lines("1") })])).toEqual([["drawer", "$20", false]]);
    expect(trail([cart("a", 0, "$20", { lines: lines("2") })])).toBeUndefined();
  });

  it("has carts first, and no shop's word for a mark", () => {
    const other: Facts["price"] = {
      source: "displayed",
      context: "listing",
      role: "current",
      sku: "X",
      amount: { raw: "$1" },
    };
    const declared: Facts["price"] = {
      ...other,
      source: "declared",
      context: "product",
      amount: { raw: "9" },
    };
    const events = [
      event("a", 9, "price", other),
      event("a", 10, "price", declared),
      cart("a", 1, "", { lines: [line("A", "1", "$1")] }),
    ];
    const trails = trailsAt(events, T0 + 100);
    expect(trails.map(({ sku }) => sku)).toEqual(["A", "X"]);
    expect(trails[1]?.steps.some(({ differs }) => differs)).toBe(false);
  });
});

describe("rows", () => {
  it("hold what was shown together in one, and a cart's first change", () => {
    const many = [1, 2, 3].map((at) =>
      event("a", at, "price", {
        source: "displayed",
        context: "listing",
        role: "current",
        sku: `${at}`,
        amount: { raw: `$${at}` },
      }),
    );
    const rows = rowsOf([
      page("a", 0),
      ...many,
      cart("a", 5, "$1"),
      cart("a", 6, "$2"),
      event("a", 7, "mark", { name: "__proto__" }),
    ]);
    expect(rows.map(({ title }) => title)).toEqual([
      "Page",
      "3 prices shown",
      "Cart · drawer",
      "Cart changed · drawer",
      "__proto__",
    ]);
    expect(rows[3]?.detail).toBe("Total $1 → $2");
  });

  it("say once what every page says again, until it is something else", () => {
    const is = (load: string, at: number, email: string) => event(load, at, "identify", { email });
    const agreed = (load: string, at: number) => event(load, at, "consent", { state: "granted" });
    const rows = rowsOf([
      agreed("a", 0),
      is("a", 1, "ana@example.com"),
      page("b", 2),
      agreed("b", 3),
      is("b", 4, "ana@example.com"),
      is("b", 5, "bo@example.com"),
      event("b", 6, "signout", {}),
      is("b", 7, "bo@example.com"),
    ]);
    expect(rows.map(({ title, detail, count }) => [title, detail, count])).toEqual([
      ["Recording agreed to", null, 2],
      ["Customer identified", "ana@example.com · not signed", 2],
      ["Page", "/", 1],
      ["Customer identified", "bo@example.com · not signed", 1],
      ["Customer signed out", null, 1],
      ["Customer identified", "bo@example.com · not signed", 1],
    ]);
  });

  it("say what came of a press", () => {
    const rows = rowsOf([
      event("a", 0, "outcome", { what: "nothing", after_ms: 5_037, presses: 2 }),
      event("a", 1, "outcome", { what: "message", after_ms: 250, text: { raw: "Choose a size" } }),
      event("a", 2, "outcome", { what: "message", after_ms: 5 }),
      event("a", 3, "outcome", { what: "elsewhere", after_ms: 5_000 }),
      event("a", 4, "outcome", { what: "disabled", after_ms: 5_000 }),
    ]);
    expect(rows.map(({ title, detail, tone }) => [title, detail, tone])).toEqual([
      ["Nothing happened", "for 5 s after 2 presses", "bad"],
      ["The page said", "Choose a size", "plain"],
      ["The page said", "to fill in a field", "plain"],
      ["Only other parts of the page changed", "for 5 s after the press", "plain"],
      ["Nothing happened", "for 5 s after the press: the control was disabled", "warn"],
    ]);
  });

  it("name a place once", () => {
    expect(placeName({ surface: "network", source: "network" })).toBe("network answer");
    expect(placeName({ surface: "drawer", source: "displayed" })).toBe("drawer · as displayed");
    expect(placeName({ surface: "api", source: "declared" })).toBe("the shop's own code");
    expect(placeName({ surface: "network", source: "network", via: "shopify" })).toBe(
      "network answer · as the shop's Shopify cart says (documented only)",
    );
    expect(placeName({ surface: "network", source: "network", via: "evershop" })).toBe(
      "network answer · as the shop's EverShop cart says",
    );
    expect(placeName({ surface: "network", source: "network", via: "constructor" })).toBe("network answer");
  });

  it("say what was lost, where", () => {
    const events = [page("a", 0), cart("a", 5, "$1")];
    const last = events[1]?.number ?? 0;
    const gap = { load: "a", track: 0, first: last + 1, last: last + 2, reason: "the buffer was full" };
    expect(lostRows([gap, { ...gap, track: 1 }], events, T0)).toMatchObject([
      { t: T0 + 5, title: "Events lost, 2 batches", detail: "the buffer was full", group: "errors" },
    ]);
  });
});

describe("times", () => {
  it.each([
    [0, "0 s"],
    [420, "0.4 s"],
    [9_949, "9.9 s"],
    [42_000, "42 s"],
    [59_600, "1 min"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
    [-5, "0 s"],
  ])("%d ms last %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("stand in the timeline and in links", () => {
    expect([elapsed(42_999), elapsed(3_723_000)]).toEqual(["0:42", "1:02:03"]);
    expect(writePlace({ t: 1_700_000_000_000.2, tab: "a b" })).toBe("#t=1700000000001&tab=a+b");
    expect(readPlace("#t=1700000000001&tab=a+b")).toEqual({ t: 1_700_000_000_001, tab: "a b" });
    expect(readPlace("#t=soon")).toEqual({ t: null, tab: null });
  });
});

describe("what comes live", () => {
  const before = view({ loads: [load("a", "A", 1)], events: [page("a", 0), cart("a", 5, "$1")] });

  it("is added once and in order", () => {
    const late = cart("a", 3, "$0");
    const after = withEvents(withEvents(before, [late]), [late]);
    expect(after.events).toHaveLength(3);
    expect(inOrder([...after.events].reverse())).toEqual(after.events);
    expect(withEvents(after, [late])).toBe(after);
  });

  it("adds chunks to loads it knows, and keeps them when the desk answers anew", () => {
    const [chunk] = chunks([1, 0, 10, true]);
    if (!chunk) throw new Error("no chunk");
    const grown = withChunk(before, "a", chunk);
    expect(withChunk(grown, "a", chunk)).toBe(grown);
    expect(withChunk(before, "unknown", chunk)).toBe(before);
    expect(refreshed(grown, before).loads[0]?.chunks).toEqual([chunk]);
    expect(withLoad(grown, load("b", "A", 2)).loads.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
