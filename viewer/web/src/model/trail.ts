/**
 * The trail of a product's prices: every price that was shown for it, from the listing to the cart, in the
 * order in which it was shown. A step is a place and a role; the same text at the same place again is no new
 * step. Steps are marked where the price differs from the one before, and nothing is said about why.
 */
import type { Amount, Line } from "../../../../sdk_js/src/wire.gen";
import { rawOf } from "./differences";
import type { DeskEvent } from "./session";

export interface Step {
  readonly event: DeskEvent<"price" | "cart">;
  readonly t: number;
  /** The place: a price's context (listing, product …) or the cart surface. */
  readonly where: string;
  /** What kind of price: current, was, list … */
  readonly role: string;
  readonly raw: string;
  readonly node: number | null;
  /** The price differs from the last one of the same role, here or elsewhere. */
  readonly differs: boolean;
  readonly source: string;
}

export interface Trail {
  readonly key: string;
  readonly name: string;
  readonly sku: string | null;
  readonly steps: readonly Step[];
  /** Whether it was ever a line of a cart: those come first. */
  readonly inCart: boolean;
}

interface Draft {
  name: string;
  readonly sku: string | null;
  readonly steps: Step[];
  readonly lastAt: Map<string, string>;
  readonly lastOf: Map<string, string>;
  inCart: boolean;
}

/** The trails of all products of which a price was shown up to t, those in a cart first, then the newest. */
export function trailsAt(events: readonly DeskEvent[], t: number): Trail[] {
  const drafts = new Map<string, Draft>();
  for (const event of events) {
    if (event.t > t) continue;
    if (event.kind === "price") addPrice(drafts, event);
    if (event.kind === "cart" && event.fields.source === "displayed")
      for (const line of event.fields.lines ?? []) addLine(drafts, event, line);
  }
  return [...drafts]
    .map(([key, { name, sku, steps, inCart }]) => ({ key, name, sku, steps, inCart }))
    .filter(({ steps }) => steps.length > 0)
    .sort((a, b) => Number(b.inCart) - Number(a.inCart) || lastTime(b.steps) - lastTime(a.steps));
}

const lastTime = (steps: readonly Step[]): number => steps.at(-1)?.t ?? 0;

function addPrice(drafts: Map<string, Draft>, event: DeskEvent<"price">): void {
  const { sku, name, amount, context, role, source } = event.fields;
  const draft = draftOf(drafts, sku ?? null, rawOf(name));
  if (draft) addStep(draft, event, { where: context, role, amount, source });
}

function addLine(drafts: Map<string, Draft>, event: DeskEvent<"cart">, line: Line): void {
  const draft = draftOf(drafts, line.sku ?? null, rawOf(line.name));
  if (!draft) return;
  draft.inCart = true;
  const { surface, source } = event.fields;
  addStep(draft, event, { where: surface, role: "was", amount: line.was, source });
  if (rawOf(line.unit) !== null)
    addStep(draft, event, { where: surface, role: "current", amount: line.unit, source });
  else if (rawOf(line.quantity) === "1")
    addStep(draft, event, { where: surface, role: "line total", amount: line.total, source });
}

function draftOf(drafts: Map<string, Draft>, sku: string | null, name: string | null): Draft | null {
  if (sku === null && name === null) return null;
  const key = sku === null ? `name ${name}` : `sku ${sku}`;
  const known = drafts.get(key);
  if (known) {
    if (name !== null && known.name === known.sku) known.name = name;
    return known;
  }
  const fresh = {
    name: name ?? sku ?? "",
    sku,
    steps: [],
    lastAt: new Map(),
    lastOf: new Map(),
    inCart: false,
  };
  drafts.set(key, fresh);
  return fresh;
}

interface Shown {
  readonly where: string;
  readonly role: string;
  readonly amount: Amount | null | undefined;
  readonly source: string;
}

function addStep(draft: Draft, event: DeskEvent<"price" | "cart">, shown: Shown): void {
  const raw = rawOf(shown.amount);
  const place = `${shown.where} ${shown.role} ${shown.source}`;
  if (raw === null || draft.lastAt.get(place) === raw) return;
  const last = draft.lastOf.get(shown.role);
  draft.lastAt.set(place, raw);
  if (shown.source === "displayed") draft.lastOf.set(shown.role, raw);
  draft.steps.push({
    event,
    t: event.t,
    where: shown.where,
    role: shown.role,
    raw,
    node: shown.amount?.node ?? null,
    differs: shown.source === "displayed" && last !== undefined && last !== raw,
    source: shown.source,
  });
}
