/** Small sessions to ask the model about: events in words of one line each. */
import type { Facts, Kind } from "../../../../sdk_js/src/wire.gen";
import type { ChunkInfo, DeskEvent, LoadInfo, SessionView } from "../../src/model/session";
import { buildTimeline, type Timeline } from "../../src/model/timeline";

export const T0 = 1_700_000_000_000;

let number = 0;

/** An event `at` milliseconds into the session. */
export function event<K extends Kind>(load: string, at: number, kind: K, fields: Facts[K]): DeskEvent<K> {
  return { load, number: ++number, index: 0, t: T0 + at, kind, fields } as unknown as DeskEvent<K>;
}

export const page = (load: string, at: number, url = "https://shop.example/") =>
  event(load, at, "page", { url });

export const cart = (load: string, at: number, total: string, fields: Partial<Facts["cart"]> = {}) =>
  event(load, at, "cart", {
    surface: "drawer",
    source: "displayed",
    lines: [],
    totals: [{ key: "total", label: { raw: "Total" }, amount: { raw: total } }],
    ...fields,
  });

/** Chunks by the times of their first and last event; a checkpoint is marked by `true`. */
export const chunks = (...spans: readonly (readonly [number, number, number, boolean?])[]): ChunkInfo[] =>
  spans.map(([number, first, last, checkpoint = false]) => ({
    number,
    first_ms: T0 + first,
    last_ms: T0 + last,
    checkpoint,
    bytes: 100,
  }));

export function load(id: string, tab: string, ordinal: number, more: Partial<LoadInfo> = {}): LoadInfo {
  return { id, tab, ordinal, opened_ms: T0, offset_ms: 0, offset_error_ms: 5, chunks: [], ...more };
}

export function view(more: Partial<SessionView> & { live?: boolean } = {}): SessionView {
  const { live = false, ...rest } = more;
  return {
    session: {
      id: "s",
      code: "7K3-QF9",
      site: "shop",
      site_name: "Shop",
      started_ms: T0,
      seen_ms: T0 + 60_000,
      ended_ms: live ? null : T0 + 60_000,
      ended_why: null,
      live,
      server_ms: T0,
    },
    loads: [],
    events: [],
    gaps: [],
    identifiers: [],
    views: [],
    findings: [],
    told: [],
    prices: [],
    told_until_ms: null,
    payment_paths: ["*/payment*", "*/pay/*"],
    ...rest,
  };
}

export const timeline = (more: Partial<SessionView> & { live?: boolean }, now = T0): Timeline =>
  buildTimeline(view(more), now);
