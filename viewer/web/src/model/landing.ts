/**
 * Where to stand to see an event, and which events are one step.
 *
 * A fact carries the time of what caused it. The recorder stamps the picture's change when it has written it
 * down: in the same task, so up to some milliseconds on a small page and some tens on a heavy one; and the first
 * facts of a page come before its first picture. Standing at the fact's own time would show the cart's new
 * state beside the old picture.
 */
import type { DeskEvent } from "./session";
import type { Timeline } from "./timeline";

/** How much later than its fact the recorder may stamp a change of the picture. */
const STAMPED_MS = 100;
/** A page that slides its cart in is done with it by then. */
const REST_MS = 1_000;
/** What changes within this time is one change to whoever looks at the page. */
const AT_ONCE_MS = 200;

const SHOWN: ReadonlySet<string> = new Set(["cart", "cart_gone", "page", "view", "left"]);

interface Landing {
  readonly t: number;
  /** Up to here one may wait for what moves to come to rest: nothing else is said of the page before. */
  readonly restBy: number;
}

/** Shortly after the last of the events, but before anything else is said of the same tab's page or carts. */
export function landing(timeline: Timeline, events: readonly DeskEvent[]): Landing {
  const event = lastOf(events);
  if (!event) return { t: timeline.from, restBy: timeline.from };
  const load = timeline.loads.find(({ id }) => id === event.load);
  if (!load) return { t: event.t, restBy: event.t };
  const begins = load.picture.runs[0]?.from ?? event.t;
  const isPage = event.kind === "page";
  const next = timeline.events.find(
    (other) =>
      other.t > event.t && SHOWN.has(other.kind) && (other.load === event.load || other.kind === "page"),
  );
  const over = Math.max(load.until, event.t);
  const before = Math.max(event.t, next ? Math.min(next.t - 1, over) : over);
  // A page is seen when its document is there, whatever is said of it meanwhile.
  const t = isPage
    ? Math.min(Math.max(event.t + STAMPED_MS, begins), over)
    : Math.min(Math.max(event.t + STAMPED_MS, begins), before);
  return { t, restBy: Math.max(t, Math.min(t + REST_MS, before)) };
}

/** The latest by its time: inside a page load events are in the order in which they were stated. */
const lastOf = (events: readonly DeskEvent[]): DeskEvent | undefined =>
  events.reduce<DeskEvent | undefined>((last, one) => (last && last.t > one.t ? last : one), undefined);

/**
 * The events as an agent steps through them: those of one page that come at once are one step (the cart's
 * drawer opens and its badge counts on). A surface that changes a second time is another step, so that no state
 * is passed over.
 */
export function stepsOf(events: readonly DeskEvent[]): DeskEvent[][] {
  const steps: DeskEvent[][] = [];
  const open = new Map<string, { readonly step: DeskEvent[]; readonly names: Set<string> }>();
  for (const event of events) {
    const name = nameOf(event);
    const known = open.get(event.load);
    const first = known?.step[0];
    if (known && first && Math.abs(event.t - first.t) <= AT_ONCE_MS && !known.names.has(name)) {
      known.step.push(event);
      known.names.add(name);
    } else {
      const step = [event];
      steps.push(step);
      open.set(event.load, { step, names: new Set([name]) });
    }
  }
  return steps;
}

/** What changes with the event. */
function nameOf(event: DeskEvent): string {
  if (event.kind === "cart") return `${event.fields.surface} ${event.fields.source}`;
  if (event.kind === "cart_gone") return `${event.fields.surface} displayed`;
  if (event.kind === "promo") return `promo ${event.fields.state} ${event.fields.code ?? ""}`;
  return event.kind;
}
