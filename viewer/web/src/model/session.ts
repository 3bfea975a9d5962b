/**
 * A session as the desk's API gives it, and how live messages are added to it.
 *
 * Field names are the API's own. The fields of an event were checked by the collector against the one wire
 * definition, so their types are taken as given; all text in them is still only ever shown as text.
 */
import type { Facts, Kind } from "../../../../sdk_js/src/wire.gen";

interface SessionInfo {
  readonly id: string;
  readonly code: string;
  readonly site: string;
  readonly site_name: string;
  readonly started_ms: number;
  readonly seen_ms: number;
  readonly ended_ms: number | null;
  readonly ended_why: string | null;
  readonly live: boolean;
  /** The server's clock when it answered: the clock that all corrected times are in. */
  readonly server_ms: number;
}

/** The header of one stored chunk; its times are page clock. */
export interface ChunkInfo {
  readonly number: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly checkpoint: boolean;
  readonly bytes: number;
}

export interface LoadInfo {
  readonly id: string;
  readonly tab: string;
  readonly ordinal: number;
  readonly opened_ms: number;
  readonly offset_ms: number | null;
  readonly offset_error_ms: number | null;
  readonly chunks: readonly ChunkInfo[];
}

/** One fact; `t` is corrected milliseconds since 1970. */
export type DeskEvent<K extends Kind = Kind> = {
  [kind in K]: {
    readonly load: string;
    readonly number: number;
    readonly index: number;
    readonly t: number;
    readonly kind: kind;
    readonly fields: Facts[kind];
  };
}[K];

export interface GapInfo {
  readonly load: string;
  readonly track: number;
  readonly first: number;
  readonly last: number;
  readonly reason: string;
}

export interface IdentifierInfo {
  readonly kind: string;
  readonly shown: string;
  readonly verified: boolean;
  readonly at_ms: number;
}

export interface ViewInfo {
  readonly agent: string;
  readonly what: string;
  readonly at_ms: number;
}

/** One thing that the customer was shown, and where that can be seen. `t` is corrected time. */
export interface Evidence {
  readonly role: string;
  readonly load: string;
  readonly t: number;
  readonly node: number | null;
  readonly raw: string | null;
}

/** What a rule says of this visit; `shown` begins with where the replay is to stand. */
export interface Finding {
  readonly rule: string;
  readonly version: number;
  readonly subject: string;
  readonly signature: string;
  readonly outcome: "fail" | "cannot_tell" | "pass";
  readonly severity: "high" | "medium" | "low" | "info";
  readonly said: string;
  readonly decided_ms: number;
  readonly minor: number | null;
  readonly currency: string | null;
  readonly shown: readonly Evidence[];
}

/** One thing that one of the shop's own systems says of the customer. */
export interface Told {
  readonly id: string;
  readonly system: string;
  readonly kind: string;
  readonly order: string | null;
  /** As the system says. */
  readonly occurred_ms: number;
  readonly received_ms: number;
  /** `customer`: of who is verified; `order`: of an order that the page named; `claimed`: only the page said who. */
  readonly by: "customer" | "order" | "claimed";
  readonly title: string;
  readonly detail: string;
}

/** What one of the shop's own systems says that an article costs. */
export interface ToldPrice {
  readonly id: string;
  readonly kind: "order" | "email" | "store";
  readonly system: string;
  /** The order's number or the store's name. */
  readonly name: string | null;
  readonly since_ms: number;
  readonly until_ms: number | null;
  /** As in `Told`; `price`: of a price list, which is of nobody. */
  readonly by: "customer" | "order" | "claimed" | "price";
  readonly sku: string | null;
  readonly title: string | null;
  readonly minor: number;
  readonly currency: string;
  readonly quantity: string | null;
  /** What one piece costs, where the amount says so exactly. */
  readonly piece: string | null;
  /** The whole line, where it is not one piece. */
  readonly line: string | null;
}

/** What the shop registered for one code of the visit, as it was worded then; without a title it did not. */
export interface Registered {
  readonly code: string;
  readonly title: string | null;
  readonly promised: string | null;
  readonly until: string | null;
  readonly notes: readonly string[];
}

