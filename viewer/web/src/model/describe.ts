/**
 * Events in words: one line each for the list, the group they are filtered by, and how much they matter.
 */
import { ADAPTERS, type Outcome, type PageLoaded } from "../../../../sdk_js/src/wire.gen";
import { differences, lineName, rawOf } from "./differences";
import { pathOf } from "./format";
import type { DeskEvent, Finding, GapInfo } from "./session";

export type Group = "pages" | "cart" | "found" | "errors" | "other";
export type Tone = "plain" | "good" | "warn" | "bad";

export interface Row {
  readonly t: number;
  readonly load: string;
  /** Null for what was lost or found. */
  readonly event: DeskEvent | null;
  readonly finding: Finding | null;
  /** The events that the row stands for, when it stands for several. */
  readonly count: number;
  readonly group: Group;
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string | null;
}

const GROUPS: Record<DeskEvent["kind"], Group> = {
  page: "pages",
  view: "pages",
  left: "pages",
  tab: "other",
  identify: "other",
  signout: "other",
  cart: "cart",
  cart_gone: "cart",
  price: "other",
  promo: "cart",
  order: "cart",
  mark: "other",
  click: "other",
  outcome: "other",
  error: "errors",
  request: "errors",
  consent: "other",
  lost: "errors",
  assets: "other",
  styles: "other",
};

export const groupOf = (event: DeskEvent): Group => GROUPS[event.kind];

const SURFACES: ReadonlyMap<string, string> = new Map([
  ["drawer", "drawer"],
  ["page", "cart page"],
  ["summary", "order summary"],
  ["mini", "mini-cart"],
  ["network", "network answer"],
  ["data_layer", "data layer"],
  ["api", "the shop's own code"],
]);

const SOURCES: ReadonlyMap<string, string> = new Map([
  ["displayed", "as displayed"],
  ["declared", "stated by the shop's page"],
  ["network", "from a network answer"],
  ["server", "from the shop's server"],
]);

const SPEAKERS = new Map(Object.entries(ADAPTERS));

/** A cart surface, or a price's context, as an agent calls it; a shop's own word stays as it is. */
export const surfaceName = (surface: string): string => SURFACES.get(surface) ?? surface;

interface Place {
  readonly surface: string;
  readonly source: string;
  readonly via?: string | null;
}

/**
 * Where a cart stood and how it is known, without saying the same twice; of what the shop's own platform says, who
 * says it, and whether that reading was ever seen to work.
 */
export function placeName({ surface, source, via }: Place): string {
  const [title, label] = SPEAKERS.get(via ?? "") ?? [];
  const seen = label === "documented only" ? ` (${label})` : "";
  if (title) return `${surfaceName(surface)} · as the shop's ${title} says${seen}`;
  const says = surface === source || (surface === "api" && source === "declared");
  return says ? surfaceName(surface) : `${surfaceName(surface)} · ${SOURCES.get(source) ?? source}`;
}

/** The adapter's title, where one read it. */
export const adapterName = (via: string | null | undefined): string | null =>
  SPEAKERS.get(via ?? "")?.[0] ?? null;

/** How prices of one glance at a listing become one row. */
const GLANCE_MS = 1_000;

/**
 * One row for each event, but one for all prices that were shown together and one for what each page says
 * again (who the customer is, that recording is agreed to), and none for what only the player needs. Events
 * are in order.
 */
export function rowsOf(events: readonly DeskEvent[]): Row[] {
  const rows: Row[] = [];
  const lastCart = new Map<string, DeskEvent<"cart">>();
  const lastSaid = new Map<string, { readonly what: string; readonly index: number }>();
  for (const event of events) {
    if (event.kind === "assets" || event.kind === "styles") continue;
    const last = rows.at(-1);
    if (event.kind === "signout") lastSaid.clear();
    const what = saidOfVisit(event);
    if (what !== null) {
      const said = lastSaid.get(event.kind);
      const row = said?.what === what ? rows[said.index] : undefined;
      if (said && row) {
        rows[said.index] = { ...row, count: row.count + 1 };
        continue;
      }
      lastSaid.set(event.kind, { what, index: rows.length });
    }
    if (event.kind === "price" && last?.event?.kind === "price" && joins(last.event, event)) {
      rows[rows.length - 1] = priceRow(last.event, last.count + 1);
      continue;
    }
    if (event.kind === "cart") {
      const key = `${event.load} ${event.fields.surface} ${event.fields.source}`;
      rows.push(cartRow(event, lastCart.get(key)));
      lastCart.set(key, event);
    } else if (event.kind === "price") rows.push(priceRow(event, 1));
    else rows.push({ ...of(event), ...words(event) });
  }
  return rows;
}

