/** What the shop's systems say that a product costs stands in its trail in time, and disturbs nothing there. */
import { describe, expect, it } from "vitest";
import type { ToldPrice } from "../../src/model/session";
import { trailsOf, trailsUpTo } from "../../src/model/trail";
import { toldBy, toldSaid, withTold } from "../../src/model/trail_told";
import { cart, event, T0 } from "./story";

const LIST: ToldPrice = {
  id: "p1",
  kind: "store",
  system: "erp",
  name: "Downtown",
  since_ms: T0 - 86_400_000,
  until_ms: null,
  by: "price",
  sku: "hp 15",
  title: null,
  minor: 37_900,
  currency: "USD",
  quantity: "1",
  piece: "379.00 USD",
  line: null,
};
const ORDER: ToldPrice = {
  ...LIST,
  id: "o1",
  kind: "order",
  system: "shop",
  name: "NL-1",
  since_ms: T0 + 5_000,
  by: "customer",
  quantity: "3",
  piece: null,
  line: "3 × for 1,000.00 USD",
};

const price = (at: number, raw: string) =>
  event("l", at, "price", {
    source: "displayed",
    context: "product",
    role: "current",
    sku: "HP-15",
    name: { raw: "HP laptop" },
    amount: { raw },
  });
const inCart = (at: number, unit: string) =>
  cart("l", at, unit, {
    lines: [{ sku: "HP-15", name: { raw: "HP laptop" }, quantity: { raw: "1" }, unit: { raw: unit } }],
  });
const EVENTS = [price(0, "$499.00"), inCart(1_000, "$499.00"), inCart(6_000, "$519.00")];

const steps = (told: readonly ToldPrice[], ms: number, events: Parameters<typeof trailsOf>[0] = EVENTS) =>
  trailsUpTo(withTold(trailsOf(events), told), T0 + ms)[0]?.steps.map(({ where, prices, differs }) => [
    where,
    prices.map(({ raw }) => raw).join(" "),
    differs,
  ]);

describe("what is told of a product's price", () => {
  it("stands where it was said: a price list from the visit's start, an order when it was placed", () => {
    const told = [ORDER, LIST, { ...LIST, id: "p2", sku: "HP-16" }];
    expect(steps(told, 0)).toEqual([
      ["store", "379.00 USD", false],
      ["product", "$499.00", false],
    ]);
    expect(steps(told, 9_000)).toEqual([
      ["store", "379.00 USD", false],
      ["product", "$499.00", false],
      ["drawer", "$499.00", false],
      ["order", "3 × for 1,000.00 USD", false],
      ["drawer", "$519.00", true],
    ]);
  });

  it("shows no product that was not shown yet, and marks no first price as another one", () => {
    const later = [{ ...price(200, "$499.00"), load: "m" }, inCart(100, "$519.00")];
    expect(steps([LIST], 50, later)).toBeUndefined();
    expect(steps([LIST], 150, later)?.at(-1)).toEqual(["drawer", "$519.00", false]);
  });

  it("is no new step where it says the same again", () => {
    const again = { ...ORDER, id: "o2", since_ms: T0 + 7_000 };
    expect(steps([ORDER, again], 9_000)?.map(([where]) => where)).toEqual([
      "product",
      "drawer",
      "order",
      "drawer",
    ]);
    expect(steps([ORDER, { ...again, line: "3 × for 900.00 USD" }], 9_000)).toHaveLength(5);
  });

  it("is one step of all stores that have one price since one time", () => {
    const stores = ["A", "B", "C", "D"].map((name) => ({ ...LIST, id: name, name }));
    const told = [...stores, { ...LIST, id: "E", name: "E", piece: "389.00 USD" }];
    const [trail] = trailsUpTo(withTold(trailsOf(EVENTS), told), T0);
    expect(trail?.steps.map((step) => step.told && toldBy(step.told, step.stores).split(" · ")[0])).toEqual([
      "4 stores",
      "store E",
      null,
    ]);
    expect(toldSaid(LIST, ["A", "B", "C", "D"])).toContain("A, B, C, D.");
  });

  it("is two steps of one order that has the article at two prices", () => {
    const other = { ...ORDER, line: "1 × for 1.00 USD" };
    expect(steps([ORDER, other], 5_500)?.map(([where]) => where)).toEqual([
      "product",
      "drawer",
      "order",
      "order",
    ]);
  });

  it("is found by name only where one product alone has it", () => {
    const named = { ...ORDER, sku: null, title: "hp  Laptop" };
    expect(steps([named], 9_000)?.map(([where]) => where)).toContain("order");
    const other = event("l", 10, "price", { ...price(0, "$1").fields, sku: "HP-16" });
    expect(steps([named], 9_000, [...EVENTS, other])?.map(([where]) => where)).not.toContain("order");
  });

  it("says who says so, and what is only claimed", () => {
    expect(toldBy(LIST, ["Downtown"])).toMatch(
      /^store Downtown · price list of erp · since \w+ \d+ Nov 2023$/,
    );
    expect(toldBy({ ...ORDER, by: "claimed" }, [])).toMatch(/^order NL-1 · shop · .* · only claimed$/);
    expect(toldBy({ ...ORDER, kind: "email", name: null }, [])).toMatch(/^e-mail · shop · /);
    expect(toldSaid({ ...ORDER, piece: "5.00 USD", line: "2 × for 10.00 USD" }, [])).toMatch(
      /^Said by the shop’s systems; there is no picture of it\.\n.*\nThe price of one, of 2 × for 10\.00 USD\.$/,
    );
  });
});

it("shows what the page's own order says as a step that can be gone to", () => {
  const order = event("l", 9_000, "order", {
    id: "NL-1",
    currency: "USD",
    lines: [{ sku: "HP-15", quantity: "1", price: { minor: 49_900 } }, { sku: "HP-15" }],
  });
  const [trail] = trailsOf([...EVENTS, order]);
  const last = trail?.steps.at(-1);
  expect([last?.where, last?.source, last?.prices[0]?.raw]).toEqual(["order", "declared", "499.00 USD"]);
  expect(last?.event).toBe(order);
});
