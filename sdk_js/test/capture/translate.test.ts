/** What the shop says of carts, prices and steps, as the wire's events: stated as given, cut to what fits. */
import { describe, expect, it } from "vitest";
import type { CaptureSink } from "../../src/capture/sink";
import { declare } from "../../src/capture/translate";

const clock = { now: () => 1_000, at: (time: number) => time };

function facts(command: string, ...given: unknown[]): unknown[] {
  const found: unknown[] = [];
  const sink: CaptureSink = {
    fact: (kind, t, fields, urgent = false) => found.push([kind, t, fields, urgent]),
    picture: () => {},
    style: () => {},
  };
  declare(command, given, sink, clock);
  return found;
}

describe("a cart", () => {
  it("is stated as it was given", () => {
    const given = {
      id: 17,
      currency: "eur",
      lines: [{ sku: "HP-15", name: "HP 15", qty: 2, price: "379.00", was: { minor: 49900 } }],
      promos: [{ code: "SAVE20", amount: "75.80" }],
      totals: { shipping: null, tax: "0.00", total: { minor: 68220, currency: "EUR" } },
    };
    expect(facts("cart", given)).toEqual([
      [
        "cart",
        1_000,
        {
          surface: "api",
          source: "declared",
          cart_id: "17",
          currency: "EUR",
          lines: [
            {
              sku: "HP-15",
              name: { raw: "HP 15" },
              quantity: { raw: "2" },
              unit: { raw: "379.00", currency: "EUR" },
              was: { minor: 49900, currency: "EUR" },
            },
          ],
          promos: [{ code: "SAVE20", amount: { raw: "75.80", currency: "EUR" } }],
          totals: [
            { key: "tax", amount: { raw: "0.00", currency: "EUR" } },
            { key: "total", amount: { minor: 68220, currency: "EUR" } },
          ],
        },
        true,
      ],
    ]);
  });

  it("may be empty, which is not the same as unknown", () => {
    expect(facts("cart", { lines: [] })).toEqual([
      ["cart", 1_000, { surface: "api", source: "declared", lines: [] }, true],
    ]);
  });

  it("is cut where it is longer than a state may be", () => {
    const lines = Array.from({ length: 501 }, (_, index) => ({ sku: String(index) }));
    expect(facts("cart", { lines })).toMatchObject([["cart", 1_000, { lines_cut: true }, true]]);
  });
});

it("states a price and the price that was", () => {
  const given = {
    sku: "HP-15",
    context: "product",
    role: "member",
    amount: "379",
    currency: "USD",
    was: "499",
  };
  const about = { source: "declared", context: "product", sku: "HP-15" };
  expect(facts("price", given)).toEqual([
    ["price", 1_000, { ...about, role: "member", amount: { raw: "379", currency: "USD" } }, false],
    ["price", 1_000, { ...about, role: "was", amount: { raw: "499", currency: "USD" } }, false],
  ]);
});

it("states steps of promotions, orders and marks", () => {
  expect(facts("promo", { state: "rejected", code: "SAVE20", reason: "expired", text: "Too late" })).toEqual([
    [
      "promo",
      1_000,
      { source: "declared", state: "rejected", code: "SAVE20", reason: "expired", text: { raw: "Too late" } },
      true,
    ],
  ]);
  expect(
    facts("order", { id: "A-1", total: 12.5, lines: [{ sku: "X", qty: "1", price: { minor: 1250 } }] }),
  ).toEqual([
    [
      "order",
      1_000,
      { id: "A-1", total: { raw: "12.5" }, lines: [{ sku: "X", quantity: "1", price: { minor: 1250 } }] },
      true,
    ],
  ]);
  expect(facts("mark", "stock", { left: 2, ok: true, none: null, deep: {}, bad: Number.NaN })).toEqual([
    ["mark", 1_000, { name: "stock", data: { left: 2, ok: true, none: null } }, false],
  ]);
});

it.each([
  ["cart", undefined],
  ["cart", "text"],
  ["cart", { lines: "text" }],
  ["price", { context: "product" }],
  ["price", { amount: "1.00" }],
  ["price", { context: "product", amount: { minor: 1.5 } }],
  ["promo", { state: "unheard of" }],
  ["promo", null],
  ["order", { id: {} }],
  ["order", []],
  ["mark", { name: "no name" }],
  ["mark", ""],
  ["unknown", {}],
])("says nothing of %s %j", (command, given) => {
  expect(facts(command, given)).toEqual([]);
});

it("passes on no card number and no e-mail address that a shop puts in by mistake", () => {
  const left = JSON.stringify([
    facts("cart", { lines: [{ name: "Gift for ana@example.com", sku: "4111 1111 1111 1111" }] }),
    facts("mark", "paid", { card: "4111111111111111", order: "100023456789" }),
  ]);
  expect(left).not.toMatch(/4111|example/);
  expect(left).toContain("100023456789");
});

it("cuts what is too long for the wire, by characters and not by halves of them", () => {
  const [[, , fields]] = facts("mark", "🛒".repeat(200)) as [[string, number, { name: string }]];
  expect(Array.from(fields.name)).toHaveLength(120);
});