/** What an event states of the visit as a whole, for telling whether it is said once more; null for others. */
function saidOfVisit(event: DeskEvent): string | null {
  if (event.kind === "consent") return `${event.fields.state} ${event.fields.version ?? ""}`;
  if (event.kind !== "identify") return null;
  const { customer_id, email, phone, name, signature } = event.fields;
  return [customer_id, email, phone, name, signature ? "signed" : ""].join("\n");
}

const of = (event: DeskEvent) => ({
  t: event.t,
  load: event.load,
  event,
  finding: null,
  count: 1,
  group: groupOf(event),
});

/** Rows for the facts that never came, each behind the last one of its page load that came before it. */
export function lostRows(gaps: readonly GapInfo[], events: readonly DeskEvent[], from: number): Row[] {
  return gaps
    .filter(({ track }) => track === 0)
    .map(({ load, first, last, reason }) => {
      const own = events.filter((event) => event.load === load);
      const before = own.findLast(({ number }) => number < first) ?? own[0];
      const title = first === last ? "Events lost" : `Events lost, ${last - first + 1} batches`;
      return {
        t: before?.t ?? from,
        load,
        event: null,
        finding: null,
        count: 1,
        group: "errors",
        tone: "warn",
        title,
        detail: reason,
      };
    });
}

const joins = (last: DeskEvent<"price">, event: DeskEvent<"price">): boolean =>
  last.load === event.load && last.fields.context === event.fields.context && event.t - last.t <= GLANCE_MS;

function priceRow(event: DeskEvent<"price">, count: number): Row {
  const { context, amount, name, sku } = event.fields;
  const one = `${name?.raw ?? sku ?? "a product"}: ${rawOf(amount) ?? "no amount"}`;
  return {
    ...of(event),
    count,
    tone: "plain",
    title: count === 1 ? "Price shown" : `${count} prices shown`,
    detail: count === 1 ? `${context} · ${one}` : `${context} · ${one} …`,
  };
}

function cartRow(event: DeskEvent<"cart">, before: DeskEvent<"cart"> | undefined): Row {
  const state = event.fields;
  const { surface, source } = state;
  const how = source === "displayed" ? surfaceName(surface) : placeName(state);
  const total = state.totals?.find((one) => one.key === "total") ?? state.totals?.at(-1);
  const shown = [
    state.empty ? state.empty.raw : null,
    state.lines ? `${state.lines.length} ${state.lines.length === 1 ? "line" : "lines"}` : null,
    total ? `${total.label?.raw ?? total.key} ${rawOf(total.amount) ?? ""}`.trim() : null,
    !state.lines && state.count ? `number of items ${state.count.raw}` : null,
  ].filter((part) => part !== null);
  const changes = before ? differences(before.fields, state) : [];
  const first = changes[0];
  return {
    ...of(event),
    tone: "plain",
    title: before ? `Cart changed · ${how}` : `Cart · ${how}`,
    detail: first
      ? `${sentence(first)}${changes.length > 1 ? `, and ${changes.length - 1} more` : ""}`
      : shown.join(" · "),
  };
}

const PART_WORDS: Record<string, string> = {
  quantity: "quantity",
  typed: "typed quantity",
  unit: "unit price",
  was: "struck-through price",
  "line-total": "line total",
  "line-total-was": "struck-through total",
  note: "note",
};

/** A difference in words: `HP-15 laptop: unit price $379.00 → $499.00`. */
export function sentence({ part, subject, from, to }: ReturnType<typeof differences>[number]): string {
  if (part === "line")
    return from === null ? `added ${times(to)}${subject}` : `removed ${times(from)}${subject}`;
  if (part === "promo" && from === null) return `promotion ${subject} appeared${to ? `: ${to}` : ""}`;
  if (part === "promo" && to === null) return `promotion ${subject} went away`;
  const of = PART_WORDS[part] ? `${subject}: ${PART_WORDS[part]}` : subject;
  const label = part === "message" ? "message" : of || part;
  if (from === null) return `${label} appeared: ${to}`;
  if (to === null) return `${label} went away: ${from}`;
  return `${label} ${from} → ${to}`;
}

