/**
 * What the shop's own code says, made into facts: loose JavaScript in, exactly the wire's fields out. A value
 * that is none is unknown, text is cut to what the collector accepts, and a statement without what makes it
 * one is no fact (null).
 */
import * as wire from "./wire.gen";

const { SENTENCE_MAX_CHARS, WORD_MAX_CHARS } = wire;

type Loose = Readonly<Record<string, unknown>>;

const loose = (value: unknown): Loose =>
  typeof value === "object" && value !== null ? (value as Loose) : {};

/** Texts and numbers are words; everything else is unknown. */
function word(value: unknown, max = WORD_MAX_CHARS): string | null {
  const known = typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
  return known && value !== "" ? String(value).slice(0, max) : null;
}

const shown = (value: unknown): wire.Text | null => {
  const raw = word(value, SENTENCE_MAX_CHARS);
  return raw === null ? null : { raw };
};

const integer = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

/** A decimal in major units as the shop wrote it, or `{minor}` in the currency's smallest unit. */
function amount(value: unknown, currency: unknown): wire.Amount | null {
  const minor = integer(loose(value).minor);
  const raw = word(value, wire.AMOUNT_RAW_MAX_CHARS);
  if (minor === null && raw === null) return null;
  return { raw, minor, currency: isoCode(currency) };
}

const isoCode = (value: unknown): string | null =>
  word(value, wire.AMOUNT_CURRENCY_MAX_CHARS)?.toUpperCase() ?? null;

function items<T>(value: unknown, max: number, read: (item: Loose) => T): T[] | null {
  return Array.isArray(value) ? value.slice(0, max).map((item) => read(loose(item))) : null;
}

export function declareCart(given: unknown): wire.CartState {
  const cart = loose(given);
  const { currency } = cart;
  const totals = Object.entries(loose(cart.totals)).slice(0, wire.CART_STATE_TOTALS_MAX_COUNT);
  return {
    surface: "api",
    source: "declared",
    cart_id: word(cart.id),
    currency: isoCode(currency),
    lines: items(cart.lines, wire.CART_STATE_LINES_MAX_COUNT, (line) => ({
      sku: word(line.sku),
      name: shown(line.name),
      quantity: shown(line.qty),
      unit: amount(line.price, currency),
    })),
    lines_cut: Array.isArray(cart.lines) && cart.lines.length > wire.CART_STATE_LINES_MAX_COUNT,
    promos: items(cart.promos, wire.CART_STATE_PROMOS_MAX_COUNT, (promo) => ({
      code: word(promo.code),
      amount: amount(promo.amount, currency),
    })),
    totals: totals.map(([key, value]) => ({
      key: key.slice(0, WORD_MAX_CHARS),
      amount: amount(value, currency),
    })),
  };
}

/** One price, and what it was before where the shop says so. */
export function declarePrices(given: unknown): wire.PriceShown[] {
  const price = loose(given);
  const context = word(price.context);
  const role = word(price.role);
  if (context === null || role === null) return [];
  const prices: wire.PriceShown[] = [];
  for (const [value, as] of [
    [price.amount, role],
    [price.was, "was"],
  ] as const) {
    const found = amount(value, price.currency);
    if (found)
      prices.push({
        source: "declared",
        context,
        role: as,
        sku: word(price.sku),
        name: shown(price.name),
        amount: found,
      });
  }
  return prices;
}

const PROMO_STATES: readonly unknown[] = ["offered", "entered", "applied", "rejected", "removed"];

export function declarePromo(given: unknown): wire.PromoSeen | null {
  const promo = loose(given);
  if (!PROMO_STATES.includes(promo.state)) return null;
  return {
    source: "declared",
    state: promo.state as wire.PromoSeen["state"],
    code: word(promo.code),
    campaign: word(promo.campaign),
    amount: amount(promo.amount, promo.currency),
    reason: word(promo.reason),
    text: shown(promo.text),
  };
}

export function declareOrder(given: unknown): wire.OrderPlaced | null {
  const order = loose(given);
  const { currency } = order;
  const id = word(order.id);
  if (id === null) return null;
  return {
    id,
    currency: isoCode(currency),
    total: amount(order.total, currency),
    lines: items(order.lines, wire.ORDER_PLACED_LINES_MAX_COUNT, (line) => ({
      sku: word(line.sku),
      name: word(line.name, SENTENCE_MAX_CHARS),
      quantity: word(line.qty),
      price: amount(line.price, currency),
    })),
  };
}

const isScalar = (value: unknown): value is wire.Scalar =>
  value === null ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Math.abs(value) <= wire.SAFE_INTEGER);

export function declareMark(given: unknown, about: unknown): wire.Mark | null {
  const name = word(given);
  if (name === null) return null;
  const data: Record<string, wire.Scalar> = {};
  for (const [key, value] of Object.entries(loose(about)).slice(0, wire.MARK_DATA_MAX_COUNT))
    if (isScalar(value))
      data[key.slice(0, WORD_MAX_CHARS)] =
        typeof value === "string" ? value.slice(0, SENTENCE_MAX_CHARS) : value;
  return { name, data };
}

export function declareIdentity(given: unknown): wire.Identified | null {
  const who = loose(given);
  const identity = {
    customer_id: word(who.customer_id),
    email: word(who.email, wire.IDENTIFIED_EMAIL_MAX_CHARS),
    phone: word(who.phone, wire.IDENTIFIED_PHONE_MAX_CHARS),
    name: word(who.name),
    expires: integer(who.expires),
    signature: word(who.signature, wire.IDENTIFIED_SIGNATURE_MAX_CHARS),
  };
  return (identity.customer_id ?? identity.email ?? identity.phone ?? identity.name) ? identity : null;
}
