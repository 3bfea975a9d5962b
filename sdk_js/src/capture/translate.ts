/**
 * The shop's own words: `replay('cart', …)`, `price`, `promo`, `order` and `mark`, made into facts of source
 * `declared`. Whatever does not fit is left out, and a command without its heart says nothing: a shop's
 * mistake must never break its page, nor become a fact.
 */
import type { PageClock } from "../clock";
import {
  AMOUNT_CURRENCY_MAX_CHARS,
  AMOUNT_RAW_MAX_CHARS,
  type Amount,
  CART_STATE_LINES_MAX_COUNT,
  CART_STATE_PROMOS_MAX_COUNT,
  CART_STATE_TOTALS_MAX_COUNT,
  type CartState,
  type Line,
  MARK_DATA_MAX_COUNT,
  type Mark,
  ORDER_PLACED_LINES_MAX_COUNT,
  type OrderLine,
  type OrderPlaced,
  type PriceShown,
  type PromoSeen,
  type PromoShown,
  SAFE_INTEGER,
  type Scalar,
  SENTENCE_MAX_CHARS,
  type Text,
  type Total,
  WORD_MAX_CHARS,
} from "../wire.gen";
import { compact, cut } from "./cart";
import type { CaptureSink } from "./sink";

type Given = { readonly [key: string]: unknown };
const PROMO_STATES: readonly string[] = ["offered", "entered", "applied", "rejected", "removed"];

const record = (value: unknown): Given =>
  typeof value === "object" && value !== null ? (value as Given) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown, most: number): string | undefined =>
  typeof value === "string" || (typeof value === "number" && Number.isFinite(value))
    ? cut(String(value).trim(), most) || undefined
    : undefined;
const word = (value: unknown) => text(value, WORD_MAX_CHARS);
const said = (value: unknown): Text | undefined => {
  const raw = text(value, SENTENCE_MAX_CHARS);
  return raw === undefined ? undefined : { raw };
};
const code = (value: unknown) => {
  const currency = text(value, AMOUNT_CURRENCY_MAX_CHARS)?.toUpperCase();
  return currency && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
};

/** `"499.00"`, `499`, or `{minor: 49900}`; the currency is the amount's own or that of the whole. */
function amount(value: unknown, currency: string | undefined): Amount | undefined {
  const { minor, raw, currency: own } = record(value);
  const exact =
    typeof minor === "number" && Number.isInteger(minor) && Math.abs(minor) <= SAFE_INTEGER
      ? minor
      : undefined;
  const given = text(typeof value === "object" ? raw : value, AMOUNT_RAW_MAX_CHARS);
  if (given === undefined && exact === undefined) return undefined;
  return compact<Amount>({ raw: given, minor: exact, currency: code(own) ?? currency });
}

function cart(given: Given): CartState {
  const currency = code(given.currency);
  const line = (each: unknown): Line => {
    const { id, sku, name, qty, quantity, price, was, total } = record(each);
    return compact<Line>({
      id: word(id),
      sku: word(sku),
      name: said(name),
      quantity: said(qty ?? quantity),
      unit: amount(price, currency),
      was: amount(was, currency),
      total: amount(total, currency),
    });
  };
  const promo = (each: unknown): PromoShown => {
    const { code, amount: taken, text } = record(each);
    return compact<PromoShown>({ code: word(code), amount: amount(taken, currency), text: said(text) });
  };
  const totals = Object.entries(record(given.totals))
    .map(([key, value]) => ({ key: cut(key, WORD_MAX_CHARS), amount: amount(value, currency) }))
    .filter((total): total is Total & { amount: Amount } => total.amount !== undefined);
  const lines = Array.isArray(given.lines) ? given.lines : undefined;
  return compact<CartState>({
    surface: "api",
    source: "declared",
    cart_id: word(given.id),
    currency,
    lines: lines?.slice(0, CART_STATE_LINES_MAX_COUNT).map(line),
    lines_cut: (lines?.length ?? 0) > CART_STATE_LINES_MAX_COUNT,
    promos: Array.isArray(given.promos)
      ? given.promos.slice(0, CART_STATE_PROMOS_MAX_COUNT).map(promo)
      : undefined,
    totals: totals.length ? totals.slice(0, CART_STATE_TOTALS_MAX_COUNT) : undefined,
  } as CartState);
}

function prices(given: Given): PriceShown[] {
  const context = word(given.context);
  const currency = code(given.currency);
  const price = (role: string, value: unknown): PriceShown[] => {
    const found = amount(value, currency);
    if (!context || !found) return [];
    const fields = {
      source: "declared" as const,
      context,
      role,
      sku: word(given.sku),
      name: said(given.name),
    };
    return [compact<PriceShown>({ ...fields, amount: found })];
  };
  return [...price(word(given.role) ?? "current", given.amount), ...price("was", given.was)];
}

function promo(given: Given): PromoSeen | undefined {
  const state = word(given.state);
  if (!state || !PROMO_STATES.includes(state)) return undefined;
  return compact<PromoSeen>({
    source: "declared",
    state: state as PromoSeen["state"],
    code: word(given.code),
    campaign: word(given.campaign),
    amount: amount(given.amount, code(given.currency)),
    reason: word(given.reason),
    text: said(given.text),
  });
}

function order(given: Given): OrderPlaced | undefined {
  const id = word(given.id);
  const currency = code(given.currency);
  if (!id) return undefined;
  const line = (each: unknown): OrderLine => {
    const { sku, name, qty, quantity, price } = record(each);
    return compact<OrderLine>({
      sku: word(sku),
      name: text(name, SENTENCE_MAX_CHARS),
      quantity: word(qty ?? quantity),
      price: amount(price, currency),
    });
  };
  return compact<OrderPlaced>({
    id,
    currency,
    total: amount(given.total, currency),
    lines: Array.isArray(given.lines)
      ? list(given.lines).slice(0, ORDER_PLACED_LINES_MAX_COUNT).map(line)
      : undefined,
  });
}

function mark(name: unknown, given: unknown): Mark | undefined {
  const called = word(name);
  const isScalar = (value: unknown): value is Scalar =>
    value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  const data = Object.entries(record(given))
    .filter((entry): entry is [string, Scalar] => isScalar(entry[1]))
    .slice(0, MARK_DATA_MAX_COUNT)
    .map(([key, value]) => [
      cut(key, WORD_MAX_CHARS),
      typeof value === "string" ? cut(value, SENTENCE_MAX_CHARS) : value,
    ]);
  return called
    ? compact<Mark>({ name: called, data: data.length ? Object.fromEntries(data) : undefined })
    : undefined;
}

/** Makes facts of a shop's command; other commands than these five are not for here. */
export function declare(
  command: string,
  args: readonly unknown[],
  sink: CaptureSink,
  clock: PageClock,
): void {
  const given = record(args[0]);
  const t = clock.now();
  switch (command) {
    case "cart":
      if (Array.isArray(given.lines) || given.totals) sink.fact("cart", t, cart(given), true);
      break;
    case "price":
      for (const price of prices(given)) sink.fact("price", t, price);
      break;
    case "promo": {
      const fields = promo(given);
      if (fields) sink.fact("promo", t, fields, true);
      break;
    }
    case "order": {
      const fields = order(given);
      if (fields) sink.fact("order", t, fields, true);
      break;
    }
    case "mark": {
      const fields = mark(args[0], args[1]);
      if (fields) sink.fact("mark", t, fields);
      break;
    }
  }
}
