/**
 * What the shop's own systems say that a product costs, as steps of its trail: in orders, e-mails and the price
 * lists of stores. No page showed them, so they are compared with nothing and mark nothing.
 */
import { dayOf, fullTime } from "./format";
import type { ToldPrice } from "./session";
import type { Step, Trail } from "./trail";

/** More stores than these are counted; their names are in the sentence, up to so many. */
const NAMED_COUNT = 3;
const LISTED_COUNT = 20;

/** The trails with what is told of their products, each where it belongs in time. */
export function withTold(trails: readonly Trail[], told: readonly ToldPrice[]): Trail[] {
  const byArticle = grouped(told, ({ sku, title }) => articleOf(sku, title));
  const named = grouped(trails, ({ name }) => articleOf(null, name));
  return trails.map((trail) => {
    const byName = articleOf(null, trail.name);
    const own = [
      ...(trail.sku === null ? [] : (byArticle.get(articleOf(trail.sku, null)) ?? [])),
      // A name that several products have says of none of them what it costs.
      ...(named.get(byName)?.length === 1 ? (byArticle.get(byName) ?? []) : []),
    ];
    return own.length === 0 ? trail : { ...trail, steps: merged(trail.steps, stepsOf(own)) };
  });
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

/** Nobody says a hyphen on the phone, and every system writes numbers in its own way. */
function articleOf(sku: string | null, name: string | null): string {
  if (sku === null) return `name ${(name ?? "").normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim()}`;
  const plain = sku.normalize("NFKD").toLowerCase();
  return `sku ${plain.replace(/[^\p{L}\p{N}]/gu, "") || plain.trim()}`;
}

/** Whoever says the same again of the same thing adds no step; stores with one price are one. */
function stepsOf(told: readonly ToldPrice[]): Step[] {
  const last = new Map<string, string>();
  const fresh = [...told]
    .sort((a, b) => a.since_ms - b.since_ms)
    .filter(({ kind, system, name, piece, line }) => {
      const [place, said] = [JSON.stringify([kind, system, name]), `${piece} ${line}`];
      const isNew = last.get(place) !== said;
      last.set(place, said);
      return isNew;
    });
  const alike = grouped(fresh, ({ id, kind, system, piece, line, since_ms, until_ms }) =>
    JSON.stringify(
      // An order may have the article in two lines at two prices.
      kind === "store" ? [system, piece, since_ms, until_ms] : [kind, system, id, piece, line],
    ),
  );
  return [...alike.values()].flatMap((prices) => prices.slice(0, 1).map((first) => stepOf(first, prices)));
}

function stepOf(told: ToldPrice, alike: readonly ToldPrice[]): Step {
  const { kind, piece, line, since_ms: t } = told;
  return {
    event: null,
    told,
    stores: kind === "store" ? alike.flatMap(({ name }) => name ?? []).sort(byNumber) : [],
    t,
    where: kind,
    source: "told",
    prices: [{ role: "current", raw: piece ?? line ?? "", node: null, t, event: null }],
    differs: false,
  };
}

/** Each before the first that was shown later; what was shown keeps its order. */
function merged(shown: readonly Step[], told: readonly Step[]): Step[] {
  const waiting = [...told];
  const steps = shown.flatMap((step) => {
    const later = waiting.findIndex(({ t }) => t > step.t);
    return [...waiting.splice(0, later < 0 ? waiting.length : later), step];
  });
  return [...steps, ...waiting];
}

/** Who says so: `store Downtown · price list of erp · since Sat 22 Nov 2025`. */
export function toldBy(price: ToldPrice, stores: readonly string[]): string {
  const { kind, system, name, since_ms, until_ms, by } = price;
  const day = dayOf(since_ms);
  const words =
    kind === "store"
      ? [...(stores.length === 0 ? [] : [storesOf(stores)]), `price list of ${system}`, `since ${day}`]
      : [kind === "order" ? `order ${name ?? ""}` : `e-mail${name ? ` about ${name}` : ""}`, system, day];
  if (until_ms !== null) words.push(`until ${dayOf(until_ms)}`);
  if (by === "claimed") words.push("only claimed");
  return words.map((word) => word.trim()).join(" \u00b7 ");
}

const byNumber = new Intl.Collator("en", { numeric: true }).compare;

const storesOf = (stores: readonly string[]): string =>
  stores.length > NAMED_COUNT
    ? `${stores.length} stores`
    : `${stores.length === 1 ? "store" : "stores"} ${stores.join(", ")}`;

/** All of them by name, as far as anybody reads that. */
function storesSaid(stores: readonly string[]): string {
  const rest = stores.length - LISTED_COUNT;
  return `${stores.slice(0, LISTED_COUNT).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

/** Of an imported session: how old the word of the shop's systems is. */
export const asOf = (told_until_ms: number): string =>
  `As of the export of this session, ${fullTime(told_until_ms)}. What they said later is not known here.`;

/** The same in a sentence, with all that there is to say of it. */
export function toldSaid(price: ToldPrice, stores: readonly string[]): string {
  const { kind, since_ms, until_ms, piece, line, by } = price;
  const until = until_ms === null ? "" : ` until ${fullTime(until_ms)}`;
  const said = kind === "store" ? `In force since ${fullTime(since_ms)}${until}.` : `${fullTime(since_ms)}.`;
  return [
    "Said by the shop\u2019s systems; there is no picture of it.",
    said,
    stores.length > NAMED_COUNT ? storesSaid(stores) : null,
    piece !== null && line !== null ? `The price of one, of ${line}.` : null,
    by === "claimed" ? "Only claimed: the page said that this is the customer, and nobody checked." : null,
  ]
    .filter((sentence) => sentence !== null)
    .join("\n");
}
