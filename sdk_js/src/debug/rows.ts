/** What the lenses read, as rows of text: each with the recording's word for it and the node it stands in. */
import type { Amount, CartState, PriceShown, Text } from "../wire.gen";

export interface Row {
  readonly key: string;
  /** What it is: `line`, `total`, `current`. */
  readonly label: string;
  readonly text: string;
  readonly node?: number | undefined;
  readonly indent?: boolean;
  /** Something the developer may want to add. */
  readonly lacks?: string | undefined;
}

type Shown = Text | Amount | null | undefined;

const raw = (shown: Shown): string | undefined => shown?.raw ?? undefined;
const nodeOf = (...shown: Shown[]): number | undefined =>
  shown.map((each) => each?.node).find((node) => node) ?? undefined;
const join = (parts: readonly (string | null | undefined)[]) => parts.filter(Boolean).join(" · ");

export function cartRows(cart: CartState, key: string): Row[] {
  const rows: Row[] = [];
  const { surface, lines, promos, totals, messages, count, empty, node } = cart;
  const add = (label: string, text: string | undefined, at: number | undefined, lacks?: string) => {
    if (text) rows.push({ key: `${key} ${rows.length}`, label, text, node: at, indent: true, lacks });
  };
  const state = lines ? `${lines.length} line${lines.length === 1 ? "" : "s"}` : "lines unknown";
  rows.push({
    key,
    label: surface,
    text: empty ? "shown, empty" : `shown, ${state}`,
    node: node ?? undefined,
  });
  for (const line of lines ?? []) {
    const { sku, name, quantity, quantity_typed, unit, was, total, total_was } = line;
    const quantities = quantity && `${quantity.raw} ×`;
    const typed = quantity_typed && `typed ${quantity_typed.raw}`;
    const before = raw(was) && `was ${raw(was)}`;
    const summed = raw(total) && `line ${raw(total)}`;
    const summedBefore = raw(total_was) && `line was ${raw(total_was)}`;
    const text = [sku ?? undefined, raw(name), quantities, typed, raw(unit), before, summed, summedBefore];
    const lacks = [sku ? "" : "article number", raw(unit) || raw(total) ? "" : "price"].filter(Boolean);
    const missing = lacks.length ? `no ${lacks.join(", no ")}` : undefined;
    add("line", join(text) || "nothing in it is read", nodeOf(name, unit, total, quantity), missing);
  }
  for (const promo of promos ?? [])
    add(
      "promo",
      join([promo.code ?? undefined, raw(promo.text), raw(promo.amount)]),
      nodeOf(promo.text, promo.amount),
    );
  for (const total of totals ?? [])
    add("total", join([total.key, raw(total.label), raw(total.amount)]), nodeOf(total.amount, total.label));
  add("count", raw(count), nodeOf(count));
  add("empty", raw(empty), nodeOf(empty));
  for (const message of messages ?? []) add("message", raw(message), nodeOf(message));
  return rows;
}

export function priceRow(price: PriceShown): Row {
  const { context, role, sku, name, amount } = price;
  return {
    key: `price ${sku ?? raw(name)} ${context} ${role}`,
    label: role,
    text: join([sku ?? undefined, raw(name), raw(amount), context]),
    node: nodeOf(amount, name),
    lacks: sku ? undefined : "no article number",
  };
}

/** What an adapter or the page's own code said, in few words. */
export function saidWords(command: string, given: readonly unknown[]): string {
  const [first] = given;
  const fields = typeof first === "object" && first !== null ? (first as Record<string, unknown>) : {};
  const { lines, sku, amount, role, state, code, id, reason } = fields;
  const text = (value: unknown) =>
    typeof value === "string" || typeof value === "number" ? String(value).slice(0, 60) : undefined;
  const minor = (amount as { readonly minor?: unknown } | null | undefined)?.minor;
  const count = Array.isArray(lines) ? `${lines.length} line${lines.length === 1 ? "" : "s"}` : undefined;
  const words = [text(first), text(id), count, text(sku), text(role), text(amount) ?? text(minor)];
  return join([command, ...words, text(state), text(code), text(reason)]);
}

/** Of the day, by this device's clock. */
export const time = () => new Date().toTimeString().slice(0, 8);
