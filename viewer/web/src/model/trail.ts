/**
 * The trail of a product's prices: every price that was shown for it, from the listing to the cart, in the
 * order in which it was shown, and in the order that the page says was placed; what a page showed at nearly one time in the order of the customer's way, since
 * which of it was read first says nothing. A step is one place; the same texts at the same place again are no new
 * step. A step is marked where its price is another amount than the one before, and nothing is said about why.
 */
import type { Amount, Line } from "../../../../sdk_js/src/wire.gen";
import { amountsDiffer } from "./amount_key";
import { rawOf } from "./differences";
import { exactAmount } from "./format";
import type { DeskEvent, ToldPrice } from "./session";

/** Prices of one product at one place this close together are one step: a price and the one struck through. */
const GLANCE_MS = 1_000;
/** A page that shows several places reads them one after the other, a heavy one within this time. */
const AT_ONE_TIME_MS = 250;

type Showing = DeskEvent<"price" | "cart" | "order">;

export interface Price {
  /** What kind of price: current, was, list … */
  readonly role: string;
  readonly raw: string;
  readonly node: number | null;
  readonly t: number;
  /** What showed it; null where no page did. */
  readonly event: Showing | null;
}

export interface Step {
  /** What showed it; null where no page did. */
  readonly event: Showing | null;
  /** What one of the shop's systems says, where that is the step. */
  readonly told: ToldPrice | null;
  /** The stores whose price list says so. */
  readonly stores: readonly string[];
  readonly t: number;
  /** The place: a price's context (listing, product …), the cart surface, or what kind of thing a system told of. */
  readonly where: string;
  readonly source: string;
  readonly prices: readonly Price[];
  /** Its current price is another amount than the one that was displayed before it. */
  readonly differs: boolean;
}

export interface Trail {
  readonly key: string;
  readonly name: string;
  readonly sku: string | null;
  readonly steps: readonly Step[];
  /** When it was a line of a displayed cart for the first time; infinite if never. */
  readonly cartSince: number;
}

interface Draft {
  name: string;
  readonly sku: string | null;
  readonly steps: Step[];
  /** By place and role: what was shown there last. */
  readonly lastAt: Map<string, string>;
  lastCurrent: string | null;
  cartSince: number;
}

/** The trails of all products over the whole session. */
export function trailsOf(events: readonly DeskEvent[]): Trail[] {
  const drafts = new Map<string, Draft>();
  for (const event of onTheWay(events)) {
    if (event.kind === "price") addPrice(drafts, event);
    if (event.kind === "cart" && event.fields.source === "displayed")
      for (const line of event.fields.lines ?? []) addLine(drafts, event, line);
    if (event.kind === "order") addOrder(drafts, event);
  }
  return [...drafts].map(([key, { name, sku, steps, cartSince }]) => ({ key, name, sku, steps, cartSince }));
}

/** Places on the customer's way; before them stands whatever lists products. */
const WAY: ReadonlyMap<string, number> = new Map([
  ["product", 1],
  ["mini", 2],
  ["drawer", 2],
  ["page", 2],
  ["summary", 3],
]);

const ORDER_RANK = 4;

function wayRank(event: Showing): number {
  if (event.kind === "order") return ORDER_RANK;
  return WAY.get(event.kind === "cart" ? event.fields.surface : event.fields.context) ?? 0;
}

/** What shows prices, in order, but in that of the customer's way where one page load showed it at one time. */
function onTheWay(events: readonly DeskEvent[]): Showing[] {
  const showing = events.filter(
    (event) => event.kind === "price" || event.kind === "cart" || event.kind === "order",
  );
  const glances: Showing[][] = [];
  const open = new Map<string, Showing[]>();
  for (const event of showing) {
    const glance = open.get(event.load);
    const first = glance?.[0];
    if (glance && first && event.t - first.t <= AT_ONE_TIME_MS) glance.push(event);
    else {
      const fresh = [event];
      glances.push(fresh);
      open.set(event.load, fresh);
    }
  }
  return glances.flatMap((glance) => glance.sort((a, b) => wayRank(a) - wayRank(b)));
}

/** What was shown of each up to t: those in a cart by then first, then those shown last. */
export function trailsUpTo(trails: readonly Trail[], t: number): Trail[] {
  return trails
    .map((trail) => ({ ...trail, steps: stepsUpTo(trail.steps, t) }))
    .filter(({ steps }) => steps.some(({ told }) => told === null))
    .sort(
      (a, b) => Number(b.cartSince <= t) - Number(a.cartSince <= t) || lastTime(b.steps) - lastTime(a.steps),
    );
}