export interface SessionView {
  readonly session: SessionInfo;
  readonly loads: readonly LoadInfo[];
  readonly events: readonly DeskEvent[];
  readonly gaps: readonly GapInfo[];
  readonly identifiers: readonly IdentifierInfo[];
  readonly views: readonly ViewInfo[];
  /** The worst first; what cannot be told after them, what is as it should be last. */
  readonly findings: readonly Finding[];
  /** The oldest first. */
  readonly told: readonly Told[];
  /** The oldest first. */
  readonly prices: readonly ToldPrice[];
  /** Of an imported session, when it was exported: what the shop's systems said later is not known here. */
  readonly told_until_ms: number | null;
  /** Paths (`*` is any text) on which the site's pages record no picture. */
  readonly payment_paths: readonly string[];
}

const place = (event: DeskEvent): string => `${event.load} ${event.number} ${event.index}`;

/** Adds events that are not there yet, and keeps the order: by time, inside a load by number and index. */
export function withEvents(view: SessionView, added: readonly DeskEvent[]): SessionView {
  const known = new Set(view.events.map(place));
  const fresh = added.filter((event) => !known.has(place(event)));
  return fresh.length === 0 ? view : { ...view, events: inOrder([...view.events, ...fresh]) };
}

/**
 * Events by time, but never against the order inside a load: an event that carries an earlier time than the
 * one before it in its load keeps its time and stands behind that one.
 */
export function inOrder(events: readonly DeskEvent[]): DeskEvent[] {
  const byLoad = [...events].sort(
    (a, b) => a.number - b.number || a.index - b.index || (a.load < b.load ? -1 : a.load > b.load ? 1 : 0),
  );
  const latest = new Map<string, number>();
  const keyed = byLoad.map((event) => {
    const at = Math.max(latest.get(event.load) ?? Number.NEGATIVE_INFINITY, event.t);
    latest.set(event.load, at);
    return { at, event };
  });
  return keyed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}

/** Adds a page load, or replaces what was known of it but for chunks that only we know of. */
export function withLoad(view: SessionView, load: LoadInfo): SessionView {
  const before = view.loads.find(({ id }) => id === load.id);
  const merged = before ? { ...load, chunks: unionOfChunks(before.chunks, load.chunks) } : load;
  const loads = [...view.loads.filter(({ id }) => id !== load.id), merged];
  return { ...view, loads: loads.sort((a, b) => a.ordinal - b.ordinal) };
}

/** Whether events that are here have other times now that this is known of their page load. */
export function clockMoved(view: SessionView, { id, offset_ms }: LoadInfo): boolean {
  const known = view.loads.find((one) => one.id === id);
  const moved = known !== undefined && known.offset_ms !== offset_ms;
  return moved && view.events.some((event) => event.load === id);
}

/** Adds one chunk's header to its page load; of an unknown load it waits for the load's own message. */
export function withChunk(view: SessionView, loadId: string, chunk: ChunkInfo): SessionView {
  const load = view.loads.find(({ id }) => id === loadId);
  if (!load || load.chunks.some(({ number }) => number === chunk.number)) return view;
  return withLoad(view, { ...load, chunks: [chunk] });
}

export function withGap(view: SessionView, gap: GapInfo): SessionView {
  const same = (other: GapInfo) =>
    other.load === gap.load && other.track === gap.track && other.first === gap.first;
  return { ...view, gaps: [...view.gaps.filter((other) => !same(other)), gap] };
}

/** What a fresh answer of the API says, and what live messages brought since. */
export function refreshed(before: SessionView, fresh: SessionView): SessionView {
  const withOurs = before.loads.reduce((view, load) => {
    const theirs = view.loads.find(({ id }) => id === load.id);
    return theirs
      ? withLoad(view, { ...theirs, chunks: unionOfChunks(load.chunks, theirs.chunks) })
      : withLoad(view, load);
  }, fresh);
  return before.gaps.reduce(withGap, withEvents(withOurs, before.events));
}

function unionOfChunks(a: readonly ChunkInfo[], b: readonly ChunkInfo[]): ChunkInfo[] {
  const byNumber = new Map([...a, ...b].map((chunk) => [chunk.number, chunk]));
  return [...byNumber.values()].sort((one, other) => one.number - other.number);
}
