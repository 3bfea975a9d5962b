/**
 * The shop's own words: `replay('cart', …)`, `price`, `promo`, `order` and `mark`, made into facts of source
 * `declared`. Whatever does not fit is left out, and a command without its heart says nothing: a shop's
 * mistake must never break its page, nor become a fact.
 */
import type { Place } from "../adapters/adapter";
import type { PageClock } from "../clock";
import {
  AMOUNT_CURRENCY_MAX_CHARS,
  AMOUNT_RAW_MAX_CHARS,
  type Amount,
  CART_STATE_LINES_MAX_COUNT,
  CART_STATE_MESSAGES_MAX_COUNT,
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
import { scrub } from "./mask";
import type { CaptureSink } from "./sink";

type Given = { readonly [key: string]: unknown };

/** A date, with or without a time: nothing else can be in it. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]{4,15}(?:Z|[+-][\d:]{2,6})?)?$/;
const PROMO_STATE = /^(?:offered|entered|applied|rejected|removed)$/;

const record = (value: unknown): Given =>
  typeof value === "object" && value !== null ? (value as Given) : {};
const list = <T>(value: unknown, most: number, read: (each: Given) => T): T[] | undefined =>
  Array.isArray(value) ? value.slice(0, most).map((each) => read(record(each))) : undefined;
const text = (value: unknown, most: number): string | undefined =>
  typeof value === "string" || Number.isFinite(value)
    ? cut(scrub(String(value).trim(), true), most) || undefined
    : undefined;
const word = (value: unknown) => text(value, WORD_MAX_CHARS);
const said = (value: unknown): Text | undefined => {
  const raw = text(value, SENTENCE_MAX_CHARS);
  return raw === undefined ? undefined : { raw };
};
const currencyOf = (value: unknown) => {
  const code = text(value, AMOUNT_CURRENCY_MAX_CHARS)?.toUpperCase();
  return code && /^[A-Z]{3}$/.test(code) ? code : undefined;
};

/** `"499.00"`, `499`, or `{minor: 49900}`; the currency is the amount's own or that of the whole. */
function amount(value: unknown, currency: string | undefined): Amount | undefined {
  const { minor, raw, currency: own } = record(value);
  const exact =
    Number.isInteger(minor) && Math.abs(minor as number) <= SAFE_INTEGER ? (minor as number) : undefined;
  const given = text(typeof value === "object" ? raw : value, AMOUNT_RAW_MAX_CHARS);
  if (given === undefined && exact === undefined) return undefined;
  return compact<Amount>({ raw: given, minor: exact, currency: currencyOf(own) ?? currency });
}

function cart(given: Given): CartState {
  const currency = currencyOf(given.currency);
  const line = ({ id, sku, name, qty, quantity, price, was, total, total_was }: Given) =>
    compact<Line>({
      id: word(id),
      sku: word(sku),
      name: said(name),
      quantity: said(qty ?? quantity),
      unit: amount(price, currency),
      was: amount(was, currency),
      total: amount(total, currency),
      total_was: amount(total_was, currency),
    });
  const promo = ({ code, amount: taken, text }: Given) =>
    compact<PromoShown>({ code: word(code), amount: amount(taken, currency), text: said(text) });
  const totals = Object.entries(record(given.totals))
    .map(([key, value]) => ({ key: cut(key, WORD_MAX_CHARS), amount: amount(value, currency) }))
    .filter((total): total is Total & { amount: Amount } => total.amount !== undefined)
    .slice(0, CART_STATE_TOTALS_MAX_COUNT);
  return compact<CartState>({
    surface: "api",
    source: "declared",
    cart_id: word(given.id),
    currency,
    lines: list(given.lines, CART_STATE_LINES_MAX_COUNT, line),
    lines_cut: Array.isArray(given.lines) && given.lines.length > CART_STATE_LINES_MAX_COUNT,
    promos: list(given.promos, CART_STATE_PROMOS_MAX_COUNT, promo),
    totals: totals.length ? totals : undefined,
    count: said(given.count),
    messages: list(given.messages, CART_STATE_MESSAGES_MAX_COUNT, ({ raw }) => said(raw) ?? { raw: "" }),
  } as CartState);
}

function price(given: Given, role: string, value: unknown): PriceShown | undefined {
  const context = word(given.context);
  const shown = amount(value, currencyOf(given.currency));
  if (!context || !shown) return undefined;
  const until = typeof given.until === "string" && MOMENT.test(given.until) ? given.until : undefined;
  const about = { sku: word(given.sku), name: said(given.name), amount: shown, until };
  return compact<PriceShown>({ source: "declared", context, role, ...about });
}

function promo(given: Given): PromoSeen | undefined {
  const state = word(given.state) ?? "";
  if (!PROMO_STATE.test(state)) return undefined;
  return compact<PromoSeen>({
    source: "declared",
    state: state as PromoSeen["state"],
    code: word(given.code),
    campaign: word(given.campaign),
    amount: amount(given.amount, currencyOf(given.currency)),
    reason: word(given.reason),
    text: said(given.text),
  });
}

function order(given: Given): OrderPlaced | undefined {
  const id = word(given.id);
  if (!id) return undefined;
  const currency = currencyOf(given.currency);
  const line = ({ sku, name, qty, quantity, price }: Given) =>
    compact<OrderLine>({
      sku: word(sku),
      name: text(name, SENTENCE_MAX_CHARS),
      quantity: word(qty ?? quantity),
      price: amount(price, currency),
    });
  const lines = list(given.lines, ORDER_PLACED_LINES_MAX_COUNT, line);
  return compact<OrderPlaced>({ id, currency, total: amount(given.total, currency), lines });
}

function mark(called: unknown, given: Given): Mark | undefined {
  const name = word(called);
  const data: Record<string, Scalar> = {};
  for (const [key, value] of Object.entries(given).slice(0, MARK_DATA_MAX_COUNT)) {
    if (typeof value === "string")
      data[cut(key, WORD_MAX_CHARS)] = cut(scrub(value, true), SENTENCE_MAX_CHARS);
    else if (value === null || typeof value === "boolean" || Number.isFinite(value))
      data[cut(key, WORD_MAX_CHARS)] = value as Scalar;
  }
  return name ? compact<Mark>({ name, data: Object.keys(data).length ? data : undefined }) : undefined;
}

/** Makes facts of a shop's command; other commands than these five are not for here. `place`: of a cart that an adapter read. */
export function declare(
  command: string,
  args: readonly unknown[],
  sink: CaptureSink,
  clock: PageClock,
  place?: Place,
): void {
  const t = clock.now();
  const given = record(args[0]);
  if (command === "cart") {
    if (Array.isArray(given.lines) || given.totals || place)
      sink.fact("cart", t, { ...cart(given), ...place }, true);
  } else if (command === "price") {
    const shown = [price(given, word(given.role) ?? "current", given.amount), price(given, "was", given.was)];
    for (const fields of shown) if (fields) sink.fact("price", t, fields);
  } else if (command === "promo") {
    const fields = promo(given);
    if (fields) sink.fact("promo", t, fields, true);
  } else if (command === "order") {
    const fields = order(given);
    if (fields) sink.fact("order", t, fields, true);
  } else if (command === "mark") {
    const fields = mark(args[0], record(args[1]));
    if (fields) sink.fact("mark", t, fields);
  }
}