function stepsUpTo(steps: readonly Step[], t: number): Step[] {
  const past = steps.filter((step) => step.t <= t);
  const first = past.find(({ told }) => told === null);
  return past
    .map((step) => (step === first && step.differs ? { ...step, differs: false } : step))
    .map((step) => (step.prices.every((price) => price.t <= t) ? step : soFar(step, t)));
}

function soFar(step: Step, t: number): Step {
  const prices = step.prices.filter((price) => price.t <= t);
  return { ...step, prices, differs: step.differs && prices.some(({ role }) => role === "current") };
}

const lastTime = (steps: readonly Step[]): number =>
  steps.reduce((last, { t, told }) => (told === null ? Math.max(last, t) : last), 0);

function addPrice(drafts: Map<string, Draft>, event: DeskEvent<"price">): void {
  const { sku, name, amount, context, role, source } = event.fields;
  const draft = draftOf(drafts, sku ?? null, rawOf(name));
  if (draft) addPrices(draft, event, context, source, [[role, amount]]);
}

function addLine(drafts: Map<string, Draft>, event: DeskEvent<"cart">, line: Line): void {
  const draft = draftOf(drafts, line.sku ?? null, rawOf(line.name));
  if (!draft) return;
  draft.cartSince = Math.min(draft.cartSince, event.t);
  const { surface, source } = event.fields;
  // A surface that shows line totals only shows the price of one where there is one.
  const current = rawOf(line.unit) === null && rawOf(line.quantity) === "1" ? line.total : line.unit;
  addPrices(draft, event, surface, source, [
    ["was", line.was],
    ["current", current],
  ]);
}

/** Of the order that the page declared; its amounts may have no text of their own. */
function addOrder(drafts: Map<string, Draft>, event: DeskEvent<"order">): void {
  const { currency, lines } = event.fields;
  for (const { sku, name, price } of lines ?? []) {
    const { raw, minor } = price ?? {};
    const text = raw ?? (minor == null ? null : exactAmount(minor, price?.currency ?? currency ?? null));
    const draft = text === null ? null : draftOf(drafts, sku ?? null, name ?? null);
    if (draft) addPrices(draft, event, "order", "declared", [["current", { raw: text }]]);
  }
}

function draftOf(drafts: Map<string, Draft>, sku: string | null, name: string | null): Draft | null {
  if (sku === null && name === null) return null;
  const key = sku === null ? `name ${name}` : `sku ${sku}`;
  const known = drafts.get(key);
  if (known) {
    if (name !== null && known.name === known.sku) known.name = name;
    return known;
  }
  const fresh: Draft = {
    name: name ?? sku ?? "",
    sku,
    steps: [],
    lastAt: new Map(),
    lastCurrent: null,
    cartSince: Number.POSITIVE_INFINITY,
  };
  drafts.set(key, fresh);
  return fresh;
}

function addPrices(
  draft: Draft,
  event: Showing,
  where: string,
  source: string,
  shown: readonly (readonly [role: string, amount: Amount | null | undefined])[],
): void {
  const prices: Price[] = [];
  for (const [role, amount] of shown) {
    const raw = rawOf(amount);
    const place = `${where} ${role} ${source}`;
    if (raw === null || draft.lastAt.get(place) === raw) continue;
    draft.lastAt.set(place, raw);
    prices.push({ role, raw, node: amount?.node ?? null, t: event.t, event });
  }
  if (prices.length === 0) return;
  const current = prices.find(({ role }) => role === "current")?.raw ?? null;
  const differs =
    source === "displayed" &&
    current !== null &&
    draft.lastCurrent !== null &&
    amountsDiffer(draft.lastCurrent, current);
  if (current !== null && source === "displayed") draft.lastCurrent = current;
  const last = draft.steps.at(-1);
  const joins =
    last !== undefined &&
    last.where === where &&
    last.source === source &&
    last.event?.load === event.load &&
    event.t - last.t <= GLANCE_MS &&
    !prices.some(({ role }) => last.prices.some((other) => other.role === role));
  if (joins) draft.steps.pop();
  draft.steps.push({
    event: joins ? last.event : event,
    told: null,
    stores: [],
    t: joins ? last.t : event.t,
    where,
    source,
    prices: joins ? [...last.prices, ...prices] : prices,
    differs: differs || (joins && last.differs),
  });
}
