/** What a checkout's events become; the events are as the Web Pixels API documents them. */
import { describe, expect, it } from "vitest";
import { type Word, wordsOf } from "../../src/pixel/reading";
import { alerted, CHECKOUT, completed, happened } from "./events";

const exact = (minor: number) => ({ minor, currency: "USD" });
const place = { surface: "summary", source: "network" };

describe("a checkout", () => {
  it("is told as the cart that it is, and nothing of who is in it", () => {
    const words = wordsOf(happened("checkout_started"));
    expect(words).toEqual([
      { command: "mark", given: ["checkout step", { step: "checkout_started" }] },
      {
        command: "cart",
        place,
        given: [
          {
            currency: "USD",
            lines: [
              { id: "1", sku: "HP-15", name: "Laptop", qty: 2, price: exact(49_900), total: exact(89_810) },
            ],
            promos: [
              { code: "SPRING", amount: exact(9_990) },
              { text: "Free gift", amount: undefined },
            ],
            totals: {
              subtotal: exact(89_810),
              discount: exact(9_990),
              shipping: exact(500),
              tax: exact(0),
              total: exact(90_310),
            },
          },
        ],
      },
    ]);
    const said = JSON.stringify(words);
    for (const secret of ["ana@", "Chestnut", "+1555", "ring twice", "4242", "c0ffee"])
      expect(said).not.toContain(secret);
  });

  it("is an order when it is completed, by the number that its pages say", () => {
    expect(wordsOf(completed())[2]).toMatchObject({
      command: "order",
      given: [{ id: "8209829119461545", currency: "USD", total: exact(90_310), lines: [{ sku: "HP-15" }] }],
    });
    expect(wordsOf(happened("checkout_completed", { ...CHECKOUT, order: null }))).toHaveLength(2);
  });

  it("knows no amount that it cannot say exactly", () => {
    const total = (amount: unknown, currencyCode = "USD") => {
      const [, cart] = wordsOf(
        happened("checkout_started", { ...CHECKOUT, totalPrice: { amount, currencyCode } }),
      );
      return ((cart as Word).given[0] as { totals: { total: unknown } }).totals.total;
    };
    expect(total(19.5)).toEqual(exact(1_950));
    expect(total(1234, "JPY")).toEqual({ minor: 1234, currency: "JPY" });
    expect(total(19.999)).toEqual({ raw: "19.999", currency: "USD" });
    for (const wrong of [Number.NaN, 1e21, 1e-7, -1, "1e3", null, {}, [1]])
      expect(total(wrong)).toBeUndefined();
  });

  it("says nothing where an event is none", () => {
    for (const wrong of [
      null,
      5,
      {},
      { name: "product_viewed" },
      { name: "__proto__" },
      { name: "alert_displayed" },
    ])
      expect(wordsOf(wrong).filter(({ command }) => command !== "mark")).toEqual([]);
    expect(wordsOf({ name: "checkout_started", data: { checkout: { lineItems: [null, 5] } } })).toHaveLength(
      2,
    );
  });
});

describe("an alert", () => {
  it("is what the customer read, without what they typed", () => {
    const words = wordsOf(alerted("INPUT_INVALID", "Enter a valid email", "ana@shop"));
    expect(words).toEqual([
      { command: "mark", given: ["checkout alert", { type: "INPUT_INVALID", target: "cart.email" }] },
      { command: "cart", given: [{ messages: [{ raw: "Enter a valid email" }] }], place },
    ]);
  });

  it("tells a refused code, and no gift card's", () => {
    const refused = (code: string) => wordsOf(alerted("DISCOUNT_ERROR", `${code} is not valid`, code))[1];
    const said = { state: "rejected", reason: "DISCOUNT_ERROR" };
    expect(refused("SPRING20")?.given).toEqual([
      { ...said, code: "SPRING20", text: "SPRING20 is not valid" },
    ]);
    expect(refused("ABCD EFGH 1234 5678")?.given).toEqual([
      { ...said, code: undefined, text: "… is not valid" },
    ]);
  });
});
