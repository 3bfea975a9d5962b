/**
 * The session as stretches of corrected time: page loads, the addresses seen in them, and which events belong
 * to which. Everything that asks "what was it like at t" starts from here.
 */
import { type PictureSpan, pictureOf } from "./picture_span";
import type { DeskEvent, LoadInfo, SessionView } from "./session";

/** One address in one page load, from when it was shown until the next one or the load's end. */
export interface PageStretch {
  readonly load: string;
  readonly tab: string;
  readonly from: number;
  readonly until: number;
  readonly url: string;
  readonly title: string | null;
  readonly event: DeskEvent<"page" | "view"> | null;
}

/** One page load: its events are in the order of their numbers. */
export interface LoadSpan {
  readonly info: LoadInfo;
  readonly id: string;
  readonly tab: string;
  readonly offset: number;
  readonly from: number;
  /** When the load was over: it was left, its tab loaded something else, or nothing more came of it. */
  readonly until: number;
  readonly left: DeskEvent<"left"> | null;
  readonly page: DeskEvent<"page"> | null;
  readonly stretches: readonly PageStretch[];
  readonly events: readonly DeskEvent[];
  readonly picture: PictureSpan;
}

export interface Tab {
  readonly id: string;
  /** 1, 2, 3 … in order of first appearance: how tabs are called on the page. */
  readonly ordinal: number;
  readonly loads: readonly LoadSpan[];
}

export interface Timeline {
  readonly from: number;
  readonly until: number;
  readonly live: boolean;
  readonly loads: readonly LoadSpan[];
  readonly tabs: readonly Tab[];
  readonly events: readonly DeskEvent[];
}

/** A page's clock may say this much more or less than the time at which the server heard of it. */
const CLOCK_MARGIN_MS = 60_000;

/** Builds the timeline; `now` (the server's clock) is its end while the session is live. */
export function buildTimeline(view: SessionView, now: number): Timeline {
  const bounded = within(view, now);
  const events = view.events.map((event) =>
    event.t === bounded(event.t) ? event : { ...event, t: bounded(event.t) },
  );
  const byLoad = groupBy(events, (event) => event.load);
  const drafts = view.loads.map((info) => draftOf(info, byLoad.get(info.id) ?? [], bounded));
  drafts.sort((a, b) => a.from - b.from || a.info.ordinal - b.info.ordinal);
  const live = view.session.live;
  const lastSeen = Math.max(view.session.started_ms, ...drafts.map((draft) => draft.last));
  const end = live ? Math.max(now, lastSeen) : lastSeen;
  const loads = drafts.map((draft, index): LoadSpan => {
    const next = drafts.slice(index + 1).find((other) => other.info.tab === draft.info.tab);
    const open = live && !next && !draft.left;
    const until = draft.left?.t ?? next?.from ?? (open ? end : draft.last);
    const over = Math.max(draft.from, until);
    return {
      info: draft.info,
      id: draft.info.id,
      tab: draft.info.tab,
      offset: draft.offset,
      from: draft.from,
      until: over,
      left: draft.left,
      page: draft.page,
      stretches: stretchesOf(draft, over),
      events: draft.events,
      picture: pictureOf(draft.info, {
        offset: draft.offset,
        open,
        complete: draft.left?.fields.picture_complete ?? true,
        declared: view.gaps.filter((gap) => gap.load === draft.info.id && gap.track === 1),
        closed: next ? null : (draft.left?.t ?? null),
        payment: draft.page !== null && isPaymentPath(draft.page.fields.url, view.payment_paths),
      }),
    };
  });
  return {
    from: Math.min(
      ...loads.map((load) => load.from),
      loads.length ? Number.POSITIVE_INFINITY : view.session.started_ms,
    ),
    until: end,
    live,
    loads,
    tabs: tabsOf(loads),
    events,
  };
}

/** Times that no clock of this visit can have said stand at its edge, so that one does not stretch the rest. */
function within({ session }: SessionView, now: number): (t: number) => number {
  const first = session.started_ms - CLOCK_MARGIN_MS;
  const heard = session.live ? now : Math.max(session.seen_ms, session.ended_ms ?? 0);
  const last = Math.max(heard, session.started_ms) + CLOCK_MARGIN_MS;
  return (t) => Math.min(Math.max(t, first), last);
}

interface Draft {
  readonly info: LoadInfo;
  readonly offset: number;
  readonly from: number;
  readonly last: number;
  readonly left: DeskEvent<"left"> | null;
  readonly page: DeskEvent<"page"> | null;
  readonly events: readonly DeskEvent[];
}

function draftOf(info: LoadInfo, unordered: readonly DeskEvent[], bounded: (t: number) => number): Draft {
  const events = [...unordered].sort((a, b) => a.number - b.number || a.index - b.index);
  const offset = info.offset_ms ?? 0;
  const times = [
    ...events.map((event) => event.t),
    ...info.chunks.flatMap((chunk) => [chunk.first_ms + offset, chunk.last_ms + offset]).map(bounded),
  ];
  if (times.length === 0) times.push(info.opened_ms);
  const lefts = events.filter((event) => event.kind === "left");
  return {
    info,
    offset,
    from: times.reduce((a, b) => Math.min(a, b)),
    last: times.reduce((a, b) => Math.max(a, b)),
    left: lefts.at(-1) ?? null,
    page: events.find((event) => event.kind === "page") ?? null,
    events,
  };
}

function stretchesOf(draft: Draft, until: number): PageStretch[] {
  const marks = draft.events.filter((event) => event.kind === "page" || event.kind === "view");
  const first = marks[0];
  const blank = { load: draft.info.id, tab: draft.info.tab };
  if (!first) return [{ ...blank, from: draft.from, until, url: "", title: null, event: null }];
  return marks.map((event, index) => ({
    ...blank,
    from: index === 0 ? draft.from : event.t,
    until: marks[index + 1]?.t ?? until,
    url: event.fields.url,
    title: event.fields.title ?? null,
    event,
  }));
}

function tabsOf(loads: readonly LoadSpan[]): Tab[] {
  return [...groupBy(loads, (load) => load.tab)].map(([id, own], index) => ({
    id,
    ordinal: index + 1,
    loads: own,
  }));
}

/** Whether the site's pages record no picture at this address; said as the page itself says it. */
export function isPaymentPath(url: string, patterns: readonly string[]): boolean {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/s, "");
  return patterns.some((pattern) => {
    const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${escaped.join(".*")}$`, "i").test(path);
  });
}

/** The page load that a tab was in at t: its last one that had begun, else its first one. */
export function loadAt(tab: Tab, t: number): LoadSpan | null {
  return tab.loads.findLast((load) => load.from <= t) ?? tab.loads[0] ?? null;
}

export function stretchAt(load: LoadSpan, t: number): PageStretch | null {
  return load.stretches.findLast((stretch) => stretch.from <= t) ?? load.stretches[0] ?? null;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
