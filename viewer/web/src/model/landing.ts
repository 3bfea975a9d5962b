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
/** Times closer than this are one: they went through a number format or two. */
const SAME_MS = 1;

const SHOWN: ReadonlySet<string> = new Set(["cart", "cart_gone", "page", "view", "left"]);

/** What was seen, and in which page load. */
interface Seen {
  readonly load: string;
  readonly t: number;
}

export interface Landing {
  readonly t: number;
  /** Up to here one may wait for what moves to come to rest: nothing else is said of the page before. */
  readonly restBy: number;
}

/** Shortly after the last of the events, but before anything else is said of the same tab's page or carts. */
export function landing(timeline: Timeline, events: readonly DeskEvent[]): Landing {
  const event = lastOf(events);
  if (!event) return { t: timeline.from, restBy: timeline.from };
  return landingAt(timeline, event, event.kind !== "page");
}

/**
 * Where a thing is seen that was shown at t: with the cart's state that it was part of, or as it was pressed, for
 * what is pressed may go away at once; else as soon as there is a picture of it, whatever is said of carts
 * meanwhile.
 */
export function landingOn(timeline: Timeline, shown: Seen): Landing {
  const own = timeline.events.filter(({ load }) => load === shown.load);
  const isShown = ({ t }: DeskEvent) => Math.abs(t - shown.t) < SAME_MS;
  if (own.some((event) => event.kind === "click" && isShown(event))) return { t: shown.t, restBy: shown.t };
  const step = stepsOf(own.filter(({ kind }) => kind === "cart")).find((events) => events.some(isShown));
  return step ? landing(timeline, step) : landingAt(timeline, shown, false);
}

/** `isBefore`: nothing else may have been said of page and carts. Else, as of a page, its picture is enough. */
function landingAt(timeline: Timeline, seen: Seen, isBefore: boolean): Landing {
  const load = timeline.loads.find(({ id }) => id === seen.load);
  if (!load) return { t: seen.t, restBy: seen.t };
  const begins = load.picture.runs[0]?.from ?? seen.t;
  const next = timeline.events.find(
    (other) =>
      other.t > seen.t && SHOWN.has(other.kind) && (other.load === seen.load || other.kind === "page"),
  );
  const over = Math.max(load.until, seen.t);
  const before = Math.max(seen.t, next ? Math.min(next.t - 1, over) : over);
  const t = Math.min(Math.max(seen.t + STAMPED_MS, begins), isBefore ? before : over);
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
