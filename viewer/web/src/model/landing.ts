/**
 * Where to stand to see an event. A fact carries the time of its cause, and the page draws what it caused a
 * moment later: standing at the fact's own time would show the cart's new state beside the old picture.
 */
import type { DeskEvent } from "./session";
import type { Timeline } from "./timeline";

/** How long a page may take to draw what a fact says. */
export const DRAWN_MS = 100;

const SHOWN: ReadonlySet<string> = new Set(["cart", "cart_gone", "page", "view", "left"]);

/** The moment shortly after the event, but before anything else is said of the same tab's page or carts. */
export function landing(timeline: Timeline, event: DeskEvent): number {
  const load = timeline.loads.find(({ id }) => id === event.load);
  if (!load) return event.t;
  // A page is seen when its document is there.
  const begins = event.kind === "page" ? (load.picture.runs[0]?.from ?? event.t) : event.t;
  const drawn = Math.max(event.t + DRAWN_MS, begins);
  const next = timeline.events.find(
    (other) =>
      other.t > event.t && SHOWN.has(other.kind) && (other.load === event.load || other.kind === "page"),
  );
  const before = next && event.kind !== "page" ? next.t - 1 : drawn;
  return Math.max(event.t, Math.min(drawn, before, Math.max(load.until, event.t)));
}
