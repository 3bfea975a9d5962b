/**
 * Shopify's checkout events as words of `replay(…)`. Fields are read by name: what a checkout also holds (addresses,
 * e-mail, phone, notes, payments) is never touched, and of an alert not what was typed, but for a promotion code.
 *
 * `subtotalPrice` is with or without discounts, depending on when: it is stated by its own name and never as `items`.
 */
import type { Place } from "../adapters/adapter";
import { currencyOf, type Given, list, parts, plain, record } from "../adapters/reading";

export interface Word {
  readonly command: "cart" | "promo" | "order" | "mark";
  readonly given: readonly unknown[];
  readonly place?: Place;
}

/** Events of a checkout, in the order in which they come. */
const STEPS: readonly string[] = [
  "checkout_started",
  "checkout_contact_info_submitted",
  "checkout_address_info_submitted",
  "checkout_shipping_info_submitted",
  "payment_info_submitted",
  "checkout_completed",
];
const ALERT = "alert_displayed";

const SUMMARY: Place = { surface: "summary", source: "network" };
/** What is as long may be a gift card's code, which is money. */
const CODE_MAX_CHARS = 15;

/** What an event says; nothing where it is none of these. */
export function wordsOf(event: unknown): readonly Word[] {
  const { name, data } = record(event);
  if (name === ALERT) return alert(record(record(data).alert));
  if (typeof name !== "string" || !STEPS.includes(name)) return [];
  const checkout = record(record(data).checkout);
  const words: Word[] = [{ command: "mark", given: ["checkout step", { step: name }] }];
  if (Array.isArray(checkout.lineItems))
    words.push({ command: "cart", given: [cart(checkout)], place: SUMMARY });
  return name === "checkout_completed" ? [...words, ...order(checkout)] : words;
}

/** `MoneyV2`: a number in whole units of its currency, exact as it is written. */
function money(value: unknown): Given | undefined {
  const { amount, currencyCode } = record(value);
  const [, whole = "", fraction = ""] = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(plain(amount) ?? "") ?? [];
  return whole ? parts(whole + fraction, fraction.length, currencyOf(currencyCode)) : undefined;
}

function cart(checkout: Given): Given {
  const lines = list(checkout.lineItems);
  return {
    currency: checkout.currencyCode,
    lines: lines.map((line) => {
      const variant = record(line.variant);
      return {
        id: line.id,
        sku: variant.sku,
        name: line.title,
        qty: line.quantity,
        price: money(variant.price),
        total: money(line.finalLinePrice),
      };
    }),
    promos: list(checkout.discountApplications).map((discount) => ({
      [discount.type === "DISCOUNT_CODE" ? "code" : "text"]: discount.title,
      amount: taken(discount, lines),
    })),
    totals: {
      subtotal: money(checkout.subtotalPrice),
      discount: money(checkout.discountsAmount),
      shipping: money(record(checkout.shippingLine).price),
      tax: money(checkout.totalTax),
      total: money(checkout.totalPrice),
    },
  };
}

/** What one discount takes off all lines; unknown where one of its parts is. */
function taken(discount: Given, lines: readonly Given[]): Given | undefined {
  const own = lines
    .flatMap((line) => list(line.discountAllocations))
    .filter(({ discountApplication }) => {
      const { title, type } = record(discountApplication);
      return title === discount.title && type === discount.type;
    })
    .map(({ amount }) => money(amount));
  const { currency } = own[0] ?? {};
  let minor = 0;
  for (const one of own) {
    if (!one || typeof one.minor !== "number" || one.currency !== currency) return undefined;
    minor += one.minor;
  }
  return own.length ? { minor, currency } : undefined;
}

/** Pages know an order by the number at the end of its id. */
function order(checkout: Given): readonly Word[] {
  const id = /(\d+)\D*$/.exec(plain(record(checkout.order).id) ?? "")?.[1];
  if (!id) return [];
  const { currency, lines } = cart(checkout);
  return [{ command: "order", given: [{ id, currency, total: money(checkout.totalPrice), lines }] }];
}

function alert({ type, message, target, value }: Given): readonly Word[] {
  const text = plain(message);
  const mark: Word = { command: "mark", given: ["checkout alert", { type, target }] };
  if (!text) return [mark];
  if (type !== "DISCOUNT_ERROR")
    return [mark, { command: "cart", given: [{ messages: [{ raw: text }] }], place: SUMMARY }];
  const typed = plain(value);
  const code = typed && typed.replace(/[^\p{L}\p{N}]/gu, "").length <= CODE_MAX_CHARS ? typed : undefined;
  // The shop's answer may quote the code that is not to be known.
  const shown = code || !typed ? text : text.split(typed).join("…");
  return [mark, { command: "promo", given: [{ state: "rejected", code, text: shown, reason: type }] }];
}
