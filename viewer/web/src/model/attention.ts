/**
 * Which tab the customer was in. A tab is looked at from the moment it comes to the front, is clicked in, or
 * loads a page that is not at once said to be behind another; it stays so until another one is.
 */
import type { DeskEvent } from "./session";
import type { Timeline } from "./timeline";

/** A page that is hidden says so this soon after it began to load. */
const SETTLE_MS = 1_500;

export interface Switch {
  readonly t: number;
  readonly tab: string;
}

/** The moments at which attention moved to another tab, in order; the first is the session's beginning. */
export function attention(timeline: Timeline): Switch[] {
  const tabOf = new Map(timeline.loads.map((load) => [load.id, load.tab]));
  const switches: Switch[] = [];
  const first = timeline.loads[0];
  if (first) switches.push({ t: timeline.from, tab: first.tab });
  for (const event of timeline.events) {
    const tab = tabOf.get(event.load);
    if (tab !== undefined && tab !== switches.at(-1)?.tab && attracts(event, timeline))
      switches.push({ t: event.t, tab });
  }
  return switches;
}

function attracts(event: DeskEvent, timeline: Timeline): boolean {
  if (event.kind === "click") return true;
  if (event.kind === "tab") return event.fields.visible;
  if (event.kind !== "page") return false;
  const load = timeline.loads.find(({ id }) => id === event.load);
  const said = load?.events.find((other) => other.kind === "tab" && other.t - event.t <= SETTLE_MS);
  return said?.kind !== "tab" || said.fields.visible;
}

export const tabLookedAt = (switches: readonly Switch[], t: number): string | null =>
  (switches.findLast((one) => one.t <= t) ?? switches[0])?.tab ?? null;