const times = (quantity: string | null): string => (quantity ? `${quantity} × ` : "");

function words(event: DeskEvent): Pick<Row, "title" | "detail" | "tone"> {
  switch (event.kind) {
    case "page": {
      const { how, title, url, status } = event.fields;
      const name = HOW[how ?? "navigate"];
      const detail = title ?? pathOf(url);
      return status ? { title: `${name} · error ${status}`, detail, tone: "bad" } : plain(name, detail);
    }
    case "view":
      return plain("Page", event.fields.title ?? pathOf(event.fields.url));
    case "left":
      return event.fields.picture_complete
        ? plain("Page left", null)
        : { title: "Page left", detail: "the end of its picture did not arrive", tone: "warn" };
    case "tab":
      return plain(event.fields.visible ? "Tab came to the front" : "Tab went behind another", null);
    case "identify": {
      const { name, email, phone, customer_id, signature } = event.fields;
      const who = name ?? email ?? phone ?? customer_id ?? "nobody named";
      return plain("Customer identified", `${who} · ${signature ? "signed" : "not signed"}`);
    }
    case "signout":
      return plain("Customer signed out", null);
    case "cart_gone":
      return plain(`Cart closed · ${surfaceName(event.fields.surface)}`, null);
    case "promo": {
      const { state, code, campaign, amount, reason, text } = event.fields;
      const tone = state === "rejected" ? "bad" : state === "applied" ? "good" : "plain";
      const detail = [text?.raw, rawOf(amount), reason].filter(Boolean).join(" · ");
      return {
        title: `Promo ${code ?? campaign ?? ""} ${state}`.replace(/ {2}/, " "),
        detail: detail || null,
        tone,
      };
    }
    case "order":
      return { title: `Order ${event.fields.id} placed`, detail: rawOf(event.fields.total), tone: "good" };
    case "mark":
      return plain(event.fields.name, marks(event.fields.data ?? {}));
    case "click":
      return plain("Click", event.fields.text?.raw ?? event.fields.control ?? null);
    case "outcome":
      return outcome(event.fields);
    case "error":
      return { title: "Script error", detail: event.fields.message, tone: "bad" };
    case "request":
      return {
        title: `Request failed${event.fields.status ? ` with ${event.fields.status}` : ""}`,
        detail: `${event.fields.method} ${event.fields.url}`,
        tone: "bad",
      };
    case "consent":
      return plain(
        `Recording ${event.fields.state === "granted" ? "agreed to" : "refused"}`,
        event.fields.version ?? null,
      );
    case "lost":
      return {
        title: `${event.fields.count} events lost`,
        detail: "the page's buffer was full",
        tone: "warn",
      };
    case "price":
    case "cart":
    case "assets":
    case "styles":
      return plain(event.kind, null);
  }
}

/** What came of the press before it: what the page said, or that it did nothing. */
function outcome({ what, text, after_ms, presses = 1 }: Outcome): Pick<Row, "title" | "detail" | "tone"> {
  if (what === "message")
    return { title: "The page said", detail: text?.raw ?? "to fill in a field", tone: "plain" };
  const times = presses === 1 ? "the press" : `${presses} presses`;
  const after = `for ${Math.round(after_ms / 1_000)} s after ${times}`;
  if (what === "nothing") return { title: "Nothing happened", detail: after, tone: "bad" };
  if (what === "elsewhere") return plain("Only other parts of the page changed", after);
  return { title: "Nothing happened", detail: `${after}: ${OFF[what]}`, tone: "warn" };
}

const OFF = { disabled: "the control was disabled", offline: "the browser was offline" };

const plain = (title: string, detail: string | null) => ({ title, detail, tone: "plain" as const });

const marks = (data: Readonly<Record<string, unknown>>): string | null =>
  Object.entries(data)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(" · ") || null;

const HOW: Readonly<Record<NonNullable<PageLoaded["how"]>, string>> = {
  navigate: "Page",
  reload: "Page reloaded",
  back_forward: "Page, back or forward",
  resumed: "Page, back from the browser's cache",
  restarted: "Page, in a new session",
};

/** A line and its amounts in one breath: for labels. */
export const lineSentence = (line: Parameters<typeof lineName>[0]): string =>
  [lineName(line), rawOf(line.quantity), rawOf(line.unit), rawOf(line.total)]
    .filter((part) => part !== null)
    .join(", ");
