/**
 * What changed between two states of one surface, as the customer could have seen it: lines that came or went,
 * quantities, prices, totals, promotions and messages. Texts are compared as shown; nothing is computed from
 * them. What either state does not know (null) is not a change.
 */
import type { Amount, CartState, Line, PromoShown, Text, Total } from "../../../../sdk_js/src/wire.gen";

type Part =
  | "line"
  | "quantity"
  | "typed"
  | "unit"
  | "was"
  | "line-total"
  | "line-total-was"
  | "note"
  | "total"
  | "promo"
  | "message"
  | "count"
  | "empty";

/** `from` null: it appeared; `to` null: it went away. `subject` is the line's name, the total's label … */
interface Difference {
  readonly part: Part;
  readonly subject: string;
  readonly from: string | null;
  readonly to: string | null;
}

export const rawOf = (given: Text | Amount | null | undefined): string | null => given?.raw ?? null;

export function differences(before: CartState, after: CartState): Difference[] {
  const found: Difference[] = [];
  if (before.lines && after.lines) found.push(...lineDifferences(before.lines, after.lines));
  found.push(...totalDifferences(before.totals ?? [], after.totals ?? []));
  if (before.promos && after.promos) found.push(...promoDifferences(before.promos, after.promos));
  found.push(...appearances("message", texts(before.messages), texts(after.messages)));
  found.push(...changed("count", "number of items", rawOf(before.count), rawOf(after.count)));
  found.push(...changed("empty", "empty cart", rawOf(before.empty), rawOf(after.empty)));
  return found;
}

export const lineName = (line: Line): string =>
  line.name?.raw ?? line.sku ?? line.id ?? "a line without a name";

function lineDifferences(before: readonly Line[], after: readonly Line[]): Difference[] {
  const old = keyed(before, lineKey);
  const fresh = keyed(after, lineKey);
  const found: Difference[] = [];
  for (const [key, line] of fresh) {
    const previous = old.get(key);
    const subject = lineName(line);
    if (!previous) found.push({ part: "line", subject, from: null, to: rawOf(line.quantity) ?? "" });
    else found.push(...withinLine(subject, previous, line));
  }
  for (const [key, line] of old)
    if (!fresh.has(key))
      found.push({ part: "line", subject: lineName(line), from: rawOf(line.quantity) ?? "", to: null });
  return found;
}

function withinLine(subject: string, before: Line, after: Line): Difference[] {
  return [
    ...changed("quantity", subject, rawOf(before.quantity), rawOf(after.quantity)),
    ...changed("typed", subject, rawOf(before.quantity_typed), rawOf(after.quantity_typed)),
    ...changed("unit", subject, rawOf(before.unit), rawOf(after.unit)),
    ...changed("was", subject, rawOf(before.was), rawOf(after.was)),
    ...changed("line-total", subject, rawOf(before.total), rawOf(after.total)),
    ...changed("line-total-was", subject, rawOf(before.total_was), rawOf(after.total_was)),
    ...appearances("note", texts(before.notes), texts(after.notes), subject),
  ];
}

const lineKey = (line: Line): string => line.id ?? line.sku ?? line.name?.raw ?? "";

const totalKey = (total: Total): string =>
  `${total.key} ${total.key === "other" ? (total.label?.raw ?? "") : ""}`;

function totalDifferences(before: readonly Total[], after: readonly Total[]): Difference[] {
  const old = keyed(before, totalKey);
  const fresh = keyed(after, totalKey);
  const found: Difference[] = [];
  for (const [key, total] of fresh) {
    const subject = total.label?.raw ?? total.key;
    found.push(...changed("total", subject, rawOf(old.get(key)?.amount), rawOf(total.amount)));
  }
  for (const [key, total] of old)
    if (!fresh.has(key))
      found.push(...changed("total", total.label?.raw ?? total.key, rawOf(total.amount), null));
  return found;
}

const promoName = (promo: PromoShown): string => promo.code ?? promo.text?.raw ?? "a promotion";

function promoDifferences(before: readonly PromoShown[], after: readonly PromoShown[]): Difference[] {
  const old = keyed(before, promoName);
  const fresh = keyed(after, promoName);
  const found: Difference[] = [];
  for (const [key, promo] of fresh) {
    const previous = old.get(key);
    const amount = rawOf(promo.amount);
    if (!previous) found.push({ part: "promo", subject: promoName(promo), from: null, to: amount ?? "" });
    else found.push(...changed("promo", promoName(promo), rawOf(previous.amount), amount));
  }
  for (const [key, promo] of old)
    if (!fresh.has(key))
      found.push({ part: "promo", subject: promoName(promo), from: rawOf(promo.amount) ?? "", to: null });
  return found;
}

const texts = (given: readonly Text[] | undefined): string[] => (given ?? []).map((text) => text.raw);

function appearances(part: Part, before: string[], after: string[], subject = ""): Difference[] {
  const old = new Set(before);
  const fresh = new Set(after);
  return [
    ...[...fresh].filter((text) => !old.has(text)).map((to) => ({ part, subject, from: null, to })),
    ...[...old].filter((text) => !fresh.has(text)).map((from) => ({ part, subject, from, to: null })),
  ];
}

function changed(part: Part, subject: string, from: string | null, to: string | null): Difference[] {
  return from === to ? [] : [{ part, subject, from, to }];
}

/** Items by key; a key that comes again is told apart by how often it came. */
function keyed<T>(items: readonly T[], key: (item: T) => string): Map<string, T> {
  const found = new Map<string, T>();
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = key(item);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    found.set(`${name}\u0000${count}`, item);
  }
  return found;
}
