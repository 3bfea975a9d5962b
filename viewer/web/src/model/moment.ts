/**
 * What stood where at one moment: the page that a tab was in, and per cart surface the last state, on screen
 * or not any more.
 *
 * A moment t includes every event with corrected time <= t. A displayed state is on screen from its time until
 * its surface is gone or its page load is over; a new page load starts with nothing on screen. States are
 * never merged: not those of two surfaces, not those of two sources, not those of two page loads.
 */
import type { Source, Surface } from "../../../../sdk_js/src/wire.gen";
import type { DeskEvent } from "./session";
import { type LoadSpan, loadAt, type PageStretch, stretchAt, type Tab, type Timeline } from "./timeline";

type CartEvent = DeskEvent<"cart">;

/** Why a displayed state is not on screen (any more) in the tab that is watched. */
type OffScreen = "gone" | "page-over" | "other-tab";

export interface SurfaceState {
  readonly surface: Surface;
  readonly source: Source;
  readonly event: CartEvent;
  /** The state of the same surface and source before this one, in the same tab; null if this is the first. */
  readonly before: CartEvent | null;
  readonly tab: Tab;
  readonly load: LoadSpan;
  /** Null while on screen; always null for what is not displayed but stated. */
  readonly off: OffScreen | null;
  /** When it was on screen last: t while it is, else the moment at which it ceased to be. */
  readonly lastSeen: number;
}

export interface Moment {
  readonly t: number;
  readonly tab: Tab | null;
  readonly load: LoadSpan | null;
  readonly page: PageStretch | null;
  /** Whether the tab was in front; null where nobody said. */
  readonly visible: boolean | null;
  /** Displayed in this tab at this moment, those with lines before those that only sum up. */
  readonly onScreen: readonly SurfaceState[];
  /**
   * Displayed earlier, or in another tab: the latest of each surface, the last seen first; but those with lines
   * before a badge in the header, which is nearly always what was seen last.
   */
  readonly seenBefore: readonly SurfaceState[];
  /** Stated rather than displayed (data layer, network, server): the latest of each, the newest first. */
  readonly stated: readonly SurfaceState[];
}

export function momentAt(timeline: Timeline, tabId: string | null, t: number): Moment {
  const tab = timeline.tabs.find(({ id }) => id === tabId) ?? timeline.tabs[0] ?? null;
  const load = tab ? loadAt(tab, t) : null;
  const displayed: SurfaceState[] = [];
  const stated: SurfaceState[] = [];
  for (const other of timeline.tabs) {
    const states = statesOf(other, t, other === tab ? load : null);
    for (const state of states) (state.source === "displayed" ? displayed : stated).push(state);
  }
  const onScreen = displayed.filter((state) => state.off === null);
  const shown = new Set(onScreen.map(({ surface }) => surface));
  const before = displayed
    .filter((state) => state.off !== null && (state.off === "other-tab" || !shown.has(state.surface)))
    .sort((a, b) => rank(a) - rank(b) || b.lastSeen - a.lastSeen);
  return {
    t,
    tab,
    load,
    page: load ? stretchAt(load, t) : null,
    visible: load ? visibleAt(load, t) : null,
    onScreen: onScreen.sort((a, b) => rank(a) - rank(b) || a.event.t - b.event.t),
    seenBefore: newestOfEach(before, (state) => `${state.surface} ${state.off === "other-tab"}`),
    stated: newestOfEach(
      stated.sort((a, b) => b.event.t - a.event.t),
      (state) => `${state.surface} ${state.source}`,
    ),
  };
}

/** Per surface and source the last state of a tab up to t, and whether it is on screen in `watched`. */
function statesOf(tab: Tab, t: number, watched: LoadSpan | null): SurfaceState[] {
  const latest = new Map<string, SurfaceState>();
  const current = loadAt(tab, t);
  for (const load of tab.loads) {
    if (load.from > t) break;
    const over = load !== current || (load.left !== null && load.left.t <= t);
    const end = load === current ? Math.min(load.left?.t ?? t, t) : Math.min(load.until, t);
    const gone = new Map<Surface, number>();
    for (const event of load.events) {
      if (event.t > t) continue;
      if (event.kind === "cart_gone") gone.set(event.fields.surface, event.t);
      if (event.kind !== "cart") continue;
      const { surface, source } = event.fields;
      if (source === "displayed") gone.delete(surface);
      const key = `${surface} ${source}`;
      const before = latest.get(key)?.event ?? null;
      latest.set(key, { surface, source, event, before, tab, load, off: null, lastSeen: t });
    }
    for (const [key, state] of latest) {
      if (state.load !== load || state.source !== "displayed") continue;
      const goneAt = gone.get(state.surface);
      if (goneAt !== undefined) latest.set(key, { ...state, off: "gone", lastSeen: goneAt });
      else if (over) latest.set(key, { ...state, off: "page-over", lastSeen: end });
      else if (load !== watched) latest.set(key, { ...state, off: "other-tab", lastSeen: t });
    }
  }
  return [...latest.values()];
}

const rank = ({ event }: SurfaceState): number => (event.fields.lines || event.fields.empty ? 0 : 1);

function newestOfEach(states: readonly SurfaceState[], key: (state: SurfaceState) => string): SurfaceState[] {
  const first = new Map<string, SurfaceState>();
  for (const state of states) if (!first.has(key(state))) first.set(key(state), state);
  return [...first.values()];
}

function visibleAt(load: LoadSpan, t: number): boolean | null {
  const said = load.events.findLast((event) => event.kind === "tab" && event.t <= t);
  return said?.kind === "tab" ? said.fields.visible : null;
}
