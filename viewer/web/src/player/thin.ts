/**
 * What has to be done to stand at a moment, out of everything that was recorded before it.
 *
 * Changes of the page all count. Of what only replaces itself (where an element was scrolled to, what a field
 * held, where the pointer was, how large the window was) only the last counts, and doing the rest would lay
 * the page out over and over.
 */
import { Change, EventType, type Fields, fieldsOf, type SafeEvent } from "./recorder_event";

/** Presses that the replayer shows; of others it makes nothing. */
const PRESSES: ReadonlySet<unknown> = new Set([0, 1, 2, 7, 9, 10]);

/** The events from the last page at or before t up to t, without those that a later one replaces. */
export function thin(events: readonly SafeEvent[], t: number): SafeEvent[] {
  const until = events.filter((event) => event.timestamp <= t);
  const start = until.findLastIndex(({ type }) => type === EventType.META);
  const replaced = new Set<string>();
  const kept: SafeEvent[] = [];
  let size: Fields | null = null;
  for (const event of until.slice(Math.max(0, start)).reverse()) {
    const data = fieldsOf(event.data);
    if (event.type === EventType.META) {
      // The window's size is said once: the replayer says a page's first one again after it has gone on.
      kept.push(
        size === null ? event : { ...event, data: { ...event.data, width: size.width, height: size.height } },
      );
      continue;
    }
    if (event.type === EventType.INCREMENTAL && data.source === Change.RESIZE) {
      size ??= data;
      continue;
    }
    const slot = event.type === EventType.INCREMENTAL ? slotOf(data) : null;
    if (slot === null) kept.push(event);
    else if (slot !== "" && !replaced.has(slot)) {
      replaced.add(slot);
      kept.push(event);
    }
  }
  return kept.reverse();
}

/** What an event replaces; null for what always counts, empty for what never does. */
function slotOf(data: Fields): string | null {
  switch (data.source) {
    case Change.MOUSE_MOVE:
    case Change.TOUCH_MOVE:
    case Change.DRAG:
      return "pointer";
    case Change.MOUSE_INTERACTION:
      return PRESSES.has(data.type) ? "press" : "";
    case Change.SCROLL:
      return `scroll ${String(data.id)}`;
    case Change.INPUT:
      return `input ${String(data.id)}`;
    case Change.SELECTION:
      return "selection";
    default:
      return null;
  }
}
