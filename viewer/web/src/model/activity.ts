/**
 * Where something happened and where nothing did, from what is known without opening a picture: the times of
 * facts, and the times and sizes of chunks (a page sends one only when something changed).
 */
import type { Timeline } from "./timeline";

/** Nothing for this long counts as inactivity. */
const IDLE_MS = 5_000;
/** How much of an idle stretch is still played at each of its ends, so that a skip is understood. */
const IDLE_EDGE_MS = 700;

export interface Idle {
  readonly from: number;
  readonly until: number;
}

/** Stretches of at least `IDLE_MS` in which no tab sent anything. */
export function idleStretches(timeline: Timeline): Idle[] {
  const busy = timeline.events.map((event): [number, number] => [event.t, event.t]);
  for (const load of timeline.loads)
    for (const chunk of load.info.chunks)
      busy.push([chunk.first_ms + load.offset, chunk.last_ms + load.offset]);
  busy.sort((a, b) => a[0] - b[0]);
  const idle: Idle[] = [];
  let reached = timeline.from;
  for (const [from, until] of [...busy, [timeline.until, timeline.until] as const]) {
    if (from - reached >= IDLE_MS) idle.push({ from: reached, until: from });
    reached = Math.max(reached, until);
  }
  return idle;
}

/** Where playing goes on from t when inactivity is skipped: t itself outside of an idle stretch's middle. */
export function skipIdle(idle: readonly Idle[], t: number): number {
  const stretch = idle.find(({ from, until }) => t >= from + IDLE_EDGE_MS && t < until - IDLE_EDGE_MS);
  return stretch ? stretch.until - IDLE_EDGE_MS : t;
}

/**
 * How busy each of `count` equal stretches was, from 0 to 1. Sizes are compared by logarithm: a page load
 * weighs a thousand times a click and would hide it.
 */
export function activityLane(timeline: Timeline, count: number): number[] {
  const span = Math.max(1, timeline.until - timeline.from);
  const weights = new Array<number>(count).fill(0);
  const add = (t: number, weight: number) => {
    const bucket = Math.min(count - 1, Math.max(0, Math.floor(((t - timeline.from) / span) * count)));
    weights[bucket] = (weights[bucket] ?? 0) + weight;
  };
  for (const event of timeline.events) if (event.kind === "click") add(event.t, 400);
  for (const load of timeline.loads)
    for (const chunk of load.info.chunks) {
      const from = chunk.first_ms + load.offset;
      const until = chunk.last_ms + load.offset;
      const parts = Math.max(1, Math.min(count, Math.round(((until - from) / span) * count)));
      for (let part = 0; part < parts; part++)
        add(from + ((until - from) * (part + 0.5)) / parts, chunk.bytes / parts);
    }
  const tallest = Math.log1p(Math.max(1, ...weights));
  return weights.map((weight) => Math.log1p(weight) / tallest);
}
